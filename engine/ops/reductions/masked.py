"""`torch.masked`: reductions and normalisations that leave out elements, made of the ordinary operations.

What the mask leaves out is replaced by the operation's identity first, as in PyTorch's `torch/masked/_ops.py`.
"""

from typing import Any

import numpy as np

from ...tensor import from_array
from ...types.dtype import bool_, dtype, int64
from ...types.typeinfo import iinfo
from ..table import METHODS, PUBLIC
from .norms import vector_norm

Dims = int | tuple[int, ...] | list[int] | None
_NARROW = frozenset({"uint8", "bool", "int8", "int16", "int32"})


def identity(name: str, input: Any, ord: Any = None) -> Any:
    """What changes nothing when it takes part in the operation, as a 0-d tensor of the input's dtype."""
    kind: dtype = input.dtype
    floats = kind.is_floating_point
    value: float | None = None
    if name in ("sum", "prod"):
        value = 0 if name == "sum" else 1
    elif name in ("amax", "argmax", "logaddexp", "logsumexp") and kind is not bool_:
        value = -np.inf if floats else iinfo(kind).min
    elif name in ("amin", "argmin") and kind is not bool_:
        value = np.inf if floats else iinfo(kind).max
    elif name == "norm":
        value = np.inf if ord == -np.inf else 0
    elif name == "median":
        value = np.nan
    if value is None:
        raise NotImplementedError(f"identity of {name} on {kind} input")
    return from_array(np.asarray(value, kind.numpy))


def canonical_dims(dim: Dims, ndim: int) -> tuple[int, ...]:
    """Dims from 0, in order; all of them for None or ()."""
    if dim is None or dim == ():
        return tuple(range(ndim))
    bound = max(ndim, 1)
    seen: list[int] = []
    for each in (dim,) if isinstance(dim, int) else dim:
        if each in seen:
            raise RuntimeError(f"dim={each} appears multiple times in the list of dims")
        if not -bound <= each < bound:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {each})"
            )
        seen.append(each)
    return tuple(sorted(each % bound for each in seen))


def input_mask(input: Any, mask: Any) -> Any:
    """The mask in the input's shape, as bools."""
    if mask.array.ndim > input.array.ndim:
        raise IndexError("_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)")
    if mask.array.shape != input.array.shape:
        mask = mask.clone().broadcast_to(input.array.shape)
    return mask.to(bool_)


def filled(name: str, input: Any, mask: Any, ord: Any = None) -> Any:
    """The input with the operation's identity where the mask does not hold."""
    if mask is None:
        return input
    holds = input_mask(input, mask)
    return PUBLIC["where"](holds, input, identity(name, input, ord))


def _wide(input: Any, wanted: dtype | None) -> dtype:
    if wanted is not None:
        return wanted
    kind: dtype = input.dtype
    return int64 if kind.name in _NARROW else kind


def sum(input: Any, dim: Dims = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Any:
    """The sum of the elements for which the mask holds."""
    dims = canonical_dims(dim, input.array.ndim)
    return METHODS["sum"](filled("sum", input, mask), dims, bool(keepdim), dtype=_wide(input, dtype))


def prod(input: Any, dim: Dims = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Any:
    """The product of the elements for which the mask holds."""
    dims = canonical_dims(dim, input.array.ndim)
    result = filled("prod", input, mask).to(_wide(input, dtype))
    for each in reversed(dims):
        result = METHODS["prod"](result, each, bool(keepdim))
    return result


def cumsum(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """Running sums of the elements for which the mask holds."""
    wanted = dtype or input.dtype
    place = canonical_dims(dim, input.array.ndim)[0]
    return METHODS["cumsum"](filled("sum", input, mask), place, dtype=wanted).to(wanted)


def cumprod(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """Running products of the elements for which the mask holds."""
    wanted = dtype or input.dtype
    place = canonical_dims(dim, input.array.ndim)[0]
    return METHODS["cumprod"](filled("prod", input, mask), place, dtype=wanted).to(wanted)


def amax(input: Any, dim: Dims = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Any:
    """The largest of the elements for which the mask holds."""
    dims = canonical_dims(dim, input.array.ndim)
    return METHODS["amax"](filled("amax", input, mask), dims, bool(keepdim)).to(dtype or input.dtype)


def amin(input: Any, dim: Dims = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Any:
    """The smallest of the elements for which the mask holds."""
    dims = canonical_dims(dim, input.array.ndim)
    return METHODS["amin"](filled("amin", input, mask), dims, bool(keepdim)).to(dtype or input.dtype)


def argmax(input: Any, dim: Any = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Any:
    """Where the largest of the elements is for which the mask holds."""
    return METHODS["argmax"](filled("argmax", input, mask), dim, bool(keepdim)).to(dtype or input.dtype)


def argmin(input: Any, dim: Any = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Any:
    """Where the smallest of the elements is for which the mask holds."""
    return METHODS["argmin"](filled("argmin", input, mask), dim, bool(keepdim)).to(dtype or input.dtype)


def logsumexp(input: Any, dim: Dims = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Any:
    """`torch.logsumexp` of the elements for which the mask holds."""
    dims = canonical_dims(dim, input.array.ndim)
    return METHODS["logsumexp"](filled("logsumexp", input, mask), dims, bool(keepdim)).to(dtype or input.dtype)


def logaddexp(input: Any, other: Any, *, dtype: Any = None, input_mask: Any = None, other_mask: Any = None) -> Any:
    """`torch.logaddexp`, what the masks leave out counted as minus infinity."""
    first, second = filled("logaddexp", input, input_mask), filled("logaddexp", other, other_mask)
    return PUBLIC["logaddexp"](first, second).to(dtype or input.dtype)


def norm(
    input: Any, ord: Any = 2.0, dim: Dims = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None
) -> Any:
    """The vector norm of the elements for which the mask holds."""
    masked = filled("norm", input, mask, ord)
    return vector_norm(masked, ord, canonical_dims(dim, input.array.ndim), bool(keepdim), dtype or input.dtype)
