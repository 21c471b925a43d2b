"""What goes into a layout and what comes out of it, as arrays; knows no algorithm."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .arrays import FloatArray, IntArray

Trunks = dict[tuple[int, int], FloatArray]
"""The x of the dummies of each chain, top to bottom, by the two nodes it belongs to (-1: the open end of a bus)."""


@dataclass(frozen=True)
class Gaps:
    """Free room (px): between layers, between boxes of a layer, and beside an edge that passes a layer."""

    layer: float = 36.0
    node: float = 18.0
    edge: float = 12.0


@dataclass(frozen=True)
class Problem:
    """A graph to lay out: edges ``src[e] -> dst[e]`` between boxes of ``width`` and ``height`` (px).

    ``slot`` is the argument slot of each edge at its target, -1 where it has none.
    """

    src: IntArray
    dst: IntArray
    width: FloatArray
    height: FloatArray
    slot: IntArray | None = None

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.width)


@dataclass(frozen=True)
class Routes:
    """The points of each edge, from source to target: ``x[start[e]:stop[e]]``, and ``y`` likewise."""

    x: FloatArray
    y: FloatArray
    start: IntArray
    stop: IntArray


@dataclass(frozen=True)
class Drawing:
    """Centres of the boxes, routes of the edges, and where the chains of dummies run, which an update keeps."""

    x: FloatArray
    y: FloatArray
    routes: Routes
    trunks: Trunks = field(default_factory=dict)

    def bounds(self, problem: Problem) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of all boxes and routes."""
        half_width, half_height = problem.width / 2, problem.height / 2
        xs = np.concatenate((self.x - half_width, self.x + half_width, self.routes.x))
        ys = np.concatenate((self.y - half_height, self.y + half_height, self.routes.y))
        if len(xs) == 0:
            return 0.0, 0.0, 0.0, 0.0
        return float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())

    def moved(self, dx: float, dy: float) -> Drawing:
        """The same drawing elsewhere."""
        routes = Routes(self.routes.x + dx, self.routes.y + dy, self.routes.start, self.routes.stop)
        return Drawing(self.x + dx, self.y + dy, routes, {key: x + dx for key, x in self.trunks.items()})


@dataclass(frozen=True)
class Previous:
    """The last drawing of a graph that has changed since: the old centres (nan for new nodes) and its trunks."""

    x: FloatArray
    y: FloatArray
    trunks: Trunks
