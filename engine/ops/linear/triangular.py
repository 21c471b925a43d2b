"""Equations with triangular matrices, and what is made of them: Cholesky factors, their solutions and inverses."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from ...arguments import broadcast_shapes
from ...tensor import TENSORS, Tensor
from ...types.promotion import promote_types
from ..operands import refuse_out, require_tensor
from ..returns import named
from ..single import one, several
from ..table import CALLS, Gradient, Row, expose
from ..tools import raw, shape, sum_to
from ..typed import user_level
from .elimination import substituted
from .failures import require_matrix, require_square
from .matrices import adjoint, column_major, tril, triu
from .solve import require_compatible

Array = npt.NDArray[Any]
_TRIANGULAR_SOLVE = named("triangular_solve", "solution", "cloned_coefficient")
_ADVICE = (
    "torch.triangular_solve is deprecated in favor of torch.linalg.solve_triangularand will be removed in a future "
    "PyTorch release.\ntorch.linalg.solve_triangular has its arguments reversed and does not return a copy of one of "
    "the inputs.\nX = torch.triangular_solve(B, A).solution\nshould be replaced with\nX = "
    "torch.linalg.solve_triangular(A, B)."
)


def _solved(matrix: Array, values: Array, upper: bool, left: bool, unitriangular: bool) -> Array:
    if left:
        return column_major(substituted(matrix, values, upper, unitriangular))
    turned = substituted(matrix.swapaxes(-2, -1), values.swapaxes(-2, -1), not upper, unitriangular)
    return np.ascontiguousarray(turned.swapaxes(-2, -1))


def solve_triangular_any(matrix: Any, values: Any, upper: bool, left: bool = True, unitriangular: bool = False) -> Any:
    """X of matrix @ X = values (X @ matrix = values unless `left`), on arrays and tensors."""
    if type(matrix) in TENSORS or type(values) in TENSORS:
        return CALLS["linalg_solve_triangular"]((matrix, values), (upper, left, unitriangular))
    return _solved(matrix, values, upper, left, unitriangular)


def half(x: Any, upper: bool, unitriangular: bool) -> Any:
    """The triangle that is read."""
    diagonal = int(unitriangular)
    return triu(x, diagonal) if upper else tril(x, -diagonal)


def triangle_backward(grad: Any, A: Any, result: Any, upper: bool, left: bool, unitriangular: bool) -> Any:
    """The gradient of the matrix of a triangular equation."""
    inner = solve_triangular_any(adjoint(A), grad, not upper, left, unitriangular)
    return half(-(inner @ adjoint(result)) if left else -(adjoint(result) @ inner), upper, unitriangular)


_solve_row = one(
    Row(
        "linalg_solve_triangular",
        _solved,
        ("self", "B"),
        (
            Gradient(
                "-half(inv(mT(triangle(self, upper, unitriangular))) @ grad @ mT(result), upper, "
                "unitriangular) if left else -half(mT(result) @ (grad @ inv(mT(triangle(self, upper, "
                "unitriangular)))), upper, unitriangular)",
                lambda grad, self, result, upper, left, unitriangular: triangle_backward(
                    grad, self, result, upper, left, unitriangular
                ),
            ),
            Gradient(
                "inv(mT(triangle(self, upper, unitriangular))) @ grad if left else grad @ "
                "inv(mT(triangle(self, upper, unitriangular)))",
                lambda grad, self, upper, left, unitriangular: solve_triangular_any(
                    adjoint(self), grad, not upper, left, unitriangular
                ),
            ),
        ),
        node="LinalgSolveTriangularBackward0",
        arguments=("upper", "left", "unitriangular"),
        domain="matrices",
    )
)


def _old_solved(values: Array, matrix: Array, upper: bool, transpose: bool, unitriangular: bool) -> tuple[Array, Array]:
    turned = matrix.swapaxes(-2, -1) if transpose else matrix
    solution = _solved(turned, values, upper != transpose, True, unitriangular)
    copied = np.broadcast_to(matrix, (*solution.shape[:-2], *matrix.shape[-2:]))
    return solution, np.array(copied.swapaxes(-2, -1), order="C").swapaxes(-2, -1)


def old_values_backward(grad: Any, A: Any, upper: bool, transpose: bool, unitriangular: bool) -> Any:
    """The gradient of the right side of `triangular_solve`."""
    return (
        None
        if grad is None
        else solve_triangular_any(A if transpose else adjoint(A), grad, upper == transpose, True, unitriangular)
    )


def old_triangle_backward(
    grads: Any,
    A: Any,
    solution: Any,
    upper: bool,
    transpose: bool,
    unitriangular: bool,
) -> Any:
    """The gradient of the matrix of `triangular_solve`, and of the copy that it gives."""
    grad, grad_copy = grads
    if grad is None:
        return sum_to(grad_copy, shape(A))
    inner = -old_values_backward(grad, A, upper, transpose, unitriangular)
    found = half(solution @ adjoint(inner) if transpose else inner @ adjoint(solution), upper, unitriangular)
    return found if grad_copy is None else sum_to(found, shape(A)) + sum_to(grad_copy, shape(A))


_old_row = several(
    Row(
        "triangular_solve",
        _old_solved,
        ("self", "A"),
        (
            Gradient(
                "old_values_backward(grads[0], A, upper, transpose, unitriangular)",
                lambda grads, A, upper, transpose, unitriangular: old_values_backward(
                    grads[0], A, upper, transpose, unitriangular
                ),
            ),
            Gradient(
                "old_triangle_backward(grads, A, result[0], upper, transpose, unitriangular)",
                lambda grads, A, result, upper, transpose, unitriangular: old_triangle_backward(
                    grads, A, result[0], upper, transpose, unitriangular
                ),
            ),
        ),
        node="TriangularSolveBackward0",
        arguments=("upper", "transpose", "unitriangular"),
        results=("solution", "cloned_coefficient"),
        saves=("A", "self", "solution", "transpose", "unitriangular", "upper"),
        many=True,
    )
)


def solve_triangular(
    A: Tensor,
    B: Tensor,
    *,
    upper: bool | None = None,
    left: bool = True,
    unitriangular: bool = False,
    out: Any = None,
) -> Tensor:
    """X of A @ X = B, or of X @ A = B unless `left`; of A the half above or below the diagonal is read."""
    refuse_out("linalg_solve_triangular", out)
    if upper is None:
        raise TypeError('linalg_solve_triangular() missing 1 required positional arguments: "upper"')
    require_tensor("linalg_solve_triangular", "input", 1, A)
    require_tensor("linalg_solve_triangular", "B", 2, B)
    require_square("linalg.solve_triangular", A)
    require_matrix("linalg.solve_triangular", B, "B")
    require_compatible("linalg.solve_triangular", A.array.shape, B.array.shape, left)
    _require_float("triangular_solve_cpu", A)
    common = promote_types(A.dtype, B.dtype).numpy
    if A.array.dtype != common or B.array.dtype != common:
        raise NotImplementedError(
            "linalg.solve_triangular of different dtypes is not supported by the embedded engine; convert one of them"
        )
    broadcast_shapes(A.array.shape[:-2], B.array.shape[:-2])
    return _solve_row((A, B), (bool(upper), bool(left), bool(unitriangular)))


@expose("triangular_solve")
def triangular_solve(
    input: Tensor,
    A: Tensor,
    upper: bool = True,
    transpose: bool = False,
    unitriangular: bool = False,
    *,
    out: Any = None,
) -> Any:
    """X of A @ X = input, and a copy of A; deprecated in favour of `torch.linalg.solve_triangular`."""
    refuse_out("triangular_solve", out)
    require_tensor("triangular_solve", "A", 2, A)
    warn_once("triangular_solve", _ADVICE)
    for name, tensor in (("b", input), ("A", A)):
        if tensor.array.ndim < 2:
            raise RuntimeError(
                f"torch.triangular_solve: Expected {name} to have at least 2 dimensions, but it has "
                f"{tensor.array.ndim} dimensions instead"
            )
    require_fitting("triangular_solve", input, A)
    _require_float("triangular_solve_cpu", A)
    return _TRIANGULAR_SOLVE(_old_row((input, A), (bool(upper), bool(transpose), bool(unitriangular))))


def require_fitting(op: str, values: Tensor, matrix: Tensor) -> None:
    """The checks of PyTorch's older functions: same dtype, square matrix, as many rows in the values."""
    if values.array.dtype != matrix.array.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {values.dtype.scalar_type} and A of type "
            f"{matrix.dtype.scalar_type} instead."
        )
    height, width = matrix.array.shape[-2:]
    if height != width:
        raise RuntimeError(f"A must be batches of square matrices, but they are {height} by {width} matrices")
    if height != values.array.shape[-2]:
        given = " by ".join(map(str, values.array.shape[-2:]))
        raise RuntimeError(
            f"Incompatible matrix sizes for {op}: each A matrix is {height} by {height} but each b matrix is {given}"
        )
    broadcast_shapes(values.array.shape[:-2], matrix.array.shape[:-2])


def _require_float(kernel: str, tensor: Tensor) -> None:
    if raw(tensor).dtype.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{tensor.dtype.scalar_type}'")


_warned: set[str] = set()


def warn_once(name: str, advice: str) -> None:
    """A deprecation warning, once per process as in PyTorch."""
    if name not in _warned:
        _warned.add(name)
        warnings.warn(advice, UserWarning, stacklevel=user_level())
