"""Linear equations and inverses: `torch.linalg.solve`, `inv`, and their variants that report instead of raising."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...arguments import broadcast_shapes
from ...tensor import TENSORS, Tensor, from_array
from ..operands import refuse_out, require_tensor
from ..returns import named
from ..single import several
from ..table import CALLS, Gradient, Row, expose
from ..tools import raw
from .elimination import lu_of, solved
from .failures import (
    require_float,
    require_matrices,
    require_matrix,
    require_same_type,
    require_square,
    require_success,
)
from .matrices import adjoint, column_major, columns

Array = npt.NDArray[Any]
_SOLVE_EX = named("linalg_solve_ex", "result", "info")
_INV_EX = named("linalg_inv_ex", "inverse", "info")
# PyTorch's nodes keep the LU factors; these make them when somebody looks.
FACTORS: Final[tuple[tuple[str, property], ...]] = (
    ("LU", property(lambda node: from_array(lu_of(node._saved_A.array)[0]))),
    ("pivots", property(lambda node: from_array(lu_of(node._saved_A.array)[1]))),
)


def is_vector(matrices: tuple[int, ...], values: tuple[int, ...]) -> bool:
    """Whether the right side of an equation is a batch of vectors, as PyTorch tells."""
    return len(values) == 1 or (len(matrices) - 1 == len(values) and values == matrices[:-1])


def solve_any(matrix: Any, values: Any, left: bool = True) -> Any:
    """X of matrix @ X = values, or of X @ matrix = values, on arrays and tensors."""
    if type(matrix) in TENSORS or type(values) in TENSORS:
        return CALLS["_linalg_solve_ex"]((matrix, values), (left,))[0]
    return _solved(matrix, values, left)[0]


def _solved(matrix: Array, values: Array, left: bool) -> tuple[Array, Array]:
    vector = is_vector(matrix.shape, values.shape)
    right = values[..., None] if vector else values
    if left:
        found, info = solved(matrix, right)
        found = column_major(found)
    else:
        found, info = solved(matrix.swapaxes(-2, -1), right.swapaxes(-2, -1))
        found = np.ascontiguousarray(found).swapaxes(-2, -1)
    return (found[..., 0] if vector else found), info


def solve_backward(grad: Any, A: Any, result: Any, left: bool) -> Any:
    """The gradient of the matrix of an equation."""
    vector = is_vector(raw(A).shape, raw(result).shape)
    inner = solve_any(adjoint(A), grad, left)
    if vector:
        return -columns(inner) @ adjoint(columns(result))
    return -inner @ adjoint(result) if left else -adjoint(result) @ inner


_solve_row = several(
    Row(
        "_linalg_solve_ex",
        _solved,
        ("A", "B"),
        (
            Gradient(
                "-by_transpose(times(inv(mT(A)), grad), result[0], A) if left else "
                "-mT(result[0]) @ (grad @ inv(mT(A)))",
                lambda grad, A, result, left: solve_backward(grad, A, result[0], left),
            ),
            Gradient(
                "times(inv(mT(A)), grad) if left else grad @ inv(mT(A))",
                lambda grad, A, left: solve_any(adjoint(A), grad, left),
            ),
        ),
        node="LinalgSolveExBackward0",
        arguments=("left",),
        results=("result", "info"),
        saves=("A", "left", "result"),
        shows=FACTORS,
        untracked=(1,),
        many=True,
    )
)
_inv_row = several(
    Row(
        "linalg_inv_ex",
        lambda A: _inverse(A),
        ("A",),
        (
            Gradient(
                "-mT(result[0]) @ (grad @ mT(result[0]))",
                lambda grad, result: -adjoint(result[0]) @ (grad @ adjoint(result[0])),
            ),
        ),
        node="LinalgInvExBackward0",
        results=("inverse", "info"),
        saves=("inverse",),
        untracked=(1,),
        many=True,
    )
)


def _inverse(array: Array) -> tuple[Array, Array]:
    found, info = solved(array, np.eye(array.shape[-1], dtype=array.dtype))
    return column_major(found), info


def inverse_any(x: Any) -> Any:
    """The inverse of arrays and tensors."""
    return _inv_row((x,))[0] if type(x) in TENSORS else _inverse(x)[0]


def solve(A: Tensor, B: Tensor, *, left: bool = True, out: Any = None) -> Tensor:
    """X of A @ X = B, or of X @ A = B unless `left`. Raises LinAlgError where a matrix is singular."""
    refuse_out("linalg_solve", out)
    found, info = _solve("linalg_solve", A, B, left)
    require_success("torch.linalg.solve", info.array)
    return found


def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False, out: Any = None) -> Any:
    """What `solve` gives, and for each matrix 0 or the first diagonal element of its elimination that is zero."""
    refuse_out("linalg_solve_ex", out)
    found, info = _solve("linalg_solve_ex", A, B, left)
    if check_errors:
        require_success("torch.linalg.solve_ex", info.array)
    return _SOLVE_EX((found, info))


def _solve(op: str, A: Tensor, B: Tensor, left: bool) -> tuple[Tensor, ...]:
    require_tensor(op, "A", 1, A)
    require_tensor(op, "B", 2, B)
    require_float("linalg.solve", A)
    require_square("linalg.solve", A)
    require_same_type("linalg.solve", A, B)
    matrix, values = A.array.shape, B.array.shape
    vector = is_vector(matrix, values)
    if not vector:
        require_matrix("linalg.solve", B, "B")
    size = (*values, 1) if vector else values
    require_compatible("linalg.solve", matrix, size, left)
    broadcast_shapes(size[:-2], matrix[:-2])  # raises where they do not fit
    if vector and not left:
        raise RuntimeError(
            "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case "
            "linalg.solve is equivalent to B / A.squeeze(-1)"
        )
    return _solve_row((A, B), (bool(left),))


def require_compatible(name: str, matrix: tuple[int, ...], values: tuple[int, ...], left: bool) -> None:
    """Raise RuntimeError where an equation's sides do not fit."""
    if matrix[-2] != values[-2 if left else -1]:
        equation = "AX = B" if left else "XA = B"
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation {equation} "
            f"({matrix[-2]}x{matrix[-1]} and {values[-2]}x{values[-1]})"
        )


@expose("inverse")
def inverse(input: Tensor, *, out: Any = None) -> Tensor:
    """The inverse. Raises LinAlgError where a matrix is singular."""
    return inv(input, out=out)


def inv(A: Tensor, *, out: Any = None) -> Tensor:
    """The inverse. Raises LinAlgError where a matrix is singular."""
    refuse_out("linalg_inv", out)
    require_matrices("inv", A)
    found, info = _inv_row((A,))
    require_success("linalg.inv", info.array)
    return found


def inv_ex(A: Tensor, *, check_errors: bool = False, out: Any = None) -> Any:
    """The inverse, and for each matrix 0 or the first diagonal element of its elimination that is zero."""
    refuse_out("linalg_inv_ex", out)
    require_tensor("linalg_inv_ex", "A", 1, A)
    require_matrices("inv", A)
    found, info = _inv_row((A,))
    if check_errors:
        require_success("linalg.inv_ex", info.array)
    return _INV_EX((found, info))
