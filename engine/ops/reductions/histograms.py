"""Counts by bins: histc, histogram, histogramdd, bincount.

Which bin an element belongs to is computed in the element's own precision, as PyTorch's kernels do: by interpolation
between the outer edges (`histc`), corrected by a look at the edges next to it (`histogram` with a number of bins), or
by bisection (edges that were given).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...creation.ranges import linspace
from ...tensor import TENSORS, Tensor, from_array
from ...types.dtype import of_numpy
from ..returns import named
from ..single import one, several
from ..table import Row
from .offered import offered

Array = npt.NDArray[Any]
_TYPE_ERROR = (
    " * (Tensor input, Tensor bins, *, Tensor weight = None, bool density = False, tuple of Tensors out = None)\n"
    " * (Tensor input, int bins = 100, *, tuple of floats range = None, Tensor weight = None, bool density = False, "
    "tuple of Tensors out = None)\n"
)

_histc = one(
    Row(
        "histc",
        lambda self, bins, low, high: _counted(
            self.reshape(-1, 1), [_edges(low, high, bins, self.dtype)], None, "even"
        ),
        ("self",),
        (None,),
        arguments=("bins", "min", "max"),
    )
)
_histogram = several(
    Row(
        "histogram",
        lambda self, bins, weight, edges, density, how: _histogram_of(
            self.reshape(-1, 1), [edges], None if weight is None else weight.reshape(-1), density, how
        ),
        ("self", "bins", "weight"),
        (None, None, None),
        node="NotImplemented",
        arguments=("edges", "density", "how"),
        many=True,
    )
)
_histogramdd = several(
    Row(
        "_histogramdd_from_bin_tensors",
        lambda self, edges, weight, density, how: _histogram_of(self, edges, weight, density, how),
        ("self",),
        (None,),
        node="NotImplemented",
        arguments=("edges", "weight", "density", "how"),
        many=True,
    )
)
_bincount = one(
    Row(
        "bincount",
        lambda self, weights, minlength: _bincount_of(self, weights, minlength),
        ("self",),
        (None,),
        arguments=("weights", "minlength"),
    )
)
_return = named("histogram", "hist", "bin_edges")
_return_dd = named("histogramdd", "hist", "bin_edges")


@offered("histc")
def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements lie in each of `bins` equal parts of [min, max], or of their own range; others do not count."""
    array = input.array
    if array.dtype.kind != "f":
        kernel = "linspace_cpu" if array.dtype.kind == "b" else "histogram_cpu"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{input.dtype.scalar_type}'")
    _check_bins(bins)
    low, high = float(min), float(max)
    if low == high and array.size:
        low, high = float(array.min()), float(array.max())
    if low == high:
        low, high = low - 1, high + 1
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"torch.histc: range of [{low:g}, {high:g}] is not finite")
    if low >= high:
        raise RuntimeError("torch.histc: max must be larger than min")
    return _histc((input,), (int(bins), low, high))


@offered("histogram")
def histogram(input: Tensor, bins: Any = 100, *, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """Counts, or sums of weights, by bins, with the bins' edges; `bins` a number of equal ones or the edges."""
    if not isinstance(bins, (int, np.integer)) and type(bins) not in TENSORS:
        raise TypeError(
            "histogram() received an invalid combination of arguments - got "
            f"(Tensor, {type(bins).__name__}), but expected one of:\n{_TYPE_ERROR}"
        )
    flat = input.array.reshape(-1, 1)
    weights = None if weight is None else weight.array.reshape(-1)
    edges, how = _all_edges(flat, [bins], range)
    _check_weight(flat, weights)
    given = bins if type(bins) in TENSORS else None
    return _return(_histogram((input, given, weight), (edges[0], density, how)))


@offered("histogramdd", method=False)
def histogramdd(input: Tensor, bins: Any, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """A histogram of points; input (..., n), counts of n dims."""
    array = input.array
    if array.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    dims = array.shape[-1]
    listed = [bins] * dims if isinstance(bins, (int, np.integer)) else list(bins)
    if len(listed) != dims:
        if listed and type(listed[0]) in TENSORS:
            raise RuntimeError(
                f"torch.histogramdd: expected {dims} sequences of bin edges for a {dims}-dimensional histogram but got "
                f"{len(listed)}"
            )
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    points = array.reshape(-1, dims)
    weights = None if weight is None else weight.array.reshape(-1)
    edges, how = _all_edges(points, listed, range)
    _check_weight(array, None if weight is None else weight.array)
    hist = _histogramdd((input,), (edges, weights, density, how))[0]
    return _return_dd((hist, tuple(from_array(each) for each in edges)))


@offered("bincount")
def bincount(input: Tensor, weights: Any = None, minlength: int = 0) -> Tensor:
    """How often each number from 0 on stands in a vector, or the sums of their weights."""
    array = input.array
    if array.dtype.kind not in "iu":
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{input.dtype.scalar_type}'")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if array.ndim != 1 or (array < 0).any():
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is not None and weights.array.shape != array.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    return _bincount((input,), (None if weights is None else weights.array, int(minlength)))


def _bincount_of(array: Array, weights: Array | None, minlength: int) -> Array:
    if not array.size:
        return np.zeros(minlength, np.int64)  # whatever the weights, as in PyTorch
    length = max(minlength, int(array.max()) + 1)
    single = weights is not None and weights.dtype == np.float32
    made = np.zeros(length, np.int64 if weights is None else np.float32 if single else np.float64)
    np.add.at(made, array, 1 if weights is None else weights.astype(made.dtype))
    return made


def _check_bins(bins: int, dim: int = 0) -> None:
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension {dim}")


def _check_weight(points: Array, weight: Array | None) -> None:
    if weight is None:
        return
    if weight.shape != points.shape[:-1]:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor "
            f"excluding its innermost dimension, but got input with shape {list(points.shape)} and weight with shape "
            f"{list(weight.shape)}"
        )
    if weight.dtype != points.dtype:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same "
            f"dtype, but got input({_c_type(points)}), and weight({_c_type(weight)})"
        )


