"""PyTorch's `torch`, as far as the embedded engine goes: `import engine.torch as torch`.

Names come from the modules that hold them; a name that PyTorch has and the engine lacks says so.
"""

import numpy as _np

from .. import install as _install
from ..dtype import NAMES as _DTYPES
from ..dtype import dtype, get_default_dtype, set_default_dtype
from ..grad_mode import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from ..promotion import can_cast, promote_types, result_type
from ..size import Size
from ..tensor import Tensor
from . import autograd
from .names import missing as _missing

# Division by zero and overflow give inf and nan without a word, as in PyTorch; asking NumPy so around every operation
# would cost more than the operation.
_np.seterr(all="ignore")

globals().update(_DTYPES)
globals().update(_install.functions())


def __getattr__(name: str) -> object:
    raise _missing("torch", name)
