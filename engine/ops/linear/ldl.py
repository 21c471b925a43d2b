"""LDL decomposition of symmetric matrices: `torch.linalg.ldl_factor` and `ldl_solve`. No gradients, as in PyTorch.

Source: Bunch and Kaufman, "Some stable methods for calculating inertia and solving symmetric linear systems" (1977), as
LAPACK's `sytf2` and `sytrs` apply it to the lower triangle.
"""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...arguments import broadcast_shapes
from ...tensor import Tensor
from ..operands import refuse_out, require_tensor
from ..returns import named
from ..single import one, several
from ..table import Row
from .failures import require_float, require_square

Array = npt.NDArray[Any]
_FACTOR = named("linalg_ldl_factor", "LD", "pivots")
_FACTOR_EX = named("linalg_ldl_factor_ex", "LD", "pivots", "info")
_GROWTH: Final = (1 + math.sqrt(17)) / 8  # below this ratio a pivot of two rows grows less than one of one


def _factored(array: Array) -> tuple[Array, Array, Array]:
    """Of each matrix D and, below it, L; what was exchanged with each row; and the first pivot that is zero, or 0."""
    factors = np.tril(array)
    pivots = np.zeros(array.shape[:-1], np.int32)
    info = np.zeros(array.shape[:-2], np.int32)
    for place in np.ndindex(info.shape):
        info[place] = _factor_one(factors[place], pivots[place])
    return factors, pivots, info


def _factor_one(a: Array, pivots: Array) -> int:
    """Factor one matrix in place. `pivots` counts from 1; two equal negative ones are a block of two rows."""
    size, k, failed = len(a), 0, 0
    while k < size:
        taken, width = _choose(a, k)
        if width == 0:
            failed, width = failed or k + 1, 1
            pivots[k] = k + 1
            k += 1
            continue
        _exchange(a, k, k + width - 1, taken, width)
        below = slice(k + width, size)
        if width == 1:
            pivots[k] = taken + 1
            column = a[below, k] / a[k, k]
            a[below, below] -= np.tril(np.outer(column, a[below, k]))
            a[below, k] = column
        else:
            pivots[k : k + 2] = -(taken + 1)
            block = a[k : k + 2, k : k + 2]
            whole = np.array([[block[0, 0], block[1, 0]], [block[1, 0], block[1, 1]]])
            columns = np.linalg.solve(whole, a[below, k : k + 2].T).T
            a[below, below] -= np.tril(columns @ a[below, k : k + 2].T)
            a[below, k : k + 2] = columns
        k += width
    return failed


def _choose(a: Array, k: int) -> tuple[int, int]:
    """The row to exchange, and how many rows the pivot has: 1 or 2; 0 where the whole column is zero."""
    own = abs(a[k, k])
    column = np.abs(a[k + 1 :, k])
    largest = k + 1 + int(column.argmax()) if column.size else k
    height = column.max(initial=0.0)
    if max(own, height) == 0 or np.isnan(own):
        return k, 0
    if own >= _GROWTH * height:
        return k, 1
    across = max(np.abs(a[largest, k:largest]).max(), np.abs(a[largest + 1 :, largest]).max(initial=0.0))
    if own >= _GROWTH * height * (height / across):
        return k, 1
    return (largest, 1) if abs(a[largest, largest]) >= _GROWTH * across else (largest, 2)


def _exchange(a: Array, k: int, here: int, there: int, width: int) -> None:
    """Exchange two rows and columns of what is left, in the lower triangle."""
    if here == there:
        return
    a[there + 1 :, [here, there]] = a[there + 1 :, [there, here]]
    between = slice(here + 1, there)
    a[between, here], a[there, between] = a[there, between].copy(), a[between, here].copy()
    a[here, here], a[there, there] = a[there, there], a[here, here]
    if width == 2:
        a[here, k], a[there, k] = a[there, k], a[here, k]


def _solved(factors: Array, pivots: Array, values: Array) -> Array:
    batch = broadcast_shapes(factors.shape[:-2], values.shape[:-2])
    found = np.broadcast_to(values, (*batch, *values.shape[-2:])).copy()
    wide = np.broadcast_to(factors, (*batch, *factors.shape[-2:]))
    rows = np.broadcast_to(pivots, (*batch, pivots.shape[-1]))
    for place in np.ndindex(batch):
        _solve_one(wide[place], rows[place].astype(np.int64), found[place])
    return found


