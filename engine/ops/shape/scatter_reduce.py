"""`scatter_reduce` and `index_reduce`: what an index sends to one place is summed, multiplied, averaged or compared.

Source of the formulas: `scatter_reduce_backward` and `index_reduce_backward` in PyTorch's `FunctionsManual.cpp`, which
are one but for how the index names places: here `index_reduce` numbers whole slices first.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ..offer import Chosen, offer_choice
from ..operands import require_tensor
from ..single import one
from ..table import CALLS, Gradient, Row
from ..tools import filled, like, raw, shape
from .gather import gather_any
from .index_write import check_slices
from .places import along, corner, join, numbered, reduced
from .scatter import check_index, scatter_zeros

Array = npt.NDArray[Any]
_WAYS: Final = ("sum", "prod", "mean", "amax", "amin")
_TOO_MANY_ZEROS: Final = (
    "{}(): Double backward is unsupported for {} when >1 zeros in {} are scattered to the same position in self"
)


def reduce_any(x: Any, source: Any, dim: int, index: Any, reduce: str, include_self: bool) -> Any:
    """`scatter_reduce` of arrays and tensors."""
    if type(x) in TENSORS or type(source) in TENSORS:
        return CALLS["scatter_reduce.two"]((x, source), (dim, index, reduce, include_self))
    return _reduced(x, source, dim, raw(index), reduce, include_self)


def to_self(grad: Any, self: Any, src: Any, dim: int, index: Any, reduce: str, include_self: bool, result: Any) -> Any:
    """What the reduction passes on to the tensor that the source was joined with."""
    made = grad
    if reduce == "prod":
        whole = filled(self, raw(self) == 0, 1.0)
        made = grad * reduce_any(whole, src, dim, index, reduce, include_self) / whole
    elif reduce == "mean":
        made = grad / like(_counts(grad, src, dim, index, include_self), grad)
    elif reduce in ("amax", "amin"):
        reached, _, sharers = _reached(self, src, dim, index, result)
        made = like(reached, grad) * (grad / like(sharers, grad))
    return made if include_self else scatter_zeros(made, dim, index)


def to_source(
    grad: Any, self: Any, src: Any, dim: int, index: Any, reduce: str, include_self: bool, result: Any
) -> Any:
    """What the reduction passes on to the source, an element for each of the index."""
    if reduce == "sum":
        return gather_any(grad, dim, index)
    if reduce == "mean":
        count = _counts(grad, src, dim, index, include_self)
        return gather_any(grad, dim, index) / like(_picked(count, dim, index), grad)
    if reduce == "prod":
        return _to_factors(grad, self, src, dim, index, include_self, result)
    _, reached, sharers = _reached(self, src, dim, index, result)
    return like(reached, grad) * gather_any(grad / like(sharers, grad), dim, index)


def _to_factors(grad: Any, self: Any, src: Any, dim: int, index: Any, include_self: bool, result: Any) -> Any:
    """Each factor gets the product of the others; where it is the only zero, the product without it."""
    zero = raw(src) == 0
    size = shape(self)
    numbers = numbered(size, dim, raw(index))
    zeros = join(np.zeros(size, np.int64), numbers, corner(zero, raw(index).shape).astype(np.int64))
    single = zero & (_picked(zeros, dim, index) == 1)
    without = reduce_any(self, filled(src, single, 1.0), dim, index, "prod", include_self)
    alone = gather_any(grad * without, dim, index)
    others = gather_any(grad * result, dim, index) / filled(src, zero, 1.0)
    made = filled(others, single, 0.0) + filled(alone, ~single, 0.0)
    if (zeros > 1).any() and type(made) in TENSORS:
        return CALLS["scatter_reduce.delayed_error"]((made,))
    return made


def _reached(self: Any, src: Any, dim: int, index: Any, result: Any) -> tuple[Array, Array, Array]:
    """Where self and source are the extreme value, as ones, and how many share each place."""
    own = (raw(self) == raw(result)).astype(raw(result).dtype)
    of_source = (raw(src) == _picked(raw(result), dim, index)).astype(own.dtype)
    read = corner(of_source, raw(index).shape)  # the source may be larger than the index
    return own, of_source, join(own, numbered(own.shape, dim, raw(index)), read)


def _counts(grad: Any, src: Any, dim: int, index: Any, include_self: bool) -> Array:
    start = np.full(shape(grad), float(include_self), raw(grad).dtype)
    ones = np.ones(raw(index).shape, start.dtype)
    counts = join(start, numbered(start.shape, dim, raw(index)), ones)
    counts[counts == 0] = 1
    del src
    return counts


def _picked(array: Array, dim: int, index: Any) -> Array:
    picked: Array = gather_any(array, dim, index)
    return picked


def _reduced(array: Array, source: Array, dim: int, index: Array, reduce: str, include_self: bool) -> Array:
    if not index.size:
        return array.copy(order="C")
    return reduced(array, numbered(array.shape, dim, index), corner(source, index.shape), reduce, include_self)


def _delayed(_grad: Any) -> Any:
    raise RuntimeError(_TOO_MANY_ZEROS.format("scatter_reduce", "src", "src"))


def _rows(name: str, node: str, overload: str, source: str, vector: bool) -> None:
    """`scatter_reduce`; or, with a `vector` of indices, `index_reduce`."""

    def places(index: Any, given: Any, dim: int) -> Any:
        return from_array(along(raw(index), dim, shape(given))) if vector else index

    def rule(of: Any) -> Any:
        if vector:
            return lambda grad, self, source, dim, index, reduce, include_self, result: of(
                grad, self, source, dim, places(index, source, dim), reduce, include_self, result
            )
        return lambda grad, self, src, dim, index, reduce, include_self, result: of(
            grad, self, src, dim, index, reduce, include_self, result
        )

    where = "places(index, source, dim)" if vector else "index"
    words = f"grad, self, {source}, dim, {where}, reduce, include_self, result"
    one(
        Row(
            name,
            lambda self, src, dim, index, reduce, include_self: _reduced(
                self, src, dim, raw(places(index, src, dim)), reduce, include_self
            ),
            ("self", source),
            (Gradient(f"to_self({words})", rule(to_self)), Gradient(f"to_source({words})", rule(to_source))),
            node=node,
            overload=overload,
            arguments=("dim", "index", "reduce", "include_self"),
        )
    )


def places(index: Any, given: Any, dim: int) -> Any:
    """A vector of indices for every line along `dim`."""
    return from_array(along(raw(index), dim, shape(given)))


_rows("scatter_reduce", "ScatterReduceBackward0", "two", "src", False)
_rows("index_reduce", "IndexReduceBackward0", "", "source", True)
one(
    Row(
        "scatter_reduce",
        lambda grad: grad.copy(),
        ("grad",),
        (Gradient("not_implemented('scatter_reduce')", _delayed),),
        node="DelayedError",
        overload="delayed_error",
    )
)


@offer_choice("scatter_reduce")
def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Chosen:
    """Elements of `src` joined to those where `index` says along `dim`, by sum, prod, mean, amax or amin."""
    require_tensor("scatter_reduce", "src", 3, src)
    _require_bool("scatter_reduce", include_self)
    if reduce not in _WAYS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    place = check_index("scatter", input, dim, index, src)
    return Chosen("scatter_reduce.two", (input, src), (place, index, reduce, include_self))


@offer_choice("index_reduce")
def index_reduce(
    input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Chosen:
    """Slices of `source` joined to those of `dim` that `index` names, by prod, mean, amax or amin."""
    _require_bool("index_reduce", include_self)
    if reduce not in _WAYS[1:]:
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    place = check_slices("index_reduce", input, dim, index, source)
    length = input.array.shape[place] if input.array.ndim else 1
    if ((index.array < 0) | (index.array >= length)).any():
        raise IndexError("index out of range in self")
    return Chosen("index_reduce", (input, source), (place, index, reduce, include_self))


def _require_bool(name: str, include_self: object) -> None:
    if not isinstance(include_self, bool):
        raise TypeError(f"{name}(): argument 'include_self' must be bool, not {type(include_self).__name__}")
