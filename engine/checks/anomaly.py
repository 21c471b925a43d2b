"""Anomaly mode: where the forward operation of a failing node was called, and which node made a nan.

While it is on, an observer in front of the recorder notes the stack at every new node, so operations pay nothing for
it while it is off. The engine's own lines are left out of the stack.
"""

import os
import traceback
import warnings
from sys import _getframe
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from .. import observe
from ..node import Node
from ..ops.table import expose
from ..tensor import TENSORS

if TYPE_CHECKING:
    from ..backward import BackwardRun, Step
    from ..nn.module import Module
    from ..tensor import Tensor

STACK: Final = "traceback_"  # PyTorch's names for these in a node's metadata
PARENT: Final = "parent_"
NO_STACK: Final = (
    "No forward pass information available. Enable detect anomaly during forward pass for more information."
)
_ENGINE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Mode:
    """Whether anomaly mode is on, for all threads."""

    __slots__ = ("check_nan", "enabled")

    def __init__(self) -> None:
        self.enabled = False
        self.check_nan = True


mode: Final = Mode()


class StackNotes:
    """An observer that notes the stack in each new node and passes everything on to the observer before it."""

    def __init__(self, inner: observe.Observer | None) -> None:
        self.inner = inner

    def operation(
        self, node: Node | None, op: str, operands: tuple[object, ...], outputs: "tuple[Tensor, ...]", inplace: bool
    ) -> None:
        """Note the stack, and the node whose gradient is being computed, if any."""
        if node is not None:
            node.metadata[STACK] = [
                line
                for frame, line in zip(traceback.extract_stack(), traceback.format_stack(), strict=True)
                if not os.path.abspath(frame.filename).startswith(_ENGINE)
            ]
            parent = running_node()
            if parent is not None:
                node.metadata[PARENT] = parent
        if self.inner is not None:
            self.inner.operation(node, op, operands, outputs, inplace)

    def before_inplace(self, tensor: "Tensor") -> None:
        """See Observer."""
        if self.inner is not None:
            self.inner.before_inplace(tensor)

    def pass_started(self, run: "BackwardRun") -> None:
        """See Observer."""
        if self.inner is not None:
            self.inner.pass_started(run)

    def step(self, step: "Step") -> None:
        """See Observer."""
        if self.inner is not None:
            self.inner.step(step)
        else:
            step.run.released.clear()

    def pass_ended(self, run: "BackwardRun", error: BaseException | None) -> None:
        """See Observer."""
        if self.inner is not None:
            self.inner.pass_ended(run, error)

    def recomputation_started(self, run: "BackwardRun | None", name: str) -> None:
        """See Observer."""
        if self.inner is not None:
            self.inner.recomputation_started(run, name)

    def recomputation_ended(self) -> None:
        """See Observer."""
        if self.inner is not None:
            self.inner.recomputation_ended()

    def module_started(self, module: "Module") -> Any:
        """See Observer."""
        return None if self.inner is None else self.inner.module_started(module)

    def module_ended(self, started: Any) -> None:
        """See Observer."""
        if self.inner is not None:
            self.inner.module_ended(started)

    def requires_grad_changed(self, tensor: "Tensor") -> None:
        """See Observer."""
        if self.inner is not None:
            self.inner.requires_grad_changed(tensor)

    def tangent_made(self) -> None:
        """See Observer."""
        if self.inner is not None:
            self.inner.tangent_made()

    def gradient_retained(self, tensor: "Tensor") -> None:
        """See Observer."""
        if self.inner is not None:
            self.inner.gradient_retained(tensor)


@expose("set_anomaly_enabled", method=False)
def set_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Switch the mode. The observer of the moment is put behind the notes, or freed of them."""
    mode.enabled, mode.check_nan = bool(enabled), bool(check_nan)
    current = observe.observer
    if enabled and not isinstance(current, StackNotes):
        observe.observer = StackNotes(current)
    elif not enabled and isinstance(current, StackNotes):
        observe.observer = current.inner


def running_node() -> Node | None:
    """The node that a backward pass of this thread is executing."""
    frame: Any = _getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "_execute" and frame.f_code.co_filename.startswith(_ENGINE):
            node = frame.f_locals.get("node")
            return node if isinstance(node, Node) else None
        frame = frame.f_back
    return None


def check_nan(node: Node, results: tuple[Any, ...]) -> None:
    """Raise PyTorch's RuntimeError when a node's gradient has a nan."""
    for number, result in enumerate(results):
        array = result.array if type(result) in TENSORS else result
        if array is not None and array.dtype.kind == "f" and np.isnan(array).any():
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {number}th output.")


def explain(error: BaseException, node: Node | None) -> None:
    """Warn with the stack of the forward operation whose gradient failed, and of those that led to it."""
    if node is None:
        return
    stack = node.metadata.get(STACK)
    told = NO_STACK if stack is None else "Traceback of forward call that caused the error:\n" + "".join(stack)
    warnings.warn(f"Error detected in {node.name()}. {told}", UserWarning, stacklevel=4)
    parent = node.metadata.get(PARENT)
    while parent is not None:
        stack = parent.metadata.get(STACK)
        told = (
            NO_STACK
            if stack is None
            else "Traceback of forward call that induced the previous calculation:\n" + "".join(stack)
        )
        warnings.warn(f"\n\nPrevious calculation was induced by {parent.name()}. {told}", UserWarning, stacklevel=4)
        parent = parent.metadata.get(PARENT)


class detect_anomaly:  # noqa: N801 - PyTorch's name
    """Context manager: forward stacks are noted, and with `check_nan` a nan in a backward pass raises."""

    def __init__(self, check_nan: bool = True) -> None:
        self.prev = mode.enabled
        self.check_nan = check_nan
        self.prev_check_nan = mode.check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            UserWarning,
            stacklevel=2,
        )

    def __enter__(self) -> None:
        set_enabled(True, self.check_nan)

    def __exit__(self, *exception: object) -> None:
        set_enabled(self.prev, self.prev_check_nan)


class set_detect_anomaly:  # noqa: N801 - PyTorch's name
    """Switches anomaly mode at once; as a context manager it puts back what was before at the end."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.prev, self.prev_check_nan = is_enabled(), is_check_nan_enabled()
        set_enabled(mode, check_nan)

    def __enter__(self) -> None:
        """The switch was made already."""

    def __exit__(self, *exception: object) -> None:
        set_enabled(self.prev, self.prev_check_nan)


@expose("is_anomaly_enabled", method=False)
def is_enabled() -> bool:
    """Whether anomaly mode is on."""
    return mode.enabled


@expose("is_anomaly_check_nan_enabled", method=False)
def is_check_nan_enabled() -> bool:
    """Whether anomaly mode, while it is on, looks for nan."""
    return mode.check_nan