def _solve_one(a: Array, pivots: Array, b: Array) -> None:
    """Overwrite b with the solution: forward through L and D, then back through L's transpose."""
    size = len(a)
    steps = _steps(pivots)
    for k, width, other in steps:
        _swap(b, k + width - 1, other)
        own, below = slice(k, k + width), slice(k + width, size)
        b[below] -= a[below, own] @ b[own]
        b[own] = b[own] / a[k, k] if width == 1 else _solved_by_two(a[own, own], b[own])
    for k, width, other in reversed(steps):
        own, below = slice(k, k + width), slice(k + width, size)
        b[own] -= a[below, own].T @ b[below]
        _swap(b, k + width - 1, other)


def _solved_by_two(block: Array, b: Array) -> Array:
    """The solution for a symmetric block of two rows, scaled by the number outside its diagonal."""
    cross = block[1, 0]
    first, second = block[0, 0] / cross, block[1, 1] / cross
    low, high = b / cross
    made: Array = np.stack([second * low - high, first * high - low]) / (first * second - 1)
    return made


def _steps(pivots: Array) -> list[tuple[int, int, int]]:
    """(first row, how many, row exchanged with the last) of each pivot."""
    found, k = [], 0
    while k < len(pivots):
        width = 1 if pivots[k] > 0 else 2
        found.append((k, width, abs(int(pivots[k])) - 1))
        k += width
    return found


def _swap(b: Array, one_row: int, other: int) -> None:
    if one_row != other:
        b[[one_row, other]] = b[[other, one_row]]


_factor_row = several(
    Row(
        "linalg_ldl_factor_ex",
        _factored,
        ("self",),
        (None,),
        "NotImplemented",
        many=True,
        results=("LD", "pivots", "info"),
        untracked=(1, 2),
    )
)
_solve_row = one(
    Row(
        "linalg_ldl_solve",
        lambda factors, values, pivots: _solved(factors, pivots.array, values),
        ("LD", "B"),
        (None, None),
        "NotImplemented",
        arguments=("pivots",),
        tensors=("pivots",),
    )
)


def ldl_factor(A: Tensor, *, hermitian: bool = False, out: Any = None) -> Any:
    """D and L of A = L @ D @ L.T in one matrix, and the rows exchanged. Raises where a pivot is zero."""
    return _FACTOR(_factor("ldl_factor", A, True, out)[:2])


def ldl_factor_ex(A: Tensor, *, hermitian: bool = False, check_errors: bool = False, out: Any = None) -> Any:
    """As `ldl_factor`, and for each matrix 0 or the first pivot that is zero."""
    return _FACTOR_EX(_factor("ldl_factor_ex", A, check_errors, out))


def _factor(name: str, given: Tensor, checks: bool, out: Any) -> tuple[Tensor, Tensor, Tensor]:
    refuse_out(f"linalg_{name}", out)
    require_tensor(f"linalg_{name}", "input", 1, given)
    require_square("torch.linalg.ldl_factor_ex", given)
    require_float("torch.linalg.ldl_factor_ex", given)
    factors, pivots, info = _factor_row((given,))
    failed = info.array[info.array != 0]
    if checks and failed.size:
        raise RuntimeError(f"torch.linalg.{name}: pivot {failed.flat[0]} is zero; torch.linalg.ldl_factor_ex goes on")
    return factors, pivots, info


def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False, out: Any = None) -> Tensor:
    """X of A @ X = B, where `ldl_factor` gave the factors of A."""
    refuse_out("linalg_ldl_solve", out)
    for place, (name, tensor) in enumerate((("input", LD), ("pivots", pivots), ("B", B))):
        require_tensor("linalg_ldl_solve", name, place + 1, tensor)
    require_square("torch.linalg.ldl_solve", LD)
    require_float("torch.linalg.ldl_solve", LD)
    if B.array.ndim < 2:
        raise RuntimeError(
            f"torch.linalg.ldl_solve: Expected B to have at least 2 dimensions, but it has {B.array.ndim} dimensions "
            "instead"
        )
    if LD.array.shape[-1] != B.array.shape[-2]:
        size = LD.array.shape[-1]
        raise RuntimeError(
            f"Incompatible matrix sizes for torch.linalg.ldl_solve: each A matrix is {size} by {size} but each b "
            f"matrix is {B.array.shape[-2]} by {B.array.shape[-1]}"
        )
    if pivots.array.shape != LD.array.shape[:-1]:
        raise RuntimeError(
            "torch.linalg.ldl_solve: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
            f"{list(pivots.array.shape)} instead"
        )
    if LD.array.dtype != B.array.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {B.dtype.scalar_type} and A of type "
            f"{LD.dtype.scalar_type} instead."
        )
    return _solve_row((LD, B), (pivots,))
