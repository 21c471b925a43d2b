"""Pooling as `torch.nn.functional` has it: with or without indices, and what is made of other pooling."""

from collections.abc import Callable
from typing import Any

from ....tensor import Tensor
from . import maximum as max_pooling
from .maximum import max_pool1d_with_indices, max_pool2d_with_indices, max_pool3d_with_indices


def _choice(plain: Callable[..., Tensor], found: Callable[..., tuple[Tensor, Tensor]]) -> Callable[..., Any]:
    """One of two functions, by `return_indices`."""

    def function(
        input: Tensor,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:
        chosen = found if return_indices else plain
        return chosen(input, kernel_size, stride, padding, dilation, ceil_mode)

    function.__name__, function.__qualname__ = plain.__name__, f"_{plain.__name__}"  # as PyTorch's errors name it
    function.__doc__ = plain.__doc__
    return function


max_pool1d = _choice(max_pooling.max_pool1d, max_pool1d_with_indices)
max_pool2d = _choice(max_pooling.max_pool2d, max_pool2d_with_indices)
max_pool3d = _choice(max_pooling.max_pool3d, max_pool3d_with_indices)
