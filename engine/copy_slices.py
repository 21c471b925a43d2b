"""In-place operations on views: the base's history is rewritten, and its views' follow.

    y = x * 2                      x ◄─ Mul ◄─ y                    x ◄─ Mul ◄─ CopySlices ◄─ y
    v = y[:2]                               ▲                                       ▲
    v.mul_(3)      before:                  └─ Slice ◄─ v   after:                  └─ AsStrided ◄─ v

`CopySlices` holds the operation's node: the part of the gradient that lies under the view goes through that node, the
rest passes. Knows the table only by the names of the rows it uses.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from . import observe
from .autograd_meta import Creation
from .grad_mode import switch
from .node import Node, Output, SavedResult, ends, next_number, short_name
from .ops.table import CALLS, METHODS, Gradient, Row
from .saving.packed import carrying
from .saving.saved import as_array
from .tensor import TENSORS, Tensor, from_node
from .transforms.carrier import lay_out
from .views import Geometry, geometry, laid_out, strided

Array = npt.NDArray[Any]
Unpack = Callable[[Node, Any, Any], Any]


class CopySlices(Node):
    """The history of a base after an in-place operation on its view."""

    __slots__ = ("inner", "layout", "place")

    row = Row(
        "copy_slices",
        lambda base, *_: base,
        ("self",),
        (Gradient("grad, its part under the view passed through the operation", lambda grad: grad),),
        node="CopySlices",
    )

    def __init__(self, base: Tensor, view: Tensor, inner: Node) -> None:
        self.inner = inner
        self.place = geometry(view, base)
        self.layout = geometry(base, base)
        self.next_edges = (base.edge(), *inner.next_edges[1:])
        self.sequence_number = next_number()
        self.shape = base.array.shape
        self.dtype = base.array.dtype
        self.extras = None

    def run(self, gradient: Any, unpack: Unpack) -> tuple[Any, ...]:
        """See Node."""
        if type(gradient) in TENSORS:
            return self._run_on_tensors(gradient, unpack)
        whole = laid_out(gradient, self.layout)
        part = strided(whole, self.place)
        to_view, *others = self.inner.run(part.copy(), unpack)
        if self.next_edges[0] is None:
            return (None, *others)
        part[...] = 0 if to_view is None else to_view
        return (whole, *others)

    def _run_on_tensors(self, gradient: Tensor, unpack: Unpack) -> tuple[Any, ...]:
        whole = METHODS["clone"](gradient)
        lay_out(whole, self.layout)
        part = as_strided(whole, self.place)

        def unpack_inside(node: Node, saved: Any, version: Any) -> Any:
            if type(saved) is not SavedResult:
                return unpack(node, saved, version)
            as_array(node, saved, version)
            return self._written(saved)

        to_view, *others = self.inner.run(METHODS["clone"](part), unpack_inside)
        if self.next_edges[0] is None:
            return (None, *others)
        if to_view is None:
            METHODS["zero_"](part)
        else:
            METHODS["copy_"](part, to_view)
        return (whole, *others)

    def _written(self, saved: SavedResult) -> Tensor:
        """The operation's result with its history: the view of what this node made of the base."""
        base = from_node(laid_out(np.zeros(self.shape, self.dtype), self.layout), self)
        result = as_strided(base, self.place)
        result.array = saved.array
        result._version_counter = saved._version_counter
        return carrying(result, saved)

    def name(self) -> str:
        """PyTorch's name, with its C++ namespace."""
        return "torch::autograd::CopySlices"

    def release(self) -> None:
        """Free what the operation saved."""
        self.inner.release()

    def saved_raw(self) -> Any:
        """What the operation saved."""
        return self.inner.saved_raw()

    def saved_items_of(self, state: Any) -> list[tuple[str, Any, Any]]:
        """See Node."""
        return self.inner.saved_items_of(state)


def as_strided(base: Tensor, place: Geometry) -> Tensor:
    """The view of `base` at a place, with its AsStridedBackward0."""
    made: Tensor = CALLS["as_strided"]((base,), (*place, geometry(base, base)))
    return made


