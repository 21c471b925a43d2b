"""`scatter` and its kin: elements of a source go where an index tensor says along a dim. The reverse of `gather`.

Source of the formulas: `scatter`, `scatter_add` in PyTorch's `derivatives.yaml`.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ...types.dtype import int32, int64
from ..dims import wrap_dim
from ..offer import Chosen, offer_choice
from ..operands import require_tensor
from ..single import one
from ..table import CALLS, Gradient, Row
from ..tools import raw
from .gather import gather_any
from .places import corner, join, numbered, put

Array = npt.NDArray[Any]
_REDUCES: Final = {"add": "sum", "multiply": "prod"}


def scatter_zeros(grad: Any, dim: int, index: Any) -> Any:
    """`grad` with zeros where the index says."""
    array = raw(grad)
    if type(grad) in TENSORS:
        return CALLS["scatter.value"]((grad,), (dim, index, 0))
    return put(array, numbered(array.shape, dim, raw(index)), 0)


_SELF: Final = Gradient("scatter_zeros(grad, dim, index)", scatter_zeros)
_SOURCE: Final = Gradient("gather_any(grad, dim, index)", gather_any)

one(
    Row(
        "scatter",
        lambda self, src, dim, index: _scattered(self, src, dim, raw(index)),
        ("self", "src"),
        (_SELF, _SOURCE),
        node="ScatterBackward0",
        overload="src",
        arguments=("dim", "index"),
    )
)
one(
    Row(
        "scatter",
        lambda self, dim, index, value: put(self, numbered(self.shape, dim, raw(index)), _as(self, value)),
        ("self",),
        (_SELF,),
        node="ScatterBackward1",
        overload="value",
        arguments=("dim", "index", "value"),
    )
)
one(
    Row(
        "scatter_add",
        lambda self, src, dim, index: _joined(self, src, dim, raw(index), "sum"),
        ("self", "src"),
        (Gradient("grad", lambda grad: grad), _SOURCE),
        node="ScatterAddBackward0",
        arguments=("dim", "index"),
    )
)
one(
    Row(
        "scatter",
        lambda self, src, dim, index, reduce: _joined(self, src, dim, raw(index), reduce),
        ("self", "src"),
        (None, None),
        node="NotImplemented",
        overload="reduce",
        arguments=("dim", "index", "reduce"),
    )
)
one(
    Row(
        "scatter",
        lambda self, dim, index, value, reduce: join(
            self, numbered(self.shape, dim, raw(index)), np.asarray(_as(self, value)), reduce
        ),
        ("self",),
        (None,),
        node="NotImplemented",
        overload="value_reduce",
        arguments=("dim", "index", "value", "reduce"),
    )
)


@offer_choice("scatter")
def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Chosen:
    """Elements of `src`, or one value, written where `index` says along `dim`; with `reduce` added or multiplied."""
    source = value if src is None else src
    if type(source) not in TENSORS and not isinstance(source, (int, float, np.number)):
        got = ", ".join(type(each).__name__ for each in (dim, index, source) if each is not None)
        raise TypeError(f"scatter() received an invalid combination of arguments - got ({got})")
    place = check_index("scatter", input, dim, index, source if type(source) in TENSORS else None)
    if reduce is not None and reduce not in _REDUCES:
        raise RuntimeError("reduce argument must be either add or multiply.")
    how = () if reduce is None else (_REDUCES[reduce],)
    if type(source) in TENSORS:
        return Chosen("scatter.reduce" if how else "scatter.src", (input, source), (place, index, *how))
    return Chosen("scatter.value_reduce" if how else "scatter.value", (input,), (place, index, source, *how))


@offer_choice("scatter_add")
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Chosen:
    """Elements of `src` added where `index` says along `dim`."""
    require_tensor("scatter_add", "src", 3, src)
    return Chosen("scatter_add", (input, src), (check_index("scatter", input, dim, index, src), index))


def check_index(name: str, input: Tensor, dim: int, index: Tensor, src: Tensor | None) -> int:
    """`dim` from 0. Raises PyTorch's errors where the index does not fit the tensor or the source."""
    require_tensor(name, "index", 2, index)
    place = wrap_dim(dim, input.array.ndim)
    if index.dtype not in (int64, int32):
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if src is not None and src.array.dtype != input.array.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    own, wanted = input.array.shape or (1,), index.array.shape or (1,)
    if not index.array.size:
        return place
    if len(own) != len(wanted):
        raise RuntimeError("Index tensor must have the same number of dimensions as self tensor")
    too_large = any(a > b for at, (a, b) in enumerate(zip(wanted, own, strict=True)) if at != place)
    given = None if src is None else src.array.shape or (1,)
    if given is not None:
        assert src is not None
        for at, length in enumerate(() if too_large else wanted):
            if src.array.ndim:
                wrap_dim(at, len(given))  # raises, as PyTorch
            if length > (given[at] if src.array.ndim else 1):
                too_large = True
                break
        if len(given) != len(wanted):
            raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    if too_large:
        source = "" if given is None else f" and to be no larger size than src {list(given)}"
        raise RuntimeError(
            f"Expected index {list(wanted)} to be no larger than self {list(own)} apart from dimension {place}{source}"
        )
    wrong = index.array[(index.array < 0) | (index.array >= own[place])]
    if wrong.size:
        raise RuntimeError(f"index {wrong.flat[0]} is out of bounds for dimension {place} with size {own[place]}")
    return place


def _scattered(array: Array, source: Array, dim: int, index: Array) -> Array:
    if not index.size:
        return array.copy(order="C")
    return put(array, numbered(array.shape, dim, index), corner(source, index.shape))


def _joined(array: Array, source: Array, dim: int, index: Array, how: str) -> Array:
    if not index.size:
        return array.copy(order="C")
    return join(array, numbered(array.shape, dim, index), corner(source, index.shape), how)


def _as(array: Array, value: Any) -> Any:
    return array.dtype.type(value)
