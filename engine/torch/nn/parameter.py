"""`torch.nn.parameter`."""

from ...nn.parameter import Parameter
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.parameter", name)


__all__ = ["Parameter"]
