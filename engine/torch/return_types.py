"""`torch.return_types`: the types of results with names."""

from .. import install as _install  # noqa: F401 - the operations define them
from ..ops.returns import RETURN_TYPES
from .names import missing as _missing

globals().update(RETURN_TYPES)


def __getattr__(name: str) -> object:
    raise _missing("torch.return_types", name)


__all__ = list(RETURN_TYPES)
