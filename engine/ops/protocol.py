"""Python's own protocols on tensors: numbers out, truth, length, iteration, and NumPy's view. Not recorded."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ..tensor import Tensor
from .table import expose

Array = npt.NDArray[Any]


@expose("item", function=False)
def item(self: Tensor) -> Any:
    """The one element as a Python number. Raises RuntimeError where there are more, or none."""
    if self.array.size != 1:
        raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
    return self.array.item()


@expose("tolist", function=False)
def tolist(self: Tensor) -> Any:
    """The elements as nested lists of Python numbers."""
    return self.array.tolist()


@expose("numpy", function=False)
def numpy(self: Tensor, *, force: bool = False) -> Array:
    """The array itself: memory is shared. With `force` also of a tensor that requires grad."""
    if self._requires_grad and not force:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    return self.array


@expose("__array__", function=False)
def to_numpy(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Array:
    """For NumPy functions that are given a tensor."""
    array = numpy(self)
    return np.array(array, dtype=dtype, copy=copy) if copy is not None or dtype is not None else array


@expose("__bool__", function=False)
def truth(self: Tensor) -> bool:
    """Raises RuntimeError unless there is exactly one element."""
    if self.array.size == 0:
        raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
    if self.array.size > 1:
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
    return bool(self.array.item())


@expose("__len__", function=False)
def length(self: Tensor) -> int:
    """The length of the first dimension."""
    if self.array.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return len(self.array)
