"""`torch.nn.parameter`."""

from ...nn.buffer import Buffer
from ...nn.parameter import Parameter
from ...nn.uninitialized import UninitializedBuffer, UninitializedParameter, UninitializedTensorMixin, is_lazy
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.parameter", name)


__all__ = [
    "Buffer",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "UninitializedTensorMixin",
    "is_lazy",
]
