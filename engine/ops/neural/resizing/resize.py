"""Rows that resize the last dims: PyTorch's `upsample_*`, a node for each mode. All of them are weighted sums."""

from collections.abc import Callable
from typing import Any, Final

import numpy.typing as npt

from ....tensor import TENSORS, Tensor
from ....types.dtype import of_numpy
from ...single import one
from ...table import CALLS, Gradient, Row
from ..windows import Sizes
from .resize_taps import NEAREST_INDEX, taps_of
from .taps import gather, scatter

Array = npt.NDArray[Any]
Scales = tuple[float | None, ...]
_AXES: Final = {1: ("W",), 2: ("H", "W"), 3: ("D", "H", "W")}


def _resized(self: Array, mode: str, output_size: Sizes, align_corners: bool, scales: Scales) -> Array:
    made = self
    dims = len(output_size)
    if mode == "nearest" and dims == 2 and self.shape[1] == 1:
        mode = NEAREST_INDEX
    for place in range(-1, -dims - 1, -1):
        if mode.endswith("_aa") and self.shape[place] == output_size[place]:
            continue  # whatever the factor, as PyTorch does; its gradient, which is followed too, does not know of it
        taps = taps_of(mode, self.shape[place], output_size[place], align_corners, scales[place], _kind(self))
        made = gather(made, made.ndim + place, taps)
    return made


def _resized_back(
    grad: Array, mode: str, sizes: Sizes, output_size: Sizes, align_corners: bool, scales: Scales
) -> Array:
    made = grad
    if mode == "nearest":
        mode = NEAREST_INDEX
    for place in range(-len(output_size), 0):
        taps = taps_of(mode, sizes[place], output_size[place], align_corners, scales[place], _kind(grad))
        made = scatter(made, made.ndim + place, sizes[place], taps)
    return made


def _kind(array: Array) -> str:
    return "f8" if array.dtype.itemsize == 8 else "f4"


def resize(grad: Any, mode: str, sizes: Sizes, output_size: Sizes, align_corners: bool, scales: Scales) -> Any:
    """A resized array or tensor in a rule."""
    if type(grad) in TENSORS:
        return _call("", grad, mode, sizes, output_size, align_corners, scales)
    return _resized(grad, mode, output_size, align_corners, scales)


def resize_back(grad: Any, mode: str, sizes: Sizes, output_size: Sizes, align_corners: bool, scales: Scales) -> Any:
    """The transpose of `resize`: the gradient of what was resized."""
    if type(grad) in TENSORS:
        return _call("_backward", grad, mode, sizes, output_size, align_corners, scales)
    return _resized_back(grad, mode, sizes, output_size, align_corners, scales)


def _call(suffix: str, tensor: Tensor, mode: str, sizes: Sizes, out: Sizes, align: bool, scales: Scales) -> Any:
    name = row_name(mode, len(out))
    how = (out, *scales, sizes) if mode.startswith("nearest") else (out, align, *scales, sizes)
    return CALLS[name + suffix]((tensor,), how)


def row_name(mode: str, dims: int) -> str:
    """PyTorch's name of a way to resize."""
    if mode == "linear":
        return f"upsample_{('linear', 'bilinear', 'trilinear')[dims - 1]}{dims}d"
    if mode.endswith("_aa"):
        return f"_upsample_{mode.removesuffix('_aa')}{dims}d_aa"
    return f"{'_' if mode == 'nearest_exact' else ''}upsample_{mode}{dims}d"


