"""Images and volumes sampled at the places of a grid: `grid_sample`, and `affine_grid` that makes grids."""

import warnings
from itertools import product
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS, Tensor, from_array
from ....types.dtype import of_numpy
from ...operands import require_tensor
from ...shape.gather import gather_back
from ...single import one
from ...table import CALLS, PUBLIC, Gradient, Row, expose
from ...tools import like, raw, shape, sum_dims, transpose
from ..pooling.checks import check_float
from ..windows import Sizes
from .grid_taps import BICUBIC, Tap, taps_of

Array = npt.NDArray[Any]
_ARGUMENTS = ("interpolation_mode", "padding_mode", "align_corners")
_UNSAID = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
    "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details."
)


class Around:
    """The elements that each place of a grid is made of: combinations of one tap of each dim."""

    def __init__(
        self, grid: Any, sizes: Sizes, interpolation_mode: int, padding_mode: int, align_corners: bool
    ) -> None:
        how = (interpolation_mode, padding_mode, align_corners)
        dims = len(sizes)
        # The grid's last dim counts x, y, z: the other way round than the dims of an image.
        self.taps = [taps_of(grid[..., dims - 1 - dim], size, *how) for dim, size in enumerate(sizes)]
        self.sizes = sizes
        self.places = prod(shape(grid)[1:-1])

    def combinations(self) -> list[tuple[Tap, ...]]:
        """One tap of each dim, in all ways."""
        return list(product(*self.taps))

    def flat(self, combination: tuple[Tap, ...]) -> tuple[Array, Array]:
        """Where the element is, counted over all dims, and whether it is inside: (N, places) each."""
        index: Any = 0
        inside: Any = True
        for size, tap in zip(self.sizes, combination, strict=True):
            index = index * size + tap.place
            inside = inside & tap.inside
        rows = index.shape[0]
        return index.reshape(rows, self.places), inside.reshape(rows, self.places)


def _product(factors: list[Any]) -> Any:
    made = factors[0]
    for factor in factors[1:]:
        made = made * factor
    return made


def _masked(weight: Any, inside: Array) -> Any:
    """The weight (N, *out) as (N, 1, places), zero where zeros stand in."""
    flat = weight.reshape(inside.shape[0], 1, inside.shape[1])
    return flat if inside.all() else flat * like(inside[:, None].astype(raw(weight).dtype), weight)


def _values(input: Any, index: Array) -> Any:
    """The elements (N, C, places) of an input (N, C, *sizes) at (N, places)."""
    rows, channels = shape(input)[:2]
    flat = input.reshape(rows, channels, prod(shape(input)[2:]))
    if type(input) in TENSORS:
        return flat.gather(2, from_array(np.broadcast_to(index[:, None], (rows, channels, index.shape[1]))))
    made = np.empty((rows, channels, index.shape[1]), flat.dtype)
    for row in range(rows):
        np.take(flat[row], index[row], axis=1, out=made[row], mode="clip")  # the places are inside; "clip" is quick
    return made


def _sample(input: Array, grid: Array, *how: Any) -> Array:
    around = Around(grid, input.shape[2:], *how)
    made = np.zeros((*input.shape[:2], around.places), input.dtype)
    for combination in around.combinations():
        index, inside = around.flat(combination)
        weight = _masked(_product([tap.weight for tap in combination]), inside)
        made += np.where(inside[:, None], _values(input, index), 0) * weight
    return made.reshape(*input.shape[:2], *grid.shape[1:-1])


