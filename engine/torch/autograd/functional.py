"""`torch.autograd.functional`."""

from ...transforms.functional import hessian, hvp, jacobian, jvp, vhp, vjp
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.autograd.functional", name)


__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]
