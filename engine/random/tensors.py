"""Random tensors: `torch.rand`, `randn`, `randint`, `randperm`, `normal` and the seed functions.

The numbers come from `generator.py`, which equals PyTorch's CPU generator.
"""

import math
from collections.abc import Callable
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt

from ..arguments import Options, broadcast_shapes, check_options, check_size, require_lengths
from ..creation.factories import leaf
from ..tensor import Tensor, from_array
from ..types.dtype import bool_, dtype, float64, get_default_dtype, int64
from ..types.layout import memory_order
from ..types.typeinfo import finfo, iinfo
from .generator import Generator, default_generator

Array = npt.NDArray[Any]
Source = Generator | None


def manual_seed(seed: Any) -> Generator:
    """Start the default generator again from `seed` and return it."""
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Start the default generator again from a seed that nobody can foresee; returns the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed from which the default generator last started."""
    return default_generator.initial_seed()


def rand(*size: Any, generator: Source = None, **options: Unpack[Options]) -> Tensor:
    """Uniform numbers in [0, 1)."""
    shape, chosen, requires_grad = _read("rand", size, options)
    return leaf(draw_uniform(shape, chosen, generator), requires_grad)


def randn(*size: Any, generator: Source = None, **options: Unpack[Options]) -> Tensor:
    """Normal numbers, mean 0 and variance 1."""
    shape, chosen, requires_grad = _read("randn", size, options)
    return leaf(draw_normal(shape, chosen, generator), requires_grad)


def rand_like(input: Tensor, generator: Source = None, **options: Unpack[Options]) -> Tensor:
    """As `rand`, with the size and dtype of `input`."""
    wanted, requires_grad = check_options("rand_like", options)
    chosen = wanted or input.dtype
    return leaf(_as_it_lies(input.array, lambda shape: draw_uniform(shape, chosen, generator)), requires_grad)


def randn_like(input: Tensor, generator: Source = None, **options: Unpack[Options]) -> Tensor:
    """As `randn`, with the size and dtype of `input`."""
    wanted, requires_grad = check_options("randn_like", options)
    chosen, block = wanted or input.dtype, input.array.flags.c_contiguous
    return leaf(
        _as_it_lies(input.array, lambda shape: draw_normal(shape, chosen, generator, block=block)), requires_grad
    )


def randint(*bounds_and_size: Any, generator: Source = None, **options: Any) -> Tensor:
    """`randint(high, size)` or `randint(low, high, size)`: integers in [low, high)."""
    given = list(bounds_and_size)
    size = options.pop("size", None) if "size" in options else (given.pop() if len(given) > 1 else None)
    low, high = options.pop("low", None), options.pop("high", None)
    if high is None:
        high = given.pop() if given else None
    if low is None:
        low = given.pop() if given else 0
    if high is None or size is None or given:
        raise TypeError(
            "randint() received an invalid combination of arguments: it takes (low, high, size) or (high, size)"
        )
    wanted, requires_grad = check_options("randint", options)  # type: ignore[arg-type]  # what is left are options
    low_at = len(bounds_and_size) > 2
    _require_int("low", low, 1)
    _require_int("high", high, 2 if low_at else 1)
    if not isinstance(size, (tuple, list)):
        place = len(bounds_and_size)
        raise TypeError(
            f"randint(): argument 'size' (position {place}) must be tuple of ints, not {type(size).__name__}"
        )
    shape = check_size("randint", (size,))
    require_lengths("randint", shape)
    return leaf(draw_integers(int(low), int(high), shape, wanted or int64, generator), requires_grad)


def randint_like(input: Tensor, *bounds: int, generator: Source = None, **options: Unpack[Options]) -> Tensor:
    """`randint_like(input, high)` or `(input, low, high)`: integers with the size and dtype of `input`."""
    wanted, requires_grad = check_options("randint_like", options)
    low, high = bounds if len(bounds) > 1 else (0, *bounds)
    chosen = wanted or input.dtype
    return leaf(
        _as_it_lies(input.array, lambda shape: draw_integers(low, high, shape, chosen, generator)), requires_grad
    )


def randperm(n: int, *, generator: Source = None, **options: Unpack[Options]) -> Tensor:
    """The integers below n in random order."""
    wanted, requires_grad = check_options("randperm", options)
    require_lengths("randperm", (n,))
    order = (generator or default_generator).permutation(n)
    chosen = wanted or int64
    if not chosen.is_floating_point and n > _limits(chosen)[1]:
        raise RuntimeError(f"value cannot be converted to type {chosen.name}_t without overflow")
    return leaf(order.astype(chosen.numpy), requires_grad)


def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Source = None, **options: Unpack[Options]
) -> Tensor:
    """Normal numbers of that mean and standard deviation, either of them a tensor; numbers only with `size`."""
    wanted, requires_grad = check_options("normal", options)
    check_std(std)
    if isinstance(mean, Tensor) or isinstance(std, Tensor):
        return from_array(_normal_of_tensors(mean, std, generator))
    if size is None:
        raise TypeError("normal() received an invalid combination of arguments: two numbers need a size")
    shape = check_size("normal", (size,))
    require_lengths("normal", shape)
    return leaf(draw_normal(shape, wanted or get_default_dtype(), generator, float(mean), float(std)), requires_grad)


def draw_uniform(
    shape: tuple[int, ...], chosen: dtype, generator: Source, low: float = 0.0, high: float = 1.0
) -> Array:
    """An array of uniform numbers. Raises PyTorch's error for integers."""
    if not chosen.is_floating_point:
        raise NotImplementedError(f"\"check_uniform_bounds\" not implemented for '{chosen.scalar_type}'")
    return (generator or default_generator).uniform(_count(shape), chosen.numpy, low, high).reshape(shape)


