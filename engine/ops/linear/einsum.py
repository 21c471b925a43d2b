"""`torch.einsum`: parsed and contracted as PyTorch does, from left to right by batched products of matrices."""

from dataclasses import dataclass
from math import prod
from typing import Any, Final

from ...tensor import Tensor
from ..operands import require_tensors
from ..shape.dimensions import movedim, permute, unsqueeze
from ..shape.shape import reshape_to, view
from ..table import FUNCTIONS, METHODS, expose
from .products import bmm

ELLIPSIS: Final = "..."
_HOW = (
    "einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts "
    "list"
)


@dataclass(frozen=True)
class Layout:
    """Which dim of the common order each label has: those of the result first, then those that are summed over."""

    places: dict[str, int]
    ellipsis: int  # the first dim that the ellipsis stands for
    ellipsis_dims: int
    results: int  # dims of the result
    dims: int  # all dims


@expose("einsum", method=False)
def einsum(*args: Any) -> Tensor:
    """Sums of products by an equation such as "ij,jk->ik", or by lists of numbers that name the dims."""
    if len(args) < 2:
        raise ValueError(_HOW)
    if isinstance(args[0], str):
        equation, operands = args[0], args[1:]
    else:
        equation, operands = _from_lists(args)
    if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
        operands = tuple(operands[0])
    require_tensors(operands, 1)
    labels, output = _parsed(equation, len(operands))
    return _contracted(operands, labels, _layout(labels, output, operands))


def _from_lists(args: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """The equation of operands that are each followed by their list of subscripts."""
    operands = args[:-1:2] if len(args) % 2 else args[::2]
    equation = ",".join("".join(map(_label, each)) for each in args[1 : 2 * len(operands) : 2])
    if len(args) % 2:
        equation += "->" + "".join(map(_label, args[-1]))
    return equation, operands


def _label(subscript: Any) -> str:
    if subscript is Ellipsis:
        return ELLIPSIS
    if 0 <= subscript < 26:
        return chr(ord("A") + subscript)
    if 26 <= subscript < 52:
        return chr(ord("a") + subscript - 26)
    raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")


def _parsed(equation: str, operands: int) -> tuple[list[list[str]], list[str] | None]:
    """The labels of each operand, and those of the result where the equation names them."""
    arrow = equation.find("->")
    labels: list[list[str]] = [[]]
    for label in _tokens(equation, 0, arrow if arrow >= 0 else len(equation), True):
        if label == ",":
            if len(labels) == operands:
                raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
            labels.append([])
            continue
        if label in (ELLIPSIS, ".") and ELLIPSIS in labels[-1]:
            raise RuntimeError(
                f"einsum(): found '.' for operand {len(labels) - 1} for which an ellipsis was already found"
            )
        if label == ".":
            raise RuntimeError(f"einsum(): found '.' for operand {len(labels) - 1} that is not part of any ellipsis")
        labels[-1].append(label)
    if len(labels) != operands:
        raise RuntimeError("einsum(): more operands were provided than specified in the equation")
    if arrow < 0:
        return labels, None
    output: list[str] = []
    for label in _tokens(equation, arrow + 2, len(equation), False):
        if label in (ELLIPSIS, ".") and ELLIPSIS in output:
            raise RuntimeError("einsum(): found '.' for output but an ellipsis (...) was already found")
        if label == ".":
            raise RuntimeError("einsum(): found '.' for output that is not part of any ellipsis (...)")
        if label in output:
            raise RuntimeError(f"einsum(): output subscript {label} appears more than once in the output")
        if label != ELLIPSIS and not any(label in each for each in labels):
            raise RuntimeError(
                f"einsum(): output subscript {label} does not appear in the equation for any input operand"
            )
        output.append(label)
    return labels, output


def _tokens(equation: str, start: int, end: int, commas: bool) -> list[str]:
    """Letters, "..." (a "." where it is not whole) and commas. Raises RuntimeError for anything else but spaces."""
    found: list[str] = []
    place = start
    while place < end:
        character = equation[place]
        if character == ".":
            whole = equation.startswith(ELLIPSIS, place) and place + 3 <= end
            found.append(ELLIPSIS if whole else ".")
            place += 2 if whole else 0
        elif (character == "," and commas) or (character.isascii() and character.isalpha()):
            found.append(character)
        elif character != " ":
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {place} in the equation string, subscripts must be in "
                "[a-zA-Z]"
            )
        place += 1
    return found


def _layout(labels: list[list[str]], output: list[str] | None, operands: tuple[Any, ...]) -> Layout:
    dims_of_ellipsis = 0
    counts: dict[str, int] = {}
    for place, (names, operand) in enumerate(zip(labels, operands, strict=True)):
        ndim = operand.array.ndim
        letters = [name for name in names if name != ELLIPSIS]
        dotted = len(letters) < len(names)
        if len(letters) > ndim or (not dotted and len(letters) != ndim):
            relation = "is more than" if dotted else "does not match"
            rest = "" if dotted else " and no ellipsis was given"
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(letters)}) {relation} the number of "
                f"dimensions ({ndim}) for operand {place}{rest}"
            )
        if dotted:
            dims_of_ellipsis = max(dims_of_ellipsis, ndim - len(letters))
        for name in letters:
            counts[name] = counts.get(name, 0) + 1
    if output is None:
        output = [ELLIPSIS, *sorted(name for name, count in counts.items() if count == 1)]
    places: dict[str, int] = {}
    dims = ellipsis = 0
    for name in output:
        if name == ELLIPSIS:
            ellipsis, dims = dims, dims + dims_of_ellipsis
        else:
            places[name], dims = dims, dims + 1
    results = dims
    if ELLIPSIS not in output:
        ellipsis, dims = dims, dims + dims_of_ellipsis
    for name in sorted(counts):
        if name not in places:
            places[name], dims = dims, dims + 1
    return Layout(places, ellipsis, dims_of_ellipsis, results, dims)


