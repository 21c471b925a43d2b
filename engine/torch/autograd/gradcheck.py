"""The module `torch.autograd.gradcheck`, whose name the function of the same name takes in `torch.autograd`."""

from ...checks.gradcheck import GradcheckError, gradcheck, gradgradcheck
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.autograd.gradcheck", name)


__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]
