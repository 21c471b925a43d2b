"""The part of the scene that a file shows: the picture's bounds plus a margin. One function, for every format."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from ui.canvas.picture import Picture

MARGIN = 24.0  # scene units on each side


def framed(picture: Picture) -> QRectF:
    """What is exported, in scene coordinates."""
    return picture.bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def paint_frame(picture: Picture, painter: QPainter) -> None:
    """Paint background and picture, in full detail; the painter's coordinates are the scene's."""
    frame = framed(picture)
    painter.setFont(picture.fonts.title)  # not the application's, which a file would name
    painter.fillRect(frame, QColor(picture.theme.background))
    picture.paint(painter, frame, 1.0, exact=True)
