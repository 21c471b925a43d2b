"""The strip at the left of the code: line numbers, run signs, breakpoints, bars beside marked lines and the cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTextBlock
from PySide6.QtWidgets import QWidget

from ..style import card
from ..theme import mix

if TYPE_CHECKING:
    from .code_view import CodeView

SPACE = 8
BAR = 3
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Gutter(QWidget):
    """Belongs to one `CodeView` and scrolls with it."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click the sign beside a header to run its cell, a line to stop there while stepping")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in view."""
        view = self._view
        painter = QPainter(self)
        painter.setFont(view.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = view.current_cell()
        roles = {mark.place.block: mark.role for mark in view.marks}
        for block, area in view.visible_blocks():
            row = QRectF(0, area.top(), self.width(), area.height())
            in_current = view.listing.cell_at(block.blockNumber()) == current
            self._paint_row(painter, block, row, roles.get(block.blockNumber(), ""), in_current)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Run the cell whose header was clicked; set or remove the breakpoint of any other line."""
        view = self._view
        for block, area in view.visible_blocks():
            if area.top() <= event.position().y() < area.bottom():
                number = block.blockNumber()
                if view.cell_headed_by(number) is not None:
                    view.run_clicked.emit(view.listing.cell_at(number))
                elif view.listing.line_at(number):
                    view.margin_clicked.emit(number)

    def _paint_row(self, painter: QPainter, block: QTextBlock, row: QRectF, role: str, in_current: bool) -> None:
        theme, number = self._view.theme, block.blockNumber()
        line = self._view.listing.line_at(number)
        header = self._view.cell_headed_by(number) is not None
        if role:
            painter.fillRect(row, QColor(mix(card(theme), getattr(theme, role), 0.16)))
        if header:
            painter.fillRect(row, QColor(mix(card(theme), theme.line, 0.45)))
            self._paint_run_sign(painter, row, theme.accent if in_current else theme.dim)
        elif line:
            if number in self._view.breaks:
                self._paint_break(painter, row, enabled=self._view.breaks[number])
            painter.setPen(QColor(theme.text if role else theme.dim))
            painter.drawText(row.adjusted(0, 0, -SPACE, 0), _RIGHT, str(line))
        if role or (in_current and (line or header)):
            colour = getattr(theme, role or "accent")
            painter.fillRect(QRectF(0, row.top(), BAR, row.height()), QColor(colour))

    def _paint_break(self, painter: QPainter, row: QRectF, *, enabled: bool) -> None:
        """A disc; of a breakpoint that is switched off, a ring."""
        colour, half = QColor(self._view.theme.error), row.height() * 0.24
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if enabled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(BAR + 2 + half, row.center().y()), half, half)

    def _paint_run_sign(self, painter: QPainter, row: QRectF, colour: str) -> None:
        half = row.height() * 0.24
        middle = QPointF(row.right() - SPACE - half, row.center().y())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        corners = [QPointF(-half, -half), QPointF(half, 0), QPointF(-half, half)]
        painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
