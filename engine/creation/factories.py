"""Tensors out of nothing or out of data: `torch.tensor`, `zeros`, `full`, their `_like` and `new_` forms."""

import warnings
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt

from .. import observe
from ..arguments import Options, check_options, check_size, require_lengths
from ..tensor import Tensor, from_array, method
from ..transforms.carrier import mark, samples_of
from ..types.dtype import bool_, dtype, float32, float64, get_default_dtype, int64, of_numpy
from ..types.layout import arranged, empty_in_order, memory_order
from .data import check_array, fits, to_array

Array = npt.NDArray[Any]

_COPY_CONSTRUCT = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than {}(sourceTensor)."
)
_NOT_WRITABLE = (
    "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means writing to "
    "this tensor will result in undefined behavior. You may want to copy the array to protect its data or make it "
    "writable before converting it to a tensor."
)


def tensor(data: Any, **options: Unpack[Options]) -> Tensor:
    """A leaf with a copy of `data`: a number, nested sequences of numbers, an array or a tensor."""
    wanted, requires_grad = check_options("tensor", options)
    if isinstance(data, Tensor):
        warnings.warn(_COPY_CONSTRUCT.format("torch.tensor"), UserWarning, stacklevel=2)
    return leaf(to_array(data, wanted), requires_grad)


def as_tensor(data: Any, dtype: "dtype | type | None" = None, device: Any = None) -> Tensor:
    """`data` itself where it is a tensor of that dtype, its memory where it is an array, else a copy."""
    wanted, _ = check_options("as_tensor", {"dtype": dtype, "device": device})
    if isinstance(data, Tensor):
        from ..ops.pointwise.cast import cast_to

        return data if wanted is None else cast_to(data, wanted)
    if isinstance(data, np.ndarray) and (wanted is None or wanted.numpy == data.dtype):
        return from_numpy(data)
    return from_array(to_array(data, wanted))


def asarray(obj: Any, *, copy: bool | None = None, **options: Unpack[Options]) -> Tensor:
    """As `as_tensor`, with `requires_grad`; with `copy` always in memory of its own, or, when False, never."""
    wanted, requires_grad = check_options("asarray", options)
    given = obj.dtype if isinstance(obj, Tensor) else None
    if copy is False:
        if given is None and not isinstance(obj, np.ndarray):
            raise ValueError("can't alias arbitrary sequence into a tensor.")
        source = of_numpy(obj.dtype) if given is None else given
        if wanted is not None and wanted is not source:
            raise ValueError(f"can't alias tensor with dtype '{source.scalar_type}' into dtype '{wanted.scalar_type}'.")
    made = from_array(to_array(obj, wanted)) if copy else as_tensor(obj, wanted)
    if copy and isinstance(obj, Tensor):
        from ..ops.pointwise.cast import cast_to

        made = cast_to(obj, wanted or obj.dtype, copy=True)
    return made.requires_grad_() if requires_grad else made


def from_numpy(ndarray: Array, /) -> Tensor:
    """A tensor over the memory of an array: each sees what is written to the other."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    check_array(ndarray)
    _ = of_numpy(ndarray.dtype).numpy  # raises for those that the engine cannot compute with
    if not ndarray.flags.writeable:
        warnings.warn(_NOT_WRITABLE, UserWarning, stacklevel=2)
    return from_array(ndarray.view(np.ndarray))


def scalar_tensor(s: float, **options: Unpack[Options]) -> Tensor:
    """A 0-d tensor of the default dtype, whatever the number's own type."""
    wanted, requires_grad = check_options("scalar_tensor", options)
    return leaf(to_array(s, wanted or get_default_dtype()), requires_grad)


def zeros(*size: Any, **options: Unpack[Options]) -> Tensor:
    """Zeros of that size."""
    return _filled("zeros", size, 0, options)


def ones(*size: Any, **options: Unpack[Options]) -> Tensor:
    """Ones of that size."""
    return _filled("ones", size, 1, options)


def empty(*size: Any, **options: Unpack[Options]) -> Tensor:
    """A tensor to be written to. PyTorch leaves old memory in it; here it holds zeros, so that runs are repeatable."""
    return _filled("empty", size, 0, options)


def full(size: Any, fill_value: Any, **options: Unpack[Options]) -> Tensor:
    """A tensor of one value; the dtype is the value's own unless given."""
    wanted, requires_grad = check_options("full", options)
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}")
    shape = check_size("full", (size,))
    require_lengths("full", shape)
    value = _number("full", 2, fill_value)
    chosen = wanted or (bool_ if type(value) is bool else int64 if type(value) is int else get_default_dtype())
    return leaf(_fill(shape, value, chosen), requires_grad)


def zeros_like(input: Tensor, **options: Unpack[Options]) -> Tensor:
    """Zeros with the size, dtype and memory order of `input`."""
    return _like("zeros_like", input, 0, options)


def ones_like(input: Tensor, **options: Unpack[Options]) -> Tensor:
    """Ones with the size, dtype and memory order of `input`."""
    return _like("ones_like", input, 1, options)


