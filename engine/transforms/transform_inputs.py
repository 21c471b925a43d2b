"""What the functions given to `torch.func`'s transforms see as inputs, and what leaves a transform.

An input is a fresh tensor that requires grad, so that each transform differentiates with respect to its own inputs and
nested ones cannot be confused. Behind it stands a `Gate`, which leads on to the history that the input has outside.
"""

import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..autograd import grad
from ..creation.factories import zeros_like
from ..grad_mode import is_grad_enabled
from ..node import AccumulateGrad, Node, Output, next_number
from ..ops.table import CALLS, Gradient, Row
from ..tensor import TENSORS, Tensor, from_array
from .carrier import mark, samples_of, twin


class Gate(Node):
    """Where the gradient of a transform's input arrives; outside it goes on to the input's own history."""

    __slots__ = ("open",)

    row = Row("input", lambda x: x, ("self",), (Gradient("grad", lambda grad: grad),), node="InputBackward")
    keeps = False
    open: bool  # while its transform runs

    def __init__(self, tensor: Tensor) -> None:
        tracked = tensor._requires_grad and is_grad_enabled()
        self.next_edges = (tensor.edge(),) if tracked else ()
        self.sequence_number = next_number()
        self.shape = tensor.array.shape
        self.dtype = tensor.array.dtype
        self.extras = None
        self.open = True

    def run(self, gradient: Any, unpack: Callable[[Node, Any, int], Any]) -> tuple[Any, ...]:
        """See Node."""
        del unpack
        return (gradient,) * len(self.next_edges)

    def name(self) -> str:
        """What it is."""
        return "InputBackward"


class Inputs:
    """The inputs of one run of a transform, and the gates behind them."""

    def __init__(self) -> None:
        self.gates: list[Gate] = []  # tensors hold them weakly, as they hold their AccumulateGrad

    def leaf(self, tensor: Any) -> Tensor:
        """A leaf on the memory of `tensor`. Raises ValueError for what is no tensor."""
        if type(tensor) not in TENSORS:
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(tensor)}")
        if tensor.array.dtype.kind != "f":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        gate = Gate(tensor)
        self.gates.append(gate)
        made = twin(tensor)
        made._version_counter = tensor.version
        made._requires_grad = True
        made.meta().accumulate = weakref.ref(gate)  # type: ignore[arg-type]  # it stands where an AccumulateGrad would
        return made

    def inner(self, tensor: Tensor) -> Tensor:
        """As `leaf`, but no leaf: in-place operations may be applied to it."""
        made = self.leaf(tensor)
        made._fn = self.gates[-1]
        return made

    def close(self) -> None:
        """The transform ends: the gates are no end of their own any more."""
        for gate in self.gates:
            gate.open = False


def again(tensor: Tensor) -> Tensor:
    """Another tensor with the same memory and history, whose history may change."""
    made = twin(tensor)
    made._version_counter = tensor.version
    made._requires_grad = tensor._requires_grad
    made._fn = tensor._fn
    return made


def released(tensor: Any) -> Any:
    """A result as the outside sees it: with its history where that leads to something outside that is tracked."""
    if type(tensor) not in TENSORS or not tensor._requires_grad:
        return tensor
    if not is_grad_enabled() or not _leads_outside(tensor):
        return twin(tensor)
    return CALLS["alias"]((tensor,)) if tensor._fn is None else tensor


def _leads_outside(tensor: Tensor) -> bool:
    stack: list[Any] = [tensor.edge()]
    seen: set[Node] = set()
    while stack:
        edge = stack.pop()
        node = edge.node if type(edge) is Output else edge
        if node is None or node in seen:
            continue
        if type(node) is AccumulateGrad or (type(node) is Gate and node.open):
            return True
        seen.add(node)
        stack.extend(node.next_edges)
    return False


def gradients(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], vectors: Sequence[Tensor] | None, retain: bool = True
) -> list[Tensor]:
    """The gradients with a graph, zeros where there are none."""
    pairs = [
        (output, None if vectors is None else vectors[place])
        for place, output in enumerate(outputs)
        if output._requires_grad
    ]
    if not pairs:
        return [zeros_of(each) for each in inputs]
    found = grad(
        tuple(output for output, _ in pairs),
        tuple(inputs),
        tuple(vector for _, vector in pairs),
        retain_graph=retain,
        create_graph=True,
        allow_unused=True,
    )
    return [zeros_of(each) if one is None else one for one, each in zip(found, inputs, strict=True)]


def zeros_of(tensor: Tensor) -> Tensor:
    """Zeros like the tensor, a sample of the batch that it is a sample of."""
    made = zeros_like(tensor)
    mark((made,), samples_of(tensor))
    return made


def basis(tensors: Iterable[Tensor]) -> list[list[Tensor]]:
    """For each element of the tensors a list of tensors like them, zero but for a one in its place."""
    given = list(tensors)
    found = []
    for place, tensor in enumerate(given):
        for number in range(tensor.array.size):
            arrays = [np.zeros(each.array.shape, each.array.dtype) for each in given]
            arrays[place].reshape(-1)[number] = 1
            found.append([from_array(array) for array in arrays])
    return found
