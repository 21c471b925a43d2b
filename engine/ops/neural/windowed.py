"""What `torch.nn.functional` has of convolution, pooling and sampling, by name."""

from collections.abc import Callable
from typing import Any, Final

from ..table import PUBLIC
from .convolution import convolution, fold
from .pooling import (
    adaptive as adaptive_pooling,
    average as average_pooling,
    fractional as fractional_pooling,
    functional as functional_pooling,
    maximum as max_pooling,
    power as power_pooling,
    unpooling,
)
from .resizing import grid_sample, interpolate

_SHARED = tuple(name for name in PUBLIC if name.startswith("conv") and PUBLIC[name].__module__ == convolution.__name__)

FUNCTIONAL: Final[dict[str, Callable[..., Any]]] = {
    **{name: PUBLIC[name] for name in _SHARED},  # the same functions as torch's
    "adaptive_avg_pool1d": adaptive_pooling.adaptive_avg_pool1d,
    "adaptive_avg_pool2d": adaptive_pooling.adaptive_avg_pool2d,
    "adaptive_avg_pool3d": adaptive_pooling.adaptive_avg_pool3d,
    "adaptive_max_pool1d": adaptive_pooling.adaptive_max_pool1d,
    "adaptive_max_pool1d_with_indices": adaptive_pooling.adaptive_max_pool1d_with_indices,
    "adaptive_max_pool2d": adaptive_pooling.adaptive_max_pool2d,
    "adaptive_max_pool2d_with_indices": adaptive_pooling.adaptive_max_pool2d_with_indices,
    "adaptive_max_pool3d": adaptive_pooling.adaptive_max_pool3d,
    "adaptive_max_pool3d_with_indices": adaptive_pooling.adaptive_max_pool3d_with_indices,
    "affine_grid": grid_sample.affine_grid,
    "avg_pool1d": average_pooling.avg_pool1d,
    "avg_pool2d": average_pooling.avg_pool2d,
    "avg_pool3d": average_pooling.avg_pool3d,
    "fold": fold.fold,
    "fractional_max_pool2d": fractional_pooling.fractional_max_pool2d,
    "fractional_max_pool2d_with_indices": fractional_pooling.with_indices(fractional_pooling.fractional_max_pool2d),
    "fractional_max_pool3d": fractional_pooling.fractional_max_pool3d,
    "fractional_max_pool3d_with_indices": fractional_pooling.with_indices(fractional_pooling.fractional_max_pool3d),
    "grid_sample": grid_sample.grid_sample,
    "interpolate": interpolate.interpolate,
    "local_response_norm": power_pooling.local_response_norm,
    "lp_pool1d": power_pooling.lp_pool1d,
    "lp_pool2d": power_pooling.lp_pool2d,
    "lp_pool3d": power_pooling.lp_pool3d,
    "max_pool1d": functional_pooling.max_pool1d,
    "max_pool1d_with_indices": max_pooling.max_pool1d_with_indices,
    "max_pool2d": functional_pooling.max_pool2d,
    "max_pool2d_with_indices": max_pooling.max_pool2d_with_indices,
    "max_pool3d": functional_pooling.max_pool3d,
    "max_pool3d_with_indices": max_pooling.max_pool3d_with_indices,
    "max_unpool1d": unpooling.max_unpool1d,
    "max_unpool2d": unpooling.max_unpool2d,
    "max_unpool3d": unpooling.max_unpool3d,
    "unfold": fold.unfold,
    "upsample": interpolate.upsample_,
    "upsample_bilinear": interpolate.upsample_bilinear,
    "upsample_nearest": interpolate.upsample_nearest,
}
