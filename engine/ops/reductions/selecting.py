"""Rows whose result is chosen from the operand's elements: values and the indices where they stand.

The indices are found first, by plain arrays; the row then takes the values there, which is linear in the operand.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ...types.layout import ordered
from ..returns import named
from ..shape.gather import gather_back
from ..single import several
from ..table import Gradient, Row
from ..tools import raw, shape

Array = npt.NDArray[Any]


def put(grad: Any, size: tuple[int, ...], dim: int, indices: Any, keepdim: bool) -> Any:
    """Zeros of `size` with `grad` added along `dim` at the indices; `keepdim` tells whether these have that dim."""
    if not size:
        return grad
    places = raw(indices)
    if not keepdim:
        places = np.expand_dims(places, dim)
        grad = grad.unsqueeze(dim) if type(grad) in TENSORS else np.expand_dims(grad, dim)
    if type(grad) in TENSORS:
        return gather_back(grad, size, dim, from_array(places))
    made = np.zeros(size, grad.dtype)
    np.put_along_axis(made, places, grad, dim)
    return made


def put_repeated(grad: Any, size: tuple[int, ...], dim: int, indices: Any) -> Any:
    """As `put`, where an index may stand several times along `dim`: what goes to one place adds up."""
    if not size:
        return grad
    if type(grad) in TENSORS:
        return gather_back(grad, size, dim, from_array(raw(indices)))
    places: list[Any] = list(np.indices(size, sparse=True))
    places[dim] = raw(indices)
    made = np.zeros(size, grad.dtype)
    np.add.at(made, tuple(places), grad)
    return made


def taken(array: Array, dim: int, indices: Array, keepdim: bool) -> Array:
    """The elements at the indices along `dim`."""
    if not array.ndim:
        return array.copy()
    places = indices if keepdim else np.expand_dims(indices, dim)
    values = np.take_along_axis(array, places, dim)
    return values if keepdim else values.squeeze(dim)


def _chosen(self: Array, dim: int, keepdim: bool, indices: Tensor, *_: Any) -> tuple[Array, Array]:
    return taken(self, dim, indices.array, keepdim), indices.array


def _at_each(self: Array, dim: int, indices: Tensor, *_: Any) -> tuple[Array, Array]:
    places = indices.array
    values = taken(self, dim, places, True)
    return values if places.flags.c_contiguous else ordered(values, [places]), places


def reducing(name: str, node: str, overload: str = "") -> Callable[[Tensor, int, bool, Array], Any]:
    """A row that keeps one element along `dim`; gives the function of (tensor, dim, keepdim, indices)."""
    row = Row(
        name,
        _chosen,
        ("self",),
        (
            Gradient(
                "put(grad, self_sym_sizes, dim, indices, keepdim)",
                lambda grad, self_sym_sizes, dim, indices, keepdim: put(grad, self_sym_sizes, dim, indices, keepdim),
            ),
        ),
        node,
        overload=overload,
        arguments=("dim", "keepdim", "indices", "self_sym_sizes"),
        many=True,
    )
    made, returns = several(row), named(name)

    def function(input: Tensor, dim: int, keepdim: bool, indices: Array) -> Any:
        found = from_array(np.asarray(indices, np.int64))
        return returns(made((input,), (dim, keepdim, found, input.array.shape)))

    return function


def arranging(name: str, node: str, overload: str = "", repeats: bool = False) -> Callable[[Tensor, int, Array], Any]:
    """A row that keeps several elements along `dim`; gives the function of (tensor, dim, indices).

    `repeats` says that an element may be kept several times.
    """
    once = Gradient(
        "put(grad, self_sym_sizes, dim, indices, True)",
        lambda grad, self_sym_sizes, dim, indices: put(grad, self_sym_sizes, dim, indices, True),
    )
    added = Gradient(
        "put_repeated(grad, shape(self), dim, indices)",
        lambda grad, self, dim, indices: put_repeated(grad, shape(self), dim, indices),
    )
    row = Row(
        name,
        _at_each,
        ("self",),
        (added if repeats else once,),
        node,
        overload=overload,
        arguments=("dim", "indices") if repeats else ("dim", "indices", "self_sym_sizes"),
        many=True,
    )
    made, returns = several(row), named(name)

    def function(input: Tensor, dim: int, indices: Array) -> Any:
        found = from_array(np.asarray(indices, np.int64, order="C" if repeats else "K"))
        return returns(made((input,), (dim, found) if repeats else (dim, found, input.array.shape)))

    return function


def require_items(name: str, shape: tuple[int, ...], dim: int) -> None:
    """Raise PyTorch's IndexError where there is nothing along `dim` to choose from."""
    if shape and not shape[dim]:
        raise IndexError(f"{name}: Expected reduction dim {dim} to have non-zero size.")
