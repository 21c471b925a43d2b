"""Differences along a dim and estimates of derivatives: `diff`, `gradient`. Composites, as in PyTorch."""

from typing import Any

import numpy as np

from ...tensor import TENSORS, Tensor, from_array
from ..dims import wrap_dim, wrap_dims
from ..pointwise.scalar import div_scalar, mul_scalar
from ..table import CALLS, METHODS, PUBLIC
from .offered import offered

_GRADIENT_FORMS = (
    " * (Tensor input, *, tuple of ints dim, int edge_order = 1)\n"
    " * (Tensor input, *, Number spacing, tuple of ints dim, int edge_order = 1)\n"
    " * (Tensor input, *, Number spacing = None, int dim = None, int edge_order = 1)\n"
    " * (Tensor input, *, tuple of Scalars spacing, int dim = None, int edge_order = 1)\n"
    " * (Tensor input, *, tuple of Scalars spacing, tuple of ints dim, int edge_order = 1)\n"
    " * (Tensor input, *, tuple of Tensors spacing, int dim = None, int edge_order = 1)\n"
    " * (Tensor input, *, tuple of Tensors spacing, tuple of ints dim, int edge_order = 1)\n"
)


def part(x: Any, dim: int, start: int, end: int | None = None) -> Any:
    """The indices of a dim from `start` to before `end`; negative ones count from the end."""
    return CALLS["slice"]((x,), (dim, start, end, 1, x.array.shape))


def times(x: Any, number: float) -> Any:
    """x times a number, integers with PyTorch's promotion."""
    return mul_scalar(x, number) if x.array.dtype.kind == "f" else METHODS["mul"](x, number)


def divided(x: Any, number: float) -> Any:
    """x divided by a number; integers become floating-point."""
    return div_scalar(x, number) if x.array.dtype.kind == "f" else METHODS["div"](x, number)


@offered("diff")
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """Each element less the one before it along `dim`, `n` times over."""
    if not input.array.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    place = wrap_dim(dim, input.array.ndim)
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    for other in (prepend, append):
        if other is not None:
            _check_joined(input, other, place)
    joined = [given for given in (prepend, input, append) if given is not None]
    result: Any = PUBLIC["cat"](joined, dim) if len(joined) > 1 and n else input
    if n == 0:
        result = METHODS["copy_"](from_array(np.zeros_like(result.array)), result)
    kind = result.array.dtype.kind
    for _ in range(min(n, result.array.shape[place])):  # none at all for n = 0
        length = result.array.shape[place]
        after, before = part(result, place, 1, length), part(result, place, 0, length - 1)
        result = METHODS["logical_xor"](after, before) if kind == "b" else METHODS["sub"](after, before)
        if not result.array.shape[place]:
            break
    made: Tensor = result
    return made


def _check_joined(input: Tensor, other: Tensor, dim: int) -> None:
    if other.array.ndim != input.array.ndim:
        raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    for place, (own, given) in enumerate(zip(input.array.shape, other.array.shape, strict=True)):
        if own != given and place != dim:
            raise RuntimeError(
                "diff expects the shape of tensor to prepend or append to match that of input except along the "
                f"differencing dimension; input.size({place}) = {own}, but got tensor.size({place}) = {given}"
            )


