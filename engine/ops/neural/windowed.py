"""What `torch.nn.functional` has of convolution, pooling and sampling, by name."""

from collections.abc import Callable
from typing import Any, Final

from ..table import PUBLIC
from . import average_pooling, functional_pooling, max_pooling

_SHARED = ("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")

FUNCTIONAL: Final[dict[str, Callable[..., Any]]] = {
    **{name: PUBLIC[name] for name in _SHARED},  # the same functions as torch's
    "avg_pool1d": average_pooling.avg_pool1d,
    "avg_pool2d": average_pooling.avg_pool2d,
    "avg_pool3d": average_pooling.avg_pool3d,
    "max_pool1d": functional_pooling.max_pool1d,
    "max_pool1d_with_indices": max_pooling.max_pool1d_with_indices,
    "max_pool2d": functional_pooling.max_pool2d,
    "max_pool2d_with_indices": max_pooling.max_pool2d_with_indices,
    "max_pool3d": functional_pooling.max_pool3d,
    "max_pool3d_with_indices": max_pooling.max_pool3d_with_indices,
}
