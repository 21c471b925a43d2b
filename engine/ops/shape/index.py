"""`x[...]` and `x[...] = v`, and the rows of indexing with tensors. See `indexing.py` for reading the brackets."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ... import grad_mode, observe
from ...saving import mutation
from ...tensor import ORDINARY, TENSORS, Tensor, from_array
from ...transforms.carrier import carries
from ...types.dtype import of_numpy
from ...types.layout import empty_in_order, memory_order
from ...views import geometry, strided
from ..dims import from_end
from ..inplace import check_apart, check_fillable, check_history, check_memory, check_overlap, is_expanded, overwrite
from ..operands import require_tensor
from ..pointwise.cast import copy_, fill_
from ..single import one
from ..table import CALLS, Gradient, Row, expose
from ..tools import raw, sum_to
from .expand import expand, expanded_size
from .indexing import Indices, Plan, Step, numpy_key, read_key, require_index, simple_steps, take_views
from .shape import reshape, view

Array = npt.NDArray[Any]
_INT64 = np.dtype(np.int64)


def index_any(x: Any, indices: Indices) -> Any:
    """x indexed with tensors, for arrays and tensors."""
    if type(x) in TENSORS:
        return CALLS["index"]((x,), (indices, x.array.shape))
    return x[numpy_key(indices, x.shape)]


def index_back(grad: Any, shape: tuple[int, ...], indices: Indices) -> Any:
    """Zeros of `shape` with `grad` added at the indices; repeated ones add up."""
    if type(grad) in TENSORS:
        zeros = from_array(np.zeros(shape, grad.array.dtype))
        return CALLS["index_put"]((zeros, grad), (indices, True))
    return _put(np.zeros(shape, grad.dtype), grad, indices, True)


def without(grad: Any, indices: Indices) -> Any:
    """`grad` with zeros at the indices."""
    if type(grad) in TENSORS:
        return CALLS["index_put"]((grad, from_array(np.zeros((), grad.array.dtype))), (indices, False))
    return _put(grad.copy(), 0, indices, False)


def written(grad: Any, indices: Indices, shape: tuple[int, ...]) -> Any:
    """The part of `grad` at the indices, summed to the shape of the values that were put there."""
    part = index_any(grad, indices)
    return sum_to(part, _without_leading_ones(shape)).reshape(shape)


def _picked(array: Array, indices: Indices) -> Array:
    made: Array
    first = raw(indices[0])
    if len(indices) == 1 and first.dtype is _INT64:  # NumPy's own check of the places is the quickest ...
        try:
            made = array[first]
        except IndexError:
            made = array[numpy_key(indices, array.shape)]  # ... and this one has PyTorch's words
    else:
        made = array[numpy_key(indices, array.shape)]
    if not array.flags.c_contiguous and made.ndim > 1 and made.size:
        return _in_its_order(made, array, indices)
    made = np.asarray(made, order="C")
    return made.reshape(-1).reshape(made.shape) if 1 in made.shape else made  # dims of length 1 with usual steps


def _in_its_order(made: Array, array: Array, indices: Indices) -> Array:
    """What was picked, in the memory order that PyTorch's iteration over the array and the indices gives it."""
    key = numpy_key(indices, array.shape)
    places = [place for place, item in enumerate(key) if not isinstance(item, slice)]
    picks = [key[place] for place in places]
    common = np.broadcast_shapes(*[pick.shape for pick in picks])
    others = [step for place, step in enumerate(array.strides) if place not in places]
    adjacent = places == list(range(places[0], places[0] + len(places)))
    start = places[0] if adjacent else 0
    count = len(others) - start
    strides = [[*others[:start], *(0 for _ in common), *others[start:]]]
    for pick in picks:
        strides.append([0] * start + list(np.broadcast_to(pick, common).strides) + [0] * count)
    wanted = empty_in_order(made.shape, memory_order(made.shape, strides), made.dtype)
    wanted[...] = made
    return wanted


_index = one(
    Row(
        "index",
        lambda self, indices, self_sym_sizes: _picked(self, indices),
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
                "grad if accumulate else without(grad, indices)",
                lambda grad, indices, accumulate: grad if accumulate else without(grad, indices),
            ),
            Gradient(
                "written(grad, indices, values_shape)",
                lambda grad, indices, values_shape: written(grad, indices, values_shape),
            ),
        ),
        node="IndexPutBackward0",
        arguments=("indices", "accumulate"),
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

one(
    Row(
        "_fw_primal",
        lambda self: self.view(),
        ("self",),
        (Gradient("grad", lambda grad: grad),),
        "Identity",
        view=True,
    )
)


_select = CALLS["select"]


