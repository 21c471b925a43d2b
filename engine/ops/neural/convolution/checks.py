"""What PyTorch refuses to convolve, in its words: `check_shape_forward` of ATen's Convolution.cpp and others."""

from math import prod
from typing import Any

from ....tensor import TENSORS, Tensor
from ....types.dtype import C_NAMES, of_numpy
from ..sizes import is_sizes, joined
from ..windows import Sizes

_SIGNATURES = (
    " * (Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, tuple of ints padding = 0, "
    "tuple of ints dilation = 1, int groups = 1)\n"
    " * (Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, "
    'str padding = "valid", tuple of ints dilation = 1, int groups = 1)\n'
)


def check_types(name: str, input: Any, weight: Any, bias: Any, **others: Any) -> None:
    """Raise PyTorch's TypeError for an argument of a wrong type."""
    padding = others["padding"]
    fine = (
        type(input) in TENSORS
        and type(weight) in TENSORS
        and (bias is None or type(bias) in TENSORS)
        and all(is_sizes(others[each]) for each in ("stride", "dilation"))
        and isinstance(others["groups"], int)
        and (is_sizes(padding) or isinstance(padding, str))
    )
    if fine:
        return
    given = [type(each).__name__ for each in (input, weight)]
    given += [] if bias is None else [f"bias={type(bias).__name__}"]
    defaults = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    given += [f"{key}={type(others[key]).__name__}" for key, value in defaults.items() if others[key] != value]
    raise TypeError(
        f"{name}() received an invalid combination of arguments - got ({', '.join(given)}), but expected one of:\n"
        f"{_SIGNATURES}"
    )


def expanded(name: str, value: Any, dims: int) -> Sizes:
    """A number for every dim. Raises RuntimeError for another number of them."""
    given = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    if len(given) == 1:
        return given * dims
    if len(given) != dims:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {dims} values to match the convolution "
            f"dimensions, but got {name}={list(given)}"
        )
    return given


def check_weight(weight: Sizes) -> None:
    """Raise RuntimeError for a weight without spatial dims."""
    if len(weight) < 3:
        raise RuntimeError("weight should have at least three dimensions")


def check_numbers(stride: Sizes, padding: Sizes, dilation: Sizes, output_padding: Sizes, groups: int) -> None:
    """Raise RuntimeError for numbers out of range."""
    if min(padding) < 0:
        raise RuntimeError("negative padding is not supported")
    if min(output_padding) < 0:
        raise RuntimeError("negative output_padding is not supported")
    if min(stride) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(dilation) < 0:
        raise RuntimeError("dilation should be greater than zero")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")


def check_shapes(
    input: Sizes, weight: Sizes, bias: Sizes | None, padding: Sizes, dilation: Sizes, transposed: bool, groups: int
) -> None:
    """Raise RuntimeError where the shapes do not belong together."""
    if len(input) != len(weight):
        raise RuntimeError(
            f"Expected {len(weight)}-dimensional input for {len(weight)}-dimensional weight {list(weight)}, but got "
            f"{len(input)}-dimensional input of size {list(input)} instead"
        )
    if weight[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size "
            f"{list(weight)} instead"
        )
    if weight[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of "
            f"size [{list(weight)}] instead"
        )
    given = (
        f"Given transposed=1, weight of size {list(weight)}"
        if transposed
        else (f"Given groups={groups}, weight of size {list(weight)}")
    )
    channels = weight[0] if transposed else weight[1] * groups
    if input[1] != channels:
        raise RuntimeError(
            f"{given}, expected input{list(input)} to have {channels} channels, but got {input[1]} channels instead"
        )
    made = weight[1] * groups if transposed else weight[0]
    if bias is not None and bias != (made,):
        start = given if transposed else f"Given weight of size {list(weight)}"
        raise RuntimeError(
            f"{start}, expected bias to be 1-dimensional with {made} elements, but got bias of size {list(bias)} "
            "instead"
        )
    if min(dilation) == 0:
        raise RuntimeError(f"dilation should be greater than zero, but got {list(dilation)}")
    if not transposed:
        _check_kernel(input[2:], weight[2:], padding, dilation)
    if not all(weight[2:]):
        kernel = weight[2:] if len(weight) > 3 else (1, *weight[2:])
        named = " ".join(f"kernel_{each}: {size}" for each, size in zip(_named(kernel), kernel, strict=True))
        raise RuntimeError(f"kernel size should be greater than zero, but got {named}")


