"""Exponentials normalised along a dim: softmax, log_softmax, logsumexp. One node each, as in PyTorch."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor, from_array
from ..dims import axes, in_order, wrap_dim, wrap_dims
from ..operands import require_tensor, to_float
from ..pointwise.cast import cast_to
from ..single import one
from ..table import Gradient, Row, expose
from ..tools import exp, restore, shape, sum_dims, unreduce
from .offered import offered

Array = npt.NDArray[Any]


def _shifted(array: Array, dim: int) -> Any:
    """The array less its largest element along `dim`, so that no exponential overflows: a new array, in order."""
    given = np.asarray(array, order="C")
    if not array.ndim or not array.size:
        return given - given
    return given - np.maximum.reduce(given, axis=dim, keepdims=True)


def _softmax(array: Array, dim: int) -> Any:
    made = _shifted(array, dim)
    if not array.ndim:
        return np.exp(made)
    np.exp(made, made)
    made /= np.add.reduce(made, axis=dim, keepdims=True)
    return made


def _log_softmax(array: Array, dim: int) -> Any:
    shifted = _shifted(array, dim)
    if array.ndim:
        shifted -= np.log(np.add.reduce(np.exp(shifted), axis=dim, keepdims=True))
    return shifted


def _logsumexp(array: Array, dim: tuple[int, ...], keepdim: bool) -> Any:
    over = axes(dim, array.ndim)
    if not array.size:
        return np.log(np.exp(array).sum(axis=over, keepdims=keepdim))
    largest = array.max(axis=over, keepdims=True)
    shift = np.where(np.isinf(largest), np.zeros((), array.dtype), largest)
    total = np.log(np.exp(array - shift).sum(axis=over, keepdims=keepdim))
    return total + shift.reshape(np.shape(total))


_softmax_row = one(
    Row(
        "softmax",
        _softmax,
        ("self",),
        (
            Gradient(
                "result * (grad - sum_dims(grad * result, dim, True))",
                lambda grad, result, dim: result * (grad - sum_dims(grad * result, dim, True)),
            ),
        ),
        node="SoftmaxBackward0",
        arguments=("dim",),
    )
)
_log_softmax_row = one(
    Row(
        "log_softmax",
        _log_softmax,
        ("self",),
        (
            Gradient(
                "grad - exp(result) * sum_dims(grad, dim, True)",
                lambda grad, result, dim: grad - exp(result) * sum_dims(grad, dim, True),
            ),
        ),
        node="LogSoftmaxBackward0",
        arguments=("dim",),
    )
)
_logsumexp_row = one(
    Row(
        "logsumexp",
        in_order(_logsumexp),
        ("self",),
        (
            Gradient(
                "restore(grad, shape(self), dim, keepdim) * exp(self - unreduce(result, shape(self), dim, keepdim))",
                lambda grad, self, result, dim, keepdim: (
                    restore(grad, shape(self), dim, keepdim) * exp(self - unreduce(result, shape(self), dim, keepdim))
                ),
            ),
        ),
        node="LogsumexpBackward0",
        arguments=("dim", "keepdim"),
    )
)


@expose("softmax")
def softmax(input: Tensor, dim: Any = None, dtype: Any = None) -> Tensor:
    """Exponentials that sum to one along `dim`."""
    return _normalised("softmax", _softmax_row, input, dim, dtype)


@expose("log_softmax")
def log_softmax(input: Tensor, dim: Any = None, dtype: Any = None) -> Tensor:
    """The logarithm of `softmax`, without overflow."""
    return _normalised("log_softmax", _log_softmax_row, input, dim, dtype)


@offered("logsumexp")
def logsumexp(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """The logarithm of the sum of exponentials along `dim`, without overflow."""
    dims = wrap_dims(dim, input.array.ndim)
    if not dims and input.array.size and input.array.ndim and not keepdim:
        ones = [1] * input.array.ndim
        raise RuntimeError(f"output with shape [] doesn't match the broadcast shape {ones}")
    if input.array.dtype.kind != "f":
        return _logsumexp_row((to_float(input.array),), (dims, keepdim))
    return _logsumexp_row((input,), (dims, keepdim))


def _normalised(name: str, made: Any, input: Tensor, dim: Any, dtype: Any) -> Tensor:
    require_tensor(name, "input", 1, input)
    if dim is None:
        raise TypeError(f'{name}() missing 1 required positional arguments: "dim"')
    place = wrap_dim(dim, input.array.ndim)
    if dtype is not None and dtype is not input.dtype:
        input = cast_to(input, dtype)
    if not input.array.size and input.array.dtype.kind != "f":
        return from_array(input.array.copy())
    if input.array.dtype.kind != "f":
        last = place == max(input.array.ndim - 1, 0)
        kernel = f"{name}_lastdim_kernel_impl" if last else f"{name}_kernel_impl"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{input.dtype.scalar_type}'")
    result: Tensor = made((input,), (place,))
    return result
