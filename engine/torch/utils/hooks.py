"""`torch.utils.hooks`."""

from ...nn.call import BackwardHook
from ...node import RemovableHandle
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.utils.hooks", name)


__all__ = ["BackwardHook", "RemovableHandle"]
