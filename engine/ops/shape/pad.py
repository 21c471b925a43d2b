"""`torch.nn.functional.pad`: more elements at the ends of dims, or, where a number is negative, fewer.

Source of the formulas: `constant_pad_nd`, `reflection_pad*` and `replication_pad*` in PyTorch's `derivatives.yaml`; of
the circular mode, which is composed of views: `_pad_circular` in its `PadNd.cpp`.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...arguments import check_int
from ...tensor import TENSORS, Tensor
from ..operands import require_tensor
from ..single import one
from ..table import CALLS, METHODS, Gradient, Row, expose
from ..tools import shape
from ..unread import beside
from .places import join
from .slices import slice_dim

Array = npt.NDArray[Any]
Pad = tuple[int, ...]
_KINDS: Final = {"reflect": "reflection", "replicate": "replication"}
_COMBINATIONS: Final = (
    "Padding size {} is not supported for {}D input tensor.\nSupported combinations for non-constant padding:\n"
    "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
    "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
    "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
)


def constant_pad_back(grad: Any, pad: Pad) -> Any:
    """The gradient of the elements that were there before."""
    back = tuple(-each for each in pad)
    return CALLS["constant_pad_nd"]((grad,), (back, 0)) if type(grad) in TENSORS else _constant(grad, back, 0)


def _constant(array: Array, pad: Pad, value: Any) -> Array:
    ndim = array.ndim
    wide = tuple(array.shape[ndim - 1 - place] + pad[2 * place] + pad[2 * place + 1] for place in range(len(pad) // 2))
    made = np.full((*array.shape[: ndim - len(wide)], *reversed(wide)), value, array.dtype)
    source: list[Any] = [slice(None)] * ndim
    target: list[Any] = [slice(None)] * ndim
    for place in range(len(wide)):
        dim, low, high = ndim - 1 - place, pad[2 * place], pad[2 * place + 1]
        source[dim] = slice(max(-low, 0), array.shape[dim] - max(-high, 0))
        target[dim] = slice(max(low, 0), made.shape[dim] - max(high, 0))
    made[tuple(target)] = array[tuple(source)]
    return made


_constant_row = one(
    Row(
        "constant_pad_nd",
        _constant,
        ("self",),
        (Gradient("constant_pad_back(grad, pad)", constant_pad_back),),
        node="ConstantPadNdBackward0",
        arguments=("pad", "value"),
    )
)


def _reflected(length: int, low: int, high: int) -> Array:
    places = np.abs(np.arange(-low, length + high))
    return np.where(places >= length, 2 * (length - 1) - places, places)


def _replicated(length: int, low: int, high: int) -> Array:
    return np.clip(np.arange(-low, length + high), 0, max(length - 1, 0))


_PLACES: Final[dict[str, Callable[[int, int, int], Array]]] = {"reflection": _reflected, "replication": _replicated}


def _padded(array: Array, kind: str, padding: Pad) -> Array:
    for place in range(len(padding) // 2):
        dim = array.ndim - 1 - place
        places = _PLACES[kind](array.shape[dim], padding[2 * place], padding[2 * place + 1])
        array = np.take(array, places, axis=dim)
    return array


def pad_any(x: Any, kind: str, padding: Pad) -> Any:
    """Reflection or replication padding of arrays and tensors."""
    return (
        CALLS[f"{kind}_pad{len(padding) // 2}d"]((x,), (padding,)) if type(x) in TENSORS else _padded(x, kind, padding)
    )


def pad_back(grad: Any, kind: str, size: tuple[int, ...], padding: Pad) -> Any:
    """Every element of `grad` added to the one that it is a copy of."""
    if type(grad) in TENSORS:
        return CALLS[f"{kind}_pad{len(padding) // 2}d_backward"]((grad,), (size, padding))
    numbers = _padded(np.arange(int(np.prod(size))).reshape(size), kind, padding)
    return join(np.zeros(size, grad.dtype), numbers.reshape(-1), grad)


def _rows(kind: str, count: int) -> None:
    title = f"{kind.capitalize()}Pad{count}DBackward"
    one(
        Row(
            f"{kind}_pad{count}d",
            lambda self, padding: _padded(self, kind, padding),
            ("self",),
            (
                Gradient(
                    f"pad_back(grad, '{kind}', shape(self), padding)",
                    lambda grad, self, padding: beside(pad_back(grad, kind, shape(self), padding), self, zeros=True),
                ),
            ),
            node=f"{title}0",
            arguments=("padding",),
        )
    )
    one(
        Row(
            f"{kind}_pad{count}d_backward",
            lambda grad_output, size, padding: pad_back(grad_output, kind, size, padding),
            ("grad_output",),
            (Gradient(f"pad_any(grad, '{kind}', padding)", lambda grad, padding: pad_any(grad, kind, padding)),),
            node=f"{title}Backward0",
            arguments=("size", "padding"),
        )
    )


for _kind in _PLACES:
    for _count in (1, 2, 3):
        _rows(_kind, _count)


@expose("constant_pad_nd", method=False)
def constant_pad_nd(input: Tensor, pad: Any, value: Any = 0) -> Tensor:
    """`value` before and after the elements of the last dims; `pad` has two numbers per dim, from the last dim on."""
    require_tensor("constant_pad_nd", "input", 1, input)
    sizes = _numbers("constant_pad_nd", pad)
    own = input.array.shape
    if len(sizes) % 2:
        raise RuntimeError(f"Length of pad must be even but instead it equals {len(sizes)}")
    if len(sizes) > 2 * len(own):
        raise RuntimeError(
            f"Length of pad should be no more than twice the number of dimensions of the input. Pad length is "
            f"{len(sizes)}while the input has {len(own)} dimensions."
        )
    for place in range(len(sizes) // 2):
        low, high = sizes[2 * place], sizes[2 * place + 1]
        length = own[len(own) - 1 - place]
        if length + min(low, 0) < 0 or length + min(low, 0) + min(high, 0) < 0:
            raise RuntimeError("narrow(): length must be non-negative.")
        if length + low + high < 0:
            raise RuntimeError(
                f"The input size {length}, plus negative padding {low} and {high} resulted in a negative output size, "
                f"which is invalid. Check dimension {len(own) - 1 - place} of your input."
            )
    return _constant_row((input,), (sizes, input.array.dtype.type(value)))


def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """Elements added at the ends of the last dims: of one value, mirrored, repeated or from the other end."""
    require_tensor("pad", "input", 1, input)
    sizes = _numbers("pad", pad)
    ndim = input.array.ndim
    if len(sizes) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(sizes) > 2 * ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(sizes)} and input of dimension {ndim}"
        )
    if mode == "constant":
        return constant_pad_nd(input, sizes, 0 if value is None else value)
    if value:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if mode not in (*_KINDS, "circular"):
        if len(sizes) in (2, 4, 6) and ndim in (len(sizes) // 2 + 1, len(sizes) // 2 + 2):
            raise NotImplementedError(f"Unrecognised padding mode {mode}")
        raise NotImplementedError(_COMBINATIONS.format(len(sizes), ndim))
    if len(sizes) not in (2, 4, 6) or ndim not in (len(sizes) // 2 + 1, len(sizes) // 2 + 2):
        raise NotImplementedError(_COMBINATIONS.format(len(sizes), ndim))
    if mode == "circular":
        return _circular(input, sizes)
    kind = _KINDS[mode]
    _check(input, kind, sizes)
    made: Tensor = CALLS[f"{kind}_pad{len(sizes) // 2}d"]((input,), (sizes,))
    return made


def _numbers(name: str, pad: Any) -> Pad:
    if not isinstance(pad, (tuple, list)):
        raise TypeError(f"{name}(): argument 'pad' (position 2) must be tuple of ints, not {type(pad).__name__}")
    return tuple(check_int(name, "pad", item, 2 if place == 0 else None, place) for place, item in enumerate(pad))


def _check(input: Tensor, kind: str, sizes: Pad) -> None:
    """Raise PyTorch's errors for what cannot be mirrored or repeated."""
    own, count = input.array.shape, len(sizes) // 2
    solid = own[1:] if len(own) == count + 2 else own
    if 0 in solid:
        raise RuntimeError(
            f"Expected {count + 1}D or {count + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {list(own)}"
        )
    wide = list(own)
    for place in range(count):
        dim, low, high = len(own) - 1 - place, sizes[2 * place], sizes[2 * place + 1]
        if kind == "reflection" and (low >= own[dim] or high >= own[dim]):
            raise RuntimeError(
                f"Argument #{4 + 2 * place}: Padding size should be less than the corresponding input dimension, but "
                f"got: padding ({low}, {high}) at dimension {dim} of input {list(own)}"
            )
        wide[dim] += low + high
        if wide[dim] < 1 and count == 1:
            raise RuntimeError(f"input (W: {own[dim]}) is too small. Calculated output W: {wide[dim]}")
    if min(wide) < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(wide)}: {wide}")
    if input.array.dtype == np.bool_:
        raise NotImplementedError(f"\"{kind}_pad{count}d\" not implemented for 'Bool'")


