"""Where to look: pure arithmetic on rectangles and scales. Knows no Qt widget."""

from __future__ import annotations

import math
from typing import NamedTuple

LARGEST_FIT = 1.15  # a small graph is not blown up beyond this
LEGIBLE_FIT = 0.12  # a graph that fits only smaller opens at its newest part instead, at READABLE
READABLE = 0.6
LARGEST = 4.0
SMALLEST = 0.05  # or what fits the whole graph, whichever is less

Rect = tuple[float, float, float, float]  # left, top, right, bottom


class Camera(NamedTuple):
    """Pixels per scene unit, and the point of the scene in the middle of the viewport."""

    scale: float
    x: float
    y: float


def fit(bounds: Rect, width: float, height: float, reserve: float = 0.0, margin: float = 16.0) -> Camera:
    """The camera that shows all of `bounds` in a viewport of `width` x `height` pixels.

    `reserve` pixels at the left belong to the legend; they are kept free where that costs less than a fifth.
    """
    wide, high = max(bounds[2] - bounds[0], 1.0), max(bounds[3] - bounds[1], 1.0)
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2

    def scale(room: float) -> float:
        return min(max(room, 1.0) / wide, max(height - 2 * margin, 1.0) / high, LARGEST_FIT)

    whole = scale(width - 2 * margin)
    if wide * whole <= width - 2 * reserve:  # the legend stands free anyway
        return Camera(whole, x, y)
    beside = scale(width - reserve - 2 * margin)
    if reserve and beside >= 0.8 * whole:
        return Camera(beside, x - reserve / 2 / beside, y)
    return Camera(whole, x, y)


def clamp_scale(scale: float, fitting: float) -> float:
    """A scale within limits; the whole graph, which fits at `fitting`, can always be seen at once."""
    return min(max(scale, min(SMALLEST, fitting / 1.5)), LARGEST)


def zoom_at(camera: Camera, scale: float, x: float, y: float) -> Camera:
    """The camera at another scale that leaves the scene's point (x, y) where it is on the screen."""
    ratio = camera.scale / scale
    return Camera(scale, x + (camera.x - x) * ratio, y + (camera.y - y) * ratio)


def between(first: Camera, last: Camera, share: float) -> Camera:
    """A camera on the way: scales by equal factors, and the point that moves straight on the screen."""
    if abs(math.log(last.scale / first.scale)) < 1e-6:
        return Camera(last.scale, first.x + (last.x - first.x) * share, first.y + (last.y - first.y) * share)
    scale = first.scale * (last.scale / first.scale) ** share
    done = (1 / first.scale - 1 / scale) / (1 / first.scale - 1 / last.scale)
    return Camera(scale, first.x + (last.x - first.x) * done, first.y + (last.y - first.y) * done)
