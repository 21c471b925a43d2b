"""Approximate decompositions by random projections: Halko, Martinsson and Tropp, "Finding structure with randomness"
(2009), algorithms 4.4 and 5.1."""

from typing import Any

from ...random.tensors import randn
from ...tensor import Tensor
from ..operands import require_tensor
from ..shape.dimensions import transpose
from ..table import METHODS, expose
from .matmul import matmul
from .qr import qr
from .svd import svd


def _basis(A: Tensor, count: int, niter: int, mean: Tensor | None) -> Tensor:
    """Orthonormal columns that span most of what A (less `mean`) reaches."""

    def product(matrix: Tensor, shift: Tensor | None, other: Tensor) -> Tensor:
        made = matmul(matrix, other)
        return made if shift is None else METHODS["sub"](made, matmul(shift, other))

    basis: Tensor = qr(product(A, mean, randn(A.array.shape[-1], count, dtype=A.dtype))).Q
    for _ in range(niter):
        turned_mean = None if mean is None else transpose(mean, -2, -1)
        basis = qr(product(transpose(A, -2, -1), turned_mean, basis)).Q
        basis = qr(product(A, mean, basis)).Q
    return basis


@expose("svd_lowrank", method=False)
def svd_lowrank(A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None) -> Any:
    """About the `q` largest singular values of A - M, with their vectors U and V."""
    require_tensor("svd_lowrank", "A", 1, A)
    height, width = A.array.shape[-2:]
    mean = None if M is None else METHODS["broadcast_to"](M, A.array.shape)
    wide = height < width
    tall = transpose(A, -2, -1) if wide else A
    if wide and mean is not None:
        mean = transpose(mean, -2, -1)
    basis = _basis(tall, 6 if q is None else q, 2 if niter is None else niter, mean)
    small = matmul(transpose(basis, -2, -1), tall)
    if mean is not None:
        small = METHODS["sub"](small, matmul(transpose(basis, -2, -1), mean))
    left, values, right = svd(small, False)
    left, right = matmul(basis, left), transpose(right, -2, -1)
    return (right, values, left) if wide else (left, values, right)


@expose("pca_lowrank", method=False)
def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> Any:
    """About the first `q` principal components of the rows of A, which are centered unless `center` is false."""
    require_tensor("pca_lowrank", "A", 1, A)
    most = min(A.array.shape[-2:])
    count = min(6, most) if q is None else q
    if not 0 <= count <= most:
        raise ValueError(f"q(={count}) must be non-negative integer and not greater than min(m, n)={most}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    if not center:
        return svd_lowrank(A, count, niter)
    return svd_lowrank(METHODS["sub"](A, METHODS["mean"](A, (-2,), True)), count, niter)
