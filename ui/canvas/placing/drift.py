"""How far a picture has drifted from a good one while it only grew, and whether a layout afresh is worth offering.

Updates keep what was where it was and put the new beside it, so that edges grow longer sideways than they need be.
Knows no Qt.
"""

from __future__ import annotations

import numpy as np

from ..picture.drawing import Drawing

_GROWN = 1.4  # times as far as after the last layout afresh
_MORE_BOXES = 1.2  # and so many times the boxes: a new edge between old ones is no drift
_LEAST = 30  # boxes that must have come


def sprawl(drawing: Drawing, across: int = 0) -> float:
    """How far an edge runs across the flow, on average, in scene units; 0 without edges. `across` is the axis, 0: x."""
    lines = drawing.pieces.lines
    edges = len(drawing.graph.edge)
    if not edges:
        return 0.0
    return float(np.abs(lines[:, 2 + across] - lines[:, across]).sum() / edges)


class Drift:
    """Follows the drawings of one canvas."""

    def __init__(self) -> None:
        self._boxes, self._sprawl = 0, 0.0

    def follow(self, drawing: Drawing, *, afresh: bool, across: int = 0) -> bool:
        """Take notice of a drawing; whether a layout afresh should be offered now."""
        boxes, now = len(drawing.rects), sprawl(drawing, across)
        if afresh or boxes < self._boxes:
            self._boxes, self._sprawl = boxes, now
            return False
        grown = boxes >= self._boxes + _LEAST and boxes >= _MORE_BOXES * self._boxes
        if not grown or now < _GROWN * max(self._sprawl, 1.0):
            return False
        self._boxes, self._sprawl = boxes, now  # it is offered again when it has grown as much once more
        return True
