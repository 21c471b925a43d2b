"""Cholesky factors of positive-definite matrices, and what is solved with them.

The gradient is Murray's "Differentiation of the Cholesky decomposition" (2016), symmetric as PyTorch's.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ..operands import refuse_out, require_tensor
from ..returns import named
from ..single import one, several
from ..table import CALLS, Gradient, Row, expose
from .elimination import substituted
from .failures import LinAlgError, require_float, require_square, require_success
from .matrices import adjoint, column_major, symmetric, tril
from .triangular import require_fitting, solve_triangular_any, warn_once

Array = npt.NDArray[Any]
_CHOLESKY_EX = named("linalg_cholesky_ex", "L", "info")
_ADVICE = (
    "torch.cholesky is deprecated in favor of torch.linalg.cholesky and will be removed in a future PyTorch release.\n"
    "L = torch.cholesky(A)\nshould be replaced with\nL = torch.linalg.cholesky(A)\nand\n"
    "U = torch.cholesky(A, upper=True)\nshould be replaced with\nU = torch.linalg.cholesky(A).mH\n"
    "This transform will produce equivalent results for all valid (symmetric positive definite) inputs."
)


def _factor(array: Array, upper: bool) -> tuple[Array, Array]:
    """The factor, and for each matrix 0 or the order of the leading minor that is not positive."""
    source = array.swapaxes(-2, -1) if upper else array  # of which the lower half is read
    try:
        lower, info = np.linalg.cholesky(source), np.zeros(array.shape[:-2], np.int32)
        if np.isnan(lower).any():
            lower, info = _failing(source)
    except np.linalg.LinAlgError:
        lower, info = _failing(source)
    lower = np.asarray(lower)
    return (np.ascontiguousarray(lower).swapaxes(-2, -1) if upper else column_major(lower)), info


def _failing(array: Array) -> tuple[Array, Array]:
    """LAPACK's potrf column by column, which stops where a pivot is not positive and leaves the rest as it is."""
    lower = np.tril(array)
    info = np.zeros(array.shape[:-2], np.int32)
    for place in np.ndindex(array.shape[:-2]):
        matrix = lower[place]
        for column in range(array.shape[-1]):
            pivot = matrix[column, column] - matrix[column, :column] @ matrix[column, :column]
            if not pivot > 0:
                matrix[column, column] = pivot
                info[place] = column + 1
                break
            matrix[column:, column] -= matrix[column:, :column] @ matrix[column, :column]
            matrix[column:, column] /= np.sqrt(pivot)
    return lower, info


def cholesky_backward(grad: Any, factor: Any, upper: bool) -> Any:
    """The gradient of the matrix, symmetric."""
    lower, given = (adjoint(factor), adjoint(grad)) if upper else (factor, grad)
    inner = tril(adjoint(lower) @ given)
    inner = (inner + adjoint(tril(inner, -1))) * 0.5
    inner = solve_triangular_any(adjoint(lower), inner, True)
    return solve_triangular_any(lower, inner, False, False)


_factor_row = several(
    Row(
        "linalg_cholesky_ex",
        _factor,
        ("self",),
        (
            Gradient(
                "inv(result[0]) @ mirrored(result[0] @ mT(grad)) @ mT(inv(result[0])) if upper else "
                "mT(inv(result[0])) @ mirrored(mT(result[0]) @ grad) @ inv(result[0])",
                lambda grad, result, upper: cholesky_backward(grad, result[0], upper),
            ),
        ),
        node="LinalgCholeskyExBackward0",
        arguments=("upper",),
        results=("L", "info"),
        saves=("L", "upper"),
        untracked=(1,),
        many=True,
    )
)
_old_row = one(
    Row(
        "cholesky",
        lambda self, upper: _raising("cholesky", self, upper),
        ("self",),
        (
            Gradient(
                "inv(result) @ mirrored(result @ mT(grad)) @ mT(inv(result)) if upper else "
                "mT(inv(result)) @ mirrored(mT(result) @ grad) @ inv(result)",
                lambda grad, result, upper: cholesky_backward(grad, result, upper),
            ),
        ),
        node="CholeskyBackward0",
        arguments=("upper",),
    )
)


def _raising(name: str, array: Array, upper: bool) -> Array:
    factor, info = _factor(array, upper)
    require_success(name, info)
    return factor


def cholesky_solve_any(values: Any, factor: Any, upper: bool) -> Any:
    """X of (L @ L.mT) @ X = values, on arrays and tensors."""
    if type(values) in TENSORS or type(factor) in TENSORS:
        return CALLS["cholesky_solve"]((values, factor), (upper,))
    lower = factor.swapaxes(-2, -1) if upper else factor
    return column_major(substituted(lower.swapaxes(-2, -1), substituted(lower, values, False), True))


def factor_backward(common: Any, factor: Any, upper: bool) -> Any:
    """The gradient of a factor from that of the matrix that it stands for."""
    return -factor @ common if upper else -common @ factor


