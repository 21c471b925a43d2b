"""`torch.func`."""

from ..transforms.func import grad, grad_and_value, jacrev, vjp
from ..transforms.func_forward import hessian, jacfwd, jvp, linearize
from ..transforms.functional_call import functional_call, stack_module_state
from ..transforms.vmap import vmap
from .names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.func", name)


__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "stack_module_state",
    "vjp",
    "vmap",
]
