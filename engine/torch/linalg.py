"""`torch.linalg`: decompositions, norms, inverses and solutions of matrices; the rest says that it is missing."""

from ..calls.guard import guard as _guard
from ..ops.linear.cholesky import cholesky, cholesky_ex
from ..ops.linear.determinant import det, slogdet
from ..ops.linear.eigen import eig, eigh, eigvals, eigvalsh
from ..ops.linear.failures import LinAlgError
from ..ops.linear.ldl import ldl_factor, ldl_factor_ex, ldl_solve
from ..ops.linear.least_squares import lstsq, matrix_rank, pinv
from ..ops.linear.lu import lu, lu_factor, lu_factor_ex, lu_solve
from ..ops.linear.matmul import matmul
from ..ops.linear.matrix_norms import cond, matrix_norm, norm
from ..ops.linear.powers import matrix_exp, matrix_power, multi_dot
from ..ops.linear.qr import qr
from ..ops.linear.reflections import householder_product
from ..ops.linear.solve import inv, inv_ex, solve, solve_ex
from ..ops.linear.svd import svd, svdvals
from ..ops.linear.tensors import cross, diagonal, tensorinv, tensorsolve, vander, vecdot
from ..ops.linear.triangular import solve_triangular
from ..ops.reductions.norms import vector_norm
from .names import missing as _missing

globals().update(_guard("torch.linalg", globals()))


def __getattr__(name: str) -> object:
    raise _missing("torch.linalg", name)


__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "ldl_factor",
    "ldl_factor_ex",
    "ldl_solve",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]
