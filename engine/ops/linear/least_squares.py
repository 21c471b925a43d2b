"""Pseudoinverses, ranks and least squares, all by singular values.

The gradient of the pseudoinverse is Golub and Pereyra's (1973), as in PyTorch.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...arguments import broadcast_shapes
from ...tensor import TENSORS, Tensor, from_array
from ..operands import refuse_out, require_tensor
from ..returns import named
from ..single import one, several
from ..table import CALLS, Gradient, Row, expose
from ..tools import raw
from .failures import LinAlgError, require_square
from .matrices import adjoint, column_major, columns, rows
from .signs import reduced_svd
from .solve import is_vector

Array = npt.NDArray[Any]
_LSTSQ = named("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
_DRIVERS = ("gels", "gelsy", "gelsd", "gelss")


def tolerances(size: tuple[int, ...], dtype: Any, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """Both tolerances as arrays or numbers; unless given, the relative one is the precision times the longer side."""
    absolute = 0.0 if atol is None else raw(atol)
    if rtol is not None:
        return absolute, raw(rtol)
    default = float(np.finfo(dtype).eps) * max(size[-2:])
    return absolute, default if atol is None else np.where(np.asarray(absolute) > 0, 0.0, default)


def limit(values: Array, atol: Any, rtol: Any) -> Array:
    """Below it a singular value counts as zero."""
    if not values.shape[-1]:
        return np.zeros((*values.shape[:-1], 1), values.dtype)
    largest = values.max(-1)
    made = np.maximum(np.asarray(atol, values.dtype), np.asarray(rtol, values.dtype) * largest)
    return np.asarray(made)[..., None]


def _pseudoinverse(array: Array, atol: Any, rtol: Any, hermitian: bool) -> Array:
    if not array.size:
        return np.zeros((*array.shape[:-2], array.shape[-1], array.shape[-2]), array.dtype)
    if hermitian:
        values, left = np.linalg.eigh(array)
        right = left.swapaxes(-2, -1)
    else:
        left, values, right = reduced_svd(array)
    sizes = np.abs(values)
    kept = sizes > limit(sizes, atol, rtol)
    inverse = np.where(kept, 1 / np.where(kept, values, 1), 0)
    made: Array = (right.swapaxes(-2, -1) * inverse[..., None, :]) @ left.swapaxes(-2, -1)
    return made


def pinv_backward(grad: Any, result: Any, self: Any) -> Any:
    """The gradient of the pseudoinverse, where the rank does not change."""
    height, width = raw(self).shape[-2:]
    inverse, turned, given = result, adjoint(result), adjoint(grad)
    if height <= width:
        inner = given @ inverse
        outer = inner @ turned
        return (
            -adjoint(inverse @ inner) + outer - (self @ inverse) @ outer + (turned @ inverse) @ (given - inner @ self)
        )
    inner = inverse @ given
    outer = turned @ inner
    return -adjoint(inner @ inverse) + (given - self @ inner) @ inverse @ turned + outer - (outer @ inverse) @ self


_pinv_row = one(
    Row(
        "linalg_pinv",
        _pseudoinverse,
        ("self",),
        (
            Gradient(
                "pinv_backward(grad, result, self)",
                lambda grad, result, self: pinv_backward(grad, result, self),
            ),
        ),
        node="LinalgPinvBackward0",
        arguments=("atol", "rtol", "hermitian"),
        saves=("result", "self"),
    )
)


def pinv_any(x: Any) -> Any:
    """The pseudoinverse of arrays and tensors."""
    atol, rtol = tolerances(raw(x).shape, raw(x).dtype, None, None)
    if type(x) in TENSORS:
        return CALLS["linalg_pinv"]((x,), (atol, rtol, False))
    return _pseudoinverse(x, atol, rtol, False)


def pinv(
    A: Tensor,
    rcond: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
    out: Any = None,
) -> Tensor:
    """The pseudoinverse; singular values up to max(atol, rtol * the largest) count as zero."""
    refuse_out("linalg_pinv", out)
    return _pinv("linalg_pinv", A, atol, rtol if rcond is None else rcond, hermitian)


def _pinv(op: str, A: Tensor, atol: Any, rtol: Any, hermitian: bool) -> Tensor:
    require_tensor(op, "input", 1, A)
    if A.array.dtype.kind != "f" or A.array.ndim < 2:
        raise RuntimeError(
            f"linalg.pinv({A.dtype.scalar_type}{{{list(A.array.shape)}}}): expected a tensor with 2 or more dimensions "
            "of float, double, cfloat or cdouble types"
        )
    if hermitian:
        require_square("linalg.eigh", A)
    absolute, relative = tolerances(A.array.shape, A.array.dtype, atol, rtol)
    return _pinv_row((A,), (absolute, relative, bool(hermitian)))


@expose("pinverse")
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudoinverse; singular values up to rcond times the largest count as zero."""
    return _pinv("pinverse", input, None, rcond, False)


