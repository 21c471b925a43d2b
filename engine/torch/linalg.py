"""`torch.linalg`: decompositions, norms, inverses and solutions of matrices; the rest says that it is missing."""

from typing import Any

from ..ops.linear.cholesky import cholesky, cholesky_ex
from ..ops.linear.determinant import det, slogdet
from ..ops.linear.eigen import eig, eigh, eigvals, eigvalsh
from ..ops.linear.failures import LinAlgError
from ..ops.linear.lu import lu, lu_factor, lu_factor_ex, lu_solve
from ..ops.linear.matmul import matmul
from ..ops.linear.qr import qr
from ..ops.linear.reflections import householder_product
from ..ops.linear.solve import inv, inv_ex, solve, solve_ex
from ..ops.linear.svd import svd, svdvals
from ..ops.linear.triangular import solve_triangular
from ..ops.reductions.norms import vector_norm
from ..tensor import Tensor
from .names import missing as _missing


def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The norm of a tensor as one vector, or of the vectors along one dim; matrix norms other than 2-norms of all
    elements are not supported."""
    matrices = ord is not None and (A.ndim == 2 if dim is None else isinstance(dim, (tuple, list)) and len(dim) == 2)
    if matrices and ord != "fro":
        raise NotImplementedError(f"the matrix norm {ord} is not supported by the embedded engine; use vector_norm")
    return vector_norm(A, 2.0 if ord in (None, "fro") else ord, dim, keepdim, dtype)


def __getattr__(name: str) -> object:
    raise _missing("torch.linalg", name)


__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "det",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "norm",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "vector_norm",
]
