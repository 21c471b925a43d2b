"""PyTorch's `torch`, as far as the embedded engine goes: `import engine.torch as torch`.

Names come from the modules that hold them; a name that PyTorch has and the engine lacks says so.
"""

from importlib import import_module as _import_module

import numpy as _np

from .. import install as _install
from ..calls.guard import guard as _guard
from ..grad_mode import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from ..tensor import Tensor as Tensor
from ..transforms.vmap import vmap as vmap
from ..types.dtype import (
    NAMES as _DTYPES,
    dtype as dtype,
    get_default_dtype as get_default_dtype,
    set_default_dtype as set_default_dtype,
)
from ..types.promotion import can_cast as can_cast, promote_types as promote_types, result_type as result_type
from ..types.size import Size as Size
from . import (
    _C as _C,
    accelerator as accelerator,
    amp as amp,
    autograd as autograd,
    backends as backends,
    compiler as compiler,
    cuda as cuda,
    distributed as distributed,
    fft as fft,
    func as func,
    functional as functional,
    jit as jit,
    linalg as linalg,
    masked as masked,
    mps as mps,
    nn as nn,
    optim as optim,
    random as random,
    return_types as return_types,
    signal as signal,
    special as special,
    testing as testing,
    types as types,
    utils as utils,
    version as version,
)
from .amp import (
    GradScaler as GradScaler,
    autocast as autocast,
    is_autocast_cpu_enabled as is_autocast_cpu_enabled,
    is_autocast_enabled as is_autocast_enabled,
)
from .names import install_missing as _install_missing, missing as _missing
from .nn import layer_places as _layer_places  # noqa: F401 - makes the modules of layers
from .places import rename_classes as _rename_classes
from .random import get_rng_state as get_rng_state, set_rng_state as set_rng_state
from .serialization import (
    load as load,
    save as save,
)
from .settings import (
    are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled,
    compile as compile,
    get_float32_matmul_precision as get_float32_matmul_precision,
    get_num_interop_threads as get_num_interop_threads,
    get_num_threads as get_num_threads,
    is_deterministic_algorithms_warn_only_enabled as is_deterministic_algorithms_warn_only_enabled,
    set_default_device as set_default_device,
    set_default_tensor_type as set_default_tensor_type,
    set_float32_matmul_precision as set_float32_matmul_precision,
    set_flush_denormal as set_flush_denormal,
    set_num_interop_threads as set_num_interop_threads,
    set_num_threads as set_num_threads,
    use_deterministic_algorithms as use_deterministic_algorithms,
)

__version__ = "2.13.0"  # whose behaviour this follows

# Division by zero and overflow give inf and nan without a word, as in PyTorch; asking NumPy so around every operation
# would cost more than the operation.
_np.seterr(all="ignore")

globals().update(_DTYPES)
globals().update(_install.functions())
globals().update(_guard("torch", {each.__name__: each for each in (can_cast, promote_types, result_type)}))
_install_missing(Tensor)
_rename_classes(__name__)

inf, nan, pi, e = _np.inf, _np.nan, _np.pi, _np.e


_LATE = ("distributions",)  # many modules that few programs use: imported when they are first asked for


def __getattr__(name: str) -> object:
    if name in _LATE:
        return _import_module(f"{__name__}.{name}")
    raise _missing("torch", name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_LATE])
