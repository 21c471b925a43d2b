"""`torch.signal`."""

from ..names import missing as _missing
from . import windows


def __getattr__(name: str) -> object:
    raise _missing("torch.signal", name)


__all__ = ["windows"]
