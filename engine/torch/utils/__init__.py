"""`torch.utils`."""

from ..names import missing as _missing
from . import checkpoint, data, hooks


def __getattr__(name: str) -> object:
    raise _missing("torch.utils", name)


__all__ = ["checkpoint", "data", "hooks"]
