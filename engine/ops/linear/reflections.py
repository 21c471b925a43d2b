"""Products of Householder reflections, LAPACK's compact form of orthogonal matrices: geqrf, orgqr and ormqr.

Column i of a matrix holds, below the diagonal, the vector v of the reflection I - tau_i v v^T, which
is one on the diagonal.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import Tensor
from ..operands import refuse_out, require_tensor
from ..returns import named
from ..single import one, several
from ..table import Gradient, Row, expose
from ..tools import like, raw, shape
from .matrices import adjoint, columns, join, tril

Array = npt.NDArray[Any]
_GEQRF = named("geqrf", "a", "tau")


def vectors_of(matrix: Any, count: int) -> list[Any]:
    """The vectors of the first `count` reflections, as matrices of one column."""
    size = shape(matrix)
    eye = np.eye(size[-2], size[-1], dtype=raw(matrix).dtype)
    whole = tril(matrix, -1) + like(eye, matrix)
    return [whole[..., place : place + 1] for place in range(count)]


def factors_of(tau: Any) -> list[Any]:
    """Each tau as a matrix of one element."""
    return [columns(tau[..., place : place + 1]) for place in range(shape(tau)[-1])]


def reflected(vectors: list[Any], factors: list[Any], start: Any, forwards: bool) -> list[Any]:
    """What `start` becomes step by step: H_1 ... H_k @ start, from the last to the first unless `forwards`."""
    made = [start]
    for place in range(len(factors)) if forwards else reversed(range(len(factors))):
        vector = vectors[place]
        made.append(made[-1] - factors[place] * vector @ (adjoint(vector) @ made[-1]))
    return made


def reflections_backward(grad: Any, matrix: Any, tau: Any, start: Any, forwards: bool) -> tuple[Any, Any]:
    """The gradients of the compact form's matrix and tau."""
    count = shape(tau)[-1]
    vectors, factors = vectors_of(matrix, count), factors_of(tau)
    made = reflected(vectors, factors, start, forwards)
    of_vectors: list[Any] = [None] * count
    of_factors: list[Any] = [None] * count
    for step in reversed(range(count)):
        place = step if forwards else count - 1 - step
        vector, factor, before = vectors[place], factors[place], made[step]
        grad_along, along = adjoint(vector) @ grad, adjoint(vector) @ before
        of_factors[place] = -(grad_along * along).sum((-2, -1))
        of_vectors[place] = -factor * (grad @ adjoint(along) + before @ adjoint(grad_along))
        grad = grad - factor * vector @ grad_along
    width = shape(matrix)[-1]
    if not count or not raw(matrix).size:
        return None, None
    if width > count:
        of_vectors += [of_vectors[0] * 0] * (width - count)
    return tril(join(tuple(of_vectors), -1), -1), join(tuple(columns(each) for each in of_factors), -1)


def _start(matrix: Any) -> Any:
    """The first columns of the identity, as many as the matrix has."""
    size = shape(matrix)
    return like(np.array(np.broadcast_to(np.eye(size[-2], size[-1], dtype=raw(matrix).dtype), size)), matrix)


def _product(matrix: Array, tau: Array) -> Array:
    return np.array(reflected(vectors_of(matrix, tau.shape[-1]), factors_of(tau), _start(matrix), False)[-1])


_product_row = one(
    Row(
        "linalg_householder_product",
        _product,
        ("input", "tau"),
        (
            Gradient(
                "reflections_backward(grad, input, tau, _start(input), False)[0]",
                lambda grad, input, tau: reflections_backward(grad, input, tau, _start(input), False)[0],
            ),
            Gradient(
                "reflections_backward(grad, input, tau, _start(input), False)[1]",
                lambda grad, input, tau: reflections_backward(grad, input, tau, _start(input), False)[1],
            ),
        ),
        node="LinalgHouseholderProductBackward0",
        saves=("input", "result", "tau"),
    )
)


def multiplied(matrix: Any, tau: Any, other: Any, left: bool, transpose: bool) -> Any:
    """Q @ other, with Q or other exchanged or Q transposed, on arrays."""
    start = other if left else adjoint(other)
    forwards = transpose if left else not transpose
    made = reflected(vectors_of(matrix, shape(tau)[-1]), factors_of(tau), start, forwards)[-1]
    return made if left else adjoint(made)


def multiplied_backward(grad: Any, matrix: Any, tau: Any, other: Any, left: bool, transpose: bool) -> tuple[Any, Any]:
    """The gradients of the matrix and of tau."""
    start, given = (other, grad) if left else (adjoint(other), adjoint(grad))
    return reflections_backward(given, matrix, tau, start, transpose if left else not transpose)


