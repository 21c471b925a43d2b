"""Regular series: `arange`, `linspace`, `logspace`, `eye`, with PyTorch's rounding of every element.

PyTorch fills `arange` in blocks, each from its own first element; the blocks here are those of its AVX2 kernels.
"""

import math
import warnings
from typing import Any, Final, Unpack

import numpy as np
import numpy.typing as npt

from ..arguments import Options, check_options
from ..random.normal import multiply_add
from ..tensor import Tensor
from ..types.dtype import bool_, dtype, get_default_dtype, int64
from .factories import leaf

Array = npt.NDArray[Any]
_LANES: Final = {np.dtype(np.float32): 8, np.dtype(np.float64): 4}
_MISSING: Final = object()
_RANGE: Final = (
    "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with "
    "Python's range builtin. Instead, use torch.arange, which produces values in [start, end)."
)


def arange(start: Any = _MISSING, end: Any = _MISSING, step: Any = 1, **options: Unpack[Options]) -> Tensor:
    """start, start + step, ... below end; `arange(end)` starts at 0. Integers give int64, floats the default dtype."""
    wanted, requires_grad = check_options("arange", options)
    if start is _MISSING and end is _MISSING:
        raise TypeError("arange() received an invalid combination of arguments: it needs at least an end")
    if end is _MISSING:
        start, end = 0, start
    elif start is _MISSING:
        start = 0
    first, last, stride = (_number("arange", name, x) for name, x in (("start", start), ("end", end), ("step", step)))
    floats = any(isinstance(x, float) for x in (first, last, stride))
    chosen = wanted or (get_default_dtype() if floats else int64)
    _refuse_bool("arange", chosen)
    return leaf(_series(first, last, stride, chosen), requires_grad)


def range(start: Any = 0, end: Any = _MISSING, step: Any = 1, **options: Unpack[Options]) -> Tensor:
    """As `arange`, with the end included: deprecated in PyTorch."""
    warnings.warn(_RANGE, UserWarning, stacklevel=2)
    wanted, requires_grad = check_options("range", options)
    if end is _MISSING:
        raise TypeError("range() received an invalid combination of arguments: it needs a start and an end")
    first, last, stride = (_number("range", name, x) for name, x in (("start", start), ("end", end), ("step", step)))
    chosen = wanted or get_default_dtype()
    if stride == 0 or math.isnan(stride):
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(first) and math.isfinite(last)):
        raise RuntimeError(f"unsupported range: {first:g} -> {last:g}")
    if (last - first) * stride < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    _refuse_bool("range", chosen)
    if not chosen.is_floating_point:
        first, last, stride = int(first), int(last), int(stride)
    index = np.arange(math.floor((last - first) / stride) + 1)
    return leaf((first + stride * index).astype(chosen.numpy), requires_grad)


def linspace(start: Any, end: Any, steps: int, **options: Unpack[Options]) -> Tensor:
    """`steps` numbers from `start` to `end`, both included."""
    wanted, requires_grad = check_options("linspace", options)
    chosen = wanted or get_default_dtype()
    _refuse_bool("linspace", chosen)
    return leaf(_evenly("linspace", start, end, steps, chosen.numpy, chosen.numpy), requires_grad)


def logspace(start: Any, end: Any, steps: int, base: float = 10.0, **options: Unpack[Options]) -> Tensor:
    """`base` to the powers that `linspace` gives."""
    wanted, requires_grad = check_options("logspace", options)
    chosen = wanted or get_default_dtype()
    _refuse_bool("logspace", chosen)
    powers = _evenly("logspace", start, end, steps, chosen.numpy, np.dtype(np.float64))
    return leaf(np.power(float(base), powers).astype(chosen.numpy), requires_grad)


def eye(n: int, m: int | None = None, **options: Unpack[Options]) -> Tensor:
    """Ones on the diagonal of an (n, m) matrix of zeros; square unless m is given."""
    wanted, requires_grad = check_options("eye", options)
    for name, given in (("n", n), ("m", m)):
        if given is None and name == "m":
            continue
        if not isinstance(given, (int, np.integer)):
            position = 1 if name == "n" else 2
            raise TypeError(f"eye(): argument '{name}' (position {position}) must be int, not {type(given).__name__}")
        if given < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {given}")
    return leaf(np.eye(n, m, dtype=(wanted or get_default_dtype()).numpy), requires_grad)


def _refuse_bool(name: str, chosen: dtype) -> None:
    if chosen is bool_:
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for 'Bool'")


def _series(start: float, end: float, step: float, chosen: dtype) -> Array:
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start:g} -> {end:g}")
    if not chosen.is_floating_point:
        start, end, step = int(start), int(end), int(step)
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    count = math.ceil((end - start) / step)
    if count >= 2**63:
        raise RuntimeError("invalid size, possible overflow?")
    index = np.arange(count)
    if not chosen.is_floating_point:
        return (index * step + start).astype(chosen.numpy)
    made = multiply_add(index.astype(np.float64), step, start).astype(chosen.numpy)
    lanes = _LANES[made.dtype]
    whole = count - count % (2 * lanes)
    firsts = made[:whole:lanes, None].astype(np.float64)
    made[:whole] = multiply_add(np.arange(float(lanes)), step, firsts).reshape(-1).astype(made.dtype)
    return made


def _evenly(name: str, start: Any, end: Any, steps: Any, bounds: "np.dtype[Any]", stored: "np.dtype[Any]") -> Array:
    """Numbers from `start` to `end`, which are cut to the dtype `bounds` first: an integer range starts at integers."""
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)):
        raise TypeError(f"{name}(): argument 'steps' (position 3) must be int, not {type(steps).__name__}")
    given = {key: x.array.ndim for key, x in (("start", start), ("end", end)) if isinstance(x, Tensor)}
    if any(given.values()):
        found = " and ".join(f"{key} with {dims} dimension(s)" for key, dims in given.items())
        raise RuntimeError(f"{name} only supports 0-dimensional start and end tensors, but got {found}.")
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    count = int(steps)
    work = stored if stored.kind == "f" else np.dtype(np.float64)
    first, last = (work.type(_number(name, key, x)) for key, x in (("start", start), ("end", end)))
    if bounds.kind != "f":
        first, last = np.trunc(first), np.trunc(last)
    if count <= 1:
        return np.full(count, first).astype(stored)
    step = (last - first) / work.type(count - 1)
    index = np.arange(count, dtype=work)
    # From either end to the middle, so that both ends are exact.
    rising, falling = multiply_add(index, step, first), multiply_add(count - 1 - index, -step, last)
    return np.where(index < count // 2, rising, falling).astype(stored)


def _number(name: str, key: str, value: Any) -> float:
    if isinstance(value, Tensor) and value.array.ndim == 0:
        value = value.array
    if isinstance(value, (np.generic, np.ndarray)) and value.size == 1:
        value = value.item()
    if not isinstance(value, (int, float)):
        position = 1 if key in ("start", "end") else 3
        raise TypeError(f"{name}(): argument '{key}' (position {position}) must be Number, not {type(value).__name__}")
    return value
