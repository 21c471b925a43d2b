"""Powers and exponentials of matrices, and products of several in the cheapest order."""

from itertools import pairwise
from math import ceil, log2
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ..operands import refuse_out, require_tensor, require_tensors
from ..shape.dimensions import unsqueeze
from ..shape.shape import view
from ..single import one
from ..table import CALLS, METHODS, Gradient, Row, expose
from ..tools import like, raw
from .failures import require_float, require_square
from .matmul import matmul
from .matrices import adjoint, join
from .products import mm
from .solve import inv
from .triangular import warn_once

Array = npt.NDArray[Any]
# The numerator of the Padé approximant of order 13 of exp; the denominator has alternating signs. Higham, "The scaling
# and squaring method for the matrix exponential revisited" (2005).
_PADE = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0,
    10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip
_PADE_REACH = 5.371920351148152  # up to this norm order 13 is exact to double precision


def exponential(array: Array) -> Array:
    """exp of square matrices by scaling and squaring, computed in double precision."""
    if not array.size:
        return array.copy()
    if not np.isfinite(array).all():
        return np.full_like(array, np.nan)
    wide = array.astype(np.float64)
    norm = float(np.abs(wide).sum(-2).max())
    squarings = max(0, ceil(log2(norm / _PADE_REACH))) if norm else 0
    scaled = wide / 2.0**squarings
    power = np.broadcast_to(np.eye(array.shape[-1]), array.shape)
    above, below = power * _PADE[0], power * _PADE[0]
    for order, factor in enumerate(_PADE[1:], 1):
        power = power @ scaled
        term = power * factor
        above, below = above + term, below + (-term if order % 2 else term)
    made = np.linalg.solve(below, above)
    for _ in range(squarings):
        made = made @ made
    return np.asarray(made, array.dtype)


def exp_any(x: Any) -> Any:
    """exp of square matrices, on arrays and tensors."""
    return CALLS["linalg_matrix_exp"]((x,)) if type(x) in TENSORS else exponential(x)


def exp_backward(grad: Any, self: Any) -> Any:
    """The adjoint of exp's derivative: a block of the exponential of [[A.mT, grad], [0, A.mT]] (Mathias, 1996)."""
    turned = adjoint(self)
    size = raw(self).shape[-1]
    below = join((like(np.zeros_like(raw(self)), self), turned), -1)
    return exp_any(join((join((turned, grad), -1), below), -2))[..., :size, size:]


_exp_row = one(
    Row(
        "linalg_matrix_exp",
        exponential,
        ("self",),
        (Gradient("exp_backward(grad, self)", lambda grad, self: exp_backward(grad, self)),),
        node="LinalgMatrixExpBackward0",
    )
)


@expose("matrix_exp")
def matrix_exp(input: Tensor) -> Tensor:
    """The exponential of square matrices."""
    require_tensor("linalg_matrix_exp", "input", 1, input)
    require_square("linalg.matrix_exp", input)
    require_float("linalg.matrix_exp", input)
    return _exp_row((input,))


@expose("matrix_power")
def matrix_power(input: Tensor, n: int, *, out: Any = None) -> Tensor:
    """A square matrix times itself, n times; its inverse if n is negative."""
    refuse_out("linalg_matrix_power", out)
    require_tensor("linalg_matrix_power", "input", 1, input)
    if not isinstance(n, int):
        raise TypeError(f"linalg_matrix_power(): argument 'n' (position 2) must be int, not {type(n).__name__}")
    require_square("linalg.matrix_power", input)
    if n == 0:
        eye = np.eye(input.array.shape[-1], dtype=input.array.dtype)
        made: Tensor = METHODS["copy_"](METHODS["clone"](input), from_array(eye))
        return made
    if n == 1:
        copied: Tensor = METHODS["clone"](input)
        return copied
    if n == -1:
        return inv(input)
    base = inv(input) if n < 0 else input
    count = abs(n)
    if count == 2:
        return matmul(base, base)
    if count == 3:
        return matmul(matmul(base, base), base)
    square: Tensor | None = None
    result: Tensor | None = None
    while count:
        square = base if square is None else matmul(square, square)
        if count % 2:
            result = square if result is None else matmul(result, square)
        count //= 2
    assert result is not None
    return result


