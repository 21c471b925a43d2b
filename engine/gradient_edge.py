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
    node, number = ends(tensor.edge())
    assert node is not None
    return GradientEdge(node, number)


def target_of(end: Tensor | GradientEdge) -> Node | Output | None:
    """The edge that the gradient of a tensor, or of a GradientEdge, takes.

    Raises RuntimeError for a GradientEdge that ends at no node, or at an output that its node does not have.
    """
    if not isinstance(end, GradientEdge):
        return end.edge()
    node: object = end.node
    if not isinstance(node, Node):
        raise RuntimeError(f"GradientEdge's first object must be an autograd.graph.Node but got {type(node).__name__}")
    kinds = node.output_kinds()
    if not 0 <= end.output_nr < len(kinds):
        raise RuntimeError(f"GradientEdge to output {end.output_nr} of {node.name()}, which has {len(kinds)}")
    return Output(node, end.output_nr, *kinds[end.output_nr]) if node.outputs_many else node