def rebase_view(view: Tensor, inner: Node, op: str, operands: tuple[Any, ...]) -> None:
    """After `inner`'s operation was written over `view`: give its base its new history; its views' are outdated."""
    base = view._base
    assert base is not None
    node = CopySlices(base, view, inner)
    set_history(base, node)
    if observe.observer is not None:
        observe.observer.operation(node, op, (base, *operands), (base,), True)
    base.version.outdate_views()
    if view.meta().outdated:  # not the view that `x[i] = v` writes to, which nobody sees
        refresh_view(view)


def refresh_view(view: Tensor) -> None:
    """Give an outdated view its new history: it comes from what its base is now.

    Raises RuntimeError, in PyTorch's words, for views that must not follow their base.
    """
    check_creation(view, "its base or another view of its base has been")
    meta = view.meta()
    base, former = meta.base, meta.former
    assert base is not None
    before = switch(True)
    try:
        made = CALLS["as_strided"]((base,), (*geometry(view, base), geometry(base, base)), False)
    finally:
        switch(before)
    meta.outdated, meta.former = False, None
    view._fn = made._fn
    view._requires_grad = made._requires_grad
    if made._fn is None:
        return
    move_hooks(view, former, made._fn)
    if observe.observer is not None:
        observe.observer.operation(made._fn, "as_strided", (base,), (view,), False)


def check_creation(view: Tensor, what: str) -> None:
    """Raise PyTorch's RuntimeError for a view that its making forbids to follow a write. `what` was written?"""
    meta = view.meta()
    creation = meta.creation
    if creation is Creation.DEFAULT:
        return
    maker, number = ends(meta.former if meta.outdated else view._fn)
    if maker is None or creation in (Creation.NO_GRAD, Creation.INFERENCE):
        prefix = "A view" if maker is None else f"Output {number} of {short_name(maker)} is a view of a view which"
        mode, other = ("inference", "in normal mode")
        if creation is not Creation.INFERENCE:
            mode, other = "no_grad", "with grad mode enabled"
        message = f"{prefix} was created in {mode} mode and {what} modified inplace {other}."
    else:
        message = f"Output {number} of {short_name(maker)} is a view and {what} modified inplace."
    raise RuntimeError(f"{message} {_ADVICE[creation]}")


_AMBIGUOUS: Final = (
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both "
    "the view and the inplace either both inside the {} block (if you don't want the inplace to be tracked) or both "
    "outside (if you want the inplace to be tracked)."
)
_ADVICE: Final = {
    Creation.NO_GRAD: _AMBIGUOUS.format("no_grad"),
    Creation.INFERENCE: _AMBIGUOUS.format("inference_mode"),
    Creation.ONE_OF_MANY: (
        "This view is the output of a function that returns multiple views. Such functions do not allow the output "
        "views to be modified inplace. You should replace the inplace operation by an out-of-place one."
    ),
    Creation.IN_CUSTOM_FUNCTION: (
        "This view was created inside a custom Function (or because an input was returned as-is) and the autograd "
        "logic to handle view+inplace would override the custom backward associated with the custom Function, leading "
        "to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom "
        "Function."
    ),
}


def set_history(tensor: Tensor, edge: Node | Output) -> None:
    """Make `edge` the history of `tensor`; a kept gradient is from now on that of the new value."""
    old = tensor._fn
    tensor._fn = edge
    tensor._requires_grad = True
    move_hooks(tensor, old, edge)


def move_hooks(tensor: Tensor, old: Node | Output | None, new: Node | Output) -> None:
    """The history changed: hooks stay with the old one, a kept gradient is from now on that of the new value."""
    meta = tensor._meta
    if meta is None:
        return
    meta.hooks = None
    node, number = ends(old)
    if meta.retains_grad and node is not None and node.extras is not None:
        reference = node.extras.retaining.pop(number, None)
        if reference is not None:
            node, number = ends(new)
            assert node is not None
            node.more().retaining[number] = reference
