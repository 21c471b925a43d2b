"""The few names of `torch._C` that programs about autograd use: which pass and which node run now."""

from ..backward import current_run
from ..node import Node
from ..ops.linear.failures import LinAlgError
from .names import missing as _missing

_LinAlgError = LinAlgError


def _current_graph_task_id() -> int:
    """The number of the pass that runs on this thread; -1 outside of any."""
    run = current_run()
    return -1 if run is None else run.number


def _current_autograd_node() -> Node | None:
    """The node that runs on this thread."""
    run = current_run()
    return None if run is None else run.current


def _will_engine_execute_node(node: object) -> bool:
    """Whether the pass that runs on this thread will run the node. Raises RuntimeError outside of any."""
    run = current_run()
    if run is None:
        raise RuntimeError("_get_should_execute_nodes should only be called during the backward pass")
    if not isinstance(node, Node):
        raise TypeError(f"_will_engine_execute_node expects an grad_fn, but got {type(node)}")
    return run.will_execute(node)


def __getattr__(name: str) -> object:
    raise _missing("torch._C", name)
