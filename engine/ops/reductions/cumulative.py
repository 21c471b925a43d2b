"""Products over elements, and running sums."""

from typing import Any, Final

import numpy as np

from ...tensor import Tensor
from ..dims import axes, in_order, numpy_names, wrap_dim
from ..operands import require_tensor
from ..single import one
from ..table import Gradient, Row, expose
from ..tools import cumsum as running_sum, flip, product_of_others, restore, shape, unreduce
from .reduce import combination, summed_dtype

_prod_all = one(
    Row(
        "prod",
        lambda self, dtype: np.multiply.reduce(self, axis=None, dtype=dtype),
        ("self",),
        (
            Gradient(
                "grad * product_of_others(self, result, None)",
                lambda grad, self, result: grad * product_of_others(self, result, None),
            ),
        ),
        node="ProdBackward0",
        arguments=("dtype",),
        domain="nonzero",
    )
)
_prod_dim = one(
    Row(
        "prod",
        in_order(
            lambda self, dim, keepdim, dtype: np.multiply.reduce(
                self, axis=axes((dim,), self.ndim), keepdims=keepdim, dtype=dtype
            )
        ),
        ("self",),
        (
            Gradient(
                "restore(grad, shape(self), (dim,), keepdim) * "
                "product_of_others(self, unreduce(result, shape(self), (dim,), keepdim), dim)",
                lambda grad, self, result, dim, keepdim: (
                    restore(grad, shape(self), (dim,), keepdim)
                    * product_of_others(self, unreduce(result, shape(self), (dim,), keepdim), dim)
                ),
            ),
        ),
        node="ProdBackward1",
        overload="dim_int",
        arguments=("dim", "keepdim", "dtype"),
        domain="nonzero",
    )
)


_ZEROS: Final = {np.dtype(kind): np.zeros((), kind) for kind in "fd"}


def _summed_up(array: Any, dim: int, dtype: Any) -> Any:
    if not array.ndim:
        return array.astype(dtype)
    made = np.add.accumulate(array if array.flags.c_contiguous else np.array(array, order="C"), dim, dtype)
    zero = _ZEROS.get(made.dtype)
    return made if zero is None else np.add(made, zero, made)  # PyTorch starts from 0, to which -0 adds nothing


_cumsum = one(
    Row(
        "cumsum",
        _summed_up,
        ("self",),
        (
            Gradient(
                "tail_sum(grad, dim)",
                lambda grad, dim: flip(running_sum(flip(grad, (dim,)), dim), (dim,)),
            ),
        ),
        node="CumsumBackward0",
        arguments=("dim", "dtype"),
    )
)


@expose("prod")
def prod(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, **numpy: Any) -> Tensor:
    """The product of all elements, or along one dim."""
    require_tensor("prod", "input", 1, input)
    if numpy:
        dim, keepdim = numpy_names("prod", numpy, dim, keepdim)
    stored = summed_dtype("prod", input, dtype)
    if dim is None:
        return _prod_all((input,), (stored,))
    if isinstance(dim, (tuple, list)):
        raise combination("prod", dim)
    return _prod_dim((input,), (wrap_dim(dim, input.array.ndim), keepdim, stored))


@expose("cumsum")
def cumsum(input: Tensor, dim: Any = None, *, dtype: Any = None, **numpy: Any) -> Tensor:
    """Running sums along `dim`."""
    require_tensor("cumsum", "input", 1, input)
    if numpy:
        dim, _ = numpy_names("cumsum", numpy, dim, None)
    if dim is None:
        raise TypeError('cumsum() missing 1 required positional arguments: "dim"')
    return _cumsum((input,), (wrap_dim(dim, input.array.ndim), summed_dtype("cumsum", input, dtype)))