_solve_row = one(
    Row(
        "cholesky_solve",
        cholesky_solve_any,
        ("self", "input2"),
        (
            Gradient(
                "inv(mT(input2) @ input2) @ grad if upper else inv(input2 @ mT(input2)) @ grad",
                lambda grad, input2, upper: cholesky_solve_any(grad, input2, upper),
            ),
            Gradient(
                "-input2 @ symmetric(inv(mT(input2) @ input2) @ grad @ mT(result)) if upper else "
                "-symmetric(inv(input2 @ mT(input2)) @ grad @ mT(result)) @ input2",
                lambda grad, input2, result, upper: factor_backward(
                    symmetric(cholesky_solve_any(grad, input2, upper) @ adjoint(result)), input2, upper
                ),
            ),
        ),
        node="CholeskySolveBackward0",
        arguments=("upper",),
        saves=("input2", "result", "self", "upper"),
    )
)
_inverse_row = one(
    Row(
        "cholesky_inverse",
        lambda self, upper: cholesky_solve_any(np.eye(self.shape[-1], dtype=self.dtype), self, upper),
        ("self",),
        (
            Gradient(
                "-self @ (result @ symmetric(grad) @ result) if upper else -(result @ symmetric(grad) @ result) @ self",
                lambda grad, self, result, upper: factor_backward(result @ (symmetric(grad) @ result), self, upper),
            ),
        ),
        node="CholeskyInverseBackward0",
        arguments=("upper",),
    )
)


def cholesky(input: Tensor, *, upper: bool = False, out: Any = None) -> Tensor:
    """The lower factor L of A = L @ L.mT, or its transpose. Raises LinAlgError unless A is positive-definite."""
    refuse_out("linalg_cholesky", out)
    factor, info = _checked("linalg_cholesky", input, upper)
    require_success("linalg.cholesky", info.array)
    return factor


def cholesky_ex(input: Tensor, *, upper: bool = False, check_errors: bool = False, out: Any = None) -> Any:
    """The factor, and for each matrix 0 or the order of the leading minor that is not positive-definite."""
    refuse_out("linalg_cholesky_ex", out)
    factor, info = _checked("linalg_cholesky_ex", input, upper)
    if check_errors:
        require_success("linalg.cholesky_ex", info.array)
    return _CHOLESKY_EX((factor, info))


def _checked(op: str, tensor: Tensor, upper: bool) -> tuple[Tensor, ...]:
    require_tensor(op, "input", 1, tensor)
    require_square("linalg.cholesky", tensor)
    require_float("linalg.cholesky", tensor)
    return _factor_row((tensor,), (bool(upper),))


@expose("cholesky")
def old_cholesky(input: Tensor, upper: bool = False, *, out: Any = None) -> Tensor:
    """The Cholesky factor; deprecated in favour of `torch.linalg.cholesky`."""
    refuse_out("cholesky", out)
    require_tensor("cholesky", "input", 1, input)
    warn_once("cholesky", _ADVICE)
    if not input.array.size and not input.requires_grad:  # PyTorch gives it back before it looks at it
        return from_array(np.empty_like(input.array))
    require_square("cholesky", input)
    _require_float("cholesky_cpu", input)
    return _old_row((input,), (bool(upper),))


@expose("cholesky_inverse")
def cholesky_inverse(input: Tensor, upper: bool = False, *, out: Any = None) -> Tensor:
    """The inverse of the matrix whose Cholesky factor is given."""
    refuse_out("cholesky_inverse", out)
    require_tensor("cholesky_inverse", "input", 1, input)
    require_square("cholesky_inverse", input)
    _require_float("cholesky_inverse_out_cpu", input)
    _require_no_zero(input)
    return _inverse_row((input,), (bool(upper),))


def _require_no_zero(factor: Tensor) -> None:
    """Raise PyTorch's LinAlgError for the first zero on the diagonal of a factor."""
    zero = np.diagonal(factor.array, axis1=-2, axis2=-1) == 0
    if not zero.any():
        return
    batch = zero.reshape(-1, zero.shape[-1])
    at = int(np.argmax(batch.any(-1)))
    where = f"(Batch element {at}): " if zero.ndim > 1 else ""
    raise LinAlgError(
        f"cholesky_inverse: {where}The diagonal element {int(np.argmax(batch[at])) + 1} is zero, the inversion could "
        "not be completed because the input matrix is singular."
    )


@expose("cholesky_solve")
def cholesky_solve(input: Tensor, input2: Tensor, upper: bool = False, *, out: Any = None) -> Tensor:
    """X of A @ X = input, where the Cholesky factor of A is given."""
    refuse_out("cholesky_solve", out)
    require_tensor("cholesky_solve", "input2", 2, input2)
    for name, tensor in (("b", input), ("u", input2)):
        if tensor.array.ndim < 2:
            raise RuntimeError(
                f"{name} should have at least 2 dimensions, but has {tensor.array.ndim} dimensions instead"
            )
    require_fitting("cholesky_solve", input, input2)
    _require_float("cholesky_solve_cpu", input)
    return _solve_row((input, input2), (bool(upper),))


def _require_float(kernel: str, tensor: Tensor) -> None:
    if tensor.array.dtype.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{tensor.dtype.scalar_type}'")
