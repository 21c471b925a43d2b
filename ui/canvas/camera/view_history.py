"""Views one can go back to: what the camera looked at, told by the box in its middle, and bookmarks of it.

A view is kept by a node of the trace, not by a point: after the graph has grown and moved it still shows the same
part. Pure; knows no Qt.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from engine.trace import NONE

from ..picture.drawing import Drawing
from .fitting import Camera
from .walk import nearest_to

MOST = 100  # views that are remembered
_FAR = 0.25  # of what is seen: a camera that moved less shows the same view
_ZOOMED = 1.3  # and one that zoomed by less


class Place(NamedTuple):
    """Scale, a node of the trace, and from its middle to the middle of the view, in scene units."""

    scale: float
    node: int
    dx: float
    dy: float


def place_of(camera: Camera, drawing: Drawing) -> Place | None:
    """What a camera looks at; None for an empty drawing."""
    box = nearest_to(drawing, camera.x, camera.y)
    if box == NONE:
        return None
    x, y = _middle(drawing, box)
    return Place(camera.scale, int(drawing.graph.node[box]), camera.x - x, camera.y - y)


def camera_of(place: Place, drawing: Drawing) -> Camera | None:
    """The camera that looks at a place; None where the drawing does not show it."""
    box_of = drawing.graph.box_of
    box = int(box_of[place.node]) if place.node < len(box_of) else NONE
    if box == NONE:
        return None
    x, y = _middle(drawing, box)
    return Camera(place.scale, x + place.dx, y + place.dy)


def _middle(drawing: Drawing, box: int) -> tuple[float, float]:
    left, top, right, bottom = drawing.rects[box].tolist()
    return (left + right) / 2, (top + bottom) / 2


class ViewHistory:
    """Places in the order of their visits, and where among them one is."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._at = -1
        self.bookmarks: dict[int, Place] = {}

    def visit(self, place: Place, drawing: Drawing, width: float) -> None:
        """The camera has come to rest; `width` is how many scene units it sees. What lay ahead is forgotten."""
        if self._at >= 0 and _same(self._places[self._at], place, drawing, width):
            return
        self._places = [*self._places[: self._at + 1], place][-MOST:]
        self._at = len(self._places) - 1

    def step(self, by: int, drawing: Drawing) -> Camera | None:
        """Back (-1) or forward (1) to the next view that can still be shown; None where there is none."""
        at = self._at + by
        while 0 <= at < len(self._places):
            camera = camera_of(self._places[at], drawing)
            if camera is not None:
                self._at = at
                return camera
            at += by
        return None


def _same(first: Place, second: Place, drawing: Drawing, width: float) -> bool:
    a, b = camera_of(first, drawing), camera_of(second, drawing)
    if a is None or b is None:
        return first == second
    zoomed = abs(math.log(a.scale / b.scale)) > math.log(_ZOOMED)
    return not zoomed and math.hypot(a.x - b.x, a.y - b.y) < _FAR * width
