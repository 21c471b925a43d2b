"""One call lays out a graph in a way that is not ours; it may be called from any thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..layout import Drawing, Orientation, Problem, Routes
from ..layout.arrays import FloatArray, IntArray
from ..layout.cancellation import checkpoint
from ..layout.packing import component_labels, pack
from .cubics import joined, straight
from .kinds import KINDS, Kind
from .process import ProcessError, run
from .spread import spread

_PART_GAP = 70.0
_ASPECT = 1.6


class LayoutRefused(Exception):  # noqa: N818 - an answer, told to the user as it is
    """This graph cannot be laid out in this way; the text says why and what to do."""


def lay_out_otherwise(
    problem: Problem,
    name: str,
    *,
    orientation: Orientation = "top-to-bottom",
    cancelled: Callable[[], bool] | None = None,
) -> Drawing:
    """Centres, and routes whose points are the control points of cubics.

    Raises `LayoutRefused`, and `LayoutCancelled` soon after `cancelled()` is true.
    """
    kind, check = KINDS[name], checkpoint(cancelled)
    if problem.n > kind.most:
        raise LayoutRefused(
            f"{kind.title} is for at most {kind.most:,} boxes, this picture has {problem.n:,}. "
            "Close groups, or show a part alone."
        )
    if not problem.n:
        return Drawing(np.zeros(0), np.zeros(0), straight(problem, np.zeros(0), np.zeros(0)))
    nodes = [np.arange(problem.n)] if kind.whole else _parts(problem)
    answers = _ask(problem, kind, nodes, across=orientation == "left-to-right", check=check)
    if kind.whole:
        return _drawn_by_itself(problem, answers[0])
    x, y = _side_by_side(problem, kind, nodes, [np.array(part["places"]) for part in answers], check)
    return Drawing(x, y, straight(problem, x, y))


def _parts(problem: Problem) -> list[IntArray]:
    """The nodes of each connected component."""
    label = component_labels(problem.n, problem.src, problem.dst)
    _, number, counts = np.unique(label, return_inverse=True, return_counts=True)
    return np.split(np.argsort(number, kind="stable"), np.cumsum(counts)[:-1])


def _ask(
    problem: Problem, kind: Kind, nodes: list[IntArray], *, across: bool, check: Callable[[], None]
) -> list[dict[str, Any]]:
    part_of, local = np.empty(problem.n, np.int64), np.empty(problem.n, np.int64)
    for number, members in enumerate(nodes):
        part_of[members], local[members] = number, np.arange(len(members))
    sizes = np.stack([problem.width, problem.height], axis=1)
    parts: list[dict[str, Any]] = [{"sizes": sizes[members].tolist(), "edges": []} for members in nodes]
    pairs = np.stack([local[problem.src], local[problem.dst]], axis=1).tolist()
    for part, pair in zip(part_of[problem.src].tolist(), pairs, strict=True):
        parts[part]["edges"].append(pair)
    try:
        found = run({"kind": kind.name, "across": across, "parts": parts}, check)
    except ProcessError as error:
        raise LayoutRefused(f"{kind.title} failed: {error}.") from error
    if "missing" in found:
        package = str(found["missing"])
        raise LayoutRefused(f"{kind.title} needs {package}, which is not installed: pip install {package}")
    if "trouble" in found:
        raise LayoutRefused(f"{kind.title} cannot draw this graph: {str(found['trouble']).rstrip('.')}.")
    return list(found["parts"])


def _drawn_by_itself(problem: Problem, answer: dict[str, Any]) -> Drawing:
    places = np.array(answer["places"], np.float64)
    routes: Routes = joined(answer["splines"])
    return Drawing(places[:, 0].copy(), places[:, 1].copy(), routes)


def _side_by_side(
    problem: Problem, kind: Kind, nodes: list[IntArray], places: list[FloatArray], check: Callable[[], None]
) -> tuple[FloatArray, FloatArray]:
    x, y, frames = np.empty(problem.n), np.empty(problem.n), []
    for own, found in zip(nodes, places, strict=True):
        w, h = problem.width[own], problem.height[own]
        x[own], y[own] = spread(found[:, 0], found[:, 1], w, h, pushed=kind.pushed, check=check)
        left, top = (x[own] - w / 2).min(), (y[own] - h / 2).min()
        frames.append((float(left), float(top), float((x[own] + w / 2).max()), float((y[own] + h / 2).max())))
    corners = pack([(right - left, bottom - top) for left, top, right, bottom in frames], _PART_GAP, _ASPECT)
    for own, frame, corner in zip(nodes, frames, corners, strict=True):
        x[own] += corner[0] - frame[0]
        y[own] += corner[1] - frame[1]
    return x, y
