"""Determinants, as they are and as sign and logarithm."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ..operands import refuse_out, require_tensor
from ..pointwise.where import where_
from ..returns import named
from ..single import one, several
from ..table import CALLS, FUNCTIONS, Gradient, Row, expose
from ..tools import expand, like, raw
from .elimination import lu_of
from .failures import require_float, require_matrices, require_square, require_success
from .matrices import adjoint, rows, with_diagonal
from .solve import inverse_any, solve_any

Array = npt.NDArray[Any]
_SLOGDET = named("linalg_slogdet", "sign", "logabsdet")
_OLD_SLOGDET = named("slogdet", "sign", "logabsdet")


def _factors(node: Any) -> tuple[Array, Array, Array]:
    """PyTorch's node keeps LU factors, of the transpose where memory reads so; this makes them when somebody looks."""
    array = node._saved_A.array
    return lu_of(array.swapaxes(-2, -1) if array.flags.c_contiguous else array)


_FACTORS: Final[tuple[tuple[str, property], ...]] = (
    ("LU", property(lambda node: from_array(_factors(node)[0]))),
    ("pivots", property(lambda node: from_array(_factors(node)[1]))),
)


def _eye(x: Any) -> Any:
    size = raw(x).shape
    return like(np.broadcast_to(np.eye(size[-1], dtype=raw(x).dtype), size), x)


def _column(x: Any) -> Any:
    return x.reshape((*raw(x).shape, 1, 1))


def det_backward(grad: Any, A: Any, result: Any) -> Any:
    """The cofactors times the gradient: from the inverse, or by singular values where a matrix is singular."""
    if raw(A).shape[-1] == 1:
        column = grad.unsqueeze(-1).unsqueeze(-1) if type(grad) in TENSORS else _column(grad)
        return expand(column, raw(A).shape)
    if (raw(result) != 0).all():
        found = solve_any(adjoint(A), _eye(A) * _column(grad * result))
        if np.isfinite(raw(found)).all() or not np.isfinite(raw(A)).all():
            return found
    if type(A) in TENSORS or type(grad) in TENSORS:
        left, values, right = FUNCTIONS["_linalg_svd"]((A,), (False,))
    else:
        left, values, right = np.linalg.svd(A, False)
    sign = _det_any(left) * _det_any(right) * grad
    size = raw(values).shape
    # Each value's product of the others, without dividing by it: it may be all but zero.
    others = with_diagonal(expand(rows(values), (*size, size[-1])), 1.0).prod(-1)
    return (left * rows(others * sign.reshape((*raw(sign).shape, 1)))) @ right


def _det_any(x: Any) -> Any:
    return FUNCTIONS["_linalg_det"]((x,)) if type(x) in TENSORS else np.linalg.det(x)


def _det(array: Array) -> Array:
    if array.shape[-1] == 1:
        return array[..., 0, 0].copy()  # -0 stays -0
    return np.asarray(np.linalg.det(array), array.dtype)


_det_row = one(
    Row(
        "_linalg_det",
        _det,
        ("A",),
        (
            Gradient(
                "per_matrix(grad * result) * mT(inv(A))",
                lambda grad, A, result: det_backward(grad, A, result),
            ),
        ),
        node="LinalgDetBackward0",
        shows=_FACTORS,
    )
)


def slogdet_backward(grads: Any, A: Any) -> Any:
    """The inverse's transpose times the gradient of the logarithm; the sign's does not count."""
    grad = grads[1]
    if grad is None:
        return None
    if type(A) not in TENSORS and type(grad) not in TENSORS:
        return adjoint(inverse_any(A)) * _column(grad)
    found, info = CALLS["_linalg_solve_ex"]((adjoint(A), _eye(A) * _column(grad)), (True,))
    require_success("torch.linalg.solve", raw(info))
    return found


def _slogdet(array: Array) -> tuple[Array, Array]:
    sign, logabsdet = np.linalg.slogdet(array)
    unclear = (sign == 0) | np.isnan(logabsdet)
    if unclear.any():  # of a singular matrix the zero has the sign that the factors give it; nan counts as zero
        factors, pivots, _ = lu_of(array.swapaxes(-2, -1) if array.flags.c_contiguous else array)
        swaps = (pivots != np.arange(1, array.shape[-1] + 1)).sum(-1)
        signs = np.nan_to_num(np.sign(np.diagonal(factors, 0, -2, -1))).prod(-1)
        sign = np.where(unclear, np.where(swaps % 2, -signs, signs), sign)
    return np.asarray(sign, array.dtype), np.asarray(logabsdet, array.dtype)


_slogdet_row = several(
    Row(
        "_linalg_slogdet",
        _slogdet,
        ("A",),
        (Gradient("per_matrix(grads[1]) * mT(inv(A))", lambda grads, A: slogdet_backward(grads, A)),),
        node="LinalgSlogdetBackward0",
        results=("sign", "logabsdet"),
        saves=("A", "sign"),
        shows=_FACTORS,
        many=True,
    )
)


def det(A: Tensor, *, out: Any = None) -> Tensor:
    """The determinant of square matrices."""
    refuse_out("linalg_det", out)
    require_matrices("det", A)
    return _det_row((A,))


def slogdet(A: Tensor, *, out: Any = None) -> Any:
    """The sign of the determinant and the logarithm of its size."""
    refuse_out("linalg_slogdet", out)
    require_matrices("slogdet", A)
    return _SLOGDET(_slogdet_row((A,)))


@expose("det")
def old_det(input: Tensor) -> Tensor:
    """The determinant of square matrices."""
    require_tensor("det", "input", 1, input)
    return det(input)


@expose("slogdet")
def old_slogdet(input: Tensor, *, out: Any = None) -> Any:
    """The sign of the determinant and the logarithm of its size."""
    require_tensor("slogdet", "input", 1, input)
    return _OLD_SLOGDET(slogdet(input, out=out))


@expose("logdet")
def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant; nan where that is negative."""
    require_tensor("logdet", "input", 1, input)
    require_square("logdet", input)
    require_float("logdet", input)
    sign, logabsdet = _slogdet_row((input,))
    negative = from_array(sign.array == -1)
    made: Tensor = where_(negative, float("nan"), logabsdet)
    return made
