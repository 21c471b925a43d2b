"""`torch.autograd.graph`."""

from ...gradient_edge import GradientEdge, get_gradient_edge
from ...graph import increment_version, register_multi_grad_hook
from ...node import Node
from ...saving.mutation import allow_mutation_on_saved_tensors
from ...saving.saved_hooks import disable_saved_tensors_hooks, save_on_cpu, saved_tensors_hooks
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.autograd.graph", name)


__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]