def matrix_rank(
    A: Tensor,
    tol: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
    out: Any = None,
) -> Tensor:
    """How many singular values are larger than max(atol, rtol * the largest)."""
    refuse_out("linalg_matrix_rank", out)
    require_tensor("linalg_matrix_rank", "input", 1, A)
    array = A.array
    if array.ndim < 2:
        raise RuntimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    if array.dtype.kind != "f":
        raise RuntimeError("This function doesn't handle types other than float and double")
    if hermitian:
        require_square("linalg.eigh", A)
    absolute, relative = (raw(tol), 0.0) if tol is not None else tolerances(array.shape, array.dtype, atol, rtol)
    if not array.size:
        return from_array(np.zeros(array.shape[:-2], np.int64))
    values = np.abs(np.linalg.eigvalsh(array)) if hermitian else np.linalg.svd(array, compute_uv=False)
    return from_array(np.asarray((values > limit(values, absolute, relative)).sum(-1, dtype=np.int64)))


def lstsq_backward(grads: Any, self: Any, b: Any, result: Any) -> tuple[Any, Any]:
    """The gradients of the matrix and of the right side from those of the solution and the residuals."""
    grad, grad_residuals = grads
    solution = result[0]
    vector = is_vector(raw(self).shape, raw(b).shape)
    if vector:
        solution, b = columns(solution), columns(b)
        grad = None if grad is None else columns(grad)
    of_matrix, of_values = None, None
    if grad is not None:
        inverse = pinv_any(self)
        of_matrix = pinv_backward(grad @ adjoint(b), inverse, self)
        of_values = adjoint(inverse) @ grad
    if grad_residuals is not None and raw(grad_residuals).size:
        rest = (b - self @ solution) * (rows(grad_residuals) * 2)
        through = -rest @ adjoint(solution)
        of_matrix = through if of_matrix is None else of_matrix + through
        of_values = rest if of_values is None else of_values + rest
    if of_values is not None and vector:
        of_values = of_values[..., 0]
    return of_matrix, of_values


def _least(array: Array, values: Array, rcond: float, driver: str) -> tuple[Array, Array, Array, Array]:
    vector = is_vector(array.shape, values.shape)
    right = values[..., None] if vector else values
    height, width = array.shape[-2:]
    empty = np.zeros(0, array.dtype)
    left, sizes, turned = reduced_svd(array)
    kept = sizes > (limit(sizes, 0.0, rcond) if driver != "gels" else 0)
    inverse = np.where(kept, 1 / np.where(kept, sizes, 1), 0)
    solution = column_major(turned.swapaxes(-2, -1) @ (inverse[..., :, None] * (left.swapaxes(-2, -1) @ right)))
    rank = np.asarray(kept.sum(-1, dtype=np.int64))
    residuals = empty
    if height > width and driver != "gelsy" and (driver == "gels" or bool((rank == width).all())):
        rest = right - array @ solution
        residuals = (rest * rest).sum(-2)
    return (
        solution[..., 0] if vector else solution,
        residuals,
        np.zeros(0, np.int64) if driver == "gels" else rank,
        sizes if driver in ("gelsd", "gelss") else empty,
    )