def _c_type(array: Array) -> str:
    return of_numpy(array.dtype).scalar_type.lower()


def _all_edges(points: Array, bins: Sequence[Any], outer: Any) -> tuple[list[Array], str]:
    """The edges along each dim and how elements find their bin."""
    if points.dtype.kind != "f":
        raise NotImplementedError(f"\"histogramdd\" not implemented for '{of_numpy(points.dtype).scalar_type}'")
    if type(bins[0]) in TENSORS:
        for dim, each in enumerate(bins):
            _check_edges(points, each, dim)
        return [each.array for each in bins], "given"
    dims = len(bins)
    for dim, count in enumerate(bins):
        _check_bins(count, dim)
    if outer is not None and len(outer) != 2 * dims:
        raise RuntimeError(
            f"torch.histogramdd: for a {dims}-dimensional histogram range should have {2 * dims} elements, but got "
            f"{len(outer)}"
        )
    found = []
    for dim, count in enumerate(bins):
        if outer is not None:
            low, high = float(outer[2 * dim]), float(outer[2 * dim + 1])
        elif points.size:
            low, high = float(points[:, dim].min()), float(points[:, dim].max())
        else:
            low, high = 0.0, 1.0
        if not (np.isfinite(low) and np.isfinite(high)):
            raise RuntimeError(f"torch.histogramdd: dimension {dim}'s range [{low:g}, {high:g}] is not finite")
        if low > high:
            raise RuntimeError(
                f"torch.histogramdd: min should not exceed max, but got min {low:g} max {high:g} for dimension {dim}"
            )
        if low == high:
            low, high = low - 0.5, high + 0.5
        found.append(_edges(low, high, count, points.dtype))
    return found, "near"


def _check_edges(points: Array, edges: Tensor, dim: int) -> None:
    if edges.array.ndim != 1:
        raise RuntimeError(
            f"torch.histogramdd: bins tensor should have one dimension, but got {edges.array.ndim} dimensions in the "
            f"bins tensor for dimension {dim}"
        )
    if edges.array.dtype != points.dtype:
        raise RuntimeError(
            "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with dtype "
            f"{_c_type(points)} and bins for dimension {dim} with dtype {_c_type(edges.array)}"
        )


def _edges(low: float, high: float, bins: int, dtype: "np.dtype[Any]") -> Array:
    return linspace(low, high, bins + 1, dtype=of_numpy(dtype)).array


def _histogram_of(
    points: Array, edges: list[Array], weight: Array | None, density: bool, how: str
) -> tuple[Array, ...]:
    hist = _counted(points.reshape(-1, points.shape[-1]), edges, weight, how)
    if density:
        hist = hist / hist.sum()
        for dim, each in enumerate(edges):
            hist = hist / np.diff(each).reshape([-1 if at == dim else 1 for at in range(len(edges))])
    return (hist, edges[0]) if len(edges) == 1 else (hist, *edges)


def _counted(points: Array, edges: list[Array], weight: Array | None, how: str) -> Array:
    """The sums of weights, or counts, by bins; points (count, dims)."""
    made = np.zeros([len(each) - 1 for each in edges], points.dtype)
    columns = [np.ascontiguousarray(points[:, dim]) for dim in range(points.shape[1])]
    inside = np.ones(points.shape[0], bool)
    for column, each in zip(columns, edges, strict=True):
        inside &= (column >= each[0]) & (column <= each[-1])
    places = tuple(_place(column[inside], each, how) for column, each in zip(columns, edges, strict=True))
    np.add.at(made, places, 1 if weight is None else weight[inside])
    return made


def _place(column: Array, edges: Array, how: str) -> Array:
    bins = len(edges) - 1
    if how == "given":
        place = np.searchsorted(edges, column, side="right") - 1
    else:
        number = column.dtype.type
        place = ((column - edges[0]) * number(bins) / (edges[-1] - edges[0])).astype(np.int64)
        if how == "near":
            low, high = np.maximum(place - 1, 0), np.minimum(place + 2, bins + 1)
            beside = np.stack([low, np.minimum(low + 1, bins), np.minimum(low + 2, bins)])
            reached = (edges[beside] <= column) & (beside < high) & (np.arange(3)[:, None] < high - low)
            place = low + reached.sum(0) - 1
    return np.minimum(place, bins - 1)  # the last bin includes its right edge
