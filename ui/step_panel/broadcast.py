"""How a gradient gets from the shape of a result back to the shape of an operand, in words. Knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.trace import NONE, Trace

from ..describe import Link, outputs
from ..values import shape
from .operands import MOST_OPERANDS, first_inputs


def undone(trace: Trace, over: Link, tensor: int, rule: str) -> str:
    """What became of the shape on the way over `over` to `tensor`; often nothing."""
    made = outputs(trace, over.dst)
    if not made or tensor == NONE:
        return ""
    result, operand = trace.node(made[0].dst).shape, trace.node(tensor).shape
    if ("expand(" in rule or "restore(" in rule) and result != operand:
        return f"spread: {shape(result)} → {shape(operand)}"
    if result == operand or "@" in rule or "mm(" in rule or "matmul(" in rule:
        return ""
    inputs = first_inputs(trace, over.dst)
    if len(inputs) == MOST_OPERANDS or not _broadcast_to([trace.node(item.src).shape for item in inputs], result):
        return ""
    return undone_broadcast(result, operand)


def _broadcast_to(shapes: Sequence[tuple[int, ...]], result: tuple[int, ...]) -> bool:
    try:
        return len(shapes) > 1 and np.broadcast_shapes(*shapes) == result
    except ValueError:
        return False


def undone_broadcast(result: tuple[int, ...], operand: tuple[int, ...]) -> str:
    """`summed over dim 0: (64, 3) → (3,)`, or nothing when the shapes agree."""
    if result == operand or len(operand) > len(result):
        return ""
    padded = (1,) * (len(result) - len(operand)) + operand
    extra = len(result) - len(operand)
    dims = [i for i, (have, want) in enumerate(zip(result, padded, strict=True)) if i < extra or have != want]
    word = "dim" if len(dims) == 1 else "dims"
    return f"summed over {word} {', '.join(map(str, dims))}: {shape(result)} → {shape(operand)}"
