"""A matrix that is too large for numbers, as a picture of coloured elements that can be zoomed, drawn by pyqtgraph.

Import it only where `plot_library` is ready.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolTip, QWidget

from ..theme import Theme, rgb
from .colours import is_mixed, levels, palette
from .plot_view import HINT, PlotView
from .series import evenly

Array = NDArray[np.generic]

MOST_PIXELS = 512  # rows and columns that are drawn at a time; what is smaller than a pixel is not drawn
MOST_ASPECT = 5  # a matrix that is longer than this is stretched to fill the room
GRID = 64  # marks of non-finite elements a side; more would hide each other
MOST_SEARCHED = 8_000_000  # elements that are searched for non-finite ones; of more, every so many rows
SQUARE = 2  # elements per side of the smallest part that can be shown


class HeatPicture(PlotView):
    """Element [row, column] is the square from (column, row) to (column + 1, row + 1)."""

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(height, parent)
        self._matrix: Array = np.zeros((0, 0), np.float32)
        self._range = (0.0, 0.0)
        self._drawn: tuple[float, ...] = ()
        self.setCentralItem(self.box)
        self.box.invertY(True)
        self._image = pg.ImageItem(axisOrder="row-major")
        # However small the picture is, a NaN is seen.
        self._broken = pg.ScatterPlotItem(size=4, symbol="s", pen=None)
        self.box.addItem(self._image)
        self.box.addItem(self._broken)
        self.box.sigRangeChanged.connect(self._draw)
        self.box.sigResized.connect(self._draw)
        self.hovered.connect(self._tell)
        self.setToolTip(HINT)

    def set_theme(self, theme: Theme) -> None:
        """Colour by another theme."""
        self.theme = theme
        self._broken.setBrush(QColor(theme.nonfinite))
        self._drawn = ()
        self._draw()

    def set_matrix(self, matrix: Array, low: float, high: float) -> None:
        """Show rows and columns; low and high are the extremes of the whole array, which fix the colours."""
        same_shape = matrix.shape == self._matrix.shape
        self._matrix, self._range, self._drawn = matrix, (low, high), ()
        self.setAccessibleName(f"Heat map of {matrix.shape[0]} by {matrix.shape[1]} elements")
        if not same_shape:
            self.show_all()
        self._mark_broken()
        self._draw()

    def show_all(self) -> None:
        """The whole matrix; stretched where it is very long."""
        rows, columns = (max(size, 1) for size in self._matrix.shape)
        self.box.setAspectLocked(max(rows, columns) <= MOST_ASPECT * min(rows, columns))
        self.box.setLimits(minXRange=min(SQUARE, columns), minYRange=min(SQUARE, rows))
        self.box.setRange(QRectF(0, 0, columns, rows), padding=0)

    def element_at(self, at: QPointF) -> tuple[int, int] | None:
        """Row and column of the element there."""
        row, column = int(np.floor(at.y())), int(np.floor(at.x()))
        rows, columns = self._matrix.shape
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def colour_of(self, row: int, column: int) -> str:
        """The colour of an element."""
        entry = int(levels(self._matrix[row, column], *self._range)[()])
        return palette(self.theme, is_mixed(*self._range))[entry]

    def _draw(self) -> None:
        """Draw the part in view, as fine as it can be seen."""
        if not self._matrix.size:
            return
        (left, right), (top, bottom) = self.box.viewRange()
        across, down = (min(max(round(size), 1), MOST_PIXELS) for size in (self.box.width(), self.box.height()))
        key = (left, right, top, bottom, across, down)
        if key == self._drawn:
            return
        self._drawn = key
        rows = evenly(top, bottom, self._matrix.shape[0], down)
        columns = evenly(left, right, self._matrix.shape[1], across)
        entries = levels(self._matrix[np.ix_(rows, columns)], *self._range).astype(np.uint8)
        self._image.setImage(entries, autoLevels=False, levels=(0, 255), lut=self._table())
        first, last = (int(rows[0]), int(columns[0])), (int(rows[-1]), int(columns[-1]))
        self._image.setRect(QRectF(first[1], first[0], last[1] - first[1] + 1, last[0] - first[0] + 1))

    def _table(self) -> NDArray[np.uint8]:
        colours = palette(self.theme, is_mixed(*self._range))
        return np.array([rgb(colour) for colour in colours], np.uint8)

    def _mark_broken(self) -> None:
        """One mark for the non-finite elements of each square of a coarse grid."""
        if self._matrix.dtype.kind != "f":
            self._broken.setData([], [])
            return
        every = -(-self._matrix.size // MOST_SEARCHED) or 1
        row, column = np.nonzero(~np.isfinite(self._matrix[::every]))
        row = row * every
        cells = row * GRID // max(self._matrix.shape[0], 1) * GRID + column * GRID // max(self._matrix.shape[1], 1)
        _, first = np.unique(cells, return_index=True)
        self._broken.setData(column[first] + 0.5, row[first] + 0.5)

    def _tell(self, at: QPointF) -> None:
        place = self.element_at(at)
        if place is not None:
            self.setToolTip(f"[{place[0]}, {place[1]}]  {self._matrix[place]}\n{HINT}")
            QToolTip.showText(self.cursor().pos(), self.toolTip(), self)
