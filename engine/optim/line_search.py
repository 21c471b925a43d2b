"""A step length that satisfies the strong Wolfe conditions. Pure: works on numbers and flat arrays.

Source: Nocedal and Wright, "Numerical Optimization", algorithms 3.5 and 3.6, with the cubic interpolation and the
safeguards of Minfunc, which PyTorch follows too, so that both evaluate at the same lengths.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SUFFICIENT, CURVATURE = 1e-4, 0.9


@dataclass(slots=True)
class Point:
    """What is known at one step length along the direction."""

    length: Any
    loss: float
    gradient: Array
    slope: Any  # the gradient times the direction


def strong_wolfe(
    evaluate: Callable[[Any], tuple[float, Array]],
    length: Any,
    direction: Array,
    loss: float,
    gradient: Array,
    slope: Any,
    tolerance: float,
    most: int,
) -> tuple[Point, int]:
    """The point found, and how often `evaluate(length)` was called: `most` times and once at the most."""
    start = Point(0, loss, gradient.copy(), slope)

    def at(length: Any) -> Point:
        loss, gradient = evaluate(length)
        return Point(length, loss, gradient, gradient.dot(direction))

    before, now = start, at(length)
    calls, searched = 1, 0
    bracket: list[Point] | None = None
    while searched < most:
        if _too_high(now, start) or (searched > 1 and now.loss >= before.loss):
            bracket = [before, now]
            break
        if abs(now.slope) <= -CURVATURE * slope:
            return now, calls
        if now.slope >= 0:
            bracket = [before, now]
            break
        bounds = (now.length + 0.01 * (now.length - before.length), now.length * 10)
        before, now = now, at(cubic_minimum(before, now, bounds))
        calls += 1
        searched += 1
    if bracket is None:
        bracket = [start, now]
    return _zoom(bracket, at, start, float(np.abs(direction).max()) * 1.0, tolerance, calls, most - searched)


def _zoom(
    bracket: list[Point],
    at: Callable[[Any], Point],
    start: Point,
    reach: float,
    tolerance: float,
    calls: int,
    most: int,
) -> tuple[Point, int]:
    """Narrow a bracket around a point that satisfies the conditions."""
    low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
    stuck = False
    for _ in range(most):
        ends = [point.length for point in bracket]
        if abs(ends[1] - ends[0]) * reach < tolerance:
            break
        length, stuck = _safe(cubic_minimum(bracket[0], bracket[1], None), ends, stuck)
        now = at(length)
        calls += 1
        if _too_high(now, start) or now.loss >= bracket[low].loss:
            bracket[high] = now
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
            continue
        if abs(now.slope) <= -CURVATURE * start.slope:
            return now, calls
        if now.slope * (bracket[high].length - bracket[low].length) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = now
    return bracket[low], calls


def _safe(length: Any, ends: list[Any], stuck: bool) -> tuple[Any, bool]:
    """Keep a trial away from the bracket's ends when it stayed near them twice."""
    least, most = min(ends), max(ends)
    margin = 0.1 * (most - least)
    if min(most - length, length - least) >= margin:
        return length, False
    if not (stuck or length >= most or length <= least):
        return length, True
    return (most - margin if abs(length - most) < abs(length - least) else least + margin), False


def _too_high(now: Point, start: Point) -> bool:
    return bool(now.loss > start.loss + SUFFICIENT * now.length * start.slope)


def cubic_minimum(one: Point, other: Point, bounds: tuple[Any, Any] | None) -> Any:
    """Where the cubic through two points and slopes is least, within `bounds` or between the points."""
    x1, x2 = one.length, other.length
    least, most = bounds if bounds is not None else ((x1, x2) if x1 <= x2 else (x2, x1))
    mean = one.slope + other.slope - 3 * (one.loss - other.loss) / (x1 - x2)
    square = mean**2 - one.slope * other.slope
    if not square >= 0:
        return (least + most) / 2.0
    root = np.sqrt(square)
    if x1 <= x2:
        found = x2 - (x2 - x1) * ((other.slope + root - mean) / (other.slope - one.slope + 2 * root))
    else:
        found = x1 - (x1 - x2) * ((one.slope + root - mean) / (one.slope - other.slope + 2 * root))
    return min(max(found, least), most)
