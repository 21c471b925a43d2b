"""Python's own protocols on tensors: numbers out, truth, length, iteration, copying, and NumPy's view. Not recorded."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from ..tensor import TENSORS, Tensor, from_array
from ..transforms.carrier import refuse_sample
from ..warn_once import warn_once
from .table import METHODS, PUBLIC, expose

Array = npt.NDArray[Any]

_NO_ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, "
    "please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch "
    "internals, please file a bug report."
)
_NO_BRANCH = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that "
    "yet, please file an issue at https://github.com/pytorch/pytorch/issues ."
)
_NO_MEMORY = "Cannot access data pointer of Tensor that doesn't have storage"


@expose("item", function=False)
def item(self: Tensor) -> Any:
    """The one element as a Python number. Raises RuntimeError where there are more, or none."""
    refuse_sample(self, _NO_ITEM)
    if self.array.size != 1:
        raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
    return self.array.item()


@expose("tolist", function=False)
def tolist(self: Tensor) -> Any:
    """The elements as nested lists of Python numbers."""
    refuse_sample(self, _NO_MEMORY)
    return self.array.tolist()


@expose("numpy", function=False)
def numpy(self: Tensor, *, force: bool = False) -> Array:
    """The array itself: memory is shared. With `force` also of a tensor that requires grad."""
    refuse_sample(self, _NO_MEMORY)
    if self._requires_grad and not force:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    return self.array


@expose("__array__", function=False)
def to_numpy(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Array:
    """For NumPy functions that are given a tensor."""
    array = numpy(self)
    return np.array(array, dtype=dtype, copy=copy) if copy is not None or dtype is not None else array


@expose("__array_wrap__", function=False)
def from_numpy_result(self: Tensor, array: Array, context: object = None, return_scalar: bool = False) -> Tensor:
    """What a NumPy function gives when it was given a tensor: a tensor again."""
    del self, context, return_scalar
    return from_array(np.asarray(array))


def _scalar(self: Tensor, warns: bool = True) -> Any:
    if self.array.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    refuse_sample(self, _NO_ITEM)
    if warns and self._requires_grad:
        warn_once(
            "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
            "Consider using tensor.detach() first.",
            stacklevel=3,
        )
    return self.array.item()


@expose("__float__", function=False)
def to_float(self: Tensor) -> float:
    """The one element."""
    return float(_scalar(self))


@expose("__int__", function=False)
def to_int(self: Tensor) -> int:
    """The one element, rounded towards zero."""
    return int(_scalar(self, warns=False))


@expose("__complex__", function=False)
def to_complex(self: Tensor) -> complex:
    """The one element."""
    return complex(_scalar(self))


@expose("__index__", function=False)
def to_index(self: Tensor) -> int:
    """The one element of an integer tensor, as a place in a list."""
    refuse_sample(self, _NO_ITEM)
    if self.array.size != 1 or self.array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(self.array.item())


@expose("__bool__", function=False)
def truth(self: Tensor) -> bool:
    """Raises RuntimeError unless there is exactly one element."""
    refuse_sample(self, _NO_BRANCH)
    if self.array.size == 0:
        raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
    if self.array.size > 1:
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
    return bool(self.array.item())


@expose("is_nonzero")
def is_nonzero(input: Tensor) -> bool:
    """Whether the one element is not zero."""
    return truth(input)


@expose("__len__", function=False)
def length(self: Tensor) -> int:
    """The length of the first dimension."""
    if self.array.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return len(self.array)


@expose("__iter__", function=False)
def iterate(self: Tensor) -> Iterator[Tensor]:
    """Along the first dimension, with history: PyTorch unbinds too."""
    if self.array.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(METHODS["unbind"](self, 0))


@expose("__contains__", function=False)
def contains(self: Tensor, element: Any) -> bool:
    """Whether some element equals a number or a tensor's elements."""
    if type(element) in TENSORS or isinstance(element, (int, float, bool)):
        return bool((METHODS["eq"](self, element)).array.any())
    raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")


@expose("__format__", function=False)
def formatted(self: Tensor, spec: str) -> str:
    """A 0-d tensor formats as its number."""
    if self.array.ndim == 0:
        return self.array.item().__format__(spec)  # type: ignore[no-any-return]  # NumPy's stubs say Any
    return object.__format__(self, spec)


@expose("__deepcopy__", function=False)
def deep_copy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """A leaf of the same content, `requires_grad` and `.grad`. Raises RuntimeError for a non-leaf."""
    if id(self) in memo:
        known: Tensor = memo[id(self)]
        return known
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  "
            "If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, "
            "see https://github.com/pytorch/pytorch/pull/103001"
        )
    made = from_array(self.array.copy(), self._requires_grad)
    if self._meta is not None and self._meta.grad is not None:
        made.meta().grad = copy.deepcopy(self._meta.grad, memo)
    memo[id(self)] = made
    return made


@expose("is_floating_point")
def is_floating_point(input: Tensor) -> bool:
    """Whether the elements are floating-point numbers."""
    return input.array.dtype.kind == "f"


@expose("is_complex")
def is_complex(input: Tensor) -> bool:
    """False: the engine has no complex tensors."""
    return input.dtype.is_complex


@expose("is_signed")
def is_signed(input: Tensor) -> bool:
    """Whether the elements can be negative."""
    return input.dtype.is_signed


PUBLIC["is_tensor"] = lambda obj: type(obj) in TENSORS
for _name, _value in (("is_cuda", False), ("is_sparse", False), ("is_quantized", False), ("is_mps", False)):
    METHODS[_name] = _value
