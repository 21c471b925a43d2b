"""The QR decomposition, with the gradient of Roberts and Roberts' "QR and LQ decomposition matrix backpropagation"."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor
from ..operands import refuse_out, require_tensor
from ..returns import named
from ..single import several
from ..table import Gradient, Row, expose
from ..tools import expand, like, raw
from .failures import require_float, require_matrix
from .matrices import (
    adjoint,
    column_major,
    first,
    halved_diagonal,
    join,
    skewed,
    symmetric,
    tril,
    triu,
)
from .triangular import solve_triangular_any, warn_once

Array = npt.NDArray[Any]
_QR = named("linalg_qr", "Q", "R")
_OLD_QR = named("qr", "Q", "R")
_ADVICE = (
    "torch.qr is deprecated in favor of torch.linalg.qr and will be removed in a future PyTorch release.\n"
    "The boolean parameter 'some' has been replaced with a string parameter 'mode'.\nQ, R = torch.qr(A, some)\n"
    "should be replaced with\nQ, R = torch.linalg.qr(A, 'reduced' if some else 'complete')"
)


def _factors(array: Array, mode: str) -> tuple[Array, Array]:
    if mode == "r":
        return np.zeros(0, array.dtype), column_major(np.asarray(np.linalg.qr(array, "r")))
    basis, triangle = np.linalg.qr(array, mode)  # type: ignore[call-overload]  # a string that was checked
    return column_major(basis), column_major(triangle)


def qr_backward(grads: Any, result: Any, mode: str) -> Any:
    """The gradient of A from those of Q and R, one of which may be None."""
    grad_q, grad_r = grads
    basis, triangle = result
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, "
            "mode='reduced') if you are going to differentiate through linalg.qr."
        )
    height, width = raw(basis).shape[-2], raw(triangle).shape[-1]
    if mode == "complete" and height > width:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
    inner: Any = 0
    if height >= width:
        if grad_r is not None:
            inner = grad_r @ adjoint(triangle)
        if grad_q is not None:
            inner = inner - adjoint(basis) @ grad_q
        found = basis @ halved_diagonal(symmetric(triu(inner)))
        if grad_q is not None:
            found = found + grad_q
        return solve_triangular_any(adjoint(triangle), found, False, False)
    if grad_q is not None:
        inner = adjoint(basis) @ grad_q
    if grad_r is not None:
        inner = inner - grad_r @ adjoint(triangle)
    inner = solve_triangular_any(adjoint(first(triangle, height, -1)), tril(skewed(inner), -1), False, False)
    shape = raw(inner).shape
    zeros = like(np.zeros((*shape[:-1], width - height), raw(inner).dtype), inner)
    found = join((inner, zeros), -1)
    return basis @ (found if grad_r is None else found + expand(grad_r, raw(found).shape))


_qr_row = several(
    Row(
        "linalg_qr",
        _factors,
        ("A",),
        (Gradient("qr_backward(grads, result, mode)", lambda grads, result, mode: qr_backward(grads, result, mode)),),
        node="LinalgQrBackward0",
        arguments=("mode",),
        results=("Q", "R"),
        many=True,
    )
)


def qr(A: Tensor, mode: str = "reduced", *, out: Any = None) -> Any:
    """A = Q @ R with orthonormal columns in Q; `mode` is "reduced", "complete" or "r", which leaves Q out."""
    refuse_out("linalg_qr", out)
    require_tensor("linalg_qr", "A", 1, A)
    return _QR(_qr(A, mode))


@expose("qr")
def old_qr(input: Tensor, some: bool = True, *, out: Any = None) -> Any:
    """A = Q @ R; deprecated in favour of `torch.linalg.qr`."""
    refuse_out("qr", out)
    require_tensor("qr", "input", 1, input)
    warn_once("qr", _ADVICE)
    return _OLD_QR(_qr(input, "reduced" if some else "complete"))


def _qr(tensor: Tensor, mode: str) -> tuple[Tensor, ...]:
    require_matrix("linalg.qr", tensor)
    require_float("linalg.qr", tensor)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    return _qr_row((tensor,), (mode,))