def _aligned(operand: Tensor, names: list[str], place: int, layout: Layout) -> Tensor:
    """The operand with its dims in the common order, repeated labels as diagonals, and ones where it has no dim."""
    order = [-1] * layout.dims
    dim = 0
    for name in names:
        if name == ELLIPSIS:
            own = operand.array.ndim - dim - sum(1 for later in names[names.index(name) + 1 :])
            own = layout.ellipsis_dims if own > layout.ellipsis_dims else own
            for at in range(layout.ellipsis_dims - own, layout.ellipsis_dims):
                order[layout.ellipsis + at] = dim
                dim += 1
            continue
        at = layout.places[name]
        if order[at] < 0:
            order[at] = dim
            dim += 1
            continue
        first = order[at]
        lengths = operand.array.shape
        if lengths[first] != lengths[dim]:
            raise RuntimeError(
                f"einsum(): subscript {name} is repeated for operand {place} but the sizes don't match, "
                f"{lengths[dim]} != {lengths[first]}"
            )
        operand = movedim(METHODS["diagonal"](operand, 0, first, dim), -1, first)
    for at, found in enumerate(order):
        if found < 0:
            operand = unsqueeze(operand, dim)
            order[at] = dim
            dim += 1
    return permute(operand, order)


def _contracted(operands: tuple[Any, ...], labels: list[list[str]], layout: Layout) -> Tensor:
    aligned: list[Tensor] = []
    lengths: dict[int, int] = {}
    counts = [0] * layout.dims
    for place, (operand, names) in enumerate(zip(operands, labels, strict=True)):
        made = _aligned(operand, names, place, layout)
        for dim, length in enumerate(made.array.shape):
            if length == 1:
                continue
            counts[dim] += 1
            if lengths.setdefault(dim, length) != length:
                name = next((name for name, at in layout.places.items() if at == dim), ELLIPSIS)
                raise RuntimeError(
                    f"einsum(): subscript {name} has size {length} for operand {place} which does not broadcast with "
                    f"previously seen size {lengths[dim]}"
                )
        aligned.append(made)
    result = aligned[0]
    for operand in aligned[1:]:
        result = _pair(result, operand, counts, range(layout.results, layout.dims))
    if layout.results == layout.dims:
        return result
    if len(aligned) > 1:
        return view(result, result.array.shape[: layout.results])
    total: Tensor = METHODS["sum"](result, tuple(range(layout.results, layout.dims)))
    return total


def _pair(one: Tensor, other: Tensor, counts: list[int], dims: range) -> Tensor:
    """The product of two operands, summed over each of `dims` that no later operand has."""
    together: list[int] = []
    alone: tuple[list[int], list[int]] = ([], [])
    for dim in dims:
        wide, other_wide = one.array.shape[dim] != 1, other.array.shape[dim] != 1
        if wide and other_wide:
            counts[dim] -= 1
            if counts[dim] == 1:
                together.append(dim)
                counts[dim] = 0
        elif counts[dim] == 1 and (wide or other_wide):
            alone[0 if wide else 1].append(dim)
            counts[dim] = 0
    if alone[0]:
        one = METHODS["sum"](one, tuple(alone[0]), True)
    if alone[1]:
        other = METHODS["sum"](other, tuple(alone[1]), True)
    return summed_product(one, other, together)


def summed_product(one: Tensor, other: Tensor, over: list[int]) -> Tensor:
    """The product of tensors of as many dims, summed over some, which stay with length 1: one batched product."""
    if not over:
        made: Tensor = FUNCTIONS["mul"](one, other)
        return made
    shape, other_shape = one.array.shape, other.array.shape
    both: list[int] = []
    mine: list[int] = []
    theirs: list[int] = []
    for dim, (length, other_length) in enumerate(zip(shape, other_shape, strict=True)):
        if dim not in over:
            (both if length != 1 and other_length != 1 else mine if length != 1 else theirs).append(dim)
    if mine and theirs and theirs[-1] < mine[0]:  # the left factor has the first dims of the result
        one, other, mine, theirs = other, one, theirs, mine
        shape, other_shape = other_shape, shape
    batch, height = prod(shape[dim] for dim in both), prod(shape[dim] for dim in mine)
    inner, width = prod(shape[dim] for dim in over), prod(other_shape[dim] for dim in theirs)
    order = [*both, *mine, *over, *theirs]
    lengths = [shape[dim] for dim in (*both, *mine)] + [1] * len(over) + [other_shape[dim] for dim in theirs]
    left = reshape_to(permute(one, order), (batch, height, inner))
    right = reshape_to(permute(other, [*both, *over, *theirs, *mine]), (batch, inner, width))
    product = view(bmm(left, right), tuple(lengths))
    return permute(product, [order.index(dim) for dim in range(len(order))])
