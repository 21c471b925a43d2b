"""Sums and means of the elements that are not NaN."""

from typing import Any

import numpy as np

from ...tensor import Tensor
from ..dims import axes, in_order, wrap_dims
from ..single import one
from ..table import METHODS, Gradient, Row
from ..tools import like, raw, restore, shape
from .offered import offered
from .reduce import summed_dtype


def no_nan(x: Any) -> Any:
    """1 where x is a number, else 0: a constant."""
    return like((~np.isnan(raw(x))).astype(raw(x).dtype), x)


_nansum = one(
    Row(
        "nansum",
        in_order(
            lambda self, dim, keepdim, dtype: np.add.reduce(
                np.where(np.isnan(self), self.dtype.type(0), self) if self.dtype.kind == "f" else self,
                axis=axes(dim or (), self.ndim),
                keepdims=keepdim,
                dtype=dtype,
            )
        ),
        ("self",),
        (
            Gradient(
                "restore(grad, shape(self), dim or (), keepdim) * no_nan(self)",
                lambda grad, self, dim, keepdim: restore(grad, shape(self), dim or (), keepdim) * no_nan(self),
            ),
        ),
        node="NansumBackward0",
        arguments=("dim", "keepdim", "dtype"),
    )
)


@offered("nansum")
def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over all elements, or over `dim`, NaN counted as zero."""
    dims = None if dim is None else wrap_dims(dim, input.array.ndim)
    return _nansum((input,), (dims, keepdim, summed_dtype("nansum", input, dtype)))


@offered("nanmean")
def nanmean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of the elements that are not NaN, of all or over `dim`."""
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            "nanmean(): expected input to have floating point or complex dtype but got " + input.dtype.scalar_type
        )
    missing = METHODS["isnan"](METHODS["detach"](input))
    count = METHODS["sum"](METHODS["logical_not"](missing), dim, keepdim)
    made: Tensor = METHODS["div"](nansum(input, dim, keepdim, dtype=dtype), count)
    return made
