"""Eigenvalues and eigenvectors of symmetric matrices; those of others are complex, which the engine does not have."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor
from ..operands import refuse_out, require_tensor
from ..returns import named
from ..single import several
from ..table import Gradient, Row
from .failures import LinAlgError, require_matrix, require_square
from .matrices import adjoint, column_major, columns, diagonal_matrix, rows, symmetric, with_diagonal

Array = npt.NDArray[Any]
_EIGH = named("linalg_eigh", "eigenvalues", "eigenvectors")


def _decomposed(array: Array, upper: bool) -> tuple[Array, Array]:
    try:
        values, vectors = np.linalg.eigh(array, "U" if upper else "L")  # LAPACK's syevd, as PyTorch
    except np.linalg.LinAlgError:
        raise LinAlgError(
            "linalg.eigh: The algorithm failed to converge because the input matrix is ill-conditioned or has too many "
            "repeated eigenvalues (error code: 1)."
        ) from None
    return values, column_major(vectors)


def eigh_backward(grads: Any, result: Any) -> Any:
    """The gradient of A from those of the eigenvalues and of the eigenvectors, one of which may be None."""
    grad_values, grad_vectors = grads
    values, vectors = result
    if grad_vectors is None:
        return (vectors * rows(grad_values)) @ adjoint(vectors)
    inner = adjoint(vectors) @ grad_vectors / with_diagonal(rows(values) - columns(values), 1.0)
    inner = with_diagonal(inner, 0.0)
    if grad_values is not None:
        inner = inner + diagonal_matrix(grad_values)
    return symmetric(vectors @ (inner @ adjoint(vectors))) * 0.5


_eigh_row = several(
    Row(
        "_linalg_eigh",
        _decomposed,
        ("A",),
        (Gradient("eigh_backward(grads, result)", lambda grads, result: eigh_backward(grads, result)),),
        node="LinalgEighBackward0",
        arguments=("upper",),
        results=("eigenvalues", "eigenvectors"),
        many=True,
    )
)


def eigh(input: Tensor, UPLO: str = "L", *, out: Any = None) -> Any:
    """Eigenvalues in ascending order and orthonormal eigenvectors of symmetric matrices, of which one half is read."""
    return _EIGH(_eigh("linalg_eigh", input, UPLO, out))


def eigvalsh(input: Tensor, UPLO: str = "L", *, out: Any = None) -> Tensor:
    """The eigenvalues of symmetric matrices in ascending order."""
    return _eigh("linalg_eigvalsh", input, UPLO, out)[0]


def eig(input: Tensor, *, out: Any = None) -> Any:
    """Eigenvalues and eigenvectors of any matrices would be complex: always raises."""
    del out
    _refuse("eig", input)


def eigvals(input: Tensor, *, out: Any = None) -> Any:
    """Eigenvalues of any matrices would be complex: always raises."""
    del out
    _refuse("eigvals", input)


def _refuse(name: str, tensor: Tensor) -> None:
    require_tensor(f"linalg_{name}", "input", 1, tensor)
    require_matrix(f"linalg.{name}", tensor)
    require_square(f"linalg.{name}", tensor)
    raise NotImplementedError(
        f"linalg.{name}: complex dtypes are not supported by the embedded engine; of symmetric matrices use "
        f"torch.linalg.{'eigh' if name == 'eig' else 'eigvalsh'}"
    )


def _eigh(op: str, tensor: Tensor, uplo: str, out: Any) -> tuple[Tensor, ...]:
    refuse_out(op, out)
    require_tensor(op, "input", 1, tensor)
    require_square("linalg.eigh", tensor)
    if not uplo or uplo[0].upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {uplo}")
    if tensor.array.dtype.kind != "f":
        raise NotImplementedError(f"\"linalg_eigh_cpu\" not implemented for '{tensor.dtype.scalar_type}'")
    return _eigh_row((tensor,), (uplo[0].upper() == "U",))
