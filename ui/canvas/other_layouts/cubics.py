"""Edges without layers: straight from box to box, side by side where several join the same two, as cubics."""

from __future__ import annotations

import numpy as np

from ..layout.arrays import FloatArray, IntArray
from ..layout.drawing import Problem, Routes

APART = 26.0  # between two edges that join the same two boxes
_LOOP = 46.0  # how far the edge of a box to itself stands out


def straight(problem: Problem, x: FloatArray, y: FloatArray) -> Routes:
    """Every edge as one cubic, four points each, between the borders of its boxes."""
    src, dst = problem.src, problem.dst
    count = len(src)
    centre = np.stack([x, y], axis=1)
    half = np.stack([problem.width, problem.height], axis=1) / 2
    along = centre[dst] - centre[src]
    length = np.hypot(along[:, 0], along[:, 1])
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.where(length > 0, length, 1.0)[:, None]
    way = np.where(src <= dst, 1.0, -1.0)  # edges to and fro bend to different sides
    middle = (centre[src] + centre[dst]) / 2 + across * (_lane(problem) * way * APART)[:, None]
    points = np.empty((count, 4, 2))
    points[:, 0] = _border(centre[src], half[src], middle)
    points[:, 3] = _border(centre[dst], half[dst], middle)
    points[:, 1] = points[:, 0] + (middle - points[:, 0]) * (2 / 3)
    points[:, 2] = points[:, 3] + (middle - points[:, 3]) * (2 / 3)
    loops = np.flatnonzero(src == dst)
    points[loops] = _loops(centre[src[loops]], half[src[loops]], _lane(problem)[loops])
    start = np.arange(count) * 4
    return Routes(points[:, :, 0].ravel(), points[:, :, 1].ravel(), start, start + 4)


def _lane(problem: Problem) -> FloatArray:
    """Places -1/2, 1/2 for two edges that join the same two boxes, -1, 0, 1 for three, in the order of the edges."""
    low, high = np.minimum(problem.src, problem.dst), np.maximum(problem.src, problem.dst)
    _, pair, counts = np.unique(low * max(problem.n, 1) + high, return_inverse=True, return_counts=True)
    order = np.argsort(pair, kind="stable")
    place = np.empty(len(pair))
    place[order] = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray(place - (counts[pair] - 1) / 2, np.float64)


def _border(centre: FloatArray, half: FloatArray, towards: FloatArray) -> FloatArray:
    """Where the way from a box's centre to a point leaves the box."""
    way = towards - centre
    reach = half / np.maximum(np.abs(way), 1e-9)
    found: FloatArray = centre + way * np.minimum(reach.min(axis=1), 1.0)[:, None]
    return found


def _loops(centre: FloatArray, half: FloatArray, lane: FloatArray) -> FloatArray:
    points = np.repeat(centre[:, None, :], 4, axis=1)
    points[:, :, 0] += half[:, :1]
    points[:, 1:3, 0] += (_LOOP + APART * (lane - lane.min(initial=0.0)))[:, None]
    points[:, :, 1] += half[:, 1:] * np.array([-0.4, -1.0, 1.0, 0.4])
    return points


def joined(splines: list[list[list[float]]]) -> Routes:
    """Splines of several cubics each as routes."""
    counts = np.array([len(spline) for spline in splines], np.int64)
    stop: IntArray = np.cumsum(counts)
    points = np.array([point for spline in splines for point in spline], np.float64).reshape(-1, 2)
    return Routes(points[:, 0].copy(), points[:, 1].copy(), stop - counts, stop)