_SCALES: Final = {1: ("scales",), 2: ("scales_h", "scales_w"), 3: ("scales_d", "scales_h", "scales_w")}
Function = Callable[..., Any]
# The rules of a mode without and with `align_corners`, by the number of dims; `f` is `resize_back` or `resize`.
_PLAIN_RULES: Final[dict[int, Callable[[Function, str], Function]]] = {
    1: lambda f, mode: (
        lambda grad, output_size, scales, self_sym_sizes: f(grad, mode, self_sym_sizes, output_size, False, (scales,))
    ),
    2: lambda f, mode: (
        lambda grad, output_size, scales_h, scales_w, self_sym_sizes: f(
            grad, mode, self_sym_sizes, output_size, False, (scales_h, scales_w)
        )
    ),
    3: lambda f, mode: (
        lambda grad, output_size, scales_d, scales_h, scales_w, self_sym_sizes: f(
            grad, mode, self_sym_sizes, output_size, False, (scales_d, scales_h, scales_w)
        )
    ),
}
_ALIGNED_RULES: Final[dict[int, Callable[[Function, str], Function]]] = {
    1: lambda f, mode: (
        lambda grad, output_size, align_corners, scales, self_sym_sizes: f(
            grad, mode, self_sym_sizes, output_size, align_corners, (scales,)
        )
    ),
    2: lambda f, mode: (
        lambda grad, output_size, align_corners, scales_h, scales_w, self_sym_sizes: f(
            grad, mode, self_sym_sizes, output_size, align_corners, (scales_h, scales_w)
        )
    ),
    3: lambda f, mode: (
        lambda grad, output_size, align_corners, scales_d, scales_h, scales_w, self_sym_sizes: f(
            grad, mode, self_sym_sizes, output_size, align_corners, (scales_d, scales_h, scales_w)
        )
    ),
}


def _rows(mode: str, dims: int) -> None:
    plain = mode.startswith("nearest")
    name, scales = row_name(mode, dims), _SCALES[dims]
    rules = (_PLAIN_RULES if plain else _ALIGNED_RULES)[dims]
    node = "".join(part.capitalize() for part in name.strip("_").split("_")).replace(f"{dims}d", f"{dims}D")
    aligned = "False" if plain else "align_corners"
    given = f"self_sym_sizes, output_size, {aligned}, ({', '.join(scales)},)"
    arguments = ("output_size", *(() if plain else ("align_corners",)), *scales, "self_sym_sizes")
    one(
        Row(
            name,
            lambda self, *how: _resized(self, mode, how[0], False if plain else how[1], how[-dims - 1 : -1]),
            ("self",),
            (Gradient(f"resize_back(grad, '{mode}', {given})", rules(resize_back, mode)),),
            node=f"{node}Backward0",
            arguments=arguments,
        )
    )
    one(
        Row(
            f"{name}_backward",
            lambda grad, *how: _resized_back(
                grad, mode, how[-1], how[0], False if plain else how[1], how[-dims - 1 : -1]
            ),
            ("grad_output",),
            (Gradient(f"resize(grad, '{mode}', {given})", rules(resize, mode)),),
            node=f"{node}BackwardBackward0",
            arguments=arguments,
        )
    )


for _dims in (1, 2, 3):
    for _mode in ("nearest", "nearest_exact", "linear"):
        _rows(_mode, _dims)
for _mode in ("bicubic", "bilinear_aa", "bicubic_aa", "lanczos_aa"):
    _rows(_mode, 2)


def upsample(mode: str, input: Tensor, out: Sizes, align_corners: bool, scales: Scales) -> Tensor:
    """`input` (N, C, *sizes) resized to (N, C, *out). Raises RuntimeError for empty sizes."""
    dims, shape = len(out), input.array.shape
    if min((*shape[2:], *out)) <= 0:
        joint = "and output" if dims == 1 else "output"
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input ({_listed(shape[2:])}) {joint} "
            f"({_listed(out)})"
        )
    if not all(shape[1:]):
        raise RuntimeError(f"Non-empty {dims + 2}D data tensor expected but got a tensor with sizes {list(shape)}")
    _check_dtype(mode, dims, input)
    made: Tensor = _call("", input, mode, shape, out, align_corners, scales)
    return made


def _listed(sizes: Sizes) -> str:
    return ", ".join(f"{axis}: {size}" for axis, size in zip(_AXES[len(sizes)], sizes, strict=True))


def _check_dtype(mode: str, dims: int, input: Tensor) -> None:
    kind = of_numpy(input.array.dtype)
    if kind.is_floating_point:
        return
    if kind.scalar_type == "Byte":
        if mode.startswith("nearest"):
            return
        raise NotImplementedError(
            f"{row_name(mode, dims)} of uint8 is not supported by the embedded engine; use float32 and round"
        )
    name = row_name(mode, dims).removeprefix("_")
    last = "_channels_last" if dims == 2 and not mode.endswith("_aa") and mode != "bicubic" else ""
    raise NotImplementedError(f"\"{name}{last}\" not implemented for '{kind.scalar_type}'")


def nothing(sizes: int) -> Scales:
    """No factor was asked for."""
    return (None,) * sizes