_lstsq_row = several(
    Row(
        "linalg_lstsq",
        _least,
        ("self", "b"),
        (
            Gradient(
                "lstsq_backward(grads, self, b, result)[0]",
                lambda grads, self, b, result: lstsq_backward(grads, self, b, result)[0],
            ),
            Gradient(
                "lstsq_backward(grads, self, b, result)[1]",
                lambda grads, self, b, result: lstsq_backward(grads, self, b, result)[1],
            ),
        ),
        node="LinalgLstsqBackward0",
        arguments=("rcond", "driver"),
        results=("solution", "residuals", "rank", "singular_values"),
        saves=("b", "self", "solution"),
        untracked=(2, 3),
        many=True,
    )
)


def lstsq(input: Tensor, b: Tensor, rcond: float | None = None, *, driver: str | None = None, out: Any = None) -> Any:
    """The X of least norm for which ||input @ X - b|| is least, with the residuals where `driver` finds them."""
    refuse_out("linalg_lstsq", out)
    require_tensor("linalg_lstsq", "input", 1, input)
    require_tensor("linalg_lstsq", "b", 2, b)
    name = "torch.linalg.lstsq"
    matrix, values = input.array, b.array
    if matrix.dtype.kind != "f":
        raise RuntimeError("This function doesn't handle types other than float and double")
    if matrix.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if values.ndim < 1:
        raise RuntimeError(f"{name}: other must have at least 1 dimension.")
    if matrix.dtype != values.dtype:
        raise RuntimeError(
            f"{name}: Expected input and other to have the same dtype, but got input's dtype "
            f"{input.dtype.scalar_type} and other's dtype {b.dtype.scalar_type}"
        )
    vector = is_vector(matrix.shape, values.shape)
    if not 0 <= matrix.ndim - values.ndim <= 1:
        raise RuntimeError(
            f"{name}: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1"
        )
    if matrix.shape[-2] != values.shape[-1 if vector else -2]:
        place = "-1" if vector else "-2"
        raise RuntimeError(f"{name}: input.size(-2) should match other.size({place})")
    if driver is not None and driver not in _DRIVERS:
        raise RuntimeError(f"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    batch = matrix.ndim - 2  # PyTorch reads as many leading dims of both, then broadcasts what is a batch
    expected = broadcast_shapes(matrix.shape[:batch], values.shape[:batch])
    common = broadcast_shapes(matrix.shape[:-2], values.shape[: -1 if vector else -2])
    broadcast_shapes(expected, common)
    if not vector and expected != common:
        raise NotImplementedError(
            f"{name}: a right side with fewer dims, of shape {list(values.shape)}, for matrices of shape "
            f"{list(matrix.shape)} is not supported by the embedded engine; expand it to their batch first"
        )
    chosen = driver or "gelsy"
    limit_ratio = float(np.finfo(matrix.dtype).eps) * max(matrix.shape[-2:]) if rcond is None else rcond
    if chosen == "gels" and matrix.size:
        _require_full_rank(matrix)
    return _LSTSQ(_lstsq_row((input, b), (limit_ratio, chosen)))


def _require_full_rank(array: Array) -> None:
    """LAPACK's gels finds an exact zero on the diagonal of R, or of L where the matrix is wide."""
    square = array if array.shape[-2] >= array.shape[-1] else array.swapaxes(-2, -1)
    diagonal = np.diagonal(np.linalg.qr(square, "r"), 0, -2, -1)
    if (diagonal == 0).any():
        first = int(np.argwhere(diagonal == 0)[0][-1]) + 1
        raise LinAlgError(
            "torch.linalg.lstsq: The least squares solution could not be computed because the input matrix does not "
            f"have full rank (error code: {first})."
        )
