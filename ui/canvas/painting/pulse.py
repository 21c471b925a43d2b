"""The pulse of a step: dots that run along the edges over which gradients arrive and leave, and then are gone.

It is an item of its own above the graph, so that a frame of it repaints only what lies under those edges; when it has
ended nothing is painted any more.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ..picture.index import Floats, Ints
from ..picture.picture import Picture

PULSE_MS = 190
MOST = 48  # edges that pulse at once; a step that moves more is no longer followed by the eye
_RADIUS = 5.0
_ROOM = 3.0 * _RADIUS


class PulseItem(QGraphicsItem):
    """Dots on polylines, `share` of the way along each."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Floats] = []
        self._share, self._colour = 0.0, QColor()
        self._rect = QRectF()
        self.setZValue(1.0)
        self.hide()

    def set_lines(self, lines: list[Floats], colour: str) -> None:
        """Run along these, (k, 2) points each, in their order."""
        self.prepareGeometryChange()
        self._lines, self._colour, self._share = lines, QColor(colour), 0.0
        if lines:
            points = np.concatenate(lines)
            (left, top), (right, bottom) = points.min(axis=0) - _ROOM, points.max(axis=0) + _ROOM
            self._rect = QRectF(left, top, right - left, bottom - top)
        self.setVisible(bool(lines))

    def set_share(self, share: float) -> None:
        """How far along the dots are."""
        self._share = share
        self.update()

    def boundingRect(self) -> QRectF:
        """Everything the dots come by."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A bright dot in a glow on each line."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        glow = QColor(self._colour)
        glow.setAlphaF(0.28)
        for line in self._lines:
            at = QPointF(*_along(line, self._share))
            painter.setBrush(glow)
            painter.drawEllipse(at, 2.2 * _RADIUS, 2.2 * _RADIUS)
            painter.setBrush(self._colour)
            painter.drawEllipse(at, _RADIUS, _RADIUS)


class Pulse(QObject):
    """Runs the dots of one step: first what arrives, then what leaves."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.item = PulseItem()
        self._arriving: list[Floats] = []
        self._leaving: list[Floats] = []
        self._colour, self._turned = "", False
        self._motion = QVariantAnimation(self, duration=PULSE_MS, startValue=0.0, endValue=1.0)
        self._motion.valueChanged.connect(self._move)
        self._motion.finished.connect(self.stop)

    @property
    def running(self) -> bool:
        """Whether dots are under way."""
        return self._motion.state() == QVariantAnimation.State.Running

    def start(self, picture: Picture, seen: QRectF) -> None:
        """Let the step that a picture shows pulse, as far as it can be seen."""
        self.stop()
        if picture.story is None:
            return
        arriving, leaving = picture.story.moving
        if len(arriving) + len(leaving) > MOST:
            return
        against = not picture.story.run.steps.forward
        self._arriving, self._leaving = (_lines(picture, edges, seen, against) for edges in (arriving, leaving))
        self._colour, self._turned = picture.theme.now, False
        if self._arriving or self._leaving:
            self._show(self._arriving or self._leaving)
            self._motion.start()

    def stop(self) -> None:
        """No dots."""
        self._motion.stop()
        self._show([])

    def _show(self, lines: list[Floats]) -> None:
        self.item.set_lines(lines, self._colour or "#000000")

    def _move(self, share: float) -> None:
        both = bool(self._arriving and self._leaving)
        if both and share >= 0.5 and not self._turned:
            self._turned = True
            self._show(self._leaving)
        self.item.set_share((2 * share) % 1.0 if both and share < 1.0 else share)


def _lines(picture: Picture, edges: Ints, seen: QRectF, against: bool) -> list[Floats]:
    """The edges' strokes as polylines in the direction of what travels, without those out of view."""
    pieces, found = picture.drawing.pieces, []
    for edge in edges.tolist():
        chords, _ = pieces.chords(np.arange(pieces.first[edge], pieces.first[edge + 1]), parts=8)
        line = np.concatenate([chords[:1, 0:2], chords[:, 2:4]])
        (left, top), (right, bottom) = line.min(axis=0), line.max(axis=0)
        if seen.intersects(QRectF(left - 1, top - 1, right - left + 2, bottom - top + 2)):
            found.append(line[::-1] if against else line)
    return found


def _along(line: Floats, share: float) -> tuple[float, float]:
    walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = share * walked[-1]
    return float(np.interp(at, walked, line[:, 0])), float(np.interp(at, walked, line[:, 1]))
