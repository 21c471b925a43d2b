"""`x[...]` and `x[...] = v`, and the rows of indexing with tensors. See `indexing.py` for reading the brackets."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .. import grad_mode, observe
from ..dtype import of_numpy
from ..tensor import TENSORS, Tensor, from_array
from .cast import copy_, fill_
from .dimensions import unsqueeze
from .indexing import Indices, Plan, Step, numpy_key, read_key, take_views
from .inplace import check_writable, overwrite
from .shape import reshape
from .single import one
from .slices import slice_dim
from .table import FUNCTIONS, Gradient, Row, expose
from .tools import like, raw, sum_to

Array = npt.NDArray[Any]


def index_any(x: Any, indices: Indices) -> Any:
    """x indexed with tensors, for arrays and tensors."""
    if type(x) in TENSORS:
        return FUNCTIONS["index"]((x,), (indices, x.array.shape))
    return x[numpy_key(indices, x.shape)]


def index_back(grad: Any, shape: tuple[int, ...], indices: Indices) -> Any:
    """Zeros of `shape` with `grad` added at the indices; repeated ones add up."""
    if type(grad) in TENSORS:
        zeros = from_array(np.zeros(shape, grad.array.dtype))
        return FUNCTIONS["index_put"]((zeros, grad), (indices, True))
    return _put(np.zeros(shape, grad.dtype), grad, indices, True)


def without(grad: Any, steps: tuple[Step, ...], indices: Indices) -> Any:
    """`grad` with zeros where an assignment wrote."""
    mask = np.ones(raw(grad).shape, raw(grad).dtype)
    _assign(mask, 0, steps, indices)
    return grad * like(mask, grad)


def written(grad: Any, steps: tuple[Step, ...], indices: Indices, shape: tuple[int, ...]) -> Any:
    """The part of `grad` that an assignment of a value of `shape` wrote, summed to that shape."""
    part = _take(grad, steps)
    part = index_any(part, indices) if indices else part
    return sum_to(part, _without_leading_ones(shape, raw(part).ndim)).reshape(shape)


_index = one(
    Row(
        "index",
        lambda self, indices, self_sym_sizes: self[numpy_key(indices, self.shape)],
        ("self",),
        (
            Gradient(
                "index_back(grad, self_sym_sizes, indices)",
                lambda grad, self_sym_sizes, indices: index_back(grad, self_sym_sizes, indices),
            ),
        ),
        node="IndexBackward0",
        arguments=("indices", "self_sym_sizes"),
    )
)
_index_put = one(
    Row(
        "index_put",
        lambda self, values, indices, accumulate: _put(self.copy(), values, indices, accumulate),
        ("self", "values"),
        (
            Gradient(
                "grad if accumulate else without(grad, (), indices)",
                lambda grad, indices, accumulate: grad if accumulate else without(grad, (), indices),
            ),
            Gradient(
                "written(grad, (), indices, values_shape)",
                lambda grad, indices, values_shape: written(grad, (), indices, values_shape),
            ),
        ),
        node="IndexPutBackward0",
        arguments=("indices", "accumulate"),
    )
)
_set_part = one(
    Row(
        "setitem",
        lambda self, value, steps, indices: _assign(self.copy(), value, steps, indices),
        ("self", "value"),
        (
            Gradient(
                "without(grad, steps, indices)",
                lambda grad, steps, indices: without(grad, steps, indices),
            ),
            Gradient(
                "written(grad, steps, indices, value_shape)",
                lambda grad, steps, indices, value_shape: written(grad, steps, indices, value_shape),
            ),
        ),
        node="CopySlices",
        arguments=("steps", "indices"),
    )
)
_alias = one(
    Row(
        "alias",
        lambda self: self.view(),
        ("self",),
        (Gradient("grad", lambda grad: grad),),
        "AliasBackward0",
        view=True,
    )
)


@expose("__getitem__", function=False)
def getitem(self: Tensor, key: Any) -> Tensor:
    """A view for ints, slices, None and `...`; a copy as soon as there is an index tensor or a mask."""
    plan = read_key(key, self.array.shape)
    result = _take(self, tuple(plan.steps))
    if plan.tensors:
        return _index((result,), (plan.indices, result.array.shape))
    return _alias((self,)) if result is self else result


@expose("__setitem__", function=False)
def setitem(self: Tensor, key: Any, value: Any) -> None:
    """Write `value` where `self[key]` reads; it broadcasts and is cast."""
    plan = read_key(key, self.array.shape)
    if type(value) not in TENSORS and not isinstance(value, (int, float, np.number, np.bool_)):
        raise TypeError(
            f"can't assign a {type(value).__name__} to a torch.{of_numpy(self.array.dtype).scalar_type}Tensor"
        )
    _check_target(self, plan)
    if not plan.tensors and all(step.kind == "slice" and _covers(step, self.array.shape) for step in plan.steps):
        _set_all(self, value)
        return
    tracked = grad_mode.is_grad_enabled() and any(
        type(given) in TENSORS and given.requires_grad for given in (self, value)
    )
    steps, indices = tuple(plan.steps), plan.indices
    if not tracked:
        _set_untracked(self, value, steps, indices)
    elif steps:
        overwrite("setitem", self, (value,), _set_part((self, value), (steps, indices), reports=False))
    else:
        overwrite("index_put", self, (value,), _index_put((self, value), (indices, False), reports=False))


@expose("index_put")
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with `values` at the indices, added where `accumulate`."""
    return _index_put((input, values), (tuple(indices), accumulate))


