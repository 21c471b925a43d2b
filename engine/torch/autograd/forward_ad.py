"""`torch.autograd.forward_ad`."""

from ...transforms.forward_ad import (
    UnpackedDualTensor,
    dual_level,
    enter_dual_level,
    exit_dual_level,
    make_dual,
    unpack_dual,
)
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.autograd.forward_ad", name)


__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]
