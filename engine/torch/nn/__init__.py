"""`torch.nn`: so far its functions alone."""

from ..names import missing as _missing
from . import functional


def __getattr__(name: str) -> object:
    raise _missing("torch.nn", name)


__all__ = ["functional"]
