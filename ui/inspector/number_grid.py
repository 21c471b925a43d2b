"""A small matrix as a grid of coloured cells with their numbers. Larger ones are a `HeatPicture`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..theme import DARK, Theme
from ..values import element
from .colours import ink, is_mixed, levels, palette

Array = NDArray[np.generic]

MOST_ROWS, MOST_COLUMNS = 8, 6
GAP = 3
LEAST_NUMBER = "-0.123"


def fits_grid(matrix: Array) -> bool:
    """Whether all numbers of a matrix can be written in cells."""
    return matrix.size > 0 and matrix.shape[0] <= MOST_ROWS and matrix.shape[1] <= MOST_COLUMNS


class NumberGrid(QWidget):
    """Every element of a matrix that `fits_grid`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = DARK
        self._matrix: Array = np.zeros((0, 0), np.float32)
        self._range = (0.0, 0.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def set_matrix(self, matrix: Array, low: float, high: float) -> None:
        """Show rows and columns; low and high are the extremes of the whole array, which fix the colours."""
        self._matrix, self._range = matrix, (low, high)
        self.setAccessibleName(f"{matrix.shape[0]} by {matrix.shape[1]} elements")
        self.updateGeometry()
        self.update()

    # -- sizes ---------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Rows of one height."""
        rows, columns = self._matrix.shape
        return QSize(columns * 78, rows * (round(QFontMetricsF(self._font()).height() * 1.9) + GAP))

    def minimumSizeHint(self) -> QSize:
        """Numbers are elided before they are cropped."""
        return QSize(64, self.sizeHint().height())

    def room(self) -> int:
        """The width in which every number is written with the digits that tell it from others."""
        text = QFontMetricsF(self._font()).horizontalAdvance(LEAST_NUMBER)
        return int(self._matrix.shape[1]) * round(text + 4 + GAP)

    def _font(self) -> QFont:
        """The monospaced font, smaller where there are many columns."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        columns = self._matrix.shape[1]
        font.setPointSizeF(self.font().pointSizeF() * (1.05 if columns <= 2 else 0.95 if columns <= 4 else 0.82))
        font.setBold(True)
        return font

    # -- paint ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells."""
        if not self._matrix.size:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font())
        metrics = QFontMetricsF(painter.font())
        colours = palette(self._theme, is_mixed(*self._range))
        entries = levels(self._matrix, *self._range)
        for row, column in np.ndindex(self._matrix.shape):
            colour = colours[entries[row, column]]
            cell = self._cell(row, column)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(cell, 3, 3)
            painter.setPen(QColor(ink(colour)))
            text = _fitted(self._matrix[row, column], metrics, cell.width() - 4)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def _cell(self, row: int, column: int) -> QRectF:
        rows, columns = self._matrix.shape
        width, height = (self.width() + GAP) / columns, (self.height() + GAP) / rows
        return QRectF(column * width, row * height, width - GAP, height - GAP)

    def event(self, event: QEvent) -> bool:
        """Tell the element under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._matrix.size:
            rows, columns = self._matrix.shape
            row = min(int(event.pos().y() / max(self.height(), 1) * rows), rows - 1)
            column = min(int(event.pos().x() / max(self.width(), 1) * columns), columns - 1)
            QToolTip.showText(event.globalPos(), f"[{row}, {column}]  {self._matrix[row, column]}", self)
            return True
        return super().event(event)


def _fitted(value: Any, metrics: QFontMetricsF, width: float) -> str:
    """The element with as many digits as fit."""
    text = element(value)
    if metrics.horizontalAdvance(text) <= width or not isinstance(value, np.floating):
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    for digits in (3, 2, 1):
        text = f"{float(value):.{digits}g}"
        if metrics.horizontalAdvance(text) <= width:
            return text
    return "…"
