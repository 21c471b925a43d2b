"""Copies, casts and detached twins: clone, detach, to and its short forms, copy_, fill_, zero_."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ... import observe
from ...node import next_number
from ...saving import saved
from ...tensor import TENSORS, Tensor, from_array
from ...transforms.carrier import drop_tangent, mark, samples_of
from ...types import dtype as dtypes
from ...types.device import (
    device as Device,  # noqa: N812 - `device` is a keyword here
    require_cpu,
)
from ...types.dtype import bool_, dtype, float64, of_numpy
from ...types.layout import (
    arranged,
    channels_last,
    channels_last_3d,
    contiguous_format,
    copied,
    is_arranged,
    preserve_format,
)
from ..general import general
from ..inplace import check_history, check_writable, overwrite
from ..operands import broadcast_error, converted, is_operand, require_tensor, scalar_in
from ..rules import zeros_like
from ..table import CALLS, FUNCTIONS, METHODS, Gradient, Row, expose

Array = npt.NDArray[Any]
_PYTHON_TYPES = {float: dtypes.float64, int: dtypes.int64, bool: dtypes.bool_}


def _copied_into(array: Array, source: Any) -> Array:
    """The source in the shape, dtype and memory order of what it is written over."""
    made = np.empty_like(array)
    made[...] = source
    return made


_clone = general(
    Row("clone", copied, ("self",), (Gradient("grad", lambda grad: grad),), node="CloneBackward0", promotes="same")
)
_to = general(
    Row(
        "to",
        converted,
        ("self",),
        (Gradient("grad", lambda grad: grad),),
        node="ToCopyBackward0",
        arguments=("stored",),
        promotes="same",
    )
)
_to_format = general(
    Row(
        "to",
        lambda array, stored, memory_format: arranged(converted(array, stored), memory_format),
        ("self",),
        (Gradient("grad", lambda grad: grad),),
        node="ToCopyBackward0",
        overload="memory_format",
        arguments=("stored", "memory_format"),
        promotes="same",
        elementwise=True,
    )
)
_LOST = Gradient("zeros_like(grad)", lambda grad: zeros_like(grad))
_FILLED = Gradient("grad.sum()", lambda grad: grad.sum())


def _full(array: Array, value: Any) -> Array:
    return np.full_like(array, scalar_in(value, array.dtype) if array.dtype.kind in "iu" else value)


_filled_number = general(
    Row("fill", _full, ("self",), (_LOST,), "FillBackward0", "copy.Scalar", ("value",), elementwise=True)
)
_filled = general(
    Row("fill", np.full_like, ("self", "value"), (_LOST, _FILLED), "FillBackward1", "copy", elementwise=False)
)
_fill_number = general(
    Row("fill", _full, ("self",), (_LOST,), node="FillBackward2", overload="Scalar", constants=("value",))
)
_fill = general(
    Row(
        "fill",
        np.full_like,
        ("self", "value"),
        (_LOST, _FILLED),
        node="FillBackward3",
    )
)
_zero = general(Row("zero", np.zeros_like, ("self",), (_LOST,), node="ZeroBackward0"))
_copy = general(
    Row(
        "copy",
        _copied_into,
        ("self", "src"),
        (_LOST, Gradient("grad", lambda grad: grad)),
        node="CopyBackwards",
    )
)


@expose("clone")
def clone(input: Any, *, memory_format: object = None) -> Any:
    """A copy that gradients flow through."""
    require_tensor("clone", "input", 1, input)
    if memory_format is None or memory_format is preserve_format:
        return _clone((input,))
    return CALLS["clone.memory_format"]((input,), (memory_format,))


@expose("detach")
def detach(input: Any) -> Any:
    """A twin without history on the same memory; writing to either is noticed by the other's version."""
    require_tensor("detach", "input", 1, input)
    made = from_array(input.array)
    made._version_counter = input.version
    mark((made,), samples_of(input))
    if observe.observer is not None:
        observe.observer.operation(None, "detach", (input,), (made,), False)
    return made


@expose("detach_")
def detach_(input: Any) -> Any:
    """Forget the history: the tensor becomes a leaf that requires no grad."""
    require_tensor("detach_", "input", 1, input)
    if input._base is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
            "training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence "
            "detach_() cannot be called on these gradients. To fix this error, please refer to the "
            "Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
        )
    drop_tangent(input)
    if input._fn is not None:
        saved.detached = True
        input.meta().detached_at = next_number()
    input._fn = None
    input._requires_grad = False
    if observe.observer is not None:
        observe.observer.requires_grad_changed(input)
    return input


def _suggested(array: Array) -> object:
    """The format that PyTorch takes an array to be in: any that is not clearly another one is contiguous."""
    if not array.flags.c_contiguous:
        for format in (channels_last, channels_last_3d):
            if is_arranged(array, format):
                return format
    return contiguous_format


def cast_to(tensor: Tensor, wanted: dtype, copy: bool = False, memory_format: object = None) -> Tensor:
    """The tensor in a dtype and an order of memory; itself where it has both and no copy is asked for."""
    same = of_numpy(tensor.array.dtype) is wanted and not copy
    if memory_format is None or memory_format is preserve_format:
        kept: Tensor = tensor if same else _to((tensor,), (wanted.numpy,))
        return kept
    if same and _suggested(tensor.array) is memory_format:
        return tensor
    made: Tensor = _to_format((tensor,), (wanted.numpy, memory_format))
    return made


