"""What PyTorch makes of averages over windows: power-average pooling and local response normalisation."""

from collections.abc import Callable
from math import inf
from typing import Any

from ....tensor import Tensor
from ...operands import require_attribute
from ...shape.dimensions import squeeze, unsqueeze
from ...table import METHODS, PUBLIC
from .average import avg_pool1d, avg_pool2d, avg_pool3d
from .functional import max_pool1d, max_pool2d, max_pool3d


def _power_mean(average: Tensor, count: int, norm_type: float) -> Tensor:
    """(count * average) ** (1 / norm_type), keeping the sign."""
    signed = PUBLIC["mul"](PUBLIC["sign"](average), PUBLIC["relu"](PUBLIC["abs"](average)))
    made: Tensor = METHODS["pow"](METHODS["mul"](signed, count), 1.0 / norm_type)
    return made


def _extreme(
    pool: Callable[..., Any], input: Tensor, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool
) -> Tensor:
    """The largest, or for minus infinity the smallest, absolute value of each window."""
    require_attribute(input, "abs")
    sizes: Any = PUBLIC["abs"](input)
    if norm_type > 0:
        return pool(sizes, kernel_size, stride, 0, 1, ceil_mode)  # type: ignore[no-any-return]  # without indices
    return -pool(-sizes, kernel_size, stride, 0, 1, ceil_mode)  # type: ignore[no-any-return]  # without indices


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: int, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """The sum of the elements' powers over each window of the last dim, and its root."""
    if norm_type in (inf, -inf):
        return _extreme(max_pool1d, input, norm_type, kernel_size, stride, ceil_mode)
    require_attribute(input, "pow")
    out = avg_pool1d(METHODS["pow"](input, norm_type), kernel_size, stride, 0, ceil_mode)
    return _power_mean(out, kernel_size, norm_type)


def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """The sum of the elements' powers over each window of the last two dims, and its root."""
    width, height = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * 2
    if norm_type in (inf, -inf):
        return _extreme(max_pool2d, input, norm_type, kernel_size, stride, ceil_mode)
    require_attribute(input, "pow")
    out = avg_pool2d(METHODS["pow"](input, norm_type), kernel_size, stride, 0, ceil_mode)
    return _power_mean(out, width * height, norm_type)


def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """The sum of the elements' powers over each window of the last three dims, and its root."""
    depth, width, height = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * 3
    if norm_type in (inf, -inf):
        return _extreme(max_pool3d, input, norm_type, kernel_size, stride, ceil_mode)
    require_attribute(input, "pow")
    out = avg_pool3d(METHODS["pow"](input, norm_type), kernel_size, stride, 0, ceil_mode)
    return _power_mean(out, depth * width * height, norm_type)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """input / (k + alpha * mean of squares over `size` neighbouring channels) ** beta."""
    require_attribute(input, "dim")
    sizes = input.array.shape
    if len(sizes) < 3:
        raise ValueError(
            f"Expected 3D or higher dimensionality                          input (got {len(sizes)} dimensions)"
        )
    if input.array.size == 0:
        return input
    around = [size // 2, (size - 1) // 2]
    squares = METHODS["mul"](input, input)
    if len(sizes) == 3:
        wide = PUBLIC["constant_pad_nd"](unsqueeze(squares, 1), [0, 0, *around], 0.0)
        mean = squeeze(avg_pool2d(wide, (size, 1), 1), 1)
    else:
        rows = METHODS["view"](squares, sizes[0], 1, sizes[1], sizes[2], -1)
        wide = PUBLIC["constant_pad_nd"](rows, [0, 0, 0, 0, *around], 0.0)
        mean = METHODS["view"](squeeze(avg_pool3d(wide, (size, 1, 1), 1), 1), sizes)
    made: Tensor = METHODS["div"](input, METHODS["pow"](METHODS["add"](METHODS["mul"](mean, alpha), k), beta))
    return made
