"""Edges of the graph as values: what `torch.autograd.graph.get_gradient_edge` gives and passes start from or end at."""

from typing import Any, NamedTuple

from .node import Node, Output, ends
from .tensor import Tensor


class GradientEdge(NamedTuple):
    """Where the gradient of a tensor goes: a node and the number of its output. Keeps the node, not the tensor."""

    node: Node
    output_nr: int
    ownership_token: Any = None


def get_gradient_edge(tensor: Any) -> GradientEdge:
    """The edge of a tensor. Raises RuntimeError where it requires no gradient."""
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    edge = tensor.edge()
    node, number = ends(edge)
    assert node is not None
    return GradientEdge(node, number, edge if type(edge) is Output else None)


def target_of(end: Tensor | GradientEdge) -> Node | Output | None:
    """The edge that the gradient of a tensor, or of a GradientEdge, takes."""
    if not isinstance(end, GradientEdge):
        return end.edge()
    if isinstance(end.ownership_token, Output):
        return end.ownership_token
    if end.node.outputs_many:
        raise NotImplementedError(
            "a GradientEdge made by hand to a node of several outputs is not supported by the embedded engine; use "
            "torch.autograd.graph.get_gradient_edge(tensor)"
        )
    return end.node
