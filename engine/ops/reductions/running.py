"""Running products, extremes and logarithms of sums along a dim."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ...types.dtype import C_NAMES
from ..dims import wrap_dim
from ..inplace import check_writable, overwrite
from ..linear.matrices import join
from ..shape.slices import slice_any
from ..single import one
from ..table import CALLS, Gradient, Row, expose
from ..tools import cumsum as running_sum, exp, expand, filled, flip, raw, reshape, shape, transpose
from .offered import offered
from .reduce import summed_dtype
from .selecting import arranging

Array = npt.NDArray[Any]
_BLOCK = 256  # elements of a dim that a gradient takes at once


def cumprod_of(x: Any, dim: int) -> Any:
    """Running products along `dim`."""
    return x.cumprod(dim) if type(x) in TENSORS else np.multiply.accumulate(x, axis=dim)


def cumprod_back(grad: Any, self: Any, result: Any, dim: int) -> Any:
    """The gradient of `cumprod`: for each element the sum of what follows it, each product without the element.

    Division where no element is zero; else on tensors each product is taken with a one in the element's place.
    """
    array = raw(self)
    if array.size <= 1 or array.shape[dim] == 1:
        return grad
    if (array != 0).all():
        return flip(running_sum(flip(grad * result, (dim,)), dim), (dim,)) / self
    if type(self) not in TENSORS and type(grad) not in TENSORS:
        return _around_zeros(grad, array, result, dim)
    length = array.shape[dim]
    x, g = transpose(self, dim, -1), transpose(grad, dim, -1)
    batch = shape(x)[:-1]
    wide = expand(reshape(x, (*batch, 1, length)), (*batch, length, length))
    without = cumprod_of(filled(wide, np.eye(length, dtype=bool), 1.0), -1)
    before = np.broadcast_to(np.tri(length, k=-1, dtype=bool), (*batch, length, length))
    return transpose(filled(reshape(g, (*batch, 1, length)) * without, before, 0.0).sum(-1), dim, -1)


def _around_zeros(grad: Array, array: Array, result: Array, dim: int) -> Array:
    """As PyTorch's `cumprod_backward`: by division before a dim's first zero, by a product at it, and 0 behind."""
    g, x, products = (np.moveaxis(each, dim, -1) for each in (grad, array, result))
    zeros = np.add.accumulate(x == 0, axis=-1, dtype=np.int64)
    before, around = zeros == 0, zeros == 1
    is_first = around & (x == 0)
    made = np.zeros(x.shape, array.dtype)
    tails = np.flip(np.add.accumulate(np.flip(np.where(before, g * products, 0), -1), axis=-1), -1)
    np.divide(tails, x, out=made, where=before)
    behind = np.multiply.accumulate(np.where(around & ~is_first, x, 1), axis=-1)
    total = (behind * np.where(around, g, 0)).sum(-1, keepdims=True)
    ahead = np.concatenate((np.ones_like(x[..., :1]), products[..., :-1]), axis=-1)
    np.multiply(np.broadcast_to(total, x.shape), ahead, out=made, where=is_first)
    return np.moveaxis(made, -1, dim)


def _logcumsumexp(array: Array, dim: int) -> Array:
    if not array.ndim or not array.size:
        return array.copy()
    made = np.logaddexp.accumulate(array.astype(np.float64), axis=dim)  # PyTorch too adds up in double precision
    return np.asarray(made.astype(array.dtype), order="C") + 0.0  # without the sign of a zero, as in PyTorch


def logcumsumexp_back(grad: Any, self: Any, result: Any, dim: int) -> Any:
    """The gradient of `logcumsumexp`: the sum over j >= k of grad[j] * exp(self[k] - result[j]).

    No exponential is larger than one. Taken in blocks from the last one on, each handing the sum of what follows it to
    the one before, so that a long dim costs memory in proportion.
    """
    if not raw(self).ndim or not raw(self).size:
        return grad
    g, x, r = (transpose(each, dim, -1) for each in (grad, self, result))
    parts: list[Any] = []
    carried = None
    for start in range((raw(x).shape[-1] - 1) // _BLOCK * _BLOCK, -1, -_BLOCK):
        inside = [slice_any(each, raw(x).ndim - 1, start, start + _BLOCK, 1) for each in (g, x, r)]
        own, carried = _block_back(inside[0], inside[1], inside[2], carried)
        parts.insert(0, own)
    whole = parts[0] if len(parts) == 1 else join(tuple(parts), -1)
    return transpose(whole, dim, -1)


def _block_back(grad: Any, self: Any, result: Any, carried: Any) -> tuple[Any, Any]:
    """One block's part, and what it hands on: its first result, and the sum in units of that result's exponential."""
    length, lead = raw(self).shape[-1], raw(self).shape[:-1]
    wide = (*lead, length, length)
    gaps = expand(reshape(self, (*lead, length, 1)), wide) - expand(reshape(result, (*lead, 1, length)), wide)
    shares = exp(filled(gaps, np.broadcast_to(np.tri(length, k=-1, dtype=bool), wide), -np.inf))
    own = (reshape(grad, (*lead, 1, length)) * shares).sum(-1)
    first = slice_any(result, raw(result).ndim - 1, 0, 1, 1)
    total = reshape((grad * exp(first - result)).sum(-1), (*lead, 1))
    if carried is not None:
        later, following = carried
        own = own + exp(self - later) * following
        total = total + exp(first - later) * following
    return own, (first, total)


_cumprod = one(
    Row(
        "cumprod",
        lambda self, dim, dtype: (
            np.multiply.accumulate(np.asarray(self, order="C"), axis=dim, dtype=dtype)
            if self.ndim
            else self.astype(dtype)
        ),
        ("self",),
        (
            Gradient(
                "tail_sum(grad * result, dim) / self",
                lambda grad, self, result, dim: cumprod_back(grad, self, result, dim),
            ),
        ),
        node="CumprodBackward0",
        arguments=("dim", "dtype"),
        domain="nonzero",
    )
)
_logcumsumexp_row = one(
    Row(
        "logcumsumexp",
        _logcumsumexp,
        ("self",),
        (
            Gradient(
                "exp(self) * tail_sum(grad * exp(-result), dim)",
                lambda grad, self, result, dim: logcumsumexp_back(grad, self, result, dim),
            ),
        ),
        node="LogcumsumexpBackward0",
        arguments=("dim",),
    )
)
_cummax = arranging("cummax", "CummaxBackward0", repeats=True)
_cummin = arranging("cummin", "CumminBackward0", repeats=True)


@offered("cumprod")
def cumprod(input: Tensor, dim: Any, *, dtype: Any = None) -> Tensor:
    """Running products along `dim`."""
    return _cumprod((input,), (wrap_dim(dim, input.array.ndim), summed_dtype("cumprod", input, dtype)))


@offered("logcumsumexp")
def logcumsumexp(input: Tensor, dim: Any) -> Tensor:
    """Running logarithms of sums of exponentials along `dim`."""
    place = wrap_dim(dim, input.array.ndim)
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"logcumsumexp_out_cpu\" not implemented for '{input.dtype.scalar_type}'")
    return _logcumsumexp_row((input,), (place,))


@offered("cummax")
def cummax(input: Tensor, dim: Any) -> Any:
    """The largest element so far along `dim`, and where it last stood."""
    place = wrap_dim(dim, input.array.ndim)
    return _cummax(input, place, _reached(input.array, place, np.maximum, np.greater_equal))


@offered("cummin")
def cummin(input: Tensor, dim: Any) -> Any:
    """The smallest element so far along `dim`, and where it last stood."""
    place = wrap_dim(dim, input.array.ndim)
    return _cummin(input, place, _reached(input.array, place, np.minimum, np.less_equal))


def _reached(array: Array, dim: int, extreme: np.ufunc, reaches: np.ufunc) -> Array:
    """Where the running extreme was last reached; a NaN stays one."""
    if not array.ndim:
        return np.zeros((), np.int64)
    moved = np.moveaxis(array, dim, -1)
    reached = reaches(moved, extreme.accumulate(moved, axis=-1))
    if array.dtype.kind == "f":
        reached = reached | np.isnan(moved)
    last = np.maximum.accumulate(np.where(reached, np.arange(array.shape[dim]), 0), axis=-1)
    return np.moveaxis(last, -1, dim)


@expose("cumsum_", function=False)
def cumsum_(self: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """`cumsum` in place."""
    return _over("cumsum", self, dim, dtype)


@expose("cumprod_", function=False)
def cumprod_(self: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """`cumprod` in place."""
    return _over("cumprod", self, dim, dtype)


def _over(name: str, self: Tensor, dim: int, dtype: Any) -> Tensor:
    check_writable(self)
    place = wrap_dim(dim, self.array.ndim)
    if dtype is not None and dtype is not self.dtype:
        raise RuntimeError(
            f"Bad in-place call: input tensor dtype {C_NAMES.get(self.dtype.name, self.dtype.name)} and output tensor "
            f"dtype {C_NAMES.get(dtype.name, dtype.name)} should match"
        )
    summed_dtype(name, self, self.dtype)  # raises for bools
    made = CALLS[name]((self,), (place, self.array.dtype), False)
    return overwrite(name, self, (), made)