@expose("__getitem__", function=False)
def getitem(self: Tensor, key: Any) -> Tensor:
    """A view for ints, slices, None and `...`; a copy as soon as there is an index tensor or a mask."""
    shape = self.array.shape
    if type(key) is int and shape and -shape[0] <= key < shape[0]:  # the commonest, without a plan
        picked: Tensor = _select((self,), (0, key if key >= 0 else from_end(key, shape[0]), shape))
        return picked
    if type(key) in ORDINARY and shape and key.array.ndim and key.array.dtype is _INT64:
        return _index((self,), ((key,), shape))
    steps = simple_steps(key, shape)
    if steps is not None:
        result = _take(self, steps)
        return _alias((self,)) if result is self else result
    plan = read_key(key, shape)
    result = _take(self, tuple(plan.steps))
    if plan.tensors:
        return _index((result,), (plan.indices, result.array.shape))
    return _alias((self,)) if result is self else result


@expose("__delitem__", function=False)
def delitem(self: Tensor, key: Any) -> None:
    """Raises TypeError."""
    raise TypeError("Tensor does not support deleting items")


@expose("__setitem__", function=False)
def setitem(self: Tensor, key: Any, value: Any) -> None:
    """Write `value` where `self[key]` reads; it broadcasts and is cast."""
    _check_value(self, value)
    if key is False:
        return
    plan = read_key(None if key is True else key, self.array.shape)
    if plan.tensors:
        if is_expanded(self.array):
            _warn_of_expanded(self, key, value)
        check_apart(self, value)
    tracked = carries((self, value)) or (
        grad_mode.records() and any(type(given) in TENSORS and given.requires_grad for given in (self, value))
    )
    if tracked:
        _set_tracked(self, value, plan)
    else:
        check_history(self)
        _set_untracked(self, value, tuple(plan.steps), plan.indices)


def _check_value(self: Tensor, value: Any) -> None:
    if type(value) is complex:
        raise RuntimeError("value cannot be converted to type float without overflow")
    if type(value) not in TENSORS and not isinstance(value, (int, float, np.integer)):
        of_numpy_too = isinstance(value, (np.ndarray, np.generic))
        kind = f"numpy.{type(value).__name__}" if of_numpy_too else type(value).__name__
        raise TypeError(f"can't assign a {kind} to a torch.{of_numpy(self.array.dtype).scalar_type}Tensor")


@expose("index_put")
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with `values` at the indices, added where `accumulate`."""
    checked = _index_tensors("index_put", indices, values)
    return _index_put((input, values), (checked, accumulate))


@expose("index_put_", function=False)
def index_put_(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """Write `values` at the indices, or add them."""
    checked = _index_tensors("index_put_", indices, values)
    check_fillable("index_put_", input)
    check_apart(input, values)
    made = _index_put((input, values), (checked, accumulate), reports=False)
    return overwrite("index_put", input, (values,), made)


def _index_tensors(name: str, indices: Any, values: Any) -> Indices:
    """The indices as a tuple. Raises PyTorch's errors for what are no index tensors."""
    if not isinstance(indices, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'indices' (position 1) must be tuple of Tensors, not {type(indices).__name__}"
        )
    require_tensor(name, "values", 2, values)
    for place, item in enumerate(indices):
        if type(item) not in TENSORS:
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(item).__name__}")
        require_index(item)
    return tuple(indices)


def _take(x: Tensor, steps: tuple[Step, ...], reports: bool = True) -> Tensor:
    """The views of the steps."""
    for step in steps:
        if step.kind == "unsqueeze":
            x = CALLS["unsqueeze"]((x,), (step.dim,), reports)
        elif step.kind == "select":
            x = CALLS["select"]((x,), (step.dim, step.key, x.array.shape), reports)
        else:
            bounds = (step.key.start, step.key.stop, step.key.step)
            x = CALLS["slice"]((x,), (step.dim, *bounds, x.array.shape), reports)
    return x


def _set_tracked(self: Tensor, value: Any, plan: Plan) -> None:
    """Write to the view that the brackets name; the history of `self` follows from that."""
    whole = not plan.tensors and all(step.kind == "slice" and _covers(step, self.array.shape) for step in plan.steps)
    target = self if whole else _take(self, tuple(plan.steps), reports=False)
    if target is not self:  # nobody sees this view, so it need not follow what its base becomes
        views = self.version.views
        views[:] = [view for view in views if view() is not target]
    if plan.tensors:
        check_history(target)
        values = value if type(value) in TENSORS else from_array(np.asarray(value, self.array.dtype))
        if values.array.shape[:1] == (1,):
            values = view(values, _without_leading_ones(values.array.shape))
        made = _index_put((target, values), (plan.indices, False), reports=False)
        overwrite("index_put", target, (values,), made)
    elif not target.array.ndim or (type(value) in TENSORS and value.array.ndim):
        source = value if type(value) in TENSORS else from_array(np.asarray(value, self.array.dtype))
        if source.array.shape != target.array.shape:
            shape = _without_leading_ones(source.array.shape)
            source = reshape(source, shape)
            source = source if shape == target.array.shape else expand(source, target.array.shape)
        copy_(target, source)
    else:
        fill_(target, value if type(value) in TENSORS else from_array(np.asarray(value, self.array.dtype)))


