"""Tensors overwritten with random numbers: `normal_`, `uniform_`, `random_`. Their gradient is zero."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...random import tensors as random
from ...random.generator import Generator
from ...tensor import Tensor
from ..inplace import check_writable, overwrite
from ..single import one
from ..table import Gradient, Row, expose
from ..tools import like, raw

Array = npt.NDArray[Any]


def zeros(grad: Any) -> Any:
    """Zeros like `grad`."""
    return like(np.zeros_like(raw(grad)), grad)


def _row(name: str, overload: str = "", number: int = 0) -> Any:
    return one(
        Row(
            name,
            lambda self, drawn: drawn,
            ("self",),
            (Gradient("zeros(grad)", lambda grad: zeros(grad)),),
            node=f"{name.capitalize()}Backward{number}",
            overload=overload,
            arguments=("drawn",),
        )
    )


_normal, _uniform = _row("normal"), _row("uniform")
_random_by_bounds = (_row("random", "any", 2), _row("random", "to", 1), _row("random"))  # by how many bounds there are


@expose("normal_", function=False)
def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Normal numbers of that mean and standard deviation."""
    random.check_std(std)
    check_writable(self)
    block = bool(self.array.flags.c_contiguous)
    drawn = random.draw_normal(memory_shape(self.array), self.dtype, generator, mean, std, block)
    return _write("normal", _normal, self, drawn)


@expose("uniform_", function=False)
def uniform_(self: Tensor, to_from: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Uniform numbers from the first bound on and below the second."""
    if to_from > to:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={to_from:g} > to={to:g}")
    check_writable(self)
    drawn = random.draw_uniform(memory_shape(self.array), self.dtype, generator, to_from, to)
    return _write("uniform", _uniform, self, drawn)


@expose("random_", function=False)
def random_(self: Tensor, *bounds: int, generator: Generator | None = None) -> Tensor:
    """Integers: `random_(to)` below `to`, `random_(from, to)` from `from` on; else all that the dtype holds exactly."""
    check_writable(self)
    shape = memory_shape(self.array)
    if bounds:
        low, high = bounds if len(bounds) > 1 else (0, *bounds)
        drawn = random.draw_integers(low, high, shape, self.dtype, generator)
    else:
        drawn = random.draw_any(shape, self.dtype, generator)
    return _write("random", _random_by_bounds[len(bounds)], self, drawn)


def memory_order(array: Array) -> tuple[int, ...]:
    """The dims from the largest stride to the smallest: PyTorch draws in the order of memory."""
    return tuple(sorted(range(array.ndim), key=lambda dim: -array.strides[dim]))


def memory_shape(array: Array) -> tuple[int, ...]:
    """The lengths of the dims from the largest stride to the smallest."""
    return tuple(array.shape[dim] for dim in memory_order(array))


def placed(array: Array, drawn: Array) -> Array:
    """What was drawn in the order of an array's memory, in the array's shape."""
    back = np.argsort(memory_order(array)) if array.ndim else ()
    return drawn.reshape(memory_shape(array)).transpose(back)


def _write(name: str, made: Any, self: Tensor, drawn: Array) -> Tensor:
    result: Tensor = overwrite(name, self, (), made((self,), (placed(self.array, drawn),), reports=False))
    return result
