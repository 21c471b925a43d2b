"""Different elements: `unique`, `unique_consecutive`. Their nodes have no derivative, as in PyTorch."""

from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor, from_array
from ..dims import wrap_dim
from ..single import several
from ..table import Gradient, Row, expose
from .offered import offered

Array = npt.NDArray[Any]


def no_derivative(name: str) -> NoReturn:
    """Raise what PyTorch raises where a node has no derivative."""
    raise NotImplementedError(f"the derivative for '{name}' is not implemented.")


def _row(name: str, node: str, refused: str, overload: str = "") -> Any:
    return several(
        Row(
            name,
            _different,
            ("self",),
            (Gradient(f"no_derivative('{refused}')", lambda grad: no_derivative(refused)),),
            node,
            overload=overload,
            arguments=("dim", "sorted"),
            many=True,
        )
    )


def _different(array: Array, dim: int | None, ordered: bool) -> tuple[Array, Array, Array]:
    """The different slices along `dim` (elements, when None), which of them each one is, and how many they are."""
    if dim is None:
        rows = array.reshape(-1, 1)
    else:
        length = array.shape[dim]
        rows = np.moveaxis(array, dim, 0).reshape(length, array.size // max(length, 1))
    order = np.lexsort(rows.T[::-1]) if ordered and rows.shape[1] else np.arange(len(rows))
    arranged = rows[order]
    starts = np.ones(len(rows), bool)
    starts[1:] = (arranged[1:] != arranged[:-1]).any(1)
    number = np.cumsum(starts) - 1
    inverse = np.empty(len(rows), np.int64)
    inverse[order] = number
    counts = np.bincount(number, minlength=0).astype(np.int64)
    picked = order[starts]
    if dim is None:
        return array.reshape(-1)[picked], inverse.reshape(array.shape), counts
    return np.ascontiguousarray(array.take(picked, dim)), inverse, counts


_unique = _row("_unique2", "Unique2Backward0", "_unique2")
_unique_dim = _row("unique_dim", "UniqueDimBackward0", "unique_dim")
_consecutive = _row("unique_consecutive", "UniqueConsecutiveBackward0", "unique_consecutive")


@offered("unique")
def unique(
    input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None
) -> Any:
    """The different elements, or slices along `dim`, in order; with where each went and how many there were."""
    del sorted  # they always are
    if dim is None:
        return _chosen(_unique((input,), (None, True)), return_inverse, return_counts)
    place = _checked_dim("unique", input, dim)
    return _chosen(_unique_dim((input,), (place, True)), return_inverse, return_counts)


@offered("unique_consecutive", function=False)
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: Any = None
) -> Any:
    """The elements, or slices along `dim`, without those that equal the one before."""
    place = None if dim is None else _checked_dim("unique_consecutive", input, dim)
    return _chosen(_consecutive((input,), (place, False)), return_inverse, return_counts)


@expose("unique_consecutive", method=False)
def unique_consecutive_by_place(input: Tensor, *given: Any, **named: Any) -> Any:
    """`unique_consecutive` as the function has it, which decides what to return by other places than its arguments'.

    Given by position, `return_inverse` says whether counts are returned and `return_counts` whether the inverse is;
    what is returned so without having been computed is empty. Source: `torch/functional.py`.
    """
    if not given:
        return unique_consecutive(input, **named)
    asked = dict(zip(("return_inverse", "return_counts", "dim"), given, strict=False)) | named
    whole = unique_consecutive(input, True, True, asked.get("dim"))
    nothing = from_array(np.zeros(0, np.int64))
    inverse = whole[1] if asked["return_inverse"] else nothing
    counts = whole[2] if asked.get("return_counts") else nothing
    shows_inverse = named.get("return_inverse", given[1] if len(given) > 1 else False)
    return _chosen((whole[0], inverse, counts), shows_inverse, named.get("return_counts", given[0]))


def _checked_dim(name: str, input: Tensor, dim: int) -> int:
    shape = input.array.shape
    if not shape:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    place = wrap_dim(dim, len(shape))
    others = [size for at, size in enumerate(shape) if at != place]
    if 0 in others:
        raise RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
    return place


def _chosen(made: tuple[Tensor, ...], inverse: bool, counts: bool) -> Any:
    chosen = (made[0], *([made[1]] if inverse else []), *([made[2]] if counts else []))
    return chosen if len(chosen) > 1 else chosen[0]