def _set_untracked(self: Tensor, value: Any, steps: tuple[Step, ...], indices: Indices) -> None:
    mutation.before_write(self)
    if observe.observer is not None:
        observe.observer.before_inplace(self)
    array = _writable(self)
    region = take_views(array, steps)
    if not indices:
        _check_region(region, value)
    given = raw(value) if type(value) in TENSORS else np.asarray(value).astype(array.dtype)
    _assign(array, given.reshape(_without_leading_ones(given.shape)), steps, indices)
    self.version.bump()
    if observe.observer is not None:
        observe.observer.operation(None, "setitem", (self, value), (self,), True)


def _writable(tensor: Tensor) -> Array:
    """The tensor's array; NumPy's broadcast views are read-only, so another over the same memory."""
    array = tensor.array
    return array if array.flags.writeable or not array.size else strided(array, geometry(tensor, tensor))


def _check_region(region: Array, value: Any) -> None:
    if is_expanded(region):
        check_memory(from_array(region))  # raises
    # Where the value is expanded, PyTorch does not look closer.
    if type(value) in TENSORS and value.array.ndim and value.array.size == region.size:
        check_overlap(region, value.array.reshape(region.shape))


def _warn_of_expanded(self: Tensor, key: Any, value: Any) -> None:
    check_fillable("index_put_", self)
    if type(key) in TENSORS and key.array.dtype == np.bool_ and np.ndim(raw(value)) == 0:
        check_fillable("masked_fill_", self)


def _assign(array: Array, value: Any, steps: tuple[Step, ...], indices: Indices) -> Array:
    region = take_views(array, steps)
    if indices:
        _put(region, value, indices, False)
    else:
        given = _fitting(value, region)
        if region.size:
            region[...] = given
    return array


def _put(array: Array, values: Any, indices: Indices, accumulate: bool) -> Array:
    given = np.asarray(values).astype(array.dtype)
    given = given.reshape(_without_leading_ones(given.shape))

    def spread(shape: tuple[int, ...]) -> Array:
        try:
            return np.broadcast_to(given, shape)
        except ValueError:
            raise RuntimeError(
                f"shape mismatch: value tensor of shape {list(np.shape(values))} cannot be broadcast to indexing "
                f"result of shape {list(shape)}"
            ) from None

    try:
        key = numpy_key(indices, array.shape, check=spread)
        given = spread(array[key].shape)
    except IndexError:  # PyTorch looks at the dtypes before it looks an index up
        _require_same(array, values, indices, accumulate)
        raise
    _require_same(array, values, indices, accumulate)
    if accumulate:
        np.add.at(array, key, given)
    else:
        array[key] = given
    return array


def _require_same(array: Array, values: Any, indices: Indices, accumulate: bool) -> None:
    """Raise PyTorch's RuntimeError where index_put would have to cast; it does so for one value and masks."""
    if not isinstance(values, np.ndarray) or values.dtype == array.dtype:
        return
    masks = all(item is None or raw(item).dtype in (np.bool_, np.uint8) for item in indices)
    if values.size == 1 and masks and not accumulate:
        return
    raise RuntimeError(
        "Index put requires the source and destination dtypes match, got "
        f"{of_numpy(array.dtype).scalar_type} for the destination and {of_numpy(values.dtype).scalar_type} for the "
        "source."
    )


def _fitting(value: Any, region: Array) -> Any:
    """A value as an array that broadcasts to the region. Raises PyTorch's errors of `expand`."""
    with np.errstate(invalid="ignore"):
        given = np.asarray(value).astype(region.dtype)
    if given.shape != region.shape:
        given = given.reshape(_without_leading_ones(given.shape))
    if given.shape != region.shape:
        expanded_size(given, region.shape)  # raises where it does not broadcast
    return given


def _without_leading_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    first = next((place for place, length in enumerate(shape) if length != 1), len(shape))
    return shape[first:]


def _covers(step: Step, shape: tuple[int, ...]) -> bool:
    start, stop, stride = step.key.start, step.key.stop, step.key.step
    return bool(start == 0 and stride == 1 and stop >= shape[step.dim])