def multi_dot(tensors: Any, *, out: Any = None) -> Tensor:
    """The product of two or more matrices in the order that costs least; the ends may be vectors."""
    refuse_out("linalg_multi_dot", out)
    given = list(tensors)
    if len(given) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(given)}")
    size: list[int] = []
    first, last = given[0], given[-1]
    for place, name, tensor in ((0, "first", first), (-1, "last", last)):
        if tensor.array.ndim not in (1, 2):
            raise RuntimeError(f"multi_dot(): the {name} tensor must be 1D or 2D but got {tensor.array.ndim}D")
        if tensor.array.ndim == 2:
            size.append(tensor.array.shape[place])
    matrices = [unsqueeze(first, 0) if first.array.ndim == 1 else first, *given[1:-1]]
    matrices.append(unsqueeze(last, 1) if last.array.ndim == 1 else last)
    for place, tensor in enumerate(matrices):
        if tensor.array.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {place} must be 2D but got {tensor.array.ndim}D")
        if tensor.array.dtype != first.array.dtype:
            raise RuntimeError(
                f"multi_dot(): all tensors must have be the same dtype but tensor 0 is {_c_name(first)} and tensor "
                f"{place} {_c_name(tensor)}"
            )
    for place, (one_matrix, other) in enumerate(pairwise(matrices)):
        if one_matrix.array.shape[1] != other.array.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {place} and {place + 1} with shapes {list(one_matrix.array.shape)} and "
                f"{list(other.array.shape)} cannot be multiplied"
            )
    return view(_chained(matrices), tuple(size))


def _c_name(tensor: Tensor) -> str:
    return {"float32": "float", "float64": "double"}.get(tensor.dtype.name, tensor.dtype.name)


def _chained(matrices: list[Tensor]) -> Tensor:
    """The product of matrices that fit; which pair is multiplied first is found by dynamic programming."""
    if len(matrices) == 3:
        (a, b), (c, d) = matrices[0].array.shape, (matrices[2].array.shape)
        if a * c * d + a * b * c <= b * c * d + a * b * d:
            return mm(mm(matrices[0], matrices[1]), matrices[2])
        return mm(matrices[0], mm(matrices[1], matrices[2]))
    lengths = [matrix.array.shape[0] for matrix in matrices] + [matrices[-1].array.shape[1]]
    count = len(matrices)
    cost = [[0] * count for _ in range(count)]
    cut = [[0] * count for _ in range(count)]
    for span in range(1, count):
        for start in range(count - span):
            end = start + span
            options = [
                cost[start][middle] + cost[middle + 1][end] + lengths[start] * lengths[middle + 1] * lengths[end + 1]
                for middle in range(start, end)
            ]
            cost[start][end] = min(options)
            cut[start][end] = start + options.index(cost[start][end])

    def product(start: int, end: int) -> Tensor:  # as deep as there are matrices in the list
        if start == end:
            return matrices[start]
        middle = cut[start][end]
        return mm(product(start, middle), product(middle + 1, end))

    return product(0, count - 1)


@expose("chain_matmul", method=False)
def chain_matmul(*matrices: Tensor, out: Any = None) -> Tensor:
    """The product of matrices; deprecated in favour of `torch.linalg.multi_dot`."""
    refuse_out("chain_matmul", out)
    warn_once(
        "chain_matmul",
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot "
        "instead, which accepts a list of two or more tensors rather than multiple parameters.",
    )
    require_tensors(matrices)
    for place, matrix in enumerate(matrices):
        if matrix.array.ndim != 2:
            raise RuntimeError(f"Expected a tensor of 2 dimensions at the {place} matrix but got {matrix.array.ndim}D")
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    if len(matrices) == 1:
        copied: Tensor = METHODS["clone"](matrices[0])
        return copied
    return multi_dot(matrices)
