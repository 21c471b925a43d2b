"""Sums and means."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ... import grad_mode
from ...arguments import check_dtype
from ...tensor import Tensor
from ...types.dtype import (
    bool_,
    dtype as DType,  # noqa: N812 - `dtype` is an argument here
    int64,
    of_numpy,
)
from ..dims import axes, in_order, is_dims, numpy_names, wrap_dims
from ..operands import require_tensor
from ..single import one
from ..table import Gradient, Row, expose
from ..tools import expand, numel, restore

Array = npt.NDArray[Any]
Maker = Callable[..., Tensor]
EVERY: Final = object()  # no dim was given: another node than for `dim=None`


def _rows(
    name: str, node: str, forward: Callable[..., Any], full: Gradient, dims: Gradient, counts: bool = False
) -> tuple[Maker, Maker]:
    """The row of a reduction over everything, and the one over `dim`."""
    extra = ("self_sym_numel", "self_sym_sizes") if counts else ("self_sym_sizes",)
    whole = Row(
        name,
        lambda self, dtype, *_: forward(self, None, False, dtype),
        ("self",),
        (full,),
        node + "0",
        arguments=("dtype", *extra),
    )
    over = Row(
        name,
        in_order(lambda self, dim, keepdim, dtype, *_: forward(self, axes(dim, self.ndim), keepdim, dtype)),
        ("self",),
        (dims,),
        node + "1",
        overload="dim",
        arguments=("dim", "keepdim", "dtype", *extra),
    )
    return one(whole), one(over)


def _mean(array: Array, axis: tuple[int, ...] | None, keepdims: bool, dtype: Any) -> Any:
    total = array.sum(axis=axis, keepdims=keepdims, dtype=dtype)
    return total / total.dtype.type(array.size / total.size if total.size else 1)


_sum_all, _sum_dim = _rows(
    "sum",
    "SumBackward",
    lambda array, axis, keepdims, dtype: np.add.reduce(array, axis=axis, keepdims=keepdims, dtype=dtype),
    Gradient("expand(grad, self_sym_sizes)", lambda grad, self_sym_sizes: expand(grad, self_sym_sizes)),
    Gradient(
        "restore(grad, self_sym_sizes, dim, keepdim)",
        lambda grad, self_sym_sizes, dim, keepdim: restore(grad, self_sym_sizes, dim, keepdim),
    ),
)
_mean_all, _mean_dim = _rows(
    "mean",
    "MeanBackward",
    _mean,
    Gradient(
        "expand(grad / self_sym_numel, self_sym_sizes)",
        lambda grad, self_sym_sizes, self_sym_numel: expand(grad / self_sym_numel, self_sym_sizes),
    ),
    Gradient(
        "restore(grad, self_sym_sizes, dim, keepdim) / (self_sym_numel / numel(grad))",
        lambda grad, self_sym_sizes, self_sym_numel, dim, keepdim: restore(
            grad / (self_sym_numel / max(numel(grad), 1)), self_sym_sizes, dim, keepdim
        ),
    ),
    counts=True,
)


@expose("sum")
def sum_(input: Tensor, dim: Any = EVERY, keepdim: Any = None, *, dtype: Any = None, **numpy: Any) -> Tensor:
    """The sum over all elements, or over `dim`. Integers and bools give int64 unless `dtype` says otherwise."""
    require_tensor("sum", "input", 1, input)
    if numpy:
        dim, keepdim = numpy_names("sum", numpy, dim, keepdim)
    stored = summed_dtype("sum", input, dtype)
    shape = input.array.shape
    if dim is EVERY:
        if keepdim is not None:
            raise _without_dim("sum", keepdim)
        return _sum_all((input,), (stored, shape))
    return _sum_dim((input,), (_dims("sum", dim, shape), bool(keepdim), stored, shape))


@expose("mean")
def mean(input: Tensor, dim: Any = EVERY, keepdim: Any = None, *, dtype: Any = None, **numpy: Any) -> Tensor:
    """The mean over all elements, or over `dim`. Raises RuntimeError for integers without `dtype`."""
    require_tensor("mean", "input", 1, input)
    if numpy:
        dim, keepdim = numpy_names("mean", numpy, dim, keepdim)
    wanted = check_dtype("mean", dtype) or input.dtype
    if not wanted.is_floating_point:
        what = "Input" if dtype is None else "Optional"
        raise RuntimeError(
            "mean(): could not infer output dtype. "
            f"{what} dtype must be either a floating point or complex dtype. Got: {wanted.scalar_type}"
        )
    array = input.array
    if dim is EVERY:
        if keepdim is not None:
            raise _without_dim("mean", keepdim)
        return _mean_all((input,), (wanted.numpy, array.size, array.shape))
    dims = _dims("mean", dim, array.shape)
    return _mean_dim((input,), (dims, bool(keepdim), wanted.numpy, array.size, array.shape))


def _dims(name: str, dim: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    if dim is None:
        return ()
    if not is_dims(dim):
        raise combination(name, dim)
    return wrap_dims(dim, len(shape))


def _without_dim(name: str, keepdim: Any) -> TypeError:
    """PyTorch's error for `keepdim` without `dim`, which only a method can be."""
    return TypeError(
        f"{name}() received an invalid combination of arguments - got (keepdim={type(keepdim).__name__}, ), but "
        "expected one of:\n * (*, torch.dtype dtype = None)\n * (tuple of ints dim, bool keepdim = False, *, "
        "torch.dtype dtype = None)\n"
    )


def combination(name: str, dim: Any) -> TypeError:
    """PyTorch's error for a `dim` of the wrong type."""
    one_dim = "int" if name == "prod" else "tuple of ints"
    return TypeError(
        f"{name}() received an invalid combination of arguments - got ({type(dim).__name__}), but expected one of:\n"
        f" * (*, torch.dtype dtype = None)\n * ({one_dim} dim, bool keepdim = False, *, torch.dtype dtype = None)\n"
    )


def summed_dtype(name: str, input: Tensor, dtype: DType | None) -> "np.dtype[Any]":
    """The dtype in which a sum or product is taken: int64 for integers and bools unless given."""
    wanted = check_dtype(name, dtype)
    if wanted is not None:
        if wanted is bool_ and name.startswith("cum") and input.array.size and input.array.ndim:
            raise NotImplementedError(f"\"{name}_out_cpu\" not implemented for 'Bool'")
        if not wanted.is_floating_point and input._requires_grad and grad_mode.is_grad_enabled():
            raise RuntimeError(f"Autograd not support dtype: {wanted.scalar_type}")
        return wanted.numpy
    return input.array.dtype if of_numpy(input.array.dtype).is_floating_point else int64.numpy
