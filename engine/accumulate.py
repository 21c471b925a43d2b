"""Adding a gradient to the `.grad` of a leaf: copied the first time, in place after that, as PyTorch."""

import sys
import threading
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from . import observe
from .autograd_meta import AutogradMeta
from .fired import content, note
from .hooks import to_tensor
from .ops.table import CALLS, METHODS
from .tensor import TENSORS, Tensor, from_array
from .trace import EventKind
from .types.layout import contiguous_format
from .warn_once import warn_once

Array = npt.NDArray[Any]

_lock: Final = threading.RLock()  # passes of several threads may meet at a leaf
_ndarray: Final = np.ndarray
_references: Final = sys.getrefcount


class Accumulation(NamedTuple):
    """What an addition to `.grad` was, for the observer: `.grad` before it (None: there was none), added, after."""

    before: Any
    added: Any
    after: Any


def accumulate(variable: Tensor, gradient: Any, creates: bool, watched: bool = False) -> Accumulation | None:
    """Add `gradient` to `variable.grad`: a tensor if the pass creates a graph, else an array.

    Without a graph the first gradient is copied, because the pass may hand one array to several leaves, and later
    ones are added in place, which other holders of `.grad` see. With a graph `.grad` is replaced by a tracked sum.
    Tells what it did where that is `watched`.
    """
    if not _takes(variable):
        return None
    with _lock:
        done = _add(variable, gradient, creates, watched)
    hooks = variable.meta().post_hooks
    for hook in list(hooks.values()) if hooks else ():
        before = content(variable.grad)
        returned = hook(variable)
        if returned is not None and type(returned) not in TENSORS:
            raise TypeError(f"expected Variable, but hook returned '{type(returned).__name__}'")
        if observe.observer is not None:
            note(EventKind.ACCUMULATE_HOOK, hook, before, variable.grad)
    return done


def receive(variable: Tensor, pending: dict[Any, Any], sink: Any) -> None:
    """`accumulate` of what is pending for `sink`, unless that is nothing, in a pass that nobody watches.

    A first gradient that nobody else holds, in memory of its own, becomes `.grad` as it is, as PyTorch's
    `AccumulateGrad` steals one: the pass keeps no reference but the one in `pending`.
    """
    gradient = pending.pop(sink, None)
    if gradient is None or not _takes(variable):
        return
    meta = variable.meta()
    if meta.post_hooks:
        accumulate(variable, gradient, False)
        return
    with _lock:
        if (
            meta.grad is None
            and type(gradient) is _ndarray
            and _references(gradient) == _ALONE
            and _owns_memory(gradient)
            and obeys_contract(gradient, variable.array)
        ):
            meta.grad = from_array(gradient)
        else:
            _add(variable, gradient, False, False)


def _takes(variable: Tensor) -> bool:
    """Whether a leaf still requires grad. Raises RuntimeError when it, a view, is no leaf any more."""
    if variable._base is not None and variable.history() is not None:
        raise RuntimeError("leaf variable has been moved into the graph interior")
    return variable._requires_grad


def _count_alone() -> int:
    """How many references `receive` counts where nobody else holds the gradient; Python's versions differ."""
    pending: dict[Any, Any] = {0: np.empty(1)}
    gradient = pending.pop(0, None)
    return _references(gradient)


def _owns_memory(gradient: Array) -> bool:
    """Whether the memory is the array's own; or all of another's, which was made for it and which nobody else holds."""
    if not gradient.flags.writeable:
        return False
    owner = gradient.base
    if owner is None:
        return True
    return (
        type(owner) is _ndarray
        and owner.base is None
        and owner.size == gradient.size
        and _references(owner) == _OWNER_ALONE
    )


def _count_owner_alone() -> int:
    """The same of the array that another is a view of."""
    gradient = np.empty((2, 2)).T
    owner = gradient.base
    return _references(owner)


def _add(variable: Tensor, gradient: Any, creates: bool, watched: bool) -> Accumulation | None:
    meta = variable.meta()
    held = meta.grad
    before = held.array.copy() if watched and held is not None else None
    if creates:
        tracked = to_tensor(gradient)
        if held is None:
            like = variable.array
            if _is_dense(like):
                meta.grad = CALLS["copy"]((from_array(np.zeros_like(like, tracked.array.dtype)), tracked))
            else:
                meta.grad = METHODS["clone"](tracked, memory_format=contiguous_format)
        else:
            meta.grad = METHODS["__add__"](held, tracked)
    elif held is None:
        meta.grad = from_array(laid_out_as(variable.array, gradient))
    else:
        if observe.observer is not None and not _is_only_grad(meta, held):
            observe.observer.before_inplace(held)
        np.add(held.array, gradient, out=held.array)
        held.version.bump()
    kept = meta.grad
    assert kept is not None
    if held is not None and not obeys_contract(kept.array, variable.array):
        _warn_of_layout(kept.array, variable.array)
    if not watched:
        return None
    if held is None and not creates:
        return Accumulation(None, gradient, gradient)  # as the first gradient stands in .grad, it was copied
    return Accumulation(before, gradient, kept.array.copy())


def _is_only_grad(meta: AutogradMeta, held: Tensor) -> bool:
    """Whether nobody but the leaf has this `.grad` or its memory, so that an observer has nothing of it either."""
    return (
        _references(held) == _GRAD_ALONE
        and _references(held.array) == _GRAD_ARRAY_ALONE
        and held.array.base is None
        and meta.grad is held
    )


def _count_grad_alone() -> tuple[int, int]:
    """How many references `_is_only_grad` counts where that is so."""
    found: list[int] = []

    def count(meta: AutogradMeta, held: Tensor) -> None:
        found.extend((_references(held), _references(held.array)))
        assert meta.grad is held

    meta = AutogradMeta()
    held = meta.grad = from_array(np.empty(1))
    count(meta, held)
    return found[0], found[1]


def obeys_contract(gradient: Array, like: Array) -> bool:
    """PyTorch's gradient layout contract: as the leaf lies in memory where that is dense, else contiguous."""
    if like.flags.c_contiguous or not _is_dense(like):
        return bool(gradient.flags.c_contiguous)
    pairs = zip(gradient.strides, like.strides, like.shape, strict=True)
    return all(stride * like.itemsize == other * gradient.itemsize for stride, other, size in pairs if size != 1)


def _warn_of_layout(gradient: Array, like: Array) -> None:
    lines = [
        f"{name}.sizes() = {list(array.shape)}, strides() = {[stride // array.itemsize for stride in array.strides]}"
        for name, array in (("grad", gradient), ("param", like))
    ]
    what = "grad and param do not obey the gradient layout contract. This is not an error, but may impair performance."
    warn_once("\n".join((what, *lines)))


def laid_out_as(like: Array, gradient: Any) -> Array:
    """A copy of a gradient: PyTorch's layout contract says that its elements lie in memory as the leaf's do."""
    if like.flags.c_contiguous or not _is_dense(like):
        return np.array(gradient, order="C")
    made = np.empty_like(like, np.asarray(gradient).dtype)  # keeps the order of dense arrays' dims
    made[...] = gradient
    return made


def _is_dense(array: Array) -> bool:
    """Whether the elements fill their memory, in whatever order of dims."""
    order = sorted(range(array.ndim), key=lambda dim: -array.strides[dim])
    return bool(array.transpose(order).flags.c_contiguous)


_ALONE: Final = _count_alone()
_OWNER_ALONE: Final = _count_owner_alone()
_GRAD_ALONE, _GRAD_ARRAY_ALONE = _count_grad_alone()