def _circular(input: Tensor, sizes: Pad) -> Tensor:
    own = input.array.shape
    wide = list(own)
    for place in range(len(sizes) // 2 - 1, -1, -1):
        dim, low, high = len(own) - 1 - place, sizes[2 * place], sizes[2 * place + 1]
        wide[dim] += low + high
        if low > own[dim] or high > own[dim]:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        if wide[dim] < 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
    out: Tensor = input.new_zeros(wide)  # type: ignore[attr-defined]  # installed by creation.py
    inner, source = out, input
    for place in range(len(sizes) // 2):
        dim, low, high = len(own) - 1 - place, sizes[2 * place], sizes[2 * place + 1]
        inner = slice_dim(inner, dim, max(low, 0), wide[dim] - max(high, 0))
        source = slice_dim(source, dim, max(-low, 0), own[dim] - max(-high, 0))
    METHODS["copy_"](inner, source)
    for place in range(len(sizes) // 2 - 1, -1, -1):
        dim, low, high = len(own) - 1 - place, sizes[2 * place], sizes[2 * place + 1]
        if low > 0:
            end = wide[dim] - max(high, 0)
            METHODS["copy_"](slice_dim(out, dim, 0, low), slice_dim(out, dim, end - low, end))
        if high > 0:
            start = max(low, 0)
            METHODS["copy_"](slice_dim(out, dim, wide[dim] - high, wide[dim]), slice_dim(out, dim, start, start + high))
    return out
