"""`torch.masked`, continued: means, variances, medians, softmax and normalisation of what a mask leaves in."""

from typing import Any

import numpy as np

from ...tensor import from_array
from ...types.dtype import float32
from ..table import METHODS, PUBLIC
from .masked import Dims, canonical_dims, filled, input_mask, norm, sum


def mean(input: Any, dim: Dims = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Any:
    """The mean of the elements for which the mask holds."""
    wanted = dtype or input.dtype
    if not wanted.is_floating_point:
        source = "Input" if dtype is None else "Optional"
        raise ValueError(
            f"mean(): Could not infer output dtype. {source} dtype must be either a floating point or complex dtype. "
            f"Got: {wanted}"
        )
    count, holds = _count(input, dim, bool(keepdim), mask)
    return METHODS["div"](sum(input, dim, keepdim=keepdim, dtype=wanted, mask=holds), count)


def _count(input: Any, dim: Dims, keepdim: bool, mask: Any) -> tuple[Any, Any]:
    """How many elements take part, and the mask in the input's shape."""
    if mask is None:
        return sum(from_array(np.ones(input.array.shape, np.int64)), dim, keepdim=keepdim), None
    holds = input_mask(input, mask)
    return METHODS["sum"](holds, dim, keepdim), holds


def median(input: Any, dim: int = -1, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The median of the elements for which the mask holds."""
    place = canonical_dims(dim, input.array.ndim)[0]
    wanted, floats = dtype or input.dtype, input.dtype.is_floating_point
    if not floats:
        input = input.to(float32)
    output = METHODS["nanmedian"](filled("median", input, mask), place, keepdim).values
    if floats:
        return output
    if np.isnan(output.array).any():
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
    return output.to(wanted)


def var(
    input: Any,
    dim: Dims = None,
    unbiased: bool | None = None,
    *,
    correction: Any = None,
    keepdim: Any = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The variance of the elements for which the mask holds."""
    return _variance(input, dim, unbiased, correction, keepdim, dtype, mask)


def std(
    input: Any,
    dim: Dims = None,
    unbiased: bool | None = None,
    *,
    correction: Any = None,
    keepdim: Any = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The standard deviation of the elements for which the mask holds."""
    return METHODS["sqrt"](_variance(input, dim, unbiased, correction, keepdim, dtype, mask))


def _variance(
    input: Any, dim: Dims, unbiased: bool | None, correction: Any, keepdim: Any, dtype: Any, mask: Any
) -> Any:
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    less = 1.0 if unbiased is None else float(unbiased)
    if correction is not None:
        less = float(correction)
    wanted = dtype or (input.dtype if input.dtype.is_floating_point else float32)
    compute = wanted if wanted.is_floating_point else float32
    count, holds = _count(input, dim, True, mask)
    mean_here = METHODS["div"](sum(input, dim, keepdim=True, dtype=wanted, mask=holds), count)
    centered = METHODS["sub"](input, mean_here)
    total = sum(METHODS["mul"](centered, centered), dim, keepdim=keepdim, dtype=compute, mask=holds)
    if not keepdim:
        count = METHODS["reshape"](count, total.array.shape)
    if less != 0:
        count = METHODS["sub"](count.to(compute), less)
        count = PUBLIC["maximum"](count, from_array(np.zeros((), compute.numpy)))
    return METHODS["div"](total, count).to(wanted)


def softmax(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """`softmax` over the elements for which the mask holds."""
    place = canonical_dims(dim, input.array.ndim)[0]
    return METHODS["softmax"](filled("amax", input, mask), place, dtype=dtype or input.dtype)


def log_softmax(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """`log_softmax` over the elements for which the mask holds."""
    place = canonical_dims(dim, input.array.ndim)[0]
    return METHODS["log_softmax"](filled("amax", input, mask), place, dtype=dtype or input.dtype)


def softmin(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """`softmin` over the elements for which the mask holds."""
    place = canonical_dims(dim, input.array.ndim)[0]
    return METHODS["softmax"](METHODS["neg"](filled("amin", input, mask)), place, dtype=dtype or input.dtype)


def normalize(input: Any, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Any = None) -> Any:
    """The vectors divided by their norms, of the elements for which the mask holds."""
    length = norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask)
    least = PUBLIC["maximum"](length, from_array(np.asarray(eps, length.array.dtype)))
    return METHODS["div"](filled("sum", input, mask), least)


_REDUCTIONS = frozenset(
    {"sum", "prod", "amax", "amin", "argmax", "argmin", "mean", "median", "norm", "var", "std", "logsumexp"}
)


def output_mask(op: Any, input: Any, *args: Any, **keywords: Any) -> Any:
    """Where the result of a masked operation has something behind it."""
    holds = input_mask(input, keywords["mask"])
    if op.__name__ not in _REDUCTIONS:
        return holds
    if op.__name__ == "norm":
        args = args[1:]
    dims = canonical_dims(args[0] if args else keywords.get("dim"), input.array.ndim)
    for each in reversed(dims):
        holds = METHODS["any"](holds, each, bool(keywords.get("keepdim", False)))
    return holds
