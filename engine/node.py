"""The nodes of the graph: what an operation leaves behind so that its gradient can be computed later.

A node holds edges to the nodes of its operands, what its rules need, and the shape and dtype of its output. It knows no
operation: the classes `MulBackward0` and so on are made from rows of the table (`ops/build.py`), which give `row` and
`run`.

    x ── AccumulateGrad ◄── MulBackward0 ◄── SumBackward0        an edge points at the node, or at one `Output`
                                                                  of a node that has several
"""

import re
import weakref
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np
import numpy.typing as npt

from .readonly import refuse_writing

if TYPE_CHECKING:
    from .ops.table import Row
    from .tensor import Tensor
    from .version import Version

Array = npt.NDArray[Any]
Target = "Node | Output"
LAST: Final = 2**64 - 1  # AccumulateGrad's number in PyTorch's engine: it runs as soon as it can

next_number = count().__next__

FREED_MESSAGE: Final = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward."
)

ABSTRACT: Final = (  # what PyTorch's abstract Node leaves open
    "_input_metadata",
    "_register_hook_dict",
    "_sequence_nr",
    "metadata",
    "name",
    "next_functions",
    "register_hook",
    "register_prehook",
)


class Freed:
    """What stands where a saved value was, after a backward pass that did not retain the graph."""

    __slots__ = ()


FREED: Final = Freed()


class SavedResult:
    """The result of the node's own operation: its memory and version, not the tensor, which would be a cycle."""

    __slots__ = ("__weakref__", "_version_counter", "array", "tangent")

    array: Array
    tangent: "Tensor | None"  # of forward-mode AD
    _version_counter: "Version | None"

    def __init__(self, array: Array, counter: "Version") -> None:
        self.array = array
        self.tangent = None
        self._version_counter = counter


class NodeExtras:
    """What few nodes have: hooks and metadata."""

    __slots__ = ("metadata", "post_hooks", "pre_hooks", "retaining", "tensor_hooks")

    def __init__(self) -> None:
        self.metadata: dict[Any, Any] = {}
        # output number -> hooks of the tensor that is this output, in the order of their registration
        self.tensor_hooks: dict[int, dict[int, Callable[[Any], Any]]] = {}
        # output number -> the tensor whose .grad is to be kept
        self.retaining: dict[int, weakref.ref[Tensor]] = {}
        self.pre_hooks: dict[int, Callable[..., Any]] = {}
        self.post_hooks: dict[int, Callable[..., Any]] = {}


class Node:
    """A node of the graph, the `grad_fn` of its outputs."""

    __slots__ = ("__weakref__", "dtype", "extras", "next_edges", "sequence_number", "shape")

    row: ClassVar["Row"]
    keeps: ClassVar[bool] = True  # whether there may be something to release
    outputs_many: ClassVar[bool] = False  # its gradient is a tuple, one item per output
    runs_on_nothing: ClassVar[bool] = False  # whether it runs even where no gradient arrived
    output_count: int

    next_edges: "tuple[Node | Output | None, ...]"  # where the gradient of each operand goes; None: not wanted
    sequence_number: int
    shape: tuple[int, ...]  # of the output; of a node with several outputs, see Output
    dtype: Any  # of the output, as NumPy's; None of a leaf whose gradient may have any
    extras: NodeExtras | None

    def __new__(cls, *arguments: object, **keywords: object) -> Self:
        """Nodes come from operations; Node itself is abstract."""
        if cls is not Node:
            return object.__new__(cls)
        if arguments or keywords:
            raise TypeError("Node() takes no arguments")
        raise TypeError(f"Can't instantiate abstract class Node with abstract methods {', '.join(ABSTRACT)}")

    def run(self, gradient: Any, unpack: Callable[["Node", Any, int], Any]) -> tuple[Any, ...]:
        """The gradient of each operand. `unpack` gives saved values as arrays or as tensors."""
        raise NotImplementedError(f"{self.name()} cannot be differentiated by the embedded engine")

    def release(self) -> None:
        """Free what was saved."""

    def change_saved(self, change: Callable[[str, Any], Any]) -> None:
        """Replace each saved tensor by `change(name, it)`, in the order in which PyTorch saves them."""

    def saved_items(self) -> "list[tuple[str, Any, Any]]":
        """(name, value, version when it was saved) of what the rules need; value None where it was not saved."""
        return self.saved_items_of(self.saved_raw())

    def saved_raw(self) -> Any:
        """What `saved_items_of` needs to tell later what was saved, when `release` freed it. Cheap to make."""
        return ()

    def saved_items_of(self, state: Any) -> "list[tuple[str, Any, Any]]":
        """`saved_items` of a `saved_raw` from before."""
        return list(state)

    def more(self) -> NodeExtras:
        """The hooks and metadata, made when first asked for."""
        if self.extras is None:
            self.extras = NodeExtras()
        return self.extras

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dictionary for whoever wants to keep something with the node."""
        return self.more().metadata

    def name(self) -> str:
        """The name of the node, such as `MulBackward0`."""
        return type(self).__name__

    @property
    def next_functions(self) -> "tuple[tuple[Node | None, int], ...]":
        """For each operand its node and the number of the node's output; (None, 0) where none is tracked."""
        return tuple(ends(edge) for edge in self.next_edges)

    def _sequence_nr(self) -> int:
        return self.sequence_number

    @property
    def requires_grad(self) -> bool:
        """Always true, as in PyTorch."""
        return True

    def output_kinds(self) -> "tuple[tuple[tuple[int, ...], np.dtype[Any]], ...]":
        """Shape and dtype of each output."""
        return ((self.shape, self.dtype),)

    @property
    def _input_metadata(self) -> "tuple[InputMetadata, ...]":
        return tuple([InputMetadata(shape, dtype) for shape, dtype in self.output_kinds()])

    def register_hook(self, fn: Callable[..., Any]) -> "RemovableHandle":
        """Call `fn(grad_inputs, grad_outputs)` after the node ran; it may return other grad_inputs."""
        return RemovableHandle(self.more().post_hooks, fn)

    def register_prehook(self, fn: Callable[..., Any]) -> "RemovableHandle":
        """Call `fn(grad_outputs)` before the node runs; it may return other grad_outputs."""
        return RemovableHandle(self.more().pre_hooks, fn)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"


