"""What few tensors have beside their array and history. Knows no operation."""

import weakref
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

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


class AutogradMeta:
    """What few tensors have: a gradient, hooks, a base. Most results of operations never need one."""

    __slots__ = (
        "accumulate", "base", "borrows", "creation", "former", "grad",
        "hooks", "outdated", "post_hooks", "retains_grad", "samples", "tangent",
    )  # fmt: skip

    def __init__(self) -> None:
        self.grad: Tensor | None = None
        # A leaf's own; a non-leaf's are its node's too, until an in-place operation gives it another history.
        self.hooks: dict[int, Callable[[Any], Any]] | None = None
        self.post_hooks: dict[int, Callable[[Any], Any]] = {}
        self.retains_grad = False
        self.accumulate: weakref.ref[AccumulateGrad] | None = None  # weak: the node holds the tensor
        self.base: Tensor | None = None  # of a view: the tensor whose memory it shares
        self.creation = Creation.DEFAULT
        self.borrows = False  # a view whose `requires_grad` is its base's, although nothing leads back to the base
        self.outdated = False  # a view whose memory was written since its history was made; `_fn` is None then ...
        self.former: Node | Output | None = None  # ... and the history it had is here
        self.samples: frozenset[int] = frozenset()  # see carrier.py, as for the next
        self.tangent: Tensor | None = None