def grid_sampler_input(
    grad: Any, grid: Any, input_sizes: Sizes, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Any:
    """The gradient of what is sampled: each gradient added to the elements that its place was made of."""
    around = Around(grid, input_sizes[2:], interpolation_mode, padding_mode, align_corners)
    rows, channels = input_sizes[:2]
    flat = grad.reshape(rows, channels, around.places)
    total: Any = 0
    for combination in around.combinations():
        index, inside = around.flat(combination)
        weight = _masked(_product([tap.weight for tap in combination]), inside)
        wide = from_array(np.ascontiguousarray(np.broadcast_to(index[:, None], (rows, channels, around.places))))
        total = total + gather_back(flat * weight, (rows, channels, prod(input_sizes[2:])), 2, wide)
    return total.reshape(input_sizes)


def grid_sampler_grid(
    grad: Any, input: Any, grid: Any, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Any:
    """The gradient of the places: how much the sampled value rises along each dim, times the gradient."""
    own = shape(input)
    around = Around(grid, own[2:], interpolation_mode, padding_mode, align_corners)
    flat = grad.reshape(*own[:2], around.places)
    found: list[Any] = [0] * len(own[2:])
    for combination in around.combinations():
        index, inside = around.flat(combination)
        height = sum_dims(_values(input, index) * flat, 1, True)
        for dim in range(len(found)):
            factors = [tap.slope if place == dim else tap.weight for place, tap in enumerate(combination)]
            found[dim] = found[dim] + height * _masked(_product(factors), inside)
    parts = [each.reshape(*shape(grid)[:-1], 1) for each in reversed(found)]
    if any(type(part) in TENSORS for part in parts):
        return PUBLIC["cat"](parts, -1)
    return np.concatenate(parts, axis=-1)


for _dims in (2, 3):
    one(
        Row(
            f"grid_sampler_{_dims}d",
            lambda input, grid, mode, padding, align, _: _sample(input, grid, mode, padding, align),
            ("input", "grid"),
            (
                Gradient(
                    f"grid_sampler_input(grad, grid, input_sizes, {', '.join(_ARGUMENTS)})",
                    grid_sampler_input,
                ),
                Gradient(f"grid_sampler_grid(grad, input, grid, {', '.join(_ARGUMENTS)})", grid_sampler_grid),
            ),
            node=f"GridSampler{_dims}DBackward0",
            arguments=(*_ARGUMENTS, "input_sizes"),
            saves=("input", "grid", *_ARGUMENTS),
        )
    )


@expose("grid_sampler", "grid_sampler_2d", "grid_sampler_3d", method=False)
def grid_sampler(
    input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Tensor:
    """Samples of `input` (N, C, *sizes) at the places of `grid` (N, *out, dims): (N, C, *out)."""
    for position, (name, value) in enumerate((("input", input), ("grid", grid)), 1):
        require_tensor("grid_sampler", name, position, value)
    own, places = input.array.shape, grid.array.shape
    if own[:1] != places[:1]:
        raise RuntimeError(
            "grid_sampler(): expected grid and input to have same batch size, but got input with sizes "
            f"{list(own)} and grid with sizes {list(places)}"
        )
    dims = len(own) - 2
    if places[-1] != dims:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {dims} in last dimension, but got grid with sizes "
            f"{list(places)}"
        )
    for dim in range(2, len(own)):
        if own[dim] == 0:
            raise RuntimeError(
                "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes "
                f"{list(own)} with dimension {dim} being empty"
            )
    if len(own) not in (4, 5) or len(places) != len(own):
        raise RuntimeError(
            f"grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with "
            f"sizes {list(own)} and grid with sizes {list(places)}"
        )
    if dims == 3 and interpolation_mode == BICUBIC:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    one_type, other = of_numpy(input.array.dtype), of_numpy(grid.array.dtype)
    check_float(f"grid_sampler_{dims}d_cpu_kernel_impl", input)
    if one_type is not other:
        raise RuntimeError(f"expected scalar type {one_type.scalar_type} but found {other.scalar_type}")
    how = (interpolation_mode, padding_mode, bool(align_corners), own)
    made: Tensor = CALLS[f"grid_sampler_{dims}d"]((input, grid), how)
    return made


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Samples of `input` (N, C, *sizes) at the places of `grid` (N, *out, dims), which go from -1 to 1."""
    modes, paddings = ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")
    if mode not in modes:
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in paddings:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(_UNSAID, UserWarning, stacklevel=2)
    return grid_sampler(input, grid, modes.index(mode), paddings.index(padding_mode), bool(align_corners))


def base_grid(size: Sizes, align_corners: bool, dtype: np.dtype[Any]) -> Array:
    """The grid of the identity with a one behind each place: (places, dims + 1)."""
    lengths = size[2:]
    dims = len(lengths)
    made = np.ones((*lengths, dims + 1), dtype)
    for dim, length in enumerate(lengths):
        line = np.linspace(-1, 1, length, dtype=dtype) if length > 1 else np.zeros(1, dtype)
        if not align_corners:
            line = line * dtype.type(length - 1) / dtype.type(length)
        made[..., dims - 1 - dim] = line.reshape(-1, *(1,) * (dims - dim - 1))
    return made.reshape(prod(lengths), dims + 1)


def _affine(theta: Array, size: Sizes, align_corners: bool) -> Array:
    made: Array = np.matmul(base_grid(size, align_corners, theta.dtype), theta.swapaxes(1, 2))
    return made.reshape(size[0], *size[2:], len(size) - 2)


def affine_back(grad: Any, size: Sizes, align_corners: bool) -> Any:
    """The gradient of the matrices that a grid was made with."""
    base = base_grid(size, align_corners, raw(grad).dtype)
    flat = grad.reshape(size[0], len(base), len(size) - 2)
    if type(grad) in TENSORS:
        batch = np.ascontiguousarray(np.broadcast_to(base.T, (size[0], *base.T.shape)))
        return transpose(CALLS["bmm"]((from_array(batch), flat)), 1, 2)
    return np.matmul(base.T, flat).swapaxes(1, 2)


_affine_grid_generator = one(
    Row(
        "affine_grid_generator",
        _affine,
        ("theta",),
        (
            Gradient(
                "affine_back(grad, size, align_corners)",
                lambda grad, size, align_corners: affine_back(grad, size, align_corners),
            ),
        ),
        node="AffineGridGeneratorBackward0",
        arguments=("size", "align_corners"),
    )
)


@expose("affine_grid_generator", method=False)
def affine_grid_generator(theta: Tensor, size: Any, align_corners: bool) -> Tensor:
    """The grid that the matrices `theta` (N, dims, dims + 1) make of the identity's."""
    wanted, own = tuple(size), theta.array.shape
    if own[0] != wanted[0]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{wanted[0]}, {own[2]}] but got: "
            f"[{own[0]}, {own[2]}]."
        )
    return _affine_grid_generator((theta,), (wanted, bool(align_corners)))


def affine_grid(theta: Tensor, size: Any, align_corners: bool | None = None) -> Tensor:
    """The grid (N, *sizes, dims) for `grid_sample` that matrices (N, dims, dims + 1) make; size is (N, C, *sizes)."""
    if align_corners is None:
        warnings.warn(_UNSAID, UserWarning, stacklevel=2)
        align_corners = False
    if not theta.is_floating_point():  # type: ignore[attr-defined]  # from the table
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) not in (4, 5):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size "
            f"{size}."
        )
    dims = len(size) - 2
    if theta.array.ndim != 3 or theta.array.shape[1:] != (dims, dims + 1):
        raise ValueError(
            f"Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size {size}. Got "
            f"{theta.shape}."
        )
    if align_corners and min(size[-dims:]) == 1:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This "
            "is not an intended use case of affine_grid. See the documentation of affine_grid for details.",
            UserWarning,
            stacklevel=2,
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    return affine_grid_generator(theta, size, align_corners)
