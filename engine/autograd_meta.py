"""What few tensors have beside their array and history. Knows no operation."""

import weakref
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .node import AccumulateGrad, Node, Output
    from .tensor import Tensor


class Creation(Enum):
    """How a view was made, which decides whether autograd allows writing to it."""

    DEFAULT = "default"
    NO_GRAD = "no_grad"
    INFERENCE = "inference"
    ONE_OF_MANY = "one of many"
    IN_CUSTOM_FUNCTION = "in a custom function"


SAME: Final = object()  # of `grad_dtype`: the tensor's own


class AutogradMeta:
    """What few tensors have: a gradient, hooks, a base. Most results of operations never need one.

    The fields have their values in the class, so that making one, as every view does, costs next to nothing.
    """

    grad: "Tensor | None" = None
    # A leaf's own; a non-leaf's are its node's too, until an in-place operation gives it another history.
    hooks: dict[int, Callable[[Any], Any]] | None = None
    post_hooks: dict[int, Callable[[Any], Any]] | None = None
    retains_grad: bool = False
    grad_dtype: Any = SAME  # of a leaf, as NumPy's; None: any
    accumulate: "weakref.ref[AccumulateGrad] | None" = None  # weak: the node holds the tensor
    base: "Tensor | None" = None  # of a view: the tensor whose memory it shares
    creation: Creation = Creation.DEFAULT
    borrows: bool = False  # a view whose `requires_grad` is its base's, although nothing leads back to the base
    outdated: bool = False  # a view whose memory was written since its history was made; `_fn` is None then ...
    former: "Node | Output | None" = None  # ... and the history it had is here
    detached_at: int = -1  # the sequence number at which `detach_` took the history of a non-leaf
    samples: frozenset[int] = frozenset()  # see carrier.py, as for the next
    tangent: "Tensor | None" = None
