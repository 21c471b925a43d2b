"""The sizes that pooling gives, and what it refuses, in PyTorch's words: ATen's Pool.h."""

from typing import NamedTuple

from ....tensor import Tensor
from ....types.dtype import of_numpy
from ..windows import Sizes

_COUNTS = {2: "two", 3: "three"}
_AXES = {2: ("H", "W"), 3: ("T", "H", "W")}


class Pool(NamedTuple):
    """How windows lie, one number per spatial dim, and how many of them there are."""

    kernel: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    sizes: Sizes
    out: Sizes

    @property
    def wide(self) -> Sizes:
        """The sizes that hold all windows, padding included; with `ceil_mode` they may reach beyond it."""
        return tuple(
            max(jump * (count - 1) + step * (width - 1) + 1, size + pad)
            for jump, count, step, width, size, pad in zip(
                self.stride, self.out, self.dilation, self.kernel, self.sizes, self.padding, strict=True
            )
        )

    @property
    def after(self) -> Sizes:
        """How much is to be added at the end of each dim."""
        return tuple(wide - size - pad for wide, size, pad in zip(self.wide, self.sizes, self.padding, strict=True))


def numbers(function: str, name: str, given: Sizes, dims: int) -> Sizes:
    """One number for all dims, or one for each. Raises RuntimeError for another number of them."""
    if len(given) == 1:
        return given * dims
    if len(given) != dims:
        must = "must be" if (function, dims) == ("avg_pool3d", 3) or name == "dilation" else "must either be"
        either = "either a" if name == "dilation" else "omitted, a" if name == "stride" else "a"
        raise RuntimeError(f"{function}: {name} {must} {either} single int, or a tuple of {_COUNTS[dims]} ints")
    return given


def out_size(size: int, kernel: int, padding: int, stride: int, dilation: int, ceil_mode: bool) -> int:
    """How many windows there are along a dim. Raises RuntimeError for numbers out of range."""
    if stride == 0:
        raise RuntimeError("stride should not be zero")
    if padding < 0:
        raise RuntimeError(f"pad must be non-negative, but got pad: {padding}")
    if padding > ((kernel - 1) * dilation + 1) // 2:
        raise RuntimeError(
            f"pad should be at most half of effective kernel size, but got pad={padding}, kernel_size={kernel} and "
            f"dilation={dilation}"
        )
    reach = size + 2 * padding - dilation * (kernel - 1) - 1
    found = (reach + (stride - 1 if ceil_mode else 0)) // stride + 1
    # The last window has to start inside the input or its padding on the left.
    return found - 1 if ceil_mode and (found - 1) * stride >= size + padding else found


def pool(
    function: str,
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
) -> Pool:
    """How pooling lies on `input` (N, C, *sizes) or (C, *sizes). Raises RuntimeError in PyTorch's words."""
    dims = 3 if function.endswith("3d") else 2
    shape = input.array.shape
    kernel = numbers(function, "kernel_size", kernel_size, dims)
    jump = numbers(function, "stride", stride, dims) if stride else kernel
    pad = numbers(function, "padding", padding, dims)
    step = numbers(function, "dilation", dilation, dims)
    _check_ndim(function, shape, dims)
    sizes = shape[-dims:]
    out = tuple(out_size(*each, ceil_mode) for each in zip(sizes, kernel, pad, jump, step, strict=True))
    _check_numbers(dims, kernel, jump, step)
    _check_empty(function, shape, dims)
    if function == "avg_pool3d" and any(size < width for size, width in zip(sizes, kernel, strict=True)):
        raise RuntimeError(f"input image ({_listed('', sizes)}) smaller than kernel size ({_listed('k', kernel)})")
    if min(out) < 1:
        channels = shape[-dims - 1]
        raise RuntimeError(
            f"Given input size: ({_times(channels, sizes)}). Calculated output size: ({_times(channels, out)}). "
            "Output size is too small"
        )
    return Pool(kernel, jump, pad, step, sizes, out)


def _check_ndim(function: str, shape: Sizes, dims: int) -> None:
    ndim = len(shape)
    if ndim in (dims + 1, dims + 2):
        return
    if dims == 3:
        raise RuntimeError("non-empty 4D or 5D (batch mode) tensor expected for input")
    if function == "max_pool2d":
        raise RuntimeError("non-empty 3D or 4D (batch mode) tensor expected for input")
    if ndim < dims + 1:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got -3)")
    raise RuntimeError(
        f"Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:{list(shape)}"
    )


def _check_numbers(dims: int, kernel: Sizes, stride: Sizes, dilation: Sizes) -> None:
    for what, prefix, given in (
        ("kernel size", "k", kernel),
        ("stride", "d", stride),
        ("dilation", "dilation", dilation),
    ):
        if min(given) <= 0:
            raise RuntimeError(f"{what} should be greater than zero, but got {_listed(prefix, given)}")


def _check_empty(function: str, shape: Sizes, dims: int) -> None:
    inner = shape[-dims - 1 :]
    if all(inner):
        return
    if dims == 3:
        if function == "max_pool3d":
            function = "max_pool3d_with_indices_out_cpu_template"
        raise RuntimeError(
            f"{function}(): Expected input's non-batch dimensions to have positive length, but input has a shape of "
            f"{list(shape)} and non-batch dimension 0 has length zero!"
        )
    raise RuntimeError(
        f"Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:{list(shape)}"
    )


def check_no_bool(name: str, input: Tensor) -> None:
    """Raise NotImplementedError for a bool tensor."""
    if input.array.dtype.kind == "b":
        raise NotImplementedError(f"\"{name}\" not implemented for 'Bool'")


def check_float(name: str, input: Tensor) -> None:
    """Raise NotImplementedError unless the tensor is floating-point."""
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"{name}\" not implemented for '{of_numpy(input.array.dtype).scalar_type}'")


def check_dim_range(function: str, input: Tensor) -> None:
    """Raise RuntimeError unless there are channels, one dim, and perhaps a batch."""
    ndim = input.array.ndim
    if ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {ndim}-dimensional tensor for argument #1 'self' (while checking "
            f"arguments for {function})"
        )


def single(function: str, name: str, given: Sizes) -> Sizes:
    """An argument of a function over one dim. Raises RuntimeError for several numbers."""
    if len(given) != 1:
        raise RuntimeError(f"{function}() argument '{name}' should contain one int (got {len(given)})")
    return given


def _listed(prefix: str, given: Sizes) -> str:
    separator = ": "
    return " ".join(f"{prefix}{axis}{separator}{value}" for axis, value in zip(_AXES[len(given)], given, strict=True))


def _times(channels: int, sizes: Sizes) -> str:
    return "x".join(map(str, (channels, *sizes)))
