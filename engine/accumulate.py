"""Adding a gradient to the `.grad` of a leaf: copied the first time, in place after that, as PyTorch."""

from typing import TYPE_CHECKING, Any

import numpy as np

from . import observe
from .hooks import to_tensor
from .ops.table import CALLS, METHODS
from .tensor import Tensor, from_array

if TYPE_CHECKING:
    from .backward import Step


def accumulate(variable: Tensor, gradient: Any, creates: bool, step: "Step | None") -> None:
    """Add `gradient` to `variable.grad`: a tensor if the pass creates a graph, else an array.

    Without a graph the first gradient is copied, because the pass may hand one array to several leaves, and later
    ones are added in place, which other holders of `.grad` see. With a graph `.grad` is replaced by a tracked sum.
    """
    meta = variable.meta()
    held = meta.grad
    if step is not None:
        step.before = None if held is None else held.array.copy()
        step.added = gradient if creates else np.asarray(gradient)
    if creates:
        tracked = to_tensor(gradient)
        if held is None:
            meta.grad = CALLS["copy"]((from_array(np.empty_like(tracked.array)), tracked))
        else:
            meta.grad = METHODS["__add__"](held, tracked)
    elif held is None:
        meta.grad = from_array(np.array(gradient))
    else:
        if observe.observer is not None:
            observe.observer.before_inplace(held)
        np.add(held.array, gradient, out=held.array)
        held.version.value += 1
    if step is not None:
        assert meta.grad is not None
        step.after = meta.grad.array.copy()
    for hook in list(meta.post_hooks.values()):
        hook(variable)
