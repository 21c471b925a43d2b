"""Calling a node by hand, as `y.grad_fn(gradient)`: its rules on tensors, without the rest of the graph or any hook."""

from typing import Any

from .accumulate import accumulate
from .grad_mode import is_grad_enabled
from .hooks import from_tensor
from .node import AccumulateGrad, Node
from .saving.saved import as_tensor
from .tensor import TENSORS


def call(self: Node, *gradients: Any) -> Any:
    """The gradients of the operands, one tensor or a tuple of them; they have a history where the mode is on.

    Raises TypeError unless there is a tensor, or None, for each output.
    """
    count = len(self.output_kinds())
    if len(gradients) != count:
        raise TypeError(f"expected {count} arguments, got {len(gradients)} instead")
    for place, gradient in enumerate(gradients):
        if gradient is not None and type(gradient) not in TENSORS:
            raise TypeError(f"argument {place} is not a Variable")
    if isinstance(self, AccumulateGrad):
        creates = is_grad_enabled()
        if gradients[0] is not None:
            accumulate(self.variable, from_tensor(gradients[0], creates), creates)
        return None
    if all(gradient is None for gradient in gradients) and not self.runs_on_nothing:
        found: tuple[Any, ...] = (None,) * len(self.next_edges)
    else:
        found = self.run(gradients if self.outputs_many else gradients[0], as_tensor)
    return found[0] if len(found) == 1 else found


Node.__call__ = call  # type: ignore[method-assign]  # here, because nodes know neither hooks nor tensors
