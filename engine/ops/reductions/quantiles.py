"""`quantile` and `nanquantile`: composites of sort, gather and lerp, as PyTorch's."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ..dims import wrap_dim
from ..pointwise.scalar import mul_scalar
from ..shape.dimensions import squeeze_inplace
from ..single import one
from ..table import METHODS, PUBLIC, Gradient, Row
from ..tools import transpose
from .offered import offered

Array = npt.NDArray[Any]
# PyTorch moves the dim of `q` to the front in place, on a fresh tensor; the nodes are those of in-place operations.
_unsqueezed = one(
    Row(
        "unsqueeze",
        lambda self, dim: np.expand_dims(self, dim),
        ("self",),
        (Gradient("squeeze(grad, dim)", lambda grad, dim: grad.squeeze(dim)),),
        node="UnsqueezeBackward1",
        overload="dim_",
        arguments=("dim",),
    )
)
_transposed = one(
    Row(
        "transpose",
        lambda self, dim0, dim1: self.swapaxes(dim0, dim1),
        ("self",),
        (Gradient("transpose(grad, dim0, dim1)", lambda grad, dim0, dim1: transpose(grad, dim0, dim1)),),
        node="TransposeBackward1",
        overload="dim_",
        arguments=("dim0", "dim1"),
    )
)
_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


@offered("quantile")
def quantile(input: Tensor, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear") -> Tensor:
    """What a fraction `q` of the elements, of all or along `dim`, does not exceed; several for a tensor `q`."""
    return _quantile("quantile", input, q, dim, keepdim, interpolation, False)


@offered("nanquantile")
def nanquantile(
    input: Tensor, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """As `quantile`, of the elements that are not NaN."""
    return _quantile("quantile", input, q, dim, keepdim, interpolation, True)


def _quantile(
    name: str, input: Tensor, q: Any, dim: Any, keepdim: bool, interpolation: str, ignores_nan: bool
) -> Tensor:
    fractions = _fractions(name, input, q)
    if interpolation not in _INTERPOLATIONS:
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    place = wrap_dim(0 if dim is None else dim, input.array.ndim)
    ranked = _sorted(input, dim, place, keepdim)
    ranks = _ranks(ranked.array, fractions, interpolation, ignores_nan)
    below = _rounded(ranks, np.floor)
    found = _gathered(ranked, below)
    if interpolation in ("linear", "midpoint"):
        middle = from_array(np.full_like(ranks.array, 0.5))
        weights = middle if interpolation == "midpoint" else METHODS["sub"](ranks, below)
        found = PUBLIC["lerp"](found, _gathered(ranked, _rounded(ranks, np.ceil)), weights)
    if fractions.array.ndim:
        found = _transposed((_unsqueezed((found,), (0,)),), (0, -1))
    last = wrap_dim(-1, found.array.ndim)
    return squeeze_inplace((found,), (last, found.array.shape))


def _fractions(name: str, input: Tensor, q: Any) -> Tensor:
    """`q` as a tensor of the tensor's dtype. Raises RuntimeError in PyTorch's words for what is no fraction."""
    if type(q) not in TENSORS and not isinstance(q, (int, float, np.number)):
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got ({type(q).__name__}), but expected one of:\n"
            ' * (Tensor q, int dim = None, bool keepdim = False, *, str interpolation = "linear")\n'
            ' * (float q, int dim = None, bool keepdim = False, *, str interpolation = "linear")\n'
        )
    if type(q) not in TENSORS and not 0 <= q <= 1:
        raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {float(q):g}")
    if not input.array.size:
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if type(q) in TENSORS and q.array.ndim > 1:
        raise RuntimeError(f"{name}() q must be a scalar or 1D tensor")
    if input.array.dtype.kind != "f":
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if type(q) not in TENSORS:
        return from_array(np.asarray(q, input.array.dtype))
    if q.dtype is not input.dtype:
        raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
    if ((q.array < 0) | (q.array > 1)).any():
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    made: Tensor = q
    return made


def _sorted(input: Tensor, dim: Any, place: int, keepdim: bool) -> Tensor:
    """The elements in order along the last dim, in the shape that the result has with that dim reduced."""
    ndim = input.array.ndim
    if dim is None:
        moved = METHODS["flatten"](input)
        shape = (1,) * ndim if keepdim else ()
    elif place == ndim - 1:
        moved = input
        shape = (*input.array.shape[:-1], 1) if keepdim else input.array.shape[:-1]
    else:
        moved = METHODS["transpose"](METHODS["unsqueeze"](input, -1), int(place), -1)
        kept = tuple(1 if at == place else size for at, size in enumerate(input.array.shape))
        shape = kept if keepdim else tuple(size for at, size in enumerate(kept) if at != place)
    values = METHODS["sort"](moved).values
    made: Tensor = METHODS["view"](values, (*shape, values.array.shape[-1]))
    return made


def _ranks(ranked: Array, fractions: Tensor, interpolation: str, ignores_nan: bool) -> Tensor:
    """Where the fractions stand among the sorted elements; (..., number of fractions)."""
    missing = np.isnan(ranked)
    last = ranked.shape[-1] - 1
    if ignores_nan:
        count = (~missing).sum(-1, keepdims=True) - 1
        ranks = METHODS["mul"](fractions, from_array(count))
        ranks = METHODS["masked_fill"](ranks, from_array(ranks.array < 0), 0)
    else:
        mask = np.asarray(missing.any(-1, keepdims=True))
        ranks = mul_scalar(fractions, last)
        shape = np.broadcast_shapes(ranks.array.shape, mask.shape)
        if ranks.array.shape != shape:
            ranks = METHODS["expand"](ranks, shape)
        ranks = METHODS["masked_fill"](ranks, from_array(np.broadcast_to(mask, shape).copy()), last)
    rounding = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}.get(interpolation)
    made: Tensor = ranks if rounding is None else _rounded(ranks, rounding)
    return made


def _rounded(ranks: Tensor, rounding: np.ufunc) -> Tensor:
    return from_array(rounding(ranks.array))


def _gathered(ranked: Tensor, ranks: Tensor) -> Tensor:
    found: Tensor = METHODS["gather"](ranked, -1, from_array(ranks.array.astype(np.int64)))
    return found
