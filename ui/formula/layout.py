"""Sizes and places of boxes: from `boxes` to ink at coordinates, after TeX's rules in small. Knows no Qt.

Coordinates are pixels, x to the right and y down, the origin on the baseline at the left of the box.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from .boxes import Box, Face, Fence, Fraction, Grid, Radical, Row, Script, Space, Text

SCRIPT = 0.7  # size of a script relative to its base
SMALLEST = 0.6
BAR = 0.055  # thickness of fraction bars in em
FENCE = 0.4  # width of a grown bracket in em


class Metrics(Protocol):
    """What the layout must know about fonts; `size` is in pixels per em."""

    def width(self, text: str, face: Face, size: float) -> float:
        """Advance width of a text."""
        ...

    def ascent(self, face: Face, size: float) -> float:
        """Height of a line above the baseline."""
        ...

    def descent(self, face: Face, size: float) -> float:
        """Depth of a line below the baseline."""
        ...

    def axis(self, face: Face, size: float) -> float:
        """Height of the minus sign above the baseline, where fraction bars lie."""
        ...


@dataclass(frozen=True, slots=True)
class TextInk:
    """A text whose baseline starts at (x, y)."""

    x: float
    y: float
    text: str
    face: Face
    size: float
    role: str


@dataclass(frozen=True, slots=True)
class RuleInk:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    role: str = "text"


@dataclass(frozen=True, slots=True)
class FenceInk:
    """A grown bracket, bar or radical sign in the rectangle (x, y, width, height)."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    role: str


