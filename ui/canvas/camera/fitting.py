"""Where to look: pure arithmetic on rectangles and scales. Knows no Qt widget."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

LARGEST_FIT = 1.15  # a small graph is not blown up beyond this
LEGIBLE_FIT = 0.12  # a graph that fits only smaller opens at its newest part instead, at READABLE
READABLE = 0.6
LARGEST = 4.0
SMALLEST = 0.05  # or what fits the whole graph, whichever is less

Rect = tuple[float, float, float, float]  # left, top, right, bottom


class Corner(Enum):
    """Of the viewport, in the order in which they are tried."""

    TOP_LEFT = "top left"
    BOTTOM_LEFT = "bottom left"
    TOP_RIGHT = "top right"
    BOTTOM_RIGHT = "bottom right"

    @property
    def is_right(self) -> bool:
        """At the right edge."""
        return self in (Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT)

    @property
    def is_bottom(self) -> bool:
        """At the lower edge."""
        return self in (Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT)


class Camera(NamedTuple):
    """Pixels per scene unit, and the point of the scene in the middle of the viewport."""

    scale: float
    x: float
    y: float


class Fit(NamedTuple):
    """A camera that shows everything, and the corner in which the legend stands clear of it."""

    camera: Camera
    corner: Corner


def fit(
    bounds: Rect,
    width: float,
    height: float,
    legend: tuple[float, float] = (0.0, 0.0),
    is_free: Callable[[Rect], bool] = lambda _: False,
    corner: Corner = Corner.TOP_LEFT,
    margin: float = 16.0,
    kept_free: float = 0.0,
) -> Fit:
    """The camera that shows all of `bounds` in a viewport of `width` x `height` pixels, `kept_free` at its lower edge.

    A legend of that width and height (its distance from the viewport's edges included) never lies on the graph: it
    stands in a corner where `is_free` finds nothing drawn, `corner` if it can stay there; where there is none, room
    is left for it beside or above the graph, whichever leaves the graph larger.
    """
    right, bottom = width - margin, height - (kept_free + margin / 2 if kept_free else margin)
    whole = _within(bounds, margin, margin, right, bottom, width, height)
    if not (legend[0] and legend[1]):
        return Fit(whole, corner)
    for tried in dict.fromkeys((corner, *Corner)):
        if is_free(_in_scene(tried, legend, whole, width, height, kept_free)):
            return Fit(whole, tried)
    beside = _within(bounds, legend[0] + margin, margin, right, bottom, width, height)
    below = _within(bounds, margin, legend[1] + margin, right, bottom, width, height)
    return Fit(max(beside, below, key=lambda camera: camera.scale), Corner.TOP_LEFT)


def _within(bounds: Rect, left: float, top: float, right: float, bottom: float, width: float, height: float) -> Camera:
    """The camera that shows `bounds` in the middle of a part of the viewport."""
    wide, high = max(bounds[2] - bounds[0], 1.0), max(bounds[3] - bounds[1], 1.0)
    scale = min(max(right - left, 1.0) / wide, max(bottom - top, 1.0) / high, LARGEST_FIT)
    x = (bounds[0] + bounds[2]) / 2 - ((left + right) / 2 - width / 2) / scale
    y = (bounds[1] + bounds[3]) / 2 - ((top + bottom) / 2 - height / 2) / scale
    return Camera(scale, x, y)


def _in_scene(
    corner: Corner, size: tuple[float, float], camera: Camera, width: float, height: float, kept_free: float
) -> Rect:
    """What a card of that size covers of the scene in a corner of the viewport, above what is kept free."""
    left = width / 2 - size[0] if corner.is_right else -width / 2
    top = height / 2 - kept_free - size[1] if corner.is_bottom else -height / 2
    x, y = camera.x + left / camera.scale, camera.y + top / camera.scale
    return (x, y, x + size[0] / camera.scale, y + size[1] / camera.scale)


def filled(camera: Camera, bounds: Rect, width: float, height: float) -> Camera:
    """The camera moved so that the graph fills the view as far as it can: none looks past an end into the void."""
    half_wide, half_high = width / 2 / camera.scale, height / 2 / camera.scale
    x = _between(camera.x, bounds[0] + half_wide, bounds[2] - half_wide)
    y = _between(camera.y, bounds[1] + half_high, bounds[3] - half_high)
    return Camera(camera.scale, x, y)


def _between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high) if low <= high else (low + high) / 2


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