def _check_kernel(sizes: Sizes, kernel: Sizes, padding: Sizes, dilation: Sizes) -> None:
    wide = tuple(size + 2 * each for size, each in zip(sizes, padding, strict=True))
    reach = tuple(step * (size - 1) + 1 for size, step in zip(kernel, dilation, strict=True))
    if any(size < each for size, each in zip(wide, reach, strict=True)):
        raise RuntimeError(
            f"Calculated padded input size per channel: ({joined(wide)}). Kernel size: ({joined(reach)}). Kernel size "
            "can't be greater than actual input size"
        )


def check_transposed(input: Sizes, out: Sizes, output_padding: Sizes, stride: Sizes, dilation: Sizes) -> None:
    """Raise RuntimeError where a transposed convolution has no result; one dim counts as the second of two."""
    if len(out) == 1:
        input, out = (*input[:2], 1, *input[2:]), (1, *out)
        output_padding, stride, dilation = (0, *output_padding), (1, *stride), (1, *dilation)
    pairs = zip(output_padding, stride, dilation, strict=True)
    if any(extra >= jump and extra >= step for extra, jump, step in pairs):
        listed = " ".join(
            f"{what}_{each}: {size}"
            for what, sizes in (("output_padding", output_padding), ("stride", stride), ("dilation", dilation))
            for each, size in zip(_named(sizes), sizes, strict=True)
        )
        raise RuntimeError(f"output padding must be smaller than either stride or dilation, but got {listed}")
    if not all(input[2:]):
        raise RuntimeError(f"Only zero batch or zero channel inputs are supported, but got input shape: {list(input)}")
    if min(out) < 1:
        raise RuntimeError(
            f"Given input size per channel: ({joined(input[2:])}). Calculated output size per channel: "
            f"({joined(out)}). Output size is too small"
        )


def _named(sizes: Sizes) -> tuple[str, ...]:
    return ("depth", "height", "width")[3 - len(sizes) :]


def check_dtypes(input: Tensor, weight: Tensor, bias: Tensor | None, groups: int) -> None:
    """Raise RuntimeError for different dtypes, NotImplementedError for bools."""
    one, other = of_numpy(input.array.dtype), of_numpy(weight.array.dtype)
    if bias is not None and bias.array.dtype != input.array.dtype:
        raise RuntimeError(f"Input type ({_c_name(input)}) and bias type ({_c_name(bias)}) should be the same")
    if one is not other and _is_for_mkldnn(input.array.shape, weight.array.shape, one.scalar_type, groups):
        raise RuntimeError(
            f"Input type (torch.{one.scalar_type}Tensor) and weight type (torch.{other.scalar_type}Tensor) should be "
            "the same or input should be a MKLDNN tensor and weight is a dense tensor"
        )
    if one is not other:
        raise RuntimeError(f"expected scalar type {one.scalar_type} but found {other.scalar_type}")
    if one.scalar_type == "Bool":
        raise NotImplementedError("\"slow_conv2d_cpu\" not implemented for 'Bool'")


def _is_for_mkldnn(input: Sizes, weight: Sizes, kind: str, groups: int) -> bool:
    """Whether PyTorch gives it to MKLDNN, which words its refusals differently: `use_mkldnn` of Convolution.cpp."""
    return kind == "Float" and (groups > 1 or min(weight[2:]) > 3 or input[0] > 1 or prod(input) > 20480)


def _c_name(tensor: Tensor) -> str:
    kind = of_numpy(tensor.array.dtype)
    return C_NAMES.get(kind.name, kind.name)
