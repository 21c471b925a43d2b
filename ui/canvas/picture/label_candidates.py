"""Where a text beside a stroke may lie: points along the stroke, sides of them, and ways to set its two words.

Pure arithmetic; knows no Qt, and nothing of what is in the way (`label_places` weighs that).
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from .clipping import Rect
from .drawing import LABEL_ROOM
from .geometry import Pieces
from .index import Floats, Ints

LINE = 14.0  # height of one line of a label
GAP = 8.0  # between the stroke and the text
WIDEST = LABEL_ROOM - GAP
SPACE = 7.0  # between the words of a line
FARTHEST = 150.0  # from the function along the stroke
_ALONG = (26.0, 13.0, 44.0, 75.0, 110.0)  # distances from the function, tried in this order, up to half the stroke ...
_PARTS = (0.5, 0.65, 0.8)  # ... and then parts of the whole stroke
_CORNER_GAP = 4.0  # a text to the upper right of a point may come nearer than one straight to the right
_FARTHER = 0.8  # cost of the next distance


class Form(IntEnum):
    """How the gradient's number and the argument's name are set."""

    STACKED = 0  # the name under the number
    INLINE = 1  # the name after the number
    NUMBER = 2  # without the name: the hover card has it


_FORM_COSTS = {Form.STACKED: 0.0, Form.INLINE: 2.0, Form.NUMBER: 9.0}

# Where the text lies, seen from its point on the stroke, and what that costs: beside the outer side of a function's
# edges it is read first.
_SIDES = np.array([(1, 0), (1, -1), (1, 1), (0, -1), (-1, 0), (0, 1), (-1, -1), (-1, 1)], np.float64)
_SIDE_COSTS = np.array([0.0, 0.8, 0.9, 1.2, 1.5, 2.0, 2.1, 2.2])
_GAPS = np.where(np.abs(_SIDES).sum(axis=1, keepdims=True) > 1, _CORNER_GAP, GAP)


class Size(NamedTuple):
    """How wide the words of a label may ever be, in scene units; 0: there is none."""

    number: float
    name: float

    def of(self, form: Form) -> tuple[float, float]:
        """Width and height in a form."""
        if not (self.number and self.name):
            return max(self.number, self.name), LINE
        if form is Form.STACKED:
            return max(self.number, self.name), 2 * LINE
        return self.number + (SPACE + self.name) * (form is Form.INLINE), LINE

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms it may have: those that are not too wide for a drawing's bounds."""
        tried = tuple(Form) if self.number and self.name else (Form.STACKED,)
        return tuple(form for form in tried if self.of(form)[0] <= WIDEST)


class Place(NamedTuple):
    """A point on a stroke, where the text lies from there (-1, 0 or 1 in x and y), and how it is set."""

    x: float
    y: float
    dx: int
    dy: int
    form: Form = Form.STACKED

    def rect(self, width: float, height: float) -> Rect:
        """Left, top, right and bottom of a text of that size."""
        gap = _CORNER_GAP if self.dx and self.dy else GAP
        left = self.x + gap * self.dx - width * (1 - self.dx) / 2
        top = self.y + gap * self.dy - height * (1 - self.dy) / 2
        return (left, top, left + width, top + height)


class Candidates(NamedTuple):
    """Rectangles (k, 4) in which a label may lie and what each costs (k,) by itself, cheapest first."""

    rects: Floats
    costs: Floats
    points: Floats  # (k, 2)
    sides: Floats  # (k, 2)
    forms: Ints  # (k,)

    def place(self, nth: int) -> Place:
        """What one of the rectangles stands for."""
        (x, y), (dx, dy) = self.points[nth].tolist(), self.sides[nth].tolist()
        return Place(x, y, int(dx), int(dy), Form(int(self.forms[nth])))


def candidates(points: Floats, size: Size, *, rightwards: bool) -> Candidates:
    """All places of a label at these points (k, 2) of its stroke; `rightwards`: its outer side is the right."""
    forms = size.forms
    sides = _SIDES * (1.0 if rightwards else -1.0, 1.0)
    sizes = np.array([size.of(form) for form in forms]).reshape(-1, 1, 1, 2)
    low = points[:, None] + _GAPS * sides - sizes * (1 - sides) / 2  # (forms, points, sides, 2)
    costs = np.array([_FORM_COSTS[form] for form in forms])[:, None, None] + _SIDE_COSTS
    costs = costs + _FARTHER * np.arange(len(points))[:, None]
    order = np.argsort(costs, axis=None, kind="stable")
    form, point, side = np.unravel_index(order, costs.shape)
    rects = np.concatenate([low, low + sizes], axis=3).reshape(-1, 4)[order]
    return Candidates(rects, costs.ravel()[order], points[point], sides[side], np.array(forms, np.int64)[form])


def first_place(pieces: Pieces, edge: int, size: Size, *, from_start: bool, rightwards: bool) -> Place | None:
    """What comes first among the `candidates` of an edge that is one straight line; None for others."""
    first, end = int(pieces.first[edge]), int(pieces.first[edge + 1])
    if end - first > 1 or pieces.curved[first] or not size.forms:
        return None
    x0, y0, x1, y1 = pieces.lines[first].tolist()
    if not from_start:
        x0, y0, x1, y1 = x1, y1, x0, y0
    share = min(0.5, _ALONG[0] / max(math.hypot(x1 - x0, y1 - y0), 1e-9))
    return Place(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, 1 if rightwards else -1, 0, size.forms[0])


def points_along(pieces: Pieces, edge: int, *, from_start: bool) -> Floats:
    """(k, 2) different points of an edge beside which its label may lie, counted from its function's end."""
    lines, _ = pieces.chords(np.arange(pieces.first[edge], pieces.first[edge + 1]), parts=8)
    corners = np.concatenate([lines[:1, 0:2], lines[:, 2:4]])
    if not from_start:
        corners = corners[::-1]
    walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    wanted = [min(at, walked[-1] / 2) for at in _ALONG] + [walked[-1] * part for part in _PARTS]
    at = list(dict.fromkeys(round(place, 1) for place in wanted if place <= FARTHEST))
    return np.stack([np.interp(at, walked, corners[:, 0]), np.interp(at, walked, corners[:, 1])], axis=1)
