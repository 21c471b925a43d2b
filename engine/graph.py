"""`torch.autograd.graph`: hooks over several tensors, and versions counted by hand."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from .backward import current_run
from .node import Node, RemovableHandle, ends
from .tensor import Tensor

Hook = Callable[[Any], Any]


def increment_version(tensor: "Tensor | Sequence[Tensor]") -> None:
    """Tell autograd that the memory was written by other means."""
    for each in (tensor,) if isinstance(tensor, Tensor) else tensor:
        if each.is_inference():
            raise RuntimeError("Inference tensors do not track version counter.")
        each.version.bump()


class _MultiHandle(RemovableHandle):
    """Removes all hooks of `register_multi_grad_hook`."""

    __slots__ = ("handles",)

    def __init__(self, handles: tuple[RemovableHandle, ...]) -> None:
        self.handles = handles

    def remove(self) -> None:
        """Take the hooks away."""
        for handle in self.handles:
            handle.remove()


_MultiHandle.__module__ = "torch.autograd.graph"


def register_multi_grad_hook(tensors: Sequence[Tensor], fn: Callable[..., Any], *, mode: str = "all") -> _MultiHandle:
    """Call `fn` once per pass: with all gradients ("all", None where there is none) or with the first ("any").

    Raises ValueError for another mode.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if mode == "any":
        hook = _first_only(fn)
        return _MultiHandle(tuple(tensor.register_hook(hook) for tensor in tensors if tensor.requires_grad))
    nodes = [_node_of(tensor) for tensor in tensors]
    collector = _Collector(nodes, fn)
    return _MultiHandle(tuple(tensor.register_hook(collector.hook(place)) for place, tensor in enumerate(tensors)))


def _node_of(tensor: Tensor) -> Node:
    node, _ = ends(tensor.edge())
    if node is None:
        raise AssertionError("Expected gradient function to be set")
    return node


class _Collector:
    """Collects the gradients of a pass until all that will come have come."""

    def __init__(self, nodes: list[Node], fn: Callable[..., Any]) -> None:
        self._nodes = nodes
        self._fn = fn
        self._lock = threading.Lock()
        self._passes: dict[Any, tuple[list[Any], list[int]]] = {}  # of each pass: gradients, how many are missing

    def hook(self, place: int) -> Hook:
        """The hook of one tensor."""

        def collect(grad: Any) -> None:
            run = current_run()
            assert run is not None
            with self._lock:
                if run not in self._passes:
                    self._passes[run] = [None] * len(self._nodes), [sum(map(run.will_execute, self._nodes))]
                gradients, missing = self._passes[run]
                gradients[place] = grad
                missing[0] -= 1
                if missing[0]:
                    return
                del self._passes[run]
            self._fn(gradients)

        return collect


def _first_only(fn: Callable[..., Any]) -> Hook:
    ran: set[Any] = set()
    lock = threading.Lock()

    def hook(grad: Any) -> None:
        run = current_run()
        with lock:
            if run in ran:
                return
            ran.clear()  # a pass that is over does not come again; of passes at a time the newest counts
            ran.add(run)
        fn(grad)

    return hook
