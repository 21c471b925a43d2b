"""Stepping: what is done, now, ready and waiting at any place of a backward pass or of a cell's forward pass."""

from .columns import is_function, producer
from .forward_steps import ForwardSteps, operations
from .grains import back, onward, settled
from .nonfinite import nonfinite_path, nonfinite_positions
from .pass_steps import PassSteps
from .place import BEGINNING, NO_WALK, Grain, Place, Walk, WalkKind, as_place
from .states import NEVER, EdgeState, NodeState
from .steps import Steps
from .sums import Buffer, add_up, buffers, newest_target

__all__ = [
    "BEGINNING",
    "NEVER",
    "NO_WALK",
    "Buffer",
    "EdgeState",
    "ForwardSteps",
    "Grain",
    "NodeState",
    "PassSteps",
    "Place",
    "Steps",
    "Walk",
    "WalkKind",
    "add_up",
    "as_place",
    "back",
    "buffers",
    "is_function",
    "newest_target",
    "nonfinite_path",
    "nonfinite_positions",
    "onward",
    "operations",
    "producer",
    "settled",
]
