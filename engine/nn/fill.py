"""How layers fill their parameters: PyTorch's computations, so that the same seed gives the very same weights.

`torch.nn.init` offers the same to users, and more.
"""

import math
from typing import Any

import numpy as np

from ..arguments import check_dtype, check_size, require_lengths
from ..grad_mode import no_grad
from ..ops.table import METHODS
from ..tensor import Tensor, from_array
from ..types.device import require_cpu
from ..types.dtype import get_default_dtype
from .parameter import Parameter


def blank(*shape: int, device: Any = None, dtype: Any = None) -> Parameter:
    """A parameter to be filled."""
    return Parameter(blank_tensor(*shape, device=device, dtype=dtype))


def blank_tensor(*shape: int, device: Any = None, dtype: Any = None, value: float = 0.0) -> Tensor:
    """A tensor of one value."""
    require_cpu(device)
    wanted = (check_dtype("empty", dtype) or get_default_dtype()).numpy
    size = _size(shape)
    require_lengths("empty", size)
    return from_array(np.full(size, value, wanted))


def _size(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """Lengths that may be whatever a layer was given. Raises TypeError as `torch.empty` does."""
    first = shape[0] if shape else 0
    if len(shape) != 1:
        if isinstance(first, bool) or not hasattr(first, "__index__"):
            raise TypeError(
                "empty(): argument 'size' (position 1) must be tuple of ints, but found element of type "
                f"{type(first).__name__} at pos 0"
            )
    elif isinstance(first, bool):
        raise TypeError("empty(): argument 'size' (position 1) must be tuple of ints, not bool")
    return check_size("empty", shape)


def uniform_(tensor: Tensor, reach: float) -> None:
    """Uniform in +-reach."""
    with no_grad():
        METHODS["uniform_"](tensor, -reach, reach)


def normal_(tensor: Tensor, std: float = 1.0) -> None:
    """Normal with mean 0."""
    with no_grad():
        METHODS["normal_"](tensor, 0.0, std)


def constant_(tensor: Tensor, value: float) -> None:
    """One value everywhere."""
    with no_grad():
        METHODS["fill_"](tensor, value)


def _fans(tensor: Tensor) -> tuple[int, int]:
    shape = tensor.array.shape
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def xavier_uniform_(tensor: Tensor) -> None:
    """Uniform with the variance 2 / (fan in + fan out)."""
    std = math.sqrt(2.0 / float(sum(_fans(tensor))))
    uniform_(tensor, math.sqrt(3.0) * std)


def xavier_normal_(tensor: Tensor) -> None:
    """Normal with the variance 2 / (fan in + fan out)."""
    normal_(tensor, math.sqrt(2.0 / float(sum(_fans(tensor)))))


def kaiming_uniform_(tensor: Tensor) -> None:
    """As `torch.nn.init.kaiming_uniform_(tensor, a=sqrt(5))`, which linear layers and convolutions start from."""
    fan_in = _fans(tensor)[0]
    gain = math.sqrt(2.0 / (1 + math.sqrt(5) ** 2))
    uniform_(tensor, math.sqrt(3.0) * (gain / math.sqrt(fan_in)))
