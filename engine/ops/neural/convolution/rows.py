"""Convolution's rows: itself, its input's gradient and its weight's gradient, whose gradients are each other.

So gradients have gradients of any order. The sums themselves are in `correlation.py`, PyTorch's functions in
`convolution.py`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS
from ...single import one
from ...table import CALLS, Gradient, Row
from ...tools import shape, sum_dims
from ...unread import beside
from ..windows import Sizes, inner
from .correlation import Geometry, correlate, spread, weigh

Array = npt.NDArray[Any]
_HOW = ("stride", "padding", "dilation", "transposed", "output_padding", "groups")


def _geometry(dims: int, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Geometry:
    """With one number for each dim: PyTorch saves those of the user, who may give one for all."""
    return Geometry(for_each(stride, dims), for_each(padding, dims), for_each(dilation, dims), groups)


def for_each(given: Sizes, dims: int) -> Sizes:
    """One number for each dim."""
    return given if len(given) == dims else given * dims


def _convolve(
    input: Array,
    weight: Array,
    bias: Array | None,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    output_padding: Sizes,
    groups: int,
    *_: Any,
) -> Array:
    geometry = _geometry(input.ndim - 2, stride, padding, dilation, groups)
    if transposed:
        extra = for_each(output_padding, input.ndim - 2)
        sizes = transposed_sizes(input.shape[2:], weight.shape[2:], geometry, extra)
        made = spread(input, weight, sizes, geometry)
    else:
        made = correlate(input, weight, geometry)
    if bias is not None:
        np.add(made, bias.reshape(-1, *(1,) * (input.ndim - 2)), out=made)
    return made


def transposed_sizes(sizes: Sizes, kernel: Sizes, geometry: Geometry, output_padding: Sizes) -> Sizes:
    """What a transposed convolution makes of `sizes`."""
    return tuple(
        (size - 1) * jump - 2 * pad + step * (width - 1) + extra + 1
        for size, width, jump, pad, step, extra in zip(
            sizes, kernel, geometry.stride, geometry.padding, geometry.dilation, output_padding, strict=True
        )
    )


def _input_gradient(
    grad: Array,
    _input: Any,
    weight: Array,
    input_sizes: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    _output_padding: Sizes,
    groups: int,
) -> Array:
    geometry = _geometry(grad.ndim - 2, stride, padding, dilation, groups)
    if not transposed:
        return spread(grad, weight, input_sizes[2:], geometry)
    # The padding at the end of a transposed convolution's result may have room for windows of its own.
    made: Array = correlate(grad, weight, geometry)[inner((0,) * (grad.ndim - 2), input_sizes[2:])]
    return made


def _weight_gradient(
    grad: Array,
    input: Array,
    _weight: Any,
    weight_sizes: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    _output_padding: Sizes,
    groups: int,
) -> Array:
    geometry = _geometry(grad.ndim - 2, stride, padding, dilation, groups)
    return (
        weigh(grad, input, weight_sizes[2:], geometry) if transposed else weigh(input, grad, weight_sizes[2:], geometry)
    )


def convolution_input(
    grad: Any,
    input: Any,
    weight: Any,
    input_sizes: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    output_padding: Sizes,
    groups: int,
) -> Any:
    """The gradient of a convolution's input, on whose values it does not depend."""
    how = (stride, padding, dilation, transposed, output_padding, groups)
    if type(grad) in TENSORS:
        return CALLS["convolution_backward.input"]((grad, input, weight), (input_sizes, *how))
    return _input_gradient(grad, None, weight, input_sizes, *how)


def convolution_weight(
    grad: Any,
    input: Any,
    weight: Any,
    weight_sizes: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    output_padding: Sizes,
    groups: int,
) -> Any:
    """The gradient of a convolution's weight, on whose values it does not depend."""
    how = (stride, padding, dilation, transposed, output_padding, groups)
    if type(grad) in TENSORS:
        return CALLS["convolution_backward.weight"]((grad, input, weight), (weight_sizes, *how))
    return _weight_gradient(grad, input, None, weight_sizes, *how)


def convolution_bias(grad: Any, input: Any, weight: Any, bias_sym_sizes_opt: Sizes) -> Any:
    """The gradient of a convolution's bias."""
    made = sum_dims(grad, (0, *range(2, len(shape(grad))))).reshape(bias_sym_sizes_opt)
    return beside(made, input, weight)


def convolved(
    input: Any,
    weight: Any,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    output_padding: Sizes,
    groups: int,
) -> Any:
    """A convolution without bias in a rule."""
    how = (stride, padding, dilation, transposed, output_padding, groups)
    if type(input) in TENSORS or type(weight) in TENSORS:
        return CALLS["convolution"]((input, weight, None), (*how, (0,), shape(input), shape(weight)))
    return _convolve(input, weight, None, *how)


def convolved_input(
    grad: Any,
    input: Any,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    output_padding: Sizes,
    groups: int,
) -> Any:
    """A convolution of `input`, whose weight is a gradient."""
    return convolved(input, grad, stride, padding, dilation, transposed, output_padding, groups)


def _input_to_weight(
    grad: Any,
    grad_output: Any,
    weight: Any,
    weight_shape: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    output_padding: Sizes,
    groups: int,
) -> Any:
    return convolution_weight(
        grad_output, grad, weight, weight_shape, stride, padding, dilation, transposed, output_padding, groups
    )


def _weight_to_input(
    grad: Any,
    grad_output: Any,
    input: Any,
    input_shape: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    output_padding: Sizes,
    groups: int,
) -> Any:
    return convolution_input(
        grad_output, input, grad, input_shape, stride, padding, dilation, transposed, output_padding, groups
    )


_NAMED = ", ".join(_HOW)
convolution_row = one(
    Row(
        "convolution",
        _convolve,
        ("input", "weight", "bias"),
        (
            Gradient(f"convolution_input(grad, input, weight, input_sizes, {_NAMED})", convolution_input),
            Gradient(f"convolution_weight(grad, input, weight, weight_sizes, {_NAMED})", convolution_weight),
            Gradient("convolution_bias(grad, input, weight, bias_sym_sizes_opt)", convolution_bias),
        ),
        node="ConvolutionBackward0",
        arguments=(*_HOW, "bias_sym_sizes_opt", "input_sizes", "weight_sizes"),
        saves=("input", "weight", *_HOW, "bias_sym_sizes_opt"),
    )
)
one(
    Row(
        "convolution_backward",
        _input_gradient,
        ("grad_output", "input", "weight"),
        (
            Gradient(f"convolved(grad, weight, {_NAMED})", convolved),
            None,
            Gradient(f"convolution_weight(grad_output, grad, weight, weight_shape, {_NAMED})", _input_to_weight),
        ),
        node="ConvolutionBackwardBackward0",
        overload="input",
        arguments=("input_sizes", *_HOW),
    )
)
one(
    Row(
        "convolution_backward",
        _weight_gradient,
        ("grad_output", "input", "weight"),
        (
            Gradient(f"convolved_input(grad, input, {_NAMED})", convolved_input),
            Gradient(f"convolution_input(grad_output, input, grad, input_shape, {_NAMED})", _weight_to_input),
            None,
        ),
        node="ConvolutionBackwardBackward0",
        overload="weight",
        arguments=("weight_sizes", *_HOW),
    )
)
