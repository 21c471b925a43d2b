"""The singular value decomposition, with the gradient of Wan and Zhang's "Automatic differentiation for complex valued
SVD" (2019), as PyTorch has it: it is infinite where two singular values are equal, unless U and Vh are not used.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor, from_array
from ..operands import refuse_out, require_tensor
from ..returns import named
from ..shape.dimensions import transpose
from ..single import several
from ..table import Gradient, Row, expose
from ..tools import raw
from .failures import require_float, require_matrix, require_success
from .matrices import adjoint, column_major, columns, diagonal_matrix, first, rows, skewed, with_diagonal
from .signs import full_svd, reduced_svd

Array = npt.NDArray[Any]
_SVD = named("linalg_svd", "U", "S", "Vh")
_OLD_SVD = named("svd", "U", "S", "V")


def decomposed(array: Array, full_matrices: bool) -> tuple[Array, Array, Array]:
    """U, S, Vh by LAPACK's gesdd; of a matrix with infinities nan. Raises LinAlgError where a number is nan."""
    require_success("linalg.svd", np.asarray(np.isnan(array).any(axis=(-2, -1)), int))
    find = full_svd if full_matrices else reduced_svd
    infinite = np.asarray(~np.isfinite(array).all(axis=(-2, -1), keepdims=True))
    if infinite.any():
        left, values, right = find(np.where(infinite, 0, array))
        nan = array.dtype.type(np.nan)
        left, right = np.where(infinite, nan, left), np.where(infinite, nan, right)
        return column_major(left), np.where(infinite[..., 0], nan, values), column_major(right)
    left, values, right = find(array)
    return column_major(left), values, column_major(right)


def svd_backward(grads: Any, result: Any, full_matrices: bool) -> Any:
    """The gradient of A from those of U, S and Vh, of which some may be None."""
    grad_left, grad_values, grad_right = grads
    left, values, right = result
    count = raw(values).shape[-1]
    if full_matrices:
        left, right = first(left, count, -1), first(right, count, -2)
        grad_left = None if grad_left is None else first(grad_left, count, -1)
        grad_right = None if grad_right is None else first(grad_right, count, -2)
    height, width = raw(left).shape[-2], raw(right).shape[-1]
    if grad_left is None and grad_right is None:
        return left @ (columns(grad_values) * right) if height >= width else (left * rows(grad_values)) @ right
    squares = values * values
    gaps = with_diagonal(rows(squares) - columns(squares), 1.0)
    inner: Any = 0
    if grad_left is not None:
        inner = skewed(adjoint(left) @ grad_left) * rows(values)
    if grad_right is not None:
        inner = inner + columns(values) * skewed(right @ adjoint(grad_right))
    inner = inner / gaps
    if grad_values is not None:
        inner = inner + diagonal_matrix(grad_values)
    if height > count and grad_left is not None:
        outside = grad_left / rows(values)
        return (left @ inner + outside - left @ (adjoint(left) @ outside)) @ right
    if width > count and grad_right is not None:
        outside = grad_right / columns(values)
        return left @ (inner @ right + outside - (outside @ adjoint(right)) @ right)
    return left @ (inner @ right) if height >= width else (left @ inner) @ right


_svd_row = several(
    Row(
        "_linalg_svd",
        decomposed,
        ("A",),
        (
            Gradient(
                "svd_backward(grads, result, full_matrices)",
                lambda grads, result, full_matrices: svd_backward(grads, result, full_matrices),
            ),
        ),
        node="LinalgSvdBackward0",
        arguments=("full_matrices",),
        results=("U", "S", "Vh"),
        shows=(("S_sym_argsize_minus_1", property(lambda node: node._saved_S.array.shape[-1])),),
        many=True,
    )
)


def svd(A: Tensor, full_matrices: bool = True, *, driver: Any = None, out: Any = None) -> Any:
    """A = U @ diag(S) @ Vh, the singular values in descending order; `torch.linalg.svd`."""
    refuse_out("linalg_svd", out)
    _check(A, "linalg_svd")
    _refuse_driver(driver)
    return _SVD(_svd_row((A,), (bool(full_matrices),)))


def svdvals(A: Tensor, *, driver: Any = None, out: Any = None) -> Tensor:
    """The singular values in descending order."""
    refuse_out("linalg_svdvals", out)
    _check(A, "linalg_svdvals")
    _refuse_driver(driver)
    return _svd_row((A,), (False,))[1]


@expose("svd")
def old_svd(input: Tensor, some: bool = True, compute_uv: bool = True, *, out: Any = None) -> Any:
    """A = U @ diag(S) @ V.mT; without `compute_uv` zeros for U and V."""
    refuse_out("svd", out)
    require_tensor("svd", "input", 1, input)
    if input.array.ndim < 2:
        raise RuntimeError(
            f"linalg.svd: input should have at least 2 dimensions, but has {input.array.ndim} dimensions instead"
        )
    _check(input, "svd")
    left, values, right = _svd_row((input,), (not some and compute_uv,))
    if compute_uv:
        return _OLD_SVD((left, values, transpose(right, -2, -1)))
    *batch, height, width = input.array.shape
    dtype = input.array.dtype
    zeros = [from_array(np.zeros((*batch, length, length), dtype)) for length in (height, width)]
    return _OLD_SVD((zeros[0], values, zeros[1]))


def _check(tensor: Tensor, op: str) -> None:
    require_tensor(op, "A", 1, tensor)
    require_matrix("linalg.svd", tensor)
    require_float("linalg.svd", tensor)


def _refuse_driver(driver: Any) -> None:
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )
