"""`torch.nn.functional.interpolate` and its older names: picks the row that resizes as asked."""

import warnings
from typing import Any

from ....tensor import Tensor
from ...operands import require_attribute
from ..pooling.adaptive import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from .resize import nothing, upsample

_AREA = {3: adaptive_avg_pool1d, 4: adaptive_avg_pool2d, 5: adaptive_avg_pool3d}
_SMOOTH = {"linear": 3, "bilinear": 4, "trilinear": 5}


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """`input` (N, C, *sizes) resized to `size`, or by `scale_factor`."""
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    require_attribute(input, "dim")
    ndim = input.array.ndim
    out, factors = _sizes(input, size, scale_factor)
    if recompute_scale_factor and size is not None:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    if factors is not None:
        out = [int(length * factor) for length, factor in zip(input.array.shape[2:], factors, strict=True)]
        if recompute_scale_factor or mode == "area":
            factors = None
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and ndim == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    assert out is not None
    scales = nothing(len(out)) if factors is None else tuple(map(float, factors))
    if ndim in _AREA and mode == "area":
        return _AREA[ndim](input, tuple(out))
    chosen = _row_mode(mode, ndim, bool(align_corners), antialias)
    return upsample(chosen, input, tuple(out), bool(align_corners), scales)


def _row_mode(mode: str, ndim: int, align_corners: bool, antialias: bool) -> str:
    """What `resize.py` calls a mode. Raises where it does not fit the number of dims."""
    if ndim in (3, 4, 5):
        if mode in ("nearest", "nearest-exact"):
            return mode.replace("-", "_")
        if _SMOOTH.get(mode) == ndim:
            return "bilinear_aa" if antialias else "linear"
        if ndim == 4 and mode == "bicubic":
            return "bicubic_aa" if antialias else "bicubic"
        if ndim == 4 and mode == "lanczos":
            if align_corners:
                raise ValueError("Lanczos mode does not support align_corners=True")
            if not antialias:
                raise ValueError("Lanczos mode requires antialias=True")
            return "lanczos_aa"
        if mode in _SMOOTH:
            raise NotImplementedError(f"Got {ndim}D input, but {mode} mode needs {_SMOOTH[mode]}D input")
    raise NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {ndim}D) for the modes: nearest | linear | "
        f"bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got {mode})"
    )


def _sizes(input: Tensor, size: Any, scale_factor: Any) -> tuple[list[Any] | None, list[Any] | None]:
    """The size or the factors that were asked for, one for each dim; the other is None."""
    sizes = list(input.array.shape[2:])
    dims = input.array.ndim - 2
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if size is None:
        if not isinstance(scale_factor, (tuple, list)):
            return None, [scale_factor] * dims
        if len(scale_factor) != dims:
            raise ValueError(
                "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial "
                f"dimensions of {sizes} and scale_factor of shape {scale_factor}. Please provide input tensor in (N, "
                "C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
            )
        return None, list(scale_factor)
    given = list(size) if isinstance(size, (tuple, list)) else [size] * dims
    if len(given) != dims:
        raise ValueError(
            "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions "
            f"of {sizes} and output size of {size}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and "
            "output size in (o1, o2, ...,oK) format."
        )
    if not all(isinstance(each, int) or hasattr(each, "__index__") for each in given):
        raise TypeError(
            "expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size "
            f"with types {[type(each) for each in given]}"
        )
    return [int(each) for each in given], None


def upsample_(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """The old name of `interpolate`."""
    _deprecated("upsample", "nn.functional.interpolate")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` with mode "nearest"."""
    _deprecated("upsample_nearest", "nn.functional.interpolate")
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` with mode "bilinear" and aligned corners."""
    _deprecated("upsample_bilinear", "nn.functional.interpolate")
    return interpolate(input, size, scale_factor, "bilinear", True)


def _deprecated(name: str, instead: str) -> None:
    warnings.warn(
        f"`nn.functional.{name}` is deprecated. Use `{instead}` instead.",
        UserWarning,
        stacklevel=3,
    )