@offered("gradient", method=False)
def gradient(input: Tensor, *, spacing: Any = None, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """Estimates of the derivative along each of `dim`, of second order inside; `spacing` numbers or coordinates."""
    ndim = input.array.ndim
    if type(spacing) in TENSORS:
        if spacing.array.ndim:
            raise TypeError(
                "gradient() received an invalid combination of arguments - got (Tensor, spacing=Tensor), but expected "
                "one of:\n" + _GRADIENT_FORMS
            )
        spacing = spacing.array.item()
    dims = None if dim is None else (tuple(dim) if isinstance(dim, (tuple, list)) else (dim,))
    count = ndim if dims is None else len(dims)
    spacings = tuple(spacing) if isinstance(spacing, (tuple, list)) else (1.0 if spacing is None else spacing,) * count
    _check_gradient(input, spacings, dims, edge_order)
    wrapped = tuple(range(ndim)) if dims is None else wrap_dims(dims, ndim)
    return tuple(_estimate(input, int(place), step, edge_order) for place, step in zip(wrapped, spacings, strict=True))


def _check_gradient(input: Tensor, spacings: tuple[Any, ...], dims: Any, edge_order: int) -> None:
    if input.dtype.name == "uint8":
        raise RuntimeError("torch.gradient does not support uint8 input.")
    ndim = input.array.ndim
    if dims is None and len(spacings) != ndim:
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() = "
            f"{ndim}', since dim argument was not given, but got a list of length {len(spacings)}"
        )
    if dims is not None and len(spacings) != len(dims):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the "
            f"same length, but got a spacing argument of length {len(spacings)} and a dim argument of length "
            f"{len(dims)}."
        )
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    for place in range(ndim) if dims is None else wrap_dims(dims, ndim):
        if input.array.shape[place] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    for step in spacings:
        if type(step) in TENSORS and step.array.ndim != 1:
            raise RuntimeError(
                "torch.gradient expected each element of spacing to have one dimension, but got an element with "
                f"{step.array.ndim} dimensions!"
            )


def _estimate(x: Any, dim: int, step: Any, edge_order: int) -> Tensor:
    parts = _by_coordinates(x, dim, step, edge_order) if type(step) in TENSORS else _by_step(x, dim, step, edge_order)
    made: Tensor = PUBLIC["cat"](parts, dim)
    return made


def _by_step(x: Any, dim: int, step: float, edge_order: int) -> list[Any]:
    center = divided(divided(part(x, dim, 2) - part(x, dim, 0, -2), step), 2)
    if edge_order == 1:
        first = part(x, dim, 1, 2) - part(x, dim, 0, 1)
        last = part(x, dim, -1) - part(x, dim, -2, -1)
    else:
        first = times(part(x, dim, 0, 1), -1.5) + times(part(x, dim, 1, 2), 2) - times(part(x, dim, 2, 3), 0.5)
        last = times(part(x, dim, -3, -2), 0.5) - times(part(x, dim, -2, -1), 2) + times(part(x, dim, -1), 1.5)
    return [divided(first, step), center, divided(last, step)]


def _by_coordinates(x: Any, dim: int, coordinates: Any, edge_order: int) -> list[Any]:
    """Formulas of uneven spacing: the parabola through three neighbours."""
    shape = [-1 if place == dim else 1 for place in range(x.array.ndim)]
    steps = diff(coordinates, 1, 0)
    before, after = part(steps, 0, 0, -1), part(steps, 0, 1)
    a = (-after / (before * (before + after))).reshape(shape)
    b = ((after - before) / (before * after)).reshape(shape)
    c = (before / (after * (before + after))).reshape(shape)
    center = a * part(x, dim, 0, -2) + b * part(x, dim, 1, -1) + c * part(x, dim, 2)
    if edge_order == 1:
        first = (part(x, dim, 1, 2) - part(x, dim, 0, 1)) / steps[0]
        last = (part(x, dim, -1) - part(x, dim, -2, -1)) / steps[-1]
        return [first, center, last]
    one, two = before[0], after[0]
    a, b, c = -(2.0 * one + two) / (one * (one + two)), (one + two) / (one * two), -one / (two * (one + two))
    first = a * part(x, dim, 0, 1) + b * part(x, dim, 1, 2) + c * part(x, dim, 2, 3)
    one, two = before[-1], after[-1]
    a, b, c = two / (one * (one + two)), -(one + two) / (one * two), (2.0 * two + one) / (two * (one + two))
    last = a * part(x, dim, -3, -2) + b * part(x, dim, -2, -1) + c * part(x, dim, -1)
    return [first, center, last]