@expose("to", function=False)
def to(self: Tensor, *args: Any, **keywords: Any) -> Tensor:
    """`to(dtype)`, `to(device)`, `to(device, dtype)` or `to(other)`; `copy=True` copies in any case."""
    wanted = keywords.pop("dtype", None)
    device = keywords.pop("device", None)
    other = keywords.pop("other", None)
    copy = keywords.pop("copy", False)
    keywords.pop("non_blocking", None)
    layout = keywords.pop("memory_format", None)
    if keywords:
        raise TypeError(f"to() got an unexpected keyword argument '{next(iter(keywords))}'")
    for place, argument in enumerate(args):
        if place == 0 and isinstance(argument, (bool, float)):  # a number stands for a tensor of its dtype
            wanted = bool_ if isinstance(argument, bool) else float64
        elif isinstance(argument, dtype):
            wanted = argument
        elif isinstance(argument, type) and argument in _PYTHON_TYPES:
            wanted = _PYTHON_TYPES[argument]
        elif argument is None:
            continue
        elif isinstance(argument, (str, Device)):
            device = argument
        elif type(argument) in TENSORS:
            other = argument
        elif isinstance(argument, bool):  # non_blocking, then copy
            copy = copy or (argument and isinstance(args[place - 1], bool))
        else:
            raise TypeError(
                "to() received an invalid combination of arguments - got "
                f"({', '.join(type(given).__name__ for given in args)}), but expected one of:\n"
                " * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, "
                "bool copy = False, *, torch.memory_format memory_format = None)\n"
                " * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, "
                "torch.memory_format memory_format = None)\n"
                " * (Tensor tensor, bool non_blocking = False, bool copy = False, *, "
                "torch.memory_format memory_format = None)\n"
            )
    require_cpu(device)
    if wanted is None:
        wanted = self.dtype if other is None else other.dtype
    return cast_to(self, wanted, copy, layout)


def _short(name: str, wanted: dtype) -> None:
    def method(self: Tensor, *, memory_format: object = None) -> Tensor:
        return cast_to(self, wanted, False, memory_format)

    method.__name__ = name
    METHODS[name] = method


for _name in ("float", "double", "half", "bfloat16", "int", "long", "short"):
    _short(_name, dtypes.NAMES[_name])
_short("char", dtypes.int8)
_short("byte", dtypes.uint8)
_short("bool", dtypes.bool_)


@expose("type", function=False)
def type_(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name such as `torch.FloatTensor`, or the tensor cast to a dtype, such a class, or one by such a name."""
    del non_blocking
    if dtype is None:
        return f"torch.{self.dtype.scalar_type}Tensor"
    if isinstance(dtype, str):
        for known in dtypes.NAMES.values():
            if dtype == f"torch.{known.scalar_type}Tensor":
                return cast_to(self, known)
        raise ValueError(f"invalid type: '{dtype}'")
    if isinstance(dtype, type):
        dtype = dtypes.get_default_dtype() if dtype is Tensor else getattr(dtype, "wanted", None)
    if not isinstance(dtype, dtypes.dtype):
        raise TypeError("dtype must be a type, str, or dtype object")
    return cast_to(self, dtype)


@expose("type_as", function=False)
def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor in the dtype of another."""
    return cast_to(self, other.dtype)


@expose("fill_")
def fill_(input: Any, value: Any) -> Any:
    """Write one value, a number or a 0-d tensor, everywhere."""
    require_tensor("fill_", "input", 1, input)
    if type(value) not in TENSORS:
        check_history(input)  # the same everywhere, so expanded dims do no harm
        if not is_operand(value):
            raise TypeError(f"fill_(): argument 'value' (position 1) must be Number, not {type(value).__name__}")
        return overwrite("fill", input, (value,), _fill_number((input, value), (), False))
    if value.array.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value.array.ndim} dimensions."
        )
    check_writable(input)
    return overwrite("fill", input, (value,), _fill((input, value), (), False))


@expose("fill", method=False)
def fill(input: Any, value: Any) -> Any:
    """As many elements, all of one value, a number or a 0-d tensor."""
    require_tensor("fill", "input", 1, input)
    if type(value) not in TENSORS:
        return _filled_number((input, value))
    if value.array.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value.array.ndim} dimensions."
        )
    return _filled((input, value))


@expose("zero_")
def zero_(input: Any) -> Any:
    """Write zero everywhere."""
    require_tensor("zero_", "input", 1, input)
    check_history(input)  # the same everywhere, so expanded dims do no harm
    return overwrite("zero", input, (), _zero((input,), (), False))


@expose("copy_", function=False)
def copy_(self: Tensor, other: Any, non_blocking: bool = False) -> Tensor:
    """Write the elements of `other`, broadcast and cast; a number counts as a tensor."""
    del non_blocking
    src = from_array(np.asarray(other)) if isinstance(other, (int, float)) else other
    if type(src) not in TENSORS:
        raise TypeError(f"copy_(): argument 'other' (position 1) must be Tensor, not {type(src).__name__}")
    check_writable(self)
    try:
        made = _copy((self, src), (), False)
    except ValueError as error:
        raise _does_not_fit(self.array, src.array, error) from None
    return overwrite("copy", self, (src,), made)


def _does_not_fit(target: Array, source: Array, error: ValueError) -> Exception:
    """PyTorch's words for a source that does not broadcast to the target."""
    try:
        shape = np.broadcast_shapes(target.shape, source.shape)
    except ValueError:
        return broadcast_error(target, source, error)
    return RuntimeError(f"output with shape {list(target.shape)} doesn't match the broadcast shape {list(shape)}")


FUNCTIONS["cast"] = lambda tensor, stored: _to((tensor,), (stored,))
