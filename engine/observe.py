"""The one place where recording plugs in. Knows no recorder: the engine runs the same with `observer` left None.

Every operation tests `observer is not None` once; that is all recording costs while it is off.
"""

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .backward import BackwardRun, Step
    from .nn.module import Module
    from .node import Node
    from .tensor import Tensor


class Observer(Protocol):
    """What happens in the engine, told as it happens, on the thread on which it happens.

    Arrays and tensors that are handed over must not be changed; the engine does not change gradients after it handed
    them over, and calls `before_inplace` before any other memory is overwritten.
    """

    def operation(
        self,
        node: "Node | None",
        op: str,
        operands: tuple[object, ...],
        outputs: "tuple[Tensor, ...]",
        inplace: bool,
    ) -> None:
        """After each operation: `node` is the new grad_fn or None, operands in the order of `next_functions`."""

    def before_inplace(self, tensor: "Tensor") -> None:
        """Before the memory behind `tensor` is overwritten."""

    def pass_started(self, run: "BackwardRun") -> None:
        """Before the first step of a backward pass."""

    def step(self, step: "Step") -> None:
        """After each executed node, in the order of execution. What the step freed is in `step.run.released`."""

    def pass_ended(self, run: "BackwardRun", error: BaseException | None) -> None:
        """After the last step, or after the exception that ended the pass."""

    def requires_grad_changed(self, tensor: "Tensor") -> None:
        """After `requires_grad` of a leaf was set."""

    def recomputation_started(self, run: "BackwardRun | None", name: str) -> None:
        """Before the checkpointed part `name` runs again, which a pass asked for unless `run` is None."""

    def recomputation_ended(self) -> None:
        """After it ran again, or an exception ended it."""

    def module_started(self, module: "Module") -> Any:
        """Before a module's `forward` and hooks run; `module_ended` is told of what this returns."""

    def module_ended(self, started: Any) -> None:
        """After they ran, or an exception ended them."""

    def tangent_made(self) -> None:
        """After a dual tensor was made: its tangent goes along with the operations, and no pass will tell of it."""

    def gradient_retained(self, tensor: "Tensor") -> None:
        """After `retain_grad()` of a non-leaf that did not retain its gradient before."""


class Gate(Protocol):
    """Asked while a pass is observed; may take as long as it likes, and end the pass with an exception."""

    def before(self, run: "BackwardRun", node: "Node", gradient: Any) -> None:
        """Before `node` runs, with the gradient that arrived: of a node with several outputs a tuple."""

    def ended(self, run: "BackwardRun", error: BaseException | None) -> None:
        """After the last step, or after the exception that ends the pass; still inside of it."""


observer: Observer | None = None
gate: Gate | None = None