@expose("index_put_", function=False)
def index_put_(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """Write `values` at the indices, or add them."""
    check_writable(input)
    made = _index_put((input, values), (tuple(indices), accumulate), reports=False)
    return overwrite("index_put", input, (values,), made)


def _take(x: Any, steps: tuple[Step, ...]) -> Any:
    """The views of the steps, on arrays and on tensors."""
    if type(x) not in TENSORS:
        return take_views(x, steps)
    for step in steps:
        if step.kind == "select":
            x = FUNCTIONS["select"]((x,), (step.dim, step.key, x.array.shape))
        elif step.kind == "slice":
            x = slice_dim(x, step.dim, step.key.start, step.key.stop, step.key.step)
        else:
            x = unsqueeze(x, step.dim)
    return x


def _set_all(self: Tensor, value: Any) -> None:
    if type(value) in TENSORS and value.array.ndim:
        shape = _without_leading_ones(value.array.shape, self.array.ndim)
        copy_(self, value if shape == value.array.shape else reshape(value, shape))
    else:
        fill_(self, value if type(value) in TENSORS else from_array(np.asarray(value, self.array.dtype)))


def _set_untracked(self: Tensor, value: Any, steps: tuple[Step, ...], indices: Indices) -> None:
    if observe.observer is not None:
        observe.observer.before_inplace(self)
    _assign(self.array, raw(value), steps, indices)
    self.version.value += 1
    if observe.observer is not None:
        observe.observer.operation(None, "setitem", (self, value), (self,), True)


def _assign(array: Array, value: Any, steps: tuple[Step, ...], indices: Indices) -> Array:
    region = take_views(array, steps)
    if indices:
        _put(region, value, indices, False)
    else:
        region[...] = _fitting(value, region)
    return array


def _put(array: Array, values: Any, indices: Indices, accumulate: bool) -> Array:
    key = numpy_key(indices, array.shape)
    shape = array[key].shape
    given = np.asarray(values).astype(array.dtype)
    given = given.reshape(_without_leading_ones(given.shape, len(shape)))
    try:
        given = np.broadcast_to(given, shape)
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(np.shape(values))} cannot be broadcast to indexing result of "
            f"shape {list(shape)}"
        ) from None
    if accumulate:
        np.add.at(array, key, given)
    else:
        array[key] = given
    return array


def _fitting(value: Any, region: Array) -> Any:
    """A value as an array that broadcasts to the region. Raises PyTorch's errors of `expand`."""
    given = np.asarray(value)
    with np.errstate(invalid="ignore"):
        given = given.astype(region.dtype)
    given = given.reshape(_without_leading_ones(given.shape, region.ndim))
    if given.ndim > region.ndim or any(
        size not in (1, length) for size, length in zip(given.shape[::-1], region.shape[::-1], strict=False)
    ):
        from .expand import expand

        expand(from_array(given), region.shape)
    return given


def _without_leading_ones(shape: tuple[int, ...], ndim: int) -> tuple[int, ...]:
    while len(shape) > ndim and shape[0] == 1:
        shape = shape[1:]
    return shape


def _check_target(self: Tensor, plan: Plan) -> None:
    if plan.steps and self._fn is None and self._requires_grad and grad_mode.is_grad_enabled():
        raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.")
    check_writable(self)


def _covers(step: Step, shape: tuple[int, ...]) -> bool:
    start, stop, stride = step.key.start, step.key.stop, step.key.step
    return bool(start == 0 and stride == 1 and stop >= shape[step.dim])