def empty_like(input: Tensor, **options: Unpack[Options]) -> Tensor:
    """As `zeros_like`; see `empty`."""
    return _like("empty_like", input, 0, options)


def full_like(input: Tensor, fill_value: Any, **options: Unpack[Options]) -> Tensor:
    """One value, with the size, dtype and memory order of `input`."""
    return _like("full_like", input, _number("full_like", 2, fill_value), options)


@method("new_tensor")
def new_tensor(self: Tensor, data: Any, **options: Unpack[Options]) -> Tensor:
    """As `torch.tensor`, with this tensor's dtype unless another is given."""
    wanted, requires_grad = check_options("new_tensor", options)
    if isinstance(data, Tensor):
        warnings.warn(_COPY_CONSTRUCT.format("tensor.new_tensor"), UserWarning, stacklevel=2)
    return leaf(to_array(data, wanted or self.dtype), requires_grad)


@method("new_zeros")
def new_zeros(self: Tensor, *size: Any, **options: Unpack[Options]) -> Tensor:
    """Zeros of another size and this tensor's dtype."""
    return _sample_as(self, _filled("new_zeros", size, 0, options, self.dtype))


@method("new_ones")
def new_ones(self: Tensor, *size: Any, **options: Unpack[Options]) -> Tensor:
    """Ones of another size and this tensor's dtype."""
    return _sample_as(self, _filled("new_ones", size, 1, options, self.dtype))


@method("new_empty")
def new_empty(self: Tensor, *size: Any, **options: Unpack[Options]) -> Tensor:
    """See `empty`."""
    return _sample_as(self, _filled("new_empty", size, 0, options, self.dtype))


@method("new_full")
def new_full(self: Tensor, size: Any, fill_value: Any, **options: Unpack[Options]) -> Tensor:
    """One value, in another size and this tensor's dtype."""
    wanted, requires_grad = check_options("new_full", options)
    shape = check_size("new_full", (size,))
    require_lengths("new_full", shape)
    return leaf(_fill(shape, _number("new_full", 2, fill_value), wanted or self.dtype), requires_grad)


def leaf(array: Array, requires_grad: bool) -> Tensor:
    """A fresh leaf. Raises RuntimeError when integers are to require grad."""
    if requires_grad and array.dtype.kind != "f":
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    made = from_array(array, requires_grad)
    if observe.observer is not None:  # so that a recorder knows the line that made the leaf
        observe.observer.operation(None, "leaf", (), (made,), False)
    return made


def _filled(name: str, size: tuple[Any, ...], value: int, options: Options, otherwise: dtype | None = None) -> Tensor:
    given = options.pop("size", None)  # type: ignore[typeddict-item]  # PyTorch takes it as a keyword too
    wanted, requires_grad = check_options(name, options)
    if given is not None:
        size = (given,)
    elif not size:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    shape = check_size(name, size)
    require_lengths(name, shape)
    numpy_dtype = (wanted or otherwise or get_default_dtype()).numpy
    # The system gives zeros without touching the memory, which a large tensor should not cost before it is used.
    made = np.zeros(shape, numpy_dtype) if value == 0 else np.full(shape, value, numpy_dtype)
    if options.get("memory_format") is not None:
        if not name.endswith("empty"):
            raise TypeError(f"{name}() got an unexpected keyword argument 'memory_format'")
        made = arranged(made, options["memory_format"])
    return leaf(made, requires_grad)


def _like(name: str, input: Any, value: float, options: Options) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    wanted, requires_grad = check_options(name, options)
    array, kind = input.array, (wanted or input.dtype).numpy
    if 0 in array.strides:  # an expanded dim, whose place NumPy would change
        made = empty_in_order(array.shape, memory_order(array.shape, [list(array.strides)]), kind)
    else:
        made = np.empty_like(array, dtype=kind, order="K", subok=False)
    if options.get("memory_format") is not None:
        made = arranged(made, options["memory_format"])
    made[...] = fits(value, wanted or input.dtype, _c_type(wanted or input.dtype))
    return _sample_as(input, leaf(made, requires_grad))


def _sample_as(tensor: Tensor, made: Tensor) -> Tensor:
    """What is made of a sample of a batch is one too."""
    mark((made,), samples_of(tensor))
    return made


def _fill(shape: tuple[int, ...], value: float, chosen: dtype) -> Array:
    with np.errstate(over="ignore"):
        return np.full(shape, fits(value, chosen, _c_type(chosen)), chosen.numpy)


def _c_type(chosen: dtype) -> str:
    if chosen in (float32, float64, bool_):
        return chosen.scalar_type.lower()
    return "int" if chosen.name == "int32" else f"{chosen.name}_t"


def _number(name: str, position: int, value: Any) -> Any:
    if isinstance(value, Tensor) and value.array.ndim == 0 and not value.requires_grad:
        return value.array.item()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (bool, int, float)):
        return value
    raise TypeError(f"{name}(): argument 'fill_value' (position {position}) must be Number, not {type(value).__name__}")