_multiply_row = one(
    Row(
        "ormqr",
        lambda self, input2, input3, left, transpose: np.array(multiplied(self, input2, input3, left, transpose)),
        ("self", "input2", "input3"),
        (
            Gradient(
                "multiplied_backward(grad, self, input2, input3, left, transpose)[0]",
                lambda grad, self, input2, input3, left, transpose: multiplied_backward(
                    grad, self, input2, input3, left, transpose
                )[0],
            ),
            Gradient(
                "multiplied_backward(grad, self, input2, input3, left, transpose)[1]",
                lambda grad, self, input2, input3, left, transpose: multiplied_backward(
                    grad, self, input2, input3, left, transpose
                )[1],
            ),
            Gradient(
                "multiplied(self, input2, grad, left, not transpose)",
                lambda grad, self, input2, left, transpose: multiplied(self, input2, grad, left, not transpose),
            ),
        ),
        node="OrmqrBackward0",
        arguments=("left", "transpose"),
        saves=("input2", "input3", "left", "result", "self", "transpose"),
    )
)


def _no_derivative() -> Any:
    raise NotImplementedError("the derivative for 'geqrf' is not implemented.")


def _geqrf(array: Array) -> tuple[Array, Array]:
    compact, tau = np.linalg.qr(array, "raw")
    return compact.swapaxes(-2, -1), tau


_geqrf_row = several(
    Row(
        "geqrf",
        _geqrf,
        ("self",),
        (Gradient("_no_derivative()", lambda grads: _no_derivative()),),
        node="GeqrfBackward0",
        results=("a", "tau"),
        many=True,
    )
)


@expose("geqrf")
def geqrf(input: Tensor, *, out: Any = None) -> Any:
    """LAPACK's geqrf: R and the reflections whose product is Q, in one matrix, and their factors."""
    refuse_out("geqrf", out)
    require_tensor("geqrf", "input", 1, input)
    if input.array.ndim < 2:
        raise RuntimeError("torch.geqrf: input must have at least 2 dimensions.")
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"geqrf_cpu\" not implemented for '{input.dtype.scalar_type}'")
    return _GEQRF(_geqrf_row((input,)))


@expose("orgqr")
def orgqr(input: Tensor, input2: Tensor, *, out: Any = None) -> Tensor:
    """`householder_product`, with another name for the factors."""
    return householder_product(input, input2, out=out)


def householder_product(input: Tensor, tau: Tensor, *, out: Any = None) -> Tensor:
    """The first columns of the product of Householder reflections."""
    refuse_out("linalg_householder_product", out)
    require_tensor("linalg_householder_product", "tau", 2, tau)
    matrix, factors = input.array, tau.array
    name = "torch.linalg.householder_product"
    if matrix.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if matrix.shape[-2] < matrix.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if matrix.shape[-1] < factors.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if matrix.ndim - factors.ndim != 1:
        raise RuntimeError(
            f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to {factors.ndim} and "
            f"input.ndim is equal to {matrix.ndim}"
        )
    if matrix.ndim > 2 and matrix.shape[:-2] != factors.shape[:-1]:
        raise RuntimeError(
            f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got "
            f"{list(factors.shape[:-1])}"
        )
    if matrix.dtype != factors.dtype:
        raise RuntimeError(
            f"{name}: tau dtype {tau.dtype.scalar_type} does not match input dtype {input.dtype.scalar_type}"
        )
    return _product_row((input, tau))


@expose("ormqr")
def ormqr(
    input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False, *, out: Any = None
) -> Tensor:
    """Q @ other, or other @ Q unless `left`, where Q is the product of Householder reflections."""
    refuse_out("ormqr", out)
    for place, (name, tensor) in enumerate((("input2", tau), ("input3", other))):
        require_tensor("ormqr", name, place + 2, tensor)
    matrix, factors, values = input.array, tau.array, other.array
    if matrix.ndim < 2:
        raise RuntimeError("torch.ormqr: input must have at least 2 dimensions.")
    if values.ndim < 2:
        raise RuntimeError("torch.ormqr: other must have at least 2 dimensions.")
    side = -2 if left else -1
    if values.shape[side] != matrix.shape[-2]:
        raise RuntimeError(f"torch.ormqr: other.shape[{side}] must be equal to input.shape[-2]")
    if factors.shape[-1] != min(values.shape[side], matrix.shape[-1]):
        raise RuntimeError(f"torch.ormqr: tau.shape[-1] must be equal to min(other.shape[{side}], input.shape[-1])")
    return _multiply_row((input, tau, other), (bool(left), bool(transpose)))
