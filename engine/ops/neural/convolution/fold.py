"""Windows of images as columns, and columns added back into images: `unfold` (im2col) and `fold` (col2im)."""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS, Tensor
from ...operands import require_tensor
from ...single import one
from ...table import CALLS, Gradient, Row
from ..pooling.checks import check_float
from ..sizes import spatial
from ..windows import Sizes, add_windows, count, inner, padded, windows

Array = npt.NDArray[Any]
_ARGUMENTS = ("kernel_size", "dilation", "padding", "stride")


def _im2col(self: Array, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes, *_: Any) -> Array:
    found = windows(padded(self, padding, padding), kernel_size, stride, dilation)
    return found.reshape(*self.shape[:-3], self.shape[-3] * prod(kernel_size), prod(found.shape[-2:]))


def _col2im(
    self: Array, output_size: Sizes, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes
) -> Array:
    wide = tuple(size + 2 * pad for size, pad in zip(output_size, padding, strict=True))
    out = count(wide, kernel_size, stride, dilation)
    parts = self.reshape(*self.shape[:-2], self.shape[-2] // prod(kernel_size), *kernel_size, *out)
    made = add_windows(parts, wide, kernel_size, stride, dilation)
    return np.ascontiguousarray(made[inner(padding, output_size)])


def im2col(grad: Any, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> Any:
    """Windows as columns in a rule."""
    how = (kernel_size, dilation, padding, stride)
    if type(grad) in TENSORS:
        return CALLS["im2col"]((grad,), (*how, *grad.array.shape[-2:]))
    return _im2col(grad, *how)


def col2im(grad: Any, output_size: Sizes, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> Any:
    """Columns added back into an image in a rule."""
    how = (output_size, kernel_size, dilation, padding, stride)
    return CALLS["col2im"]((grad,), how) if type(grad) in TENSORS else _col2im(grad, *how)


def _unfolded_back(
    grad: Any,
    kernel_size: Sizes,
    dilation: Sizes,
    padding: Sizes,
    stride: Sizes,
    self_sym_argsize_minus_2: int,
    self_sym_argsize_minus_1: int,
) -> Any:
    size = (self_sym_argsize_minus_2, self_sym_argsize_minus_1)
    return col2im(grad, size, kernel_size, dilation, padding, stride)


_HEIGHT, _WIDTH = "self_sym_argsize_minus_2", "self_sym_argsize_minus_1"
one(
    Row(
        "im2col",
        _im2col,
        ("self",),
        (
            Gradient(
                f"col2im(grad, ({_HEIGHT}, {_WIDTH}), kernel_size, dilation, padding, stride)",
                _unfolded_back,
            ),
        ),
        node="Im2ColBackward0",
        arguments=(*_ARGUMENTS, _HEIGHT, _WIDTH),
    )
)
one(
    Row(
        "col2im",
        _col2im,
        ("self",),
        (
            Gradient(
                "im2col(grad, kernel_size, dilation, padding, stride)",
                lambda grad, kernel_size, dilation, padding, stride: im2col(
                    grad, kernel_size, dilation, padding, stride
                ),
            ),
        ),
        node="Col2ImBackward0",
        arguments=("output_size", *_ARGUMENTS),
    )
)


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of an image (N, C, H, W) as columns (N, C * kernel, windows); also without N."""
    require_tensor("im2col", "input", 1, input)
    kernel, step, pad, jump = _arguments("im2col", kernel_size, dilation, padding, stride)
    _check_numbers(kernel, step, pad, jump)
    own = input.array.shape
    if len(own) < 2:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [-{len(own)}, {len(own) - 1}], but got 1)"
        )
    if len(own) not in (3, 4) or not all(own[-3:]):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for "
            f"input, but got: {list(own)}"
        )
    wide = tuple(size + 2 * each for size, each in zip(own[-2:], pad, strict=True))
    found = count(wide, kernel, jump, step)
    if min(found) < 1:
        raise RuntimeError(
            f"Given input with spatial size {own[-2:]}, kernel_size={kernel}, dilation={step}, padding={pad}, "
            f"calculated shape of the array of sliding blocks as {found}, but its components must be at least one."
        )
    if input.array.dtype.kind != "b":
        check_float("im2col_out_cpu", input)
    made: Tensor = CALLS["im2col"]((input,), (kernel, step, pad, jump, *own[-2:]))
    return made


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Columns (N, C * kernel, windows) added into an image (N, C, *output_size); also without N."""
    require_tensor("col2im", "input", 1, input)
    size = _pair("output_size", spatial("col2im", "output_size", 2, output_size, 2))
    kernel, step, pad, jump = _arguments("col2im", kernel_size, dilation, padding, stride)
    _check_numbers(kernel, step, pad, jump)
    own = input.array.shape
    if len(own) not in (2, 3) or not all(own[-2:]):
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
            f"input, but got: {list(own)}"
        )
    if own[-2] % prod(kernel):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={own[-2]} and kernel_size={kernel}."
        )
    wide = tuple(each + 2 * edge for each, edge in zip(size, pad, strict=True))
    found = count(wide, kernel, jump, step)
    if prod(found) != own[-1] or min(found) < 1:
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={kernel}, dilation={step}, padding={pad}, stride={jump}, expected "
            f"size of input's dimension 2 to match the calculated number of sliding blocks {found[0]} * {found[1]} = "
            f"{prod(found)}, but got input.size(2)={own[-1]}."
        )
    if input.array.dtype.kind != "b":
        check_float("col2im_out_cpu", input)
    made: Tensor = CALLS["col2im"]((input,), (size, kernel, step, pad, jump))
    return made


def _arguments(function: str, *given: Any) -> tuple[Sizes, Sizes, Sizes, Sizes]:
    first = 2 if function == "im2col" else 3
    made = [
        _pair(name, spatial(function, name, place, value if isinstance(value, (tuple, list)) else (value,) * 2, 2))
        for place, (name, value) in enumerate(zip(_ARGUMENTS, given, strict=True), first)
    ]
    return made[0], made[1], made[2], made[3]


def _pair(name: str, given: Sizes) -> Sizes:
    if len(given) != 2:
        raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(given)}")
    return given


def _check_numbers(kernel: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> None:
    for what, prefix, given in (
        ("kernel size", "kernel", kernel),
        ("dilation", "dilation", dilation),
        ("stride", "stride", stride),
    ):
        if min(given) <= 0:
            raise RuntimeError(
                f"{what} should be greater than zero, but got {prefix}_height: {given[0]} {prefix}_width: {given[1]}"
            )
    if min(padding) < 0:
        raise RuntimeError(f"padding should be non-negative, but got pad_height: {padding[0]} pad_width: {padding[1]}")
