"""What stands over the graph, each in its corner: legend, overview, hover card, notice, the hint on an empty canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QTimer
from PySide6.QtWidgets import QWidget

from engine.trace import NONE

from ...theme import Theme
from ..camera.fitting import Corner
from ..painting.legend_painter import LegendFacts
from ..picture.picture import Picture
from .hover_card import HoverCard
from .hover_text import Card
from .legend import Legend
from .mini_map import MiniMap
from .offer import Offer
from .overlay import EmptyHint, Notice

_REST_MS = 350  # the pointer rests this long on a box before the card appears
_INSET = 16  # from the canvas's edges
AIR = 8  # between them and the graph
_MAP_CORNERS = (Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT, Corner.TOP_RIGHT)


class Overlays:
    """The parts over a canvas's graph; `describe` says what the card of a box holds."""

    def __init__(self, theme: Theme, canvas: QWidget, describe: Callable[[int], Card]) -> None:
        self._canvas, self._describe = canvas, describe
        self.hint, self.notice = EmptyHint(theme, canvas), Notice(theme, canvas)
        self.legend, self.map, self.card = Legend(theme, canvas), MiniMap(theme, canvas), HoverCard(theme, canvas)
        self.offer = Offer(theme, canvas)
        self.offer.changed.connect(self.arrange)
        self.corner = Corner.TOP_LEFT  # the legend's
        self._map_corner = Corner.BOTTOM_LEFT
        self.legend.hide()
        self.map.hide()
        self._rest = QTimer(canvas, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._show_card)
        self._hovered, self._hovered_at, self._around = NONE, QPointF(), QRectF()

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        for part in (self.hint, self.notice, self.legend, self.map, self.card, self.offer):
            part.set_theme(theme)

    def arrange(self) -> None:
        """Put everything in its corner of the canvas."""
        width, height = self._canvas.width(), self._canvas.height()
        self.offer.fit(width - 2 * _INSET)
        self.offer.move((width - self.offer.width()) // 2, height - self.offer.height() - _INSET)
        self.legend.move(self._at(self.legend, self.corner))
        if self.corner is self._map_corner and not self.legend.isHidden():
            self._map_corner = next(corner for corner in _MAP_CORNERS if corner is not self.corner)
        self.map.move(self._at(self.map, self._map_corner))
        self.hint.move((width - self.hint.width()) // 2, (height - self.hint.height()) // 2)
        self.notice.move((width - self.notice.width()) // 2, _INSET)

    @property
    def kept_free(self) -> int:
        """Pixels at the lower edge that the offer takes; legend and overview stand above it."""
        return 0 if self.offer.isHidden() else self._canvas.height() - self.offer.y()

    def _at(self, part: QWidget, corner: Corner) -> QPoint:
        """The upper left corner of a part that stands in a corner of the canvas."""
        x = self._canvas.width() - part.width() - _INSET if corner.is_right else _INSET
        y = self._canvas.height() - self.kept_free - part.height() - _INSET if corner.is_bottom else _INSET
        return QPoint(x, y)

    @property
    def shown(self) -> list[QWidget]:
        """The parts that cover some of the graph for long."""
        return [part for part in (self.legend, self.map, self.offer) if not part.isHidden()]

    def give_way(self, is_free: Callable[[QRectF], bool]) -> None:
        """Move legend and overview off what is drawn, where there is a corner in which `is_free` finds nothing.

        A legend that has no such corner says less, and stays where that has.
        """
        if not self.legend.isHidden():
            for brief in (False, True):
                self.legend.set_brief(brief)
                corner = self._clear(self.legend, self.corner, tuple(Corner), is_free)
                if corner is not None:
                    self.corner = corner
                    break
            self.arrange()
        if not self.map.isHidden():
            self._map_corner = self._clear(self.map, self._map_corner, _MAP_CORNERS, is_free) or self._map_corner
            self.arrange()

    def _clear(
        self, part: QWidget, corner: Corner, corners: Sequence[Corner], is_free: Callable[[QRectF], bool]
    ) -> Corner | None:
        """The corner in which a part covers nothing, that which it has if there it does not; None: in all it does."""
        others = [other.geometry() for other in self.shown if other is not part]
        for tried in dict.fromkeys((corner, *corners)):
            there = QRect(self._at(part, tried), part.size())
            if not any(there.intersects(other) for other in others) and is_free(QRectF(there)):
                return tried
        return None

    @property
    def legend_size(self) -> tuple[float, float]:
        """Pixels that the whole legend covers from its corner on, with a little air; 0 where it is hidden."""
        if self.legend.isHidden():
            return (0.0, 0.0)
        size = self.legend.size_if(brief=False)
        return (size.width() + _INSET + AIR, size.height() + _INSET + AIR)

    def move_legend(self, corner: Corner) -> None:
        """Put the legend into another corner."""
        self.corner = corner
        self.arrange()

    def show_picture(self, picture: Picture | None) -> None:
        """Another drawing, or none."""
        self.map.set_picture(picture)
        self.notice.hide()
        self.hint.setVisible(picture is None)
        self.hover(NONE, QPointF())
        if picture is None:
            self.legend.hide()
            self.map.hide()

    def show_step(self, picture: Picture) -> None:
        """Another position, or another pass, or none."""
        self.legend.setVisible(picture.story is not None)
        if picture.story is not None:
            self.legend.show_facts(LegendFacts.of(picture.story.run, signed=picture.signed))
            self.arrange()
        self.map.refresh()

    def show_seen(self, seen: QRectF, bounds: QRectF) -> None:
        """The overview is of use only while part of the graph is out of view."""
        self.map.set_seen(seen)
        hidden = bounds.isEmpty() or seen.contains(bounds)
        if hidden != self.map.isHidden():
            self.map.setHidden(hidden)
            self.arrange()

    def show_progress(self, text: str) -> None:
        """Say at the top that something is under way."""
        self.notice.show_progress(text)
        self.arrange()

    def show_error(self, text: str) -> None:
        """Say at the top what went wrong."""
        self.notice.show_error(text)
        self.arrange()

    def hover(self, box: int, at: QPointF, around: QRectF | None = None) -> None:
        """The pointer is at a box (or NONE), at a point of the canvas; the box is `around` it."""
        self.legend.set_seen_through(box != NONE and self.legend.geometry().contains(at.toPoint()))
        if box != self._hovered:
            self.card.hide()
        self._hovered, self._hovered_at = box, at
        self._around = around if around is not None else QRectF(at, at)
        if box == NONE:
            self._rest.stop()
        elif self.card.isHidden():
            self._rest.start()

    def _show_card(self) -> None:
        self.card.show_card(self._describe(self._hovered), self._hovered_at.toPoint(), self._around.toAlignedRect())
