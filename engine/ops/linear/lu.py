"""LU decomposition with row exchanges: `torch.linalg.lu`, `lu_factor`, `lu_solve` and `torch.lu_unpack`."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...arguments import broadcast_shapes
from ...tensor import TENSORS, Tensor
from ..operands import refuse_out, require_tensor
from ..returns import named
from ..single import one, several
from ..table import CALLS, Gradient, Row, expose
from ..tools import like, raw
from .elimination import lu_of, order_of, substituted
from .failures import require_float, require_same_type, require_square, require_success
from .matrices import adjoint, after, column_major, first, join, tril, triu
from .solve import require_compatible
from .triangular import solve_triangular_any, warn_once

Array = npt.NDArray[Any]
_LU = named("linalg_lu", "P", "L", "U")
_LU_FACTOR = named("linalg_lu_factor", "LU", "pivots")
_LU_FACTOR_EX = named("linalg_lu_factor_ex", "LU", "pivots", "info")
_LU_WITH_INFO = named("_lu_with_info", "LU", "pivots", "info")
_LU_UNPACK = named("lu_unpack", "P", "L", "U")
_NO_PIVOT = "linalg.lu_factor: LU without pivoting is not implemented on the CPU"


def permutation_of(pivots: Array, height: int, dtype: Any) -> Array:
    """The matrix P of A = P @ L @ U."""
    order = order_of(pivots, height)
    made = np.zeros((*order.shape, height), dtype)
    np.put_along_axis(made, order[..., None], 1, -1)
    return made.swapaxes(-2, -1).copy()


def lower_of(factors: Any) -> Any:
    """L, with ones on the diagonal, of the factors in one matrix."""
    height, width = raw(factors).shape[-2:]
    count = min(height, width)
    eye = np.eye(height, count, dtype=raw(factors).dtype)
    lower = tril(first(factors, count, -1), -1)
    return lower + like(eye, lower)


def upper_of(factors: Any) -> Any:
    """U of the factors in one matrix."""
    return triu(first(factors, min(raw(factors).shape[-2:]), -2))


def lu_backward(grad_lower: Any, grad_upper: Any, permutation: Any, lower: Any, upper: Any) -> Any:
    """The gradient of A = P @ L @ U from those of L and U, one of which may be None.

    The square part is as for square matrices. What follows below it is A2 = L2 @ U, to its right A2 = P @ L @ U2, and
    these give back through the other factor.
    """
    height, width = raw(lower).shape[-2], raw(upper).shape[-1]
    count = min(height, width)
    square_lower, square_upper = first(lower, count, -2), first(upper, count, -1)
    below: Any = 0
    above: Any = 0
    if grad_lower is not None:
        below = adjoint(square_lower) @ first(grad_lower, count, -2)
    if grad_upper is not None:
        above = first(grad_upper, count, -1) @ adjoint(square_upper)
    rest = None
    if height > width and grad_lower is not None:
        grad_rest = after(grad_lower, count, -2)
        above = above - adjoint(after(lower, count, -2)) @ grad_rest
        rest = solve_triangular_any(adjoint(square_upper), grad_rest, False, False)
    if width > height and grad_upper is not None:
        grad_rest = after(grad_upper, count, -1)
        below = below - grad_rest @ adjoint(after(upper, count, -1))
        rest = solve_triangular_any(adjoint(square_lower), grad_rest, True, True, True)
    inner = (0 if type(below) is int else tril(below, -1)) + (0 if type(above) is int else triu(above))
    found = solve_triangular_any(adjoint(square_upper), inner, False, False)
    found = solve_triangular_any(adjoint(square_lower), found, True, True, True)
    if height != width:
        dim = -2 if height > width else -1
        if rest is None:
            size = list(raw(found).shape)
            size[dim] = abs(height - width)
            rest = like(np.zeros(size, raw(found).dtype), found)
        found = join((found, rest), dim)
    return permutation @ found


def factor_backward(grad: Any, result: Any) -> Any:
    """The gradient of A from that of its factors in one matrix."""
    factors, pivots = result[0], raw(result[1])
    height, width = raw(factors).shape[-2:]
    count = min(height, width)
    permutation = like(permutation_of(pivots, height, raw(factors).dtype), factors)
    grad_lower, grad_upper = first(grad, count, -1), first(grad, count, -2)
    return lu_backward(grad_lower, grad_upper, permutation, lower_of(factors), upper_of(factors))


def unpack_backward(grads: Any, size: tuple[int, ...]) -> Any:
    """The gradient of the factors in one matrix from those of L and U."""
    grad_lower, grad_upper = grads
    height, width = size[-2:]
    parts: list[Any] = []
    if grad_lower is not None:
        parts.append(_widened(tril(grad_lower, -1), width, -1))
    if grad_upper is not None:
        parts.append(_widened(triu(grad_upper), height, -2))
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


def _widened(part: Any, length: int, dim: int) -> Any:
    """With zeros at its end along one of the last two dims."""
    size = list(raw(part).shape)
    size[dim] = length - size[dim]
    return join((part, like(np.zeros(size, raw(part).dtype), part)), dim) if size[dim] else part


def solve_factored(factors: Any, pivots: Array, values: Any, left: bool, adjointly: bool) -> Any:
    """X of A @ X = values, where the LU factors of A are given, on arrays and tensors."""
    if type(factors) in TENSORS or type(values) in TENSORS:
        return CALLS["linalg_lu_solve"]((factors, values), (pivots, left, adjointly))
    pivots = raw(pivots)
    if not left:
        return solve_factored(factors, pivots, values.swapaxes(-2, -1), True, not adjointly).swapaxes(-2, -1)
    permutation = permutation_of(pivots, factors.shape[-1], factors.dtype)
    if adjointly:
        inner = substituted(factors.swapaxes(-2, -1), values, False)
        return permutation @ substituted(factors.swapaxes(-2, -1), inner, True, True)
    inner = substituted(factors, permutation.swapaxes(-2, -1) @ values, False, True)
    return column_major(substituted(factors, inner, True))


def factored_backward(grad: Any, factors: Any, pivots: Array, result: Any, left: bool, adjointly: bool) -> Any:
    """The gradient of the factors that an equation was solved with."""
    if not left:
        return factored_backward(adjoint(grad), factors, pivots, adjoint(result), True, not adjointly)
    lower, upper = lower_of(factors), upper_of(factors)
    permutation = like(permutation_of(raw(pivots), raw(factors).shape[-1], raw(factors).dtype), factors)
    if adjointly:
        # A.mT X = B, so the gradient of A is -X @ gB.mT, where A @ gB = grad.
        of_matrix = -result @ adjoint(solve_factored(factors, pivots, grad, True, False))
    else:
        of_matrix = -solve_factored(factors, pivots, grad, True, True) @ adjoint(result)
    inner = adjoint(permutation) @ of_matrix
    return tril(inner @ adjoint(upper), -1) + triu(adjoint(lower) @ inner)


def _column_major(made: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
    return column_major(made[0]), made[1], made[2]


_factor_row = several(
    Row(
        "linalg_lu_factor_ex",
        lambda A: _column_major(lu_of(A)),
        ("A",),
        (Gradient("factor_backward(grad, result)", lambda grad, result: factor_backward(grad, result)),),
        node="LinalgLuFactorExBackward0",
        results=("LU", "pivots", "info"),
        saves=("LU", "pivots"),
        shows=(("pivot", True),),
        untracked=(1, 2),
        many=True,
    )
)


def _parts(array: Array) -> tuple[Array, Array, Array]:
    factors, pivots, _ = lu_of(array)
    return permutation_of(pivots, array.shape[-2], array.dtype), lower_of(factors), upper_of(factors)


_lu_row = several(
    Row(
        "linalg_lu",
        _parts,
        ("A",),
        (
            Gradient(
                "lu_backward(grads[0], grads[1], result[0], result[1], result[2])",
                lambda grads, result: lu_backward(grads[0], grads[1], result[0], result[1], result[2]),
            ),
        ),
        node="LinalgLuBackward0",
        results=("P", "L", "U"),
        shows=(("pivot", True),),
        untracked=(0,),
        many=True,
    )
)
_unpack_row = several(
    Row(
        "lu_unpack",
        lambda factors, pivots, data, permutes: (
            permutation_of(pivots, factors.shape[-2], factors.dtype) if permutes else np.zeros(0, factors.dtype),
            lower_of(factors) if data else np.zeros(0, factors.dtype),
            upper_of(factors) if data else np.zeros(0, factors.dtype),
        ),
        ("LU_data",),
        (
            Gradient(
                "unpack_backward(grads, LU_data_shape)",
                lambda grads, LU_data_shape: unpack_backward(grads, LU_data_shape),
            ),
        ),
        node="LuUnpackBackward0",
        arguments=("pivots", "data", "permutes"),
        results=("P", "L", "U"),
        shows=(
            ("LU_data_sym_argsize_minus_1", property(lambda node: node.arguments[-1][-1])),
            ("LU_data_sym_argsize_minus_2", property(lambda node: node.arguments[-1][-2])),
        ),
        untracked=(0,),
        many=True,
    )
)
_solve_row = one(
    Row(
        "linalg_lu_solve",
        lambda LU, B, pivots, left, adjoint: solve_factored(LU, pivots, B, left, adjoint),
        ("LU", "B"),
        (
            Gradient(
                "factored_backward(grad, LU, pivots, result, left, adjoint)",
                lambda grad, LU, result, pivots, left, adjoint: factored_backward(
                    grad, LU, pivots, result, left, adjoint
                ),
            ),
            Gradient(
                "solve_factored(LU, pivots, grad, left, not adjoint)",
                lambda grad, LU, pivots, left, adjoint: solve_factored(LU, pivots, grad, left, not adjoint),
            ),
        ),
        node="LinalgLuSolveBackward0",
        arguments=("pivots", "left", "adjoint"),
        tensors=("pivots",),
    )
)


def lu(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:
    """P, L and U of A = P @ L @ U."""
    refuse_out("linalg_lu", out)
    _check("linalg_lu", "linalg.lu", A, pivot)
    return _LU(_lu_row((A,)))


def lu_factor(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:
    """L and U in one matrix, and the rows exchanged. Raises where a pivot is zero."""
    refuse_out("linalg_lu_factor", out)
    _check("linalg_lu_factor", "torch.lu_factor", A, pivot)
    factors, pivots, info = _factor_row((A,))
    require_success("torch.linalg.lu_factor", info.array, RuntimeError)
    return _LU_FACTOR((factors, pivots))


def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False, out: Any = None) -> Any:
    """As `lu_factor`, and for each matrix 0 or the first pivot that is zero."""
    refuse_out("linalg_lu_factor_ex", out)
    _check("linalg_lu_factor_ex", "torch.lu_factor", A, pivot)
    made = _factor_row((A,))
    if check_errors:
        require_success("torch.linalg.lu_factor_ex", made[2].array, RuntimeError)
    return _LU_FACTOR_EX(made)


@expose("lu", function=False)
def lu_method(self: Tensor, pivot: bool = True, get_infos: bool = False) -> Any:
    """As `torch.lu`, without names."""
    return tuple(old_lu(self, pivot, get_infos))


@expose("lu", method=False)
def old_lu(A: Tensor, pivot: bool = True, get_infos: bool = False, out: Any = None) -> Any:
    """L and U in one matrix, and the rows exchanged; deprecated in favour of `torch.linalg.lu_factor`."""
    refuse_out("lu", out)
    warn_once(
        "lu",
        "torch.lu is deprecated in favor of torch.linalg.lu_factor / torch.linalg.lu_factor_ex and will be removed in "
        "a future PyTorch release.\nLU, pivots = torch.lu(A, compute_pivots)\nshould be replaced with\nLU, pivots = "
        "torch.linalg.lu_factor(A, compute_pivots)\nand\nLU, pivots, info = torch.lu(A, compute_pivots, "
        "get_infos=True)\nshould be replaced with\nLU, pivots, info = torch.linalg.lu_factor_ex(A, compute_pivots)",
    )
    _check("_lu_with_info", "torch.lu_factor", A, pivot)
    made = _factor_row((A,))
    if get_infos:
        return _LU_WITH_INFO(made)
    require_success("torch.linalg.lu_factor_ex", made[2].array, RuntimeError)
    return tuple(made[:2])


@expose("lu_unpack", method=False)
def lu_unpack(
    LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True, *, out: Any = None
) -> Any:
    """P, L and U of what `lu_factor` gave."""
    refuse_out("lu_unpack", out)
    require_tensor("lu_unpack", "LU_data", 1, LU_data)
    require_tensor("lu_unpack", "LU_pivots", 2, LU_pivots)
    if unpack_pivots and LU_pivots.array.dtype != np.int32:
        raise RuntimeError(
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\nNote: this "
            "function is intended to be used with the output produced by torch.linalg.lu_factor"
        )
    return _LU_UNPACK(_unpack_row((LU_data,), (LU_pivots.array, bool(unpack_data), bool(unpack_pivots))))


def lu_solve(
    LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False, out: Any = None
) -> Tensor:
    """X of A @ X = B, where `lu_factor` gave the factors of A; of X @ A = B unless `left`; of A.mT if `adjoint`."""
    refuse_out("linalg_lu_solve", out)
    for place, (name, tensor) in enumerate((("LU", LU), ("pivots", pivots), ("B", B))):
        require_tensor("linalg_lu_solve", name, place + 1, tensor)
    if pivots.requires_grad:
        raise RuntimeError(
            "The function 'linalg_lu_solve' is not differentiable with respect to argument 'pivots'. This input cannot "
            "have requires_grad True."
        )
    require_float("torch.linalg.lu_solve", LU)
    if LU.array.dtype != B.array.dtype:
        require_same_type("linalg.lu_solve", LU, B, ("LU", "B"))
    if pivots.array.dtype != np.int32:
        raise RuntimeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32")
    require_square("torch.linalg.lu_solve", LU)
    require_compatible("linalg.lu_solve", LU.array.shape, B.array.shape, left)
    broadcast_shapes(LU.array.shape[:-2], B.array.shape[:-2])
    return _solve_row((LU, B), (pivots, bool(left), bool(adjoint)))


@expose("lu_solve")
def old_lu_solve(input: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Any = None) -> Tensor:
    """X of A @ X = input, where the factors of A are given; deprecated in favour of `torch.linalg.lu_solve`."""
    warn_once(
        "lu_solve",
        "torch.lu_solve is deprecated in favor of torch.linalg.lu_solveand will be removed in a future PyTorch "
        "release.\nNote that torch.linalg.lu_solve has its arguments reversed.\nX = torch.lu_solve(B, LU, pivots)\n"
        "should be replaced with\nX = torch.linalg.lu_solve(LU, pivots, B)",
    )
    return lu_solve(LU_data, LU_pivots, input, out=out)


def _check(op: str, name: str, tensor: Tensor, pivot: bool) -> None:
    require_tensor(op, "A", 1, tensor)
    if tensor.array.ndim < 2:
        raise RuntimeError(
            f"{name}: Expected tensor with 2 or more dimensions. Got size: {list(tensor.array.shape)} instead"
        )
    if tensor.array.dtype.kind != "f":
        raise NotImplementedError(f"\"lu_cpu\" not implemented for '{tensor.dtype.scalar_type}'")
    if not pivot:
        raise RuntimeError(_NO_PIVOT)
