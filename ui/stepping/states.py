"""What nodes and edges are at a place of a walk, as numbers that fit columns. Knows no trace and no Qt."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

NEVER = np.iinfo(np.int32).max

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
States = NDArray[np.uint8]


class NodeState(IntEnum):
    """A node's part in the walk at a place."""

    OUTSIDE = 0  # no gradient comes here in this pass; no part of this forward pass
    WAITING = 1  # something it needs has not arrived yet
    READY = 2  # all has arrived; in the engine's queue
    NOW = 3
    DONE = 4


class EdgeState(IntEnum):
    """An edge's part in the walk at a place."""

    OUTSIDE = 0
    PENDING = 1  # something will travel here later
    WAITING = 2  # it has travelled and waits at its end
    ARRIVING = 3  # "now" consumes it
    LEAVING = 4  # "now" has just sent it
    DONE = 5
