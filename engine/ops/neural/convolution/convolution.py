"""Convolution and transposed convolution over one, two and three dims: one node, ConvolutionBackward0, for all."""

import warnings
from collections.abc import Callable
from typing import Any

from ....tensor import Tensor
from ...operands import require_tensor
from ...shape.dimensions import squeeze, unsqueeze
from ...table import PUBLIC, expose
from ...typed import user_level
from ..sizes import batched, spatial
from ..windows import Sizes
from .checks import check_dtypes, check_numbers, check_shapes, check_transposed, check_types, check_weight, expanded
from .correlation import Geometry
from .rows import convolution_row, transposed_sizes


@expose("convolution", method=False)
def convolution(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    output_padding: Any,
    groups: int,
) -> Tensor:
    """The general convolution of input (N, C, *sizes) with weight (O, C / groups, *kernel), or (C, O / groups, *kernel)
    where transposed."""
    check_weight(weight.array.shape)
    dims = weight.array.ndim - 2
    shape, kernel = input.array.shape, weight.array.shape
    jump, pad = expanded("stride", stride, dims), expanded("padding", padding, dims)
    step, extra = expanded("dilation", dilation, dims), expanded("output_padding", output_padding, dims)
    check_numbers(jump, pad, step, extra, groups)
    check_shapes(shape, kernel, None if bias is None else bias.array.shape, pad, step, transposed, groups)
    check_dtypes(input, weight, bias, groups)
    if transposed:
        out = transposed_sizes(shape[2:], kernel[2:], Geometry(jump, pad, step, groups), extra)
        if shape[0] or min(out) < 0:
            check_transposed(shape, out, extra, jump, step)
    given = (0,) if bias is None else bias.array.shape
    how = (tuple(stride), tuple(padding), tuple(dilation), transposed, tuple(output_padding), groups)
    return convolution_row((input, weight, bias), (*how, given, shape, kernel))


def _offer(dims: int) -> None:
    name, transposed_name = f"conv{dims}d", f"conv_transpose{dims}d"

    def conv(
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Tensor:
        check_types(name, input, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)
        jump = stride if isinstance(stride, (tuple, list)) else (stride,) * dims
        step = dilation if isinstance(dilation, (tuple, list)) else (dilation,) * dims
        pad = padding if isinstance(padding, (tuple, list, str)) else (padding,) * dims

        def run(batch: Tensor) -> Tensor:
            source, amount = (batch, pad) if not isinstance(pad, str) else _by_name(batch, weight, pad, jump, step)
            extra = (0,) if pad == "valid" else (0,) * dims  # what PyTorch saves
            return convolution(source, weight, bias, jump, amount, step, False, extra, groups)

        return _in_batches(name, input, dims, run)

    def conv_transpose(
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Tensor:
        if isinstance(padding, str):
            raise TypeError(f"{transposed_name}(): argument 'padding' must be tuple of ints, not str")
        for place, (argument, value) in enumerate((("input", input), ("weight", weight), ("bias", bias)), 1):
            if value is not None or place < 3:
                require_tensor(transposed_name, argument, place, value)
        given = (("stride", 4, stride), ("padding", 5, padding), ("dilation", 8, dilation))
        how = [spatial(transposed_name, *each, dims) for each in (*given, ("output_padding", 6, output_padding))]

        def run(batch: Tensor) -> Tensor:
            return convolution(batch, weight, bias, how[0], how[1], how[2], True, how[3], groups)

        return _in_batches(transposed_name, input, dims, run)

    conv.__doc__ = f"Each output channel the sum of input channels, filtered, over {dims} dims; one sample or a batch."
    conv_transpose.__doc__ = f"The transpose of `{name}`: what its input's gradient is computed with."
    for function, offered in ((conv, name), (conv_transpose, transposed_name)):
        function.__name__ = function.__qualname__ = offered
        expose(offered, method=False)(function)


def _in_batches(name: str, input: Tensor, dims: int, run: Callable[[Tensor], Tensor]) -> Tensor:
    if batched(name, input, dims):
        return run(input)
    return squeeze(run(unsqueeze(input, 0)), 0)


def _by_name(input: Tensor, weight: Tensor, padding: str, stride: Any, dilation: Any) -> tuple[Tensor, Sizes]:
    """What "same" and "valid" stand for; "same" may need one zero more at the end of a dim than at its start."""
    if padding == "valid":
        return input, (0,)
    if padding != "same":
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    own, kernel = input.array.shape, weight.array.shape
    check_weight(kernel)
    if len(own) != len(kernel):
        raise RuntimeError(
            f"Expected {len(kernel)}-dimensional input for {len(kernel)}-dimensional weight{list(kernel)}, but got "
            f"{len(own)}-dimensional input of size {list(own)} instead"
        )
    if any(each != 1 for each in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    step = expanded("dilation", dilation, len(kernel) - 2)
    totals = [each * (size - 1) for each, size in zip(step, weight.array.shape[2:], strict=True)]
    if any(total % 2 for total in totals):
        warnings.warn(
            "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the "
            "input be created",
            UserWarning,
            stacklevel=user_level(),
        )
        extra = [amount for total in reversed(totals) for amount in (0, total % 2)]
        input = PUBLIC["constant_pad_nd"](input, extra, 0)
    return input, tuple(total // 2 for total in totals)


for _dims in (1, 2, 3):
    _offer(_dims)
