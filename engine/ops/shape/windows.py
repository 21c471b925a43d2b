"""`Tensor.unfold`: all windows of one length along a dim, as a view in which they overlap.

Source of the formula: `unfold_backward` in PyTorch's `derivatives.yaml`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from ...tensor import TENSORS, Tensor
from ..dims import wrap_dim
from ..single import one
from ..table import CALLS, Gradient, Row, expose
from .places import join

Array = npt.NDArray[Any]


def unfold_backward(grad: Any, input_sizes: tuple[int, ...], dim: int, size: int, step: int) -> Any:
    """Zeros of `input_sizes` with every window of `grad` added where it was taken."""
    if type(grad) in TENSORS:
        return CALLS["unfold_backward"]((grad,), (input_sizes, dim, size, step))
    count = int(np.prod(input_sizes))
    numbers = windows(np.arange(count).reshape(input_sizes), dim, size, step)
    return join(np.zeros(input_sizes, grad.dtype), numbers.reshape(-1), np.asarray(grad))


def unfold_any(x: Any, dim: int, size: int, step: int) -> Any:
    """`unfold` of arrays and tensors."""
    return unfold(x, dim, size, step) if type(x) in TENSORS else windows(x, dim, size, step)


def windows(array: Array, dim: int, size: int, step: int) -> Array:
    """The view: along `dim` stands the number of the window, and its elements are the last dim."""
    if not array.ndim:
        return as_strided(array, (size,), (array.itemsize,))
    count = (array.shape[dim] - size) // step + 1
    shape = (*array.shape[:dim], count, *array.shape[dim + 1 :], size)
    stride = array.strides[dim]
    return as_strided(array, shape, (*array.strides[:dim], stride * step, *array.strides[dim + 1 :], stride))


_unfold = one(
    Row(
        "unfold",
        lambda self, dimension, size, step, self_sym_sizes: windows(self, dimension, size, step),
        ("self",),
        (
            Gradient(
                "unfold_backward(grad, self_sym_sizes, dimension, size, step)",
                lambda grad, self_sym_sizes, dimension, size, step: unfold_backward(
                    grad, self_sym_sizes, dimension, size, step
                ),
            ),
        ),
        node="UnfoldBackward0",
        arguments=("dimension", "size", "step", "self_sym_sizes"),
        view=True,
    )
)
one(
    Row(
        "unfold_backward",
        lambda grad, input_sizes, dim, size, step: unfold_backward(grad, input_sizes, dim, size, step),
        ("grad_in",),
        (
            Gradient(
                "unfold_any(grad, dim, size, step)", lambda grad, dim, size, step: unfold_any(grad, dim, size, step)
            ),
        ),
        node="UnfoldBackwardBackward0",
        arguments=("input_sizes", "dim", "size", "step"),
    )
)


@expose("unfold", function=False)
def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """All windows of `size` elements along a dim, `step` apart, as one more dim: a view."""
    place = check_windows(input, dimension, size, step)
    return _unfold((input,), (place, size, step, input.array.shape))


def check_windows(input: Tensor, dimension: int, size: int, step: int) -> int:
    """The dim from 0. Raises PyTorch's RuntimeError for windows that do not fit it."""
    place = wrap_dim(dimension, input.array.ndim)
    length = input.array.shape[place] if input.array.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > length:
        raise RuntimeError(f"maximum size for tensor at dimension {place} is {length} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    return place
