"""Parts of a tensor as views: one index of a dim, or a range of it.

A gradient of a part goes back into zeros of the whole shape; those scatter operations are rows of their own, so that
gradients have gradients.
"""

from operator import index as as_int
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ..dims import wrap_dim
from ..single import one
from ..table import CALLS, Gradient, Row, expose

Array = npt.NDArray[Any]
END: Final = 2**63 - 1  # what an open slice ends with


def at(dim: int, key: Any) -> tuple[Any, ...]:
    """The NumPy index that applies `key` to one dim."""
    return (slice(None),) * dim + (key,)


def _scatter(grad: Array, shape: tuple[int, ...], dim: int, key: Any) -> Array:
    made = np.zeros(shape, grad.dtype)
    made[at(dim, key)] = grad
    return made


def select_back(grad: Any, shape: tuple[int, ...], dim: int, index: int) -> Any:
    """Zeros of `shape` with `grad` at one index of `dim`."""
    if type(grad) in TENSORS:
        return CALLS["select_backward"]((grad,), (shape, dim, index))
    return _scatter(grad, shape, dim, index)


def slice_back(grad: Any, shape: tuple[int, ...], dim: int, start: int, end: int, step: int) -> Any:
    """Zeros of `shape` with `grad` in a range of `dim`."""
    if type(grad) in TENSORS:
        return CALLS["slice_backward"]((grad,), (shape, dim, start, end, step))
    return _scatter(grad, shape, dim, slice(start, end, step))


_select = one(
    Row(
        "select",
        lambda self, dim, index, self_sym_sizes: self[(*at(dim, index), ...)],
        ("self",),
        (
            Gradient(
                "select_back(grad, self_sym_sizes, dim, index)",
                lambda grad, self_sym_sizes, dim, index: select_back(grad, self_sym_sizes, dim, index),
            ),
        ),
        node="SelectBackward0",
        arguments=("dim", "index", "self_sym_sizes"),
        tensors=(),
        view=True,
    )
)
_slice = one(
    Row(
        "slice",
        lambda self, dim, start, end, step, self_sym_sizes: self[at(dim, slice(start, end, step))],
        ("self",),
        (
            Gradient(
                "slice_back(grad, self_sym_sizes, dim, start, end, step)",
                lambda grad, self_sym_sizes, dim, start, end, step: slice_back(
                    grad, self_sym_sizes, dim, start, end, step
                ),
            ),
        ),
        node="SliceBackward0",
        arguments=("dim", "start", "end", "step", "self_sym_sizes"),
        view=True,
    )
)
one(
    Row(
        "select_backward",
        lambda self, input_sizes, dim, index: _scatter(self, input_sizes, dim, index),
        ("self",),
        (Gradient("select(grad, dim, index)", lambda grad, dim, index: select_any(grad, dim, index)),),
        node="SelectBackwardBackward0",
        arguments=("input_sizes", "dim", "index"),
        tensors=(),
    )
)
one(
    Row(
        "slice_backward",
        lambda self, input_sizes, dim, start, end, step: _scatter(self, input_sizes, dim, slice(start, end, step)),
        ("self",),
        (
            Gradient(
                "slice(grad, dim, start, end, step)",
                lambda grad, dim, start, end, step: slice_any(grad, dim, start, end, step),
            ),
        ),
        node="SliceBackwardBackward0",
        arguments=("input_sizes", "dim", "start", "end", "step"),
    )
)


@expose("select")
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One index of a dim, which is gone from the result."""
    place, at_index = check_select(input, dim, index)
    return _select((input,), (place, at_index, input.array.shape))


def check_select(input: Tensor, dim: int, index: int) -> tuple[int, int]:
    """The dim from 0, and the index. Raises IndexError where there is no such one."""
    shape = input.array.shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    place, at_index = wrap_dim(dim, len(shape)), as_int(index)
    if not -shape[place] <= at_index < shape[place]:
        raise IndexError(
            f"select(): index {at_index} out of range for tensor of size {list(shape)} at dimension {place}"
        )
    return place, at_index


def slice_dim(input: Tensor, dim: int, start: int = 0, end: int = END, step: int = 1) -> Tensor:
    """A range of one dim, `end` excluded; negative bounds count from the end. `step` is positive."""
    return _slice((input,), (dim, start, end, step, input.array.shape))


@expose("narrow")
def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`length` indices of a dim from `start` on."""
    place, first = check_narrow(input, dim, start, length)
    return slice_dim(input, place, first, first + length)


def check_narrow(input: Tensor, dim: int, start: Any, length: int) -> tuple[int, int]:
    """The dim and the first index from 0. Raises PyTorch's errors for what is out of range."""
    if type(start) in TENSORS and (start.array.ndim or start.array.dtype.kind not in "iu"):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    if not input.array.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    place = wrap_dim(dim, input.array.ndim)
    size, first = input.array.shape[place], as_int(start)
    if not -size <= first <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {first})")
    first = first + size if first < 0 else first
    if first + length > size:
        raise RuntimeError(f"start ({first}) + length ({length}) exceeds dimension size ({size}).")
    return place, first


def select_any(x: Any, dim: int, index: int) -> Any:
    """`select` on arrays and tensors."""
    return x.select(dim, index) if type(x) in TENSORS else x[(*at(dim, index), ...)]


def slice_any(x: Any, dim: int, start: int, end: int, step: int) -> Any:
    """`slice_dim` on arrays and tensors."""
    return slice_dim(x, dim, start, end, step) if type(x) in TENSORS else x[at(dim, slice(start, end, step))]
