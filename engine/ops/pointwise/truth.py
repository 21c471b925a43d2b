"""Whether all or any elements hold, and how many do. Never tracked."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...tensor import Tensor
from ..dims import axes, in_order, numpy_names, wrap_dims
from ..operands import require_tensor
from ..single import one
from ..table import Row, expose

Maker = Callable[..., Tensor]

_all = one(
    Row(
        "all",
        in_order(lambda self, dim, keepdim: np.logical_and.reduce(self, axis=dim, keepdims=keepdim)),
        ("self",),
        (None,),
        arguments=("dim", "keepdim"),
    )
)
_any = one(
    Row(
        "any",
        in_order(lambda self, dim, keepdim: np.logical_or.reduce(self, axis=dim, keepdims=keepdim)),
        ("self",),
        (None,),
        arguments=("dim", "keepdim"),
    )
)
_count_nonzero = one(
    Row("count_nonzero", lambda self, dim: np.count_nonzero(self, axis=dim), ("self",), (None,), arguments=("dim",))
)


@expose("all")
def all_(input: Tensor, dim: Any = None, keepdim: bool = False, **numpy: Any) -> Tensor:
    """Whether no element is zero; of uint8 tensors a uint8."""
    return _truth("all", _all, input, dim, keepdim, numpy)


@expose("any")
def any_(input: Tensor, dim: Any = None, keepdim: bool = False, **numpy: Any) -> Tensor:
    """Whether some element is not zero; of uint8 tensors a uint8."""
    return _truth("any", _any, input, dim, keepdim, numpy)


@expose("count_nonzero")
def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not zero."""
    ndim = input.array.ndim
    return _count_nonzero((input,), (None if dim is None else axes(wrap_dims(dim, ndim), ndim),))


def _truth(name: str, made: Maker, input: Tensor, dim: Any, keepdim: bool, numpy: dict[str, Any]) -> Tensor:
    require_tensor(name, "input", 1, input)
    if numpy:
        dim, keepdim = numpy_names(name, numpy, dim, keepdim)
    ndim = input.array.ndim
    result = made((input,), (None if dim is None else axes(wrap_dims(dim, ndim), ndim), keepdim))
    if input.array.dtype == np.uint8:
        result.array = result.array.astype(np.uint8)
    return result
