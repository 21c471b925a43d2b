"""`torch.testing`: `assert_close`, with PyTorch's tolerances and words."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..creation.factories import as_tensor
from ..tensor import Tensor
from ..types.dtype import float32, float64
from ..types.promotion import promote_types
from .names import missing as _missing

Array = npt.NDArray[Any]
_TOLERANCES: Final = {float32: (1.3e-6, 1e-5), float64: (1e-7, 1e-7)}


class _Options:
    """What `assert_close` was asked for."""

    def __init__(self, rtol: float | None, atol: float | None, equal_nan: bool, **checks: bool) -> None:
        self.rtol, self.atol, self.equal_nan = rtol, atol, equal_nan
        self.dtype, self.device, self.layout, self.stride = (
            checks[f"check_{name}"] for name in ("dtype", "device", "layout", "stride")
        )

    def tolerances(self, *kinds: Any) -> tuple[float, float]:
        """rtol and atol, by default those of the coarsest dtype."""
        if self.rtol is not None and self.atol is not None:
            return self.rtol, self.atol
        known = [_TOLERANCES.get(kind, (0.0, 0.0)) for kind in kinds]
        return max(rtol for rtol, _ in known), max(atol for _, atol in known)


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: Any = None,
) -> None:
    """Raise AssertionError unless |actual - expected| <= atol + rtol * |expected| everywhere, in containers too."""
    if (rtol is None) != (atol is None):
        lacking = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {lacking}.")
    options = _Options(
        rtol,
        atol,
        equal_nan,
        check_dtype=check_dtype,
        check_device=check_device,
        check_layout=check_layout,
        check_stride=check_stride,
    )
    pairs: list[tuple[tuple[Any, ...], Any, Any]] = [((), actual, expected)]
    while pairs:  # no recursion: containers may be nested as deep as somebody likes
        place, one, other = pairs.pop()
        inside = _parts(one, other, place)
        if inside is not None:
            pairs += reversed(inside)
            continue
        found = _difference(one, other, options)
        if found:
            if place:
                found += "\n\nThe failure occurred for item " + "".join(f"[{step!r}]" for step in place)
            raise AssertionError(msg(found) if callable(msg) else found if msg is None else msg)


def _parts(one: Any, other: Any, place: tuple[Any, ...]) -> list[tuple[Any, Any, Any]] | None:
    """The pairs in two containers; None for what is no container."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        lacking, more = set(other) - set(one), set(one) - set(other)
        if lacking or more:
            lines = ["The keys of the mappings do not match:"]
            if lacking:
                lines.append(f"Missing keys in the actual mapping: {sorted(lacking)}")
            if more:
                lines.append(f"Additional keys in the actual mapping: {sorted(more)}")
            raise AssertionError("\n".join(lines))
        return [((*place, key), one[key], other[key]) for key in one]
    if not _is_sequence(one) or not _is_sequence(other):
        return None
    if len(one) != len(other):
        raise AssertionError(f"The length of the sequences mismatch: {len(one)} != {len(other)}")
    return [((*place, index), *pair) for index, pair in enumerate(zip(one, other, strict=True))]


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _difference(one: Any, other: Any, options: _Options) -> str:
    """What is wrong with a pair; "" if nothing."""
    if one is None or other is None:
        return "" if one is other else f"None mismatch: {one} is not {other}"
    if type(one) in (bool, np.bool_) and type(other) in (bool, np.bool_):
        return "" if bool(one) == bool(other) else f"Booleans mismatch: {one} is not {other}"
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return _numbers(one, other, options)
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return _tensors(one, other, options)
    if isinstance(one, (np.ndarray, np.generic)) and isinstance(other, (np.ndarray, np.generic)):
        return _tensors(as_tensor(np.asarray(one)), as_tensor(np.asarray(other)), options)
    raise TypeError(f"No comparison pair was able to handle inputs of type {type(one)} and {type(other)}.")


def _numbers(one: float, other: float, options: _Options) -> str:
    if options.dtype and type(one) is not type(other):
        return f"The (d)types do not match: {type(one)} != {type(other)}."
    rtol, atol = options.tolerances(float64 if float in (type(one), type(other)) else None)
    if one == other or (options.equal_nan and np.isnan(one) and np.isnan(other)):
        return ""
    distance = abs(one - other)
    if np.isfinite(distance) and distance <= atol + rtol * abs(other):
        return ""
    return _scalars(one, other, distance, distance / abs(other) if other else float("inf"), rtol, atol)


def _scalars(one: Any, other: Any, absolute: Any, relative: Any, rtol: float, atol: float) -> str:
    exact = not rtol and not atol
    allowed = ("", "") if exact else (f" (up to {atol} allowed)", f" (up to {rtol} allowed)")
    return (
        f"Scalars are not {'equal' if exact else 'close'}!\n\nExpected {other} but got {one}.\n"
        f"Absolute difference: {absolute}{allowed[0]}\nRelative difference: {relative}{allowed[1]}"
    )


def _tensors(one: Tensor, other: Tensor, options: _Options) -> str:
    if one.shape != other.shape:
        return f"The values for attribute 'shape' do not match: {one.shape} != {other.shape}."
    if options.stride and (strides := (one.stride(), other.stride()))[0] != strides[1]:  # type: ignore[attr-defined]  # from the table
        return f"The values for attribute 'stride()' do not match: {strides[0]} != {strides[1]}."
    if options.dtype and one.dtype is not other.dtype:
        return f"The values for attribute 'dtype' do not match: {one.dtype} != {other.dtype}."
    rtol, atol = options.tolerances(one.dtype, other.dtype)
    common = promote_types(one.dtype, other.dtype).numpy
    left, right = one.array.astype(common), other.array.astype(common)
    if common.kind == "b":
        left, right = left.astype(np.int64), right.astype(np.int64)
    with np.errstate(all="ignore"):
        distance = np.abs(left - right)
        close = (left == right) | (np.isfinite(distance) & (distance <= atol + rtol * np.abs(right)))
        if options.equal_nan:
            close |= np.isnan(left) & np.isnan(right)
        if close.all():
            return ""
        relative = np.asarray(distance / np.abs(right), np.float32 if common.kind != "f" else common)
    if not left.ndim:
        return _scalars(left.item(), right.item(), distance.item(), relative.item(), rtol, atol)
    return _mismatches(np.asarray(distance), relative, np.asarray(close), rtol, atol)


def _mismatches(distance: Array, relative: Array, close: Array, rtol: float, atol: float) -> str:
    exact = not rtol and not atol
    wrong = int(close.size - close.sum())
    lines = [f"Tensor-likes are not {'equal' if exact else 'close'}!", ""]
    lines.append(f"Mismatched elements: {wrong} / {close.size} ({wrong / close.size:.1%})")
    for kind, values, allowed in (("absolute", distance, atol), ("relative", relative, rtol)):
        seen = np.where(close, 0, values)
        place = tuple(int(index) for index in np.unravel_index(int(np.argmax(seen)), seen.shape))
        limit = "" if exact else f" (up to {allowed} allowed)"
        lines.append(f"Greatest {kind} difference: {seen[place].item()} at index {place}{limit}")
    return "\n".join(lines)


def __getattr__(name: str) -> object:
    raise _missing("torch.testing", name)


__all__ = ["assert_close"]
