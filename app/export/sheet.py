"""What a picture file shows: the drawing, and around it the title, the legend and the step panel that were asked for.

One sheet serves every position of a request, so that the frames of a film and numbered stills are all of one size. It
paints with the canvas's own code into any QPainter. It belongs to the thread that made it.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QPainter

from ui.canvas.painting.legend_painter import LegendFacts, LegendPainter
from ui.canvas.picture.drawing import LABEL_ROOM
from ui.canvas.picture.picture import Picture
from ui.stepping import PassSteps

from .drawings import MARGIN, area_of, picture_of
from .request import ExportRequest, Scope
from .step_panel import PaperPanel
from .wrapping import wrapped

TITLE_SIZE = 20
TITLE_LINE = 28.0
PANEL_WIDTH = 420.0
WIDEST_PANEL = 720.0
BROAD = 1.4  # a drawing that is so many times as wide as high has its panel below
SAMPLED = 400  # steps whose panels are measured to find the highest


class Sheet:
    """`size` (width, height) is in units of the scene, whole numbers; `paint` paints from (0, 0) on."""

    def __init__(self, request: ExportRequest) -> None:
        self.request = request
        self.picture: Picture = picture_of(request)
        left, top, right, bottom = area_of(request, self.picture.drawing)
        self._area = QRectF(left, top, right - left, bottom - top)
        story = self.picture.story
        self._steps = story.run.steps if story is not None else None
        self._title_font = QFont(self.picture.fonts.title)
        self._title_font.setPixelSize(TITLE_SIZE)
        self._legend, self._facts = self._make_legend()
        self._panel = self._make_panel()
        self._title_lines: list[str] = []
        self._legend_at = self._panel_at = QRectF()
        self._drawing_at = QPointF()
        self.size = self._arrange()

    @property
    def scale(self) -> float:
        """Pixels per unit."""
        request = self.request
        return request.width / self.size[0] if request.width else request.scale

    @property
    def pixels(self) -> tuple[int, int]:
        """Size of the image at the request's scale or width."""
        width, height = (max(1, math.ceil(side * self.scale - 1e-6)) for side in self.size)
        return width, height

    @property
    def shift(self) -> QPointF:
        """From the drawing's coordinates to the sheet's."""
        return self._drawing_at - self._area.topLeft()

    def panel_text(self, position: int) -> str:
        """What the step panel says, in letters; "" without one."""
        return self._panel.text(position) if self._panel is not None else ""

    def paint(
        self, painter: QPainter, position: int | None = None, exposed: QRectF | None = None, detail: float | None = None
    ) -> None:
        """Paint everything at `position` (None: the request's), in full detail; the painter's units are the scene's.

        With `exposed`, in the sheet's coordinates, only what is in there need be painted; with `detail` the drawing as
        it is to be seen at so many pixels per unit, for previews.
        """
        picture, request, theme = self.picture, self.request, self.picture.theme
        position = request.position if position is None else position
        if not picture.shows(self._steps, request.at(position)):
            picture.set_step(self._steps, request.at(position))
        painter.save()
        painter.setFont(picture.fonts.title)  # not the application's, which a file would name
        if request.background:
            painter.fillRect(QRectF(0, 0, *self.size), QColor(theme.background))
        self._paint_drawing(painter, exposed, detail)
        painter.setFont(self._title_font)
        painter.setPen(QColor(theme.text))
        for row, line in enumerate(self._title_lines):
            painter.drawText(QPointF(MARGIN, MARGIN + TITLE_LINE * row + TITLE_SIZE), line)
        if self._panel is not None:
            self._at(painter, self._panel_at.topLeft())
            self._panel.paint(painter, theme, position, self._panel_at.height())
            painter.restore()
        if self._legend is not None and self._facts is not None:
            self._at(painter, self._legend_at.topLeft())
            self._legend.paint(painter, theme, self._facts)
            painter.restore()
        painter.restore()

    def _paint_drawing(self, painter: QPainter, exposed: QRectF | None, detail: float | None) -> None:
        shift = self.shift
        area = self._area
        if exposed is not None:
            # What belongs to an edge may stand beside it: a part is painted with all that reaches into it.
            around = exposed.translated(-shift).adjusted(-LABEL_ROOM, -LABEL_ROOM, LABEL_ROOM, LABEL_ROOM)
            area = area.intersected(around)
        if area.isEmpty():
            return
        painter.save()
        if self.request.scope is Scope.VIEW:
            painter.setClipRect(QRectF(self._drawing_at, self._area.size()))
        painter.translate(shift)
        self.picture.paint(painter, area, detail or 1.0, exact=detail is None)
        painter.restore()

    @staticmethod
    def _at(painter: QPainter, place: QPointF) -> None:
        painter.save()
        painter.translate(place)

    # -- arranging -----------------------------------------------------------------------------------------------

    def _make_legend(self) -> tuple[LegendPainter | None, LegendFacts | None]:
        story = self.picture.story
        if not self.request.legend or story is None:
            return None, None
        font = QFont(self.picture.fonts.title)
        font.setBold(False)
        font.setPixelSize(13)
        return LegendPainter(font), LegendFacts.of(story.run, signed=self.request.signed)

    def _make_panel(self) -> PaperPanel | None:
        if not self.request.panel or not isinstance(self._steps, PassSteps):
            return None
        width = PANEL_WIDTH
        if self._area.width() > BROAD * self._area.height():
            room = self._area.width() - 2 * MARGIN
            if self._legend is not None and self._facts is not None:
                room -= self._legend.size(self._facts).width() + MARGIN
            width = min(max(room, PANEL_WIDTH), WIDEST_PANEL)
        return PaperPanel(self.request.trace, self._steps, self.picture.fonts, width)

    def _highest_panel(self, panel: PaperPanel) -> float:
        request = self.request
        if request.steps is None:
            return panel.height(request.position)
        positions = list(request.positions)
        return max(panel.height(k) for k in positions[:: 1 + len(positions) // SAMPLED])

    def _arrange(self) -> tuple[int, int]:
        """Title above, panel beside or below, the legend with it or in a free corner of the drawing."""
        legend = self._legend.size(self._facts) if self._legend and self._facts else QSizeF(0, 0)
        panel = QSizeF(0, 0) if self._panel is None else QSizeF(self._panel.width, self._highest_panel(self._panel))
        width, height = self._area.width(), self._area.height()
        self._drawing_at = QPointF(0.0, self._set_title(max(width, panel.width() + 2 * MARGIN)))
        top = self._drawing_at.y()
        if not panel.isEmpty() and width <= BROAD * height:
            self._panel_at = QRectF(QPointF(width, top + MARGIN), panel)
            bottom = self._panel_at.bottom()
            if not legend.isEmpty():
                self._legend_at = QRectF(QPointF(width, bottom + MARGIN / 2), legend)
                bottom = self._legend_at.bottom()
            return math.ceil(width + panel.width() + MARGIN), math.ceil(max(top + height, bottom + MARGIN))
        if panel.isEmpty():
            corner = self._free_corner(legend)
            if corner is not None or legend.isEmpty():
                if corner is not None:
                    self._legend_at = QRectF(corner, legend)
                return math.ceil(width), math.ceil(top + height)
        below = top + height
        self._panel_at = QRectF(QPointF(MARGIN, below), panel)
        beside = MARGIN + (panel.width() + MARGIN if not panel.isEmpty() else 0)
        fits = beside + legend.width() + MARGIN <= width
        self._legend_at = QRectF(QPointF(beside if fits else MARGIN, below), legend)
        if not fits and not panel.isEmpty():
            self._legend_at.moveTop(self._panel_at.bottom() + MARGIN / 2)
        right = max(width, self._panel_at.right() + MARGIN, self._legend_at.right() + MARGIN)
        return math.ceil(right), math.ceil(max(self._panel_at.bottom(), self._legend_at.bottom()) + MARGIN)

    def _set_title(self, width: float) -> float:
        """Break the title; returns where the drawing begins."""
        if not self.request.title:
            return 0.0
        fonts, share = self.picture.fonts, TITLE_SIZE / self.picture.fonts.title.pixelSize()
        self._title_lines = wrapped(
            self.request.title, lambda text: share * fonts.width(fonts.title, text), width - 2 * MARGIN
        )
        return MARGIN + TITLE_LINE * len(self._title_lines)

    def _free_corner(self, size: QSizeF) -> QPointF | None:
        """A corner of the drawing's area in which nothing is ever drawn, in the sheet's coordinates."""
        if size.isEmpty():
            return None
        area, wide, high = self._area, size.width(), size.height()
        inset = MARGIN
        for left in (area.right() - wide - inset, area.left() + inset):
            for top in (area.top() + inset, area.bottom() - high - inset):
                if self.picture.drawing.is_free((left - 8, top - 8, left + wide + 8, top + high + 8)):
                    return QPointF(left, top) - area.topLeft() + self._drawing_at
        return None
