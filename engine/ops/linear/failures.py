"""The error of linear algebra that cannot be done, and the checks of what is passed to it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ..operands import require_tensor

Array = npt.NDArray[Any]


class _LinAlgError(RuntimeError):
    """`torch.linalg.LinAlgError`: the matrix is singular, not positive-definite, or has numbers that are not finite."""


_LinAlgError.__module__ = "torch._C"
LinAlgError = _LinAlgError

_REASONS = {
    "inv": "The diagonal element {0} is zero, the inversion could not be completed because the input matrix is "
    "singular.",
    "solve": "The solver failed because the input matrix is singular.",
    "cholesky": "The factorization could not be completed because the input is not positive-definite (the leading "
    "minor of order {0} is not positive-definite).",
    "svd": "The algorithm failed to converge because the input matrix contained non-finite values.",
    "eigh": "The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated "
    "eigenvalues (error code: {0}).",
    "lu_factor": "U[{0},{0}] is zero and using it on lu_solve would result in a division by zero. If you still want "
    "to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)",
}


def require_success(name: str, info: Array, error: type[RuntimeError] = LinAlgError) -> None:
    """Raise in PyTorch's words where a matrix of the batch has failed; `info` counts from 1, 0 is well."""
    if not info.any():
        return
    first = int(np.flatnonzero(info.reshape(-1))[0])
    place = f"(Batch element {first}): " if info.ndim else ""
    kind = name.removeprefix("torch.").removeprefix("linalg.").removesuffix("_ex")
    reason = _REASONS[kind].format(int(info.reshape(-1)[first]))
    raise error(f"{name}: {place}{reason}")


def require_matrix(name: str, tensor: Any, argument: str = "A") -> None:
    """Raise RuntimeError for a vector or a number."""
    if tensor.array.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor {argument} must have at least 2 dimensions.")


def require_square(name: str, tensor: Tensor, argument: str = "A") -> None:
    """Raise RuntimeError unless the last two dims are equal."""
    require_matrix(name, tensor, argument)
    rows, columns = tensor.array.shape[-2:]
    if rows != columns:
        raise RuntimeError(
            f"{name}: {argument} must be batches of square matrices, but they are {rows} by {columns} matrices"
        )


def require_float(name: str, tensor: Tensor) -> None:
    """Raise RuntimeError for integers and bools."""
    if tensor.array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}: Expected a floating point or complex tensor as input. Got {tensor.dtype.scalar_type}"
        )


def require_matrices(op: str, tensor: Any, square: bool = True, argument: str = "A") -> None:
    """What most functions of `torch.linalg` ask for: a tensor of (square) matrices of floating-point numbers."""
    require_tensor(f"linalg_{op}", argument, 1, tensor)
    name = f"linalg.{op}"
    if square:
        require_square(name, tensor)
    else:
        require_matrix(name, tensor)
    require_float(name, tensor)


def require_same_type(name: str, one: Tensor, other: Tensor, names: Sequence[str] = ("A", "B")) -> None:
    """Raise RuntimeError unless both have the same dtype."""
    if one.array.dtype != other.array.dtype:
        raise RuntimeError(
            f"{name}: Expected {names[0]} and {names[1]} to have the same dtype, but found {names[0]} of type "
            f"{one.dtype.scalar_type} and {names[1]} of type {other.dtype.scalar_type} instead"
        )


def is_tensor(value: Any) -> bool:
    """Whether it is a tensor."""
    return type(value) in TENSORS
