"""Stepping: what is done, now, ready and waiting at any place of a backward pass or of a cell's forward pass."""

from .columns import is_function, producer
from .forward_steps import ForwardSteps, operations
from .grains import back, onward, settled
from .pass_steps import PassSteps
from .place import BEGINNING, NO_WALK, Grain, Place, Walk, WalkKind, as_place
from .states import NEVER, EdgeState, NodeState
from .steps import Steps

__all__ = [
    "BEGINNING",
    "NEVER",
    "NO_WALK",
    "EdgeState",
    "ForwardSteps",
    "Grain",
    "NodeState",
    "PassSteps",
    "Place",
    "Steps",
    "Walk",
    "WalkKind",
    "as_place",
    "back",
    "is_function",
    "onward",
    "operations",
    "producer",
    "settled",
]
