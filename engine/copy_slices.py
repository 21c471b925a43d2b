"""In-place operations on views: the base's history is rewritten, and its views' follow.

    y = x * 2                      x ◄─ Mul ◄─ y                    x ◄─ Mul ◄─ CopySlices ◄─ y
    v = y[:2]                               ▲                                       ▲
    v.mul_(3)      before:                  └─ Slice ◄─ v   after:                  └─ AsStrided ◄─ v

`CopySlices` holds the operation's node: the part of the gradient that lies under the view goes through that node, the
rest passes. Knows the table only by the names of the rows it uses.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from . import observe
from .carrier import lay_out
from .node import Node, Output, SavedResult, ends, next_number
from .ops.table import CALLS, METHODS, Gradient, Row
from .saved import as_array, carrying
from .tensor import TENSORS, Creation, Tensor, from_node
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


def as_strided(base: Tensor, place: Geometry) -> Tensor:
    """The view of `base` at a place, with its AsStridedBackward0."""
    made: Tensor = CALLS["as_strided"]((base,), (*place, geometry(base, base)))
    return made


def rebase_view(view: Tensor, inner: Node, op: str, operands: tuple[Any, ...]) -> None:
    """After `inner`'s operation was written over `view`: give its base, and all views of it, their new histories."""
    base = view._base
    assert base is not None
    node = CopySlices(base, view, inner)
    set_history(base, node)
    if observe.observer is not None:
        observe.observer.operation(node, op, (base, *operands), (base,), True)
    refresh_views(base)


def refresh_views(base: Tensor) -> None:
    """Every living view of `base` comes from what the base is now."""
    for reference in tuple(base.version.views):  # the views made here join the list
        view = reference()
        if view is None or view._base is not base or not _grows(view):
            continue
        made = CALLS["as_strided"]((base,), (*geometry(view, base), geometry(base, base)), False)
        node = made.grad_fn
        if node is None:
            continue
        set_history(view, node)
        if observe.observer is not None:
            observe.observer.operation(node, "as_strided", (base,), (view,), False)


def set_history(tensor: Tensor, edge: Node | Output) -> None:
    """Make `edge` the history of `tensor`; a kept gradient is from now on that of the new value."""
    old, number = tensor.grad_fn, tensor.output_nr
    tensor._fn = edge
    tensor._requires_grad = True
    if tensor.retains_grad and old is not None and old.extras is not None:
        reference = old.extras.retaining.pop(number, None)
        if reference is not None:
            node, number = ends(edge)
            assert node is not None
            node.more().retaining[number] = reference


def _grows(view: Tensor) -> bool:
    """Whether the view takes part in its base's history: those made under no_grad and detached ones do not."""
    return view._meta is not None and view._meta.creation is not Creation.NO_GRAD