Ink = TextInk | RuleInk | FenceInk


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with its size, the ink of its own, and the boxes in it with their places."""

    width: float
    ascent: float
    descent: float
    own: tuple[Ink, ...] = ()
    parts: tuple[tuple[float, float, Placed], ...] = ()

    @property
    def inks(self) -> tuple[Ink, ...]:
        """All ink, in order of painting. Added up only here: the most boxes are measured and never painted."""
        found: list[Ink] = []
        waiting = [(0.0, 0.0, self)]
        while waiting:
            x, y, placed = waiting.pop()
            found += [replace(ink, x=ink.x + x, y=ink.y + y) for ink in placed.own]
            waiting += [(x + dx, y + dy, part) for dx, dy, part in reversed(placed.parts)]
        return tuple(found)


def place(box: Box, metrics: Metrics, size: float, face: Face = Face.ROMAN) -> Placed:
    """Lay `box` out at `size` pixels per em; `face` gives the height of the fraction bar."""
    return _Layout(metrics, size, face).place(box, size)


class _Layout:
    def __init__(self, metrics: Metrics, size: float, face: Face) -> None:
        self._metrics = metrics
        self._smallest = size * SMALLEST
        self._face = face

    def place(self, box: Box, size: float) -> Placed:
        match box:
            case Text():
                return self._text(box, size)
            case Space(em=em):
                return Placed(em * size, 0, 0)
            case Row(parts=parts):
                return _beside([self.place(part, size) for part in parts])
            case Fraction():
                return self._fraction(box, size)
            case Script():
                return self._script(box, size)
            case Fence():
                return self._fence(box, size)
            case Radical(inner=inner):
                return self._radical(inner, size)
            case Grid():
                return self._grid(box, size)

    def _text(self, box: Text, size: float) -> Placed:
        metrics = self._metrics
        return Placed(
            metrics.width(box.text, box.face, size),
            metrics.ascent(box.face, size),
            metrics.descent(box.face, size),
            (TextInk(0, 0, box.text, box.face, size, box.role),),
        )

    def _fraction(self, box: Fraction, size: float) -> Placed:
        above, below = self.place(box.above, size), self.place(box.below, size)
        axis, bar, gap = self._metrics.axis(self._face, size), max(1.0, size * BAR), size * 0.08
        width = max(above.width, below.width) + 0.3 * size
        rise = axis + bar / 2 + gap + above.descent
        drop = -axis + bar / 2 + gap + below.ascent
        rule = RuleInk(0.06 * size, -axis - bar / 2, width - 0.12 * size, bar)
        parts = (((width - above.width) / 2, -rise, above), ((width - below.width) / 2, drop, below))
        return Placed(width, rise + above.ascent, drop + below.descent, (rule,), parts)

    def _script(self, box: Script, size: float) -> Placed:
        base = self.place(box.base, size)
        small = max(size * SCRIPT, self._smallest)
        width, ascent, descent = base.width, base.ascent, base.descent
        parts = [(0.0, 0.0, base)]
        if box.sup is not None:
            sup = self.place(box.sup, small)
            rise = max(base.ascent - 0.62 * sup.ascent, 0.36 * size)
            parts.append((base.width + 0.04 * size, -rise, sup))
            width, ascent = max(width, base.width + 0.08 * size + sup.width), max(ascent, rise + sup.ascent)
        if box.sub is not None:
            sub = self.place(box.sub, small)
            drop = max(base.descent - 0.2 * size, 0.0) + 0.16 * size
            parts.append((base.width + 0.02 * size, drop, sub))
            width, descent = max(width, base.width + 0.06 * size + sub.width), max(descent, drop + sub.descent)
        return Placed(width, ascent, descent, (), tuple(parts))

    def _fence(self, box: Fence, size: float) -> Placed:
        inner = self.place(box.inner, size)
        line = self._metrics.ascent(self._face, size) + self._metrics.descent(self._face, size)
        if inner.ascent + inner.descent <= 1.15 * line and box.left + box.right in ("()", "[]"):
            sides = (Text(box.left, self._face, box.role), Text(box.right, self._face, box.role))
            return _beside([self._text(sides[0], size), inner, self._text(sides[1], size)])
        inks: tuple[Ink, ...] = ()
        x, height = 0.0, inner.ascent + inner.descent
        if box.left:
            inks += (FenceInk(0.06 * size, -inner.ascent, 0.24 * size, height, box.left, box.role),)
            x = FENCE * size
        part = (x, 0.0, inner)
        x += inner.width
        if box.right:
            inks += (FenceInk(x + 0.06 * size, -inner.ascent, 0.24 * size, height, box.right, box.role),)
            x += FENCE * size
        return Placed(x, inner.ascent, inner.descent, inks, (part,))

    def _radical(self, body: Box, size: float) -> Placed:
        inner = self.place(body, size)
        bar, sign = max(1.0, size * BAR), 0.62 * size
        top = inner.ascent + 0.08 * size + bar
        inks = (
            FenceInk(0, -top, sign, top + inner.descent, "√", "text"),
            RuleInk(sign, -top, inner.width + 0.08 * size, bar),
        )
        width = sign + inner.width + 0.1 * size
        return Placed(width, top, inner.descent, inks, ((sign + 0.02 * size, 0.0, inner),))

    def _grid(self, box: Grid, size: float) -> Placed:
        rows = [[self.place(cell, size) for cell in cells] for cells in box.rows]
        columns = max(len(cells) for cells in rows)
        widths = [max(cells[i].width for cells in rows if i < len(cells)) for i in range(columns)]
        gap, lead = 0.8 * size, 0.1 * size
        heights = [(max(c.ascent for c in cells), max(c.descent for c in cells)) for cells in rows]
        total = sum(a + d for a, d in heights) + lead * (len(rows) - 1)
        axis = self._metrics.axis(self._face, size)
        y = -axis - total / 2
        parts: list[tuple[float, float, Placed]] = []
        for cells, (ascent, descent) in zip(rows, heights, strict=True):
            x = 0.0
            for cell, width in zip(cells, widths, strict=False):
                parts.append((x + ((width - cell.width) / 2 if box.centred else 0), y + ascent, cell))
                x += width + gap
            y += ascent + descent + lead
        return Placed(sum(widths) + gap * (columns - 1), axis + total / 2, total / 2 - axis, (), tuple(parts))


def _beside(parts: list[Placed]) -> Placed:
    x = 0.0
    places: list[tuple[float, float, Placed]] = []
    for part in parts:
        places.append((x, 0.0, part))
        x += part.width
    ascent = max((p.ascent for p in parts), default=0.0)
    return Placed(x, ascent, max((p.descent for p in parts), default=0.0), (), tuple(places))