def draw_normal(
    shape: tuple[int, ...], chosen: dtype, generator: Source, mean: float = 0.0, std: float = 1.0, block: bool = True
) -> Array:
    """An array of normal numbers. Raises PyTorch's error for integers."""
    if not chosen.is_floating_point:
        raise NotImplementedError(f"\"normal_kernel_cpu\" not implemented for '{chosen.scalar_type}'")
    return (generator or default_generator).normal(_count(shape), chosen.numpy, mean, std, block).reshape(shape)


def draw_integers(low: int, high: int, shape: tuple[int, ...], chosen: dtype, generator: Source) -> Array:
    """An array of integers in [low, high). Raises RuntimeError when the dtype cannot hold them."""
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    lowest, highest = _limits(chosen)
    c_type = {"uint8": "unsigned char", "int8": "signed char", "int16": "short", "int32": "int"}.get(
        chosen.name, chosen.name
    )
    for what, bound in (("from", low), ("to - 1", high - 1)):
        if not lowest <= bound <= highest:
            raise RuntimeError(f"{what} is out of bounds for {c_type}")
    return (generator or default_generator).integers(low, high, _count(shape)).astype(chosen.numpy).reshape(shape)


def draw_any(shape: tuple[int, ...], chosen: dtype, generator: Source) -> Array:
    """An array of integers from 0 to the largest that the dtype holds exactly."""
    wide = chosen in (int64, float64)
    drawn = (generator or default_generator).below(_limits(chosen)[1] + 1, _count(shape), wide)
    return drawn.astype(chosen.numpy).reshape(shape)


def check_std(std: Any) -> None:
    """Raise RuntimeError for a negative standard deviation."""
    if isinstance(std, Tensor):
        if (std.array < 0).any():
            raise RuntimeError("normal expects all elements of std >= 0.0")
    elif std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")


def _as_it_lies(array: Array, draw: Callable[[tuple[int, ...]], Array]) -> Array:
    """What `draw` makes of a shape, in the size and the memory order of the array: numbers are drawn along memory."""
    if array.flags.c_contiguous:
        return draw(array.shape)
    outward = memory_order(array.shape, [list(array.strides)])[::-1]
    return draw(tuple(array.shape[dim] for dim in outward)).transpose([outward.index(dim) for dim in range(array.ndim)])


def _normal_of_tensors(mean: Any, std: Any, generator: Source) -> Array:
    arrays = [given.array for given in (mean, std) if isinstance(given, Tensor)]
    chosen = next(given.dtype for given in (mean, std) if isinstance(given, Tensor))
    shape = broadcast_shapes(*(array.shape for array in arrays))
    number = chosen.numpy.type
    if not isinstance(std, Tensor):
        return draw_normal(shape, chosen, generator, 0.0, float(std)) + arrays[0]
    drawn = draw_normal(shape, chosen, generator) * std.array
    return np.asarray(drawn + (mean.array if isinstance(mean, Tensor) else number(mean)))


def _read(name: str, size: tuple[Any, ...], options: Options) -> tuple[tuple[int, ...], dtype, bool]:
    given = options.pop("size", None)  # type: ignore[typeddict-item]  # PyTorch takes it as a keyword too
    wanted, requires_grad = check_options(name, options)
    shape = check_size(name, size if given is None else (given,))
    require_lengths(name, shape)
    return shape, wanted or get_default_dtype(), requires_grad


def _require_int(name: str, value: Any, position: int) -> None:
    if not isinstance(value, (int, np.integer)):
        raise TypeError(f"randint(): argument '{name}' (position {position}) must be int, not {type(value).__name__}")


def _limits(chosen: dtype) -> tuple[int, int]:
    if chosen is bool_:
        return 0, 1
    if chosen.is_floating_point:
        exact = int(2 / finfo(chosen).eps)  # beyond it not every integer is a float
        return -exact, exact
    limits = iinfo(chosen)
    return limits.min, limits.max


def _count(shape: tuple[int, ...]) -> int:
    return math.prod(shape)
