"""PyTorch's `torch`, as far as the embedded engine goes: `import engine.torch as torch`.

Names come from the modules that hold them; a name that PyTorch has and the engine lacks says so.
"""

import numpy as _np

from .. import install as _install
from ..dtype import NAMES as _DTYPES
from ..dtype import (
    dtype as dtype,
)
from ..dtype import (
    get_default_dtype as get_default_dtype,
)
from ..dtype import (
    set_default_dtype as set_default_dtype,
)
from ..grad_mode import (
    enable_grad as enable_grad,
)
from ..grad_mode import (
    inference_mode as inference_mode,
)
from ..grad_mode import (
    is_grad_enabled as is_grad_enabled,
)
from ..grad_mode import (
    is_inference_mode_enabled as is_inference_mode_enabled,
)
from ..grad_mode import (
    no_grad as no_grad,
)
from ..grad_mode import (
    set_grad_enabled as set_grad_enabled,
)
from ..promotion import (
    can_cast as can_cast,
)
from ..promotion import (
    promote_types as promote_types,
)
from ..promotion import (
    result_type as result_type,
)
from ..size import Size as Size
from ..tensor import Tensor as Tensor
from ..transforms.vmap import vmap as vmap
from . import (
    _C as _C,
)
from . import (
    autograd as autograd,
)
from . import (
    distributions as distributions,
)
from . import (
    fft as fft,
)
from . import (
    func as func,
)
from . import (
    linalg as linalg,
)
from . import (
    masked as masked,
)
from . import (
    nn as nn,
)
from . import (
    optim as optim,
)
from . import (
    return_types as return_types,
)
from . import (
    signal as signal,
)
from . import (
    special as special,
)
from . import (
    testing as testing,
)
from . import (
    utils as utils,
)
from .names import install_missing as _install_missing
from .names import missing as _missing
from .serialization import (
    load as load,
)
from .serialization import (
    save as save,
)

__version__ = "2.13.0"  # whose behaviour this follows

# Division by zero and overflow give inf and nan without a word, as in PyTorch; asking NumPy so around every operation
# would cost more than the operation.
_np.seterr(all="ignore")

globals().update(_DTYPES)
globals().update(_install.functions())
_install_missing(Tensor)

inf, nan, pi, e = _np.inf, _np.nan, _np.pi, _np.e


def __getattr__(name: str) -> object:
    raise _missing("torch", name)
