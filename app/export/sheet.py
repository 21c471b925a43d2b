"""What a picture file shows: the drawing, and around it the title, the legend and the step panel that were asked for.

One sheet serves every position of a request, so that the frames of a film and numbered stills are all of one size. It
paints with the canvas's own code into any QPainter. It belongs to the thread that made it.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from engine.trace import NONE
from ui.canvas.picture import Picture
from ui.stepping import PassSteps

from .drawings import area_of, picture_of
from .request import ExportRequest


class Sheet:
    """`size` (width, height) is in units of the scene, whole numbers; `paint` paints from (0, 0) on."""

    def __init__(self, request: ExportRequest) -> None:
        self.request = request
        self.picture: Picture = picture_of(request)
        left, top, right, bottom = area_of(request, self.picture.drawing)
        self._area = QRectF(left, top, right - left, bottom - top)
        self._steps = PassSteps(request.trace, request.pass_id) if request.pass_id != NONE else None
        self.size = (math.ceil(self._area.width()), math.ceil(self._area.height()))

    @property
    def scale(self) -> float:
        """Pixels per unit."""
        request = self.request
        return request.width / self.size[0] if request.width else request.scale

    @property
    def pixels(self) -> tuple[int, int]:
        """Size of the image at the request's scale or width."""
        return math.ceil(self.size[0] * self.scale - 1e-6), math.ceil(self.size[1] * self.scale - 1e-6)

    def paint(self, painter: QPainter, position: int | None = None) -> None:
        """Paint everything at `position` (None: the request's), in full detail; the painter's units are the scene's."""
        picture, request = self.picture, self.request
        picture.set_step(self._steps, request.position if position is None else position)
        painter.save()
        painter.setFont(picture.fonts.title)  # not the application's, which a file would name
        if request.background:
            painter.fillRect(QRectF(0, 0, *self.size), QColor(picture.theme.background))
        painter.translate(QPointF(0, 0) - self._area.topLeft())
        picture.paint(painter, self._area, 1.0, exact=True)
        painter.restore()