refuse_writing(Node)


class Output:
    """One output of a node that has several: what an edge points at."""

    __slots__ = ("dtype", "node", "number", "shape")

    def __init__(self, node: Node, number: int, shape: tuple[int, ...], dtype: "np.dtype[Any]") -> None:
        self.node = node
        self.number = number
        self.shape = shape
        self.dtype = dtype


def output_numbers(count: int, untracked: tuple[int, ...]) -> list[int | None]:
    """For each of `count` results the output of the node that it is; None for the untracked, which are not counted."""
    numbers = iter(range(count))
    return [None if place in untracked else next(numbers) for place in range(count)]


class AccumulateGrad(Node):
    """Where the gradient of a leaf ends: it is added to `variable.grad`."""

    __slots__ = ("variable",)

    variable: "Tensor"

    def name(self) -> str:
        """PyTorch's name, with its C++ namespace."""
        return "torch::autograd::AccumulateGrad"


def accumulate_grad(variable: "Tensor", dtype: "np.dtype[Any] | None") -> AccumulateGrad:
    """The AccumulateGrad of a leaf whose gradients have that dtype; None: any."""
    made = object.__new__(AccumulateGrad)  # every pass makes one for each leaf
    made.variable = variable
    made.sequence_number = LAST
    made.shape = variable.array.shape
    made.dtype = dtype
    made.extras = None
    made.next_edges = ()
    return made


def ends(edge: "Node | Output | None") -> tuple[Node | None, int]:
    """An edge as PyTorch writes it: (node, number of its output)."""
    if type(edge) is Output:
        return edge.node, edge.number
    return edge, 0  # type: ignore[return-value]  # not an Output, so a Node or None


class InputMetadata:
    """What a node expects of a gradient that arrives at one of its outputs."""

    is_nested_tensor: ClassVar[bool] = False
    is_cpp_nested_tensor: ClassVar[bool] = False

    def __init__(self, shape: tuple[int, ...], stored: "np.dtype[Any]") -> None:
        from .types.device import CPU
        from .types.dtype import of_numpy

        self.shape = list(shape)
        self.dtype = of_numpy(stored)
        self.device = CPU


InputMetadata.__module__, InputMetadata.__qualname__ = "torch._C._autograd", "_InputMetadata"


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook away again."""

    __slots__ = ("__weakref__", "_hooks", "id")

    next_id: ClassVar[int] = 0

    def __init__(self, hooks: dict[int, Callable[..., Any]], hook: Callable[..., Any]) -> None:
        self._hooks = hooks
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        hooks[self.id] = hook

    def remove(self) -> None:
        """Take the hook away; doing so again does nothing."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> "RemovableHandle":
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


RemovableHandle.__module__ = "torch.utils.hooks"


def short_name(node: Node) -> str:
    """The name as PyTorch's messages have it: "Mul" of MulBackward0."""
    return re.sub(r"Backward\d*$", "", node.name())
