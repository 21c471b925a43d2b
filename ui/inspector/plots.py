"""Histogram of an array, and the gradient's norm over the steps of a pass, drawn by pyqtgraph.

Import it only where `plot_library` is ready.
"""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QToolTip, QVBoxLayout, QWidget

from ..cards import label
from ..theme import Theme
from ..values import number
from .plot_view import PlotView
from .series import Floats, counts, scaled

EDGE = 0.1  # room above and below the line, as a share of its height
MOST_GAPS = 1000  # marks of non-finite steps; more would touch each other
MOST_DOTS = 40  # steps that are dots as well as a line


class Histogram(QWidget):
    """How the elements of an array are spread: bars, and the two ends of the range below."""

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Histogram")
        self._counts: NDArray[np.int64] = np.zeros(0, np.int64)
        self._low, self._high = label(part="dim", wrap=False), label(part="dim", wrap=False)
        self._view = PlotView(height - self._low.sizeHint().height())
        self._view.setCentralItem(self._view.box)
        self._view.box.setMouseEnabled(x=False, y=False)
        self._bars = pg.BarGraphItem(x=[], height=[], width=0.86)
        self._view.box.addItem(self._bars)
        ends = QHBoxLayout()
        ends.addWidget(self._low, 1)
        ends.addWidget(self._high)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._view)
        column.addLayout(ends)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._bars.setOpts(brush=QColor(theme.function), pen=None)
        for end in (self._low, self._high):
            end.setFont(self._view.small_font())

    def set_values(self, values: NDArray[np.generic]) -> None:
        """Count other values."""
        self._counts, low, high = counts(values)
        some = len(self._counts) > 0
        top = int(self._counts.max()) if some else 1
        # An empty bin keeps a hair, so that the axis is seen.
        heights = np.maximum(self._counts, 0.012 * top)
        self._bars.setOpts(x=np.arange(len(heights)), height=heights)
        self._view.box.setRange(xRange=(-0.5, max(len(heights), 1) - 0.5), yRange=(0, top), padding=0)
        self._low.setText(number(low, 3) if some else "no finite element")
        self._high.setText(number(high, 3))
        ends = some and low != high
        self._high.setVisible(ends)
        self._low.setAlignment(Qt.AlignmentFlag.AlignLeft if ends else Qt.AlignmentFlag.AlignHCenter)

    def bins(self) -> list[int]:
        """The counts that are drawn."""
        return [int(count) for count in self._counts]


class NormPlot(PlotView):
    """The gradient's norm over the steps of a pass; a click goes to a step."""

    position_chosen = Signal(int)

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(height, parent)
        self.setAccessibleName("Gradient norm over the steps")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._norms: Floats = np.zeros(0)
        self._heights: Floats = np.zeros(0)
        self._position = 0
        self._axis = pg.AxisItem("right", pen=pg.mkPen(None), maxTickLength=0)
        self._plot = pg.PlotItem(viewBox=self.box, axisItems={"right": self._axis}, enableMenu=False)
        self._plot.hideButtons()
        self._plot.hideAxis("left")
        self._plot.hideAxis("bottom")
        self._plot.showAxis("right")
        self.setCentralItem(self._plot)
        self.box.setMouseEnabled(x=True, y=False)
        self._gaps = pg.VTickGroup(yrange=(0, 1))
        self._line = pg.PlotDataItem(connect="finite", antialias=True)
        # What is out of sight or between two pixels is not drawn: lowest and highest of a column stay.
        self._plot.setDownsampling(auto=True, mode="peak")
        self._plot.setClipToView(True)
        self._mark = pg.InfiniteLine(angle=90, movable=False)
        self._now = pg.ScatterPlotItem(size=9, pen=None)
        for item in (self._gaps, self._line, self._mark, self._now):
            self._plot.addItem(item)
        self.clicked.connect(self._choose)
        self.hovered.connect(self._tell)

    @property
    def is_log(self) -> bool:
        """Whether the scale is logarithmic."""
        return scaled(self._norms)[1]

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.theme = theme
        self._axis.setTextPen(QColor(theme.dim))
        self._axis.setStyle(tickFont=self.small_font(), tickTextOffset=6, tickAlpha=0)
        self._gaps.setPen(pg.mkPen(theme.nonfinite, width=2))
        self._mark.setPen(pg.mkPen(theme.now, width=1, style=Qt.PenStyle.DotLine))
        self._now.setBrush(QColor(theme.now))
        self._draw()

    def set_norms(self, norms: Floats) -> None:
        """Norm at each position; NaN where it is not finite."""
        self._norms = norms
        self._heights = scaled(norms)[0]
        self._draw()
        self.show_all()

    def set_position(self, position: int) -> None:
        """Mark the current step."""
        self._position = position
        known = 0 <= position < len(self._heights)
        self._mark.setVisible(known)
        self._now.setVisible(known)
        if known:
            height = float(self._heights[position])
            self._mark.setValue(position)
            self._now.setData([position], [1.0 if math.isnan(height) else height])

    def show_all(self) -> None:
        """The whole pass."""
        last = max(len(self._norms) - 1, 1)
        sides = 0.02 * last
        self.box.setLimits(xMin=-sides, xMax=last + sides, minXRange=min(4, last), yMin=-EDGE, yMax=1 + EDGE)
        self.box.setRange(xRange=(-sides, last + sides), yRange=(-EDGE, 1 + EDGE), padding=0)

    def _draw(self) -> None:
        few = len(self._heights) <= MOST_DOTS
        # pyqtgraph cannot find the bounds of nothing.
        heights = self._heights if np.isfinite(self._heights).any() else np.zeros(0)
        colour = QColor(self.theme.function)
        # A wide pen over a long line is what would take long to paint.
        self._line.setData(
            np.arange(len(heights)), heights, pen=pg.mkPen(colour, width=1.6 if few else 1),
            symbol="o" if few else None, symbolSize=5, symbolBrush=colour, symbolPen=None,
        )  # fmt: skip
        broken = np.flatnonzero(np.isnan(self._heights))
        self._gaps.setXVals(broken[np.linspace(0, len(broken) - 1, min(len(broken), MOST_GAPS)).astype(np.int64)])
        self._axis.setTicks([self._ends()])
        widest = max((QFontMetricsF(self.small_font()).horizontalAdvance(text) for _, text in self._ends()), default=0)
        self._axis.setWidth(widest + 12)
        self.set_position(self._position)

    def _ends(self) -> list[tuple[float, str]]:
        """The smallest and the largest norm, where they lie."""
        finite = np.flatnonzero(np.isfinite(self._heights))
        if not len(finite):
            return []
        places = {int(finite[np.argmin(self._heights[finite])]), int(finite[np.argmax(self._heights[finite])])}
        return [(float(self._heights[place]), number(float(self._norms[place]), 3)) for place in sorted(places)]

    def _nearest(self, at: QPointF) -> int:
        return min(max(round(at.x()), 0), len(self._norms) - 1)

    def _choose(self, at: QPointF) -> None:
        if len(self._norms):
            self.position_chosen.emit(self._nearest(at))

    def _tell(self, at: QPointF) -> None:
        if len(self._norms):
            position = self._nearest(at)
            norm = float(self._norms[position])
            value = "not finite" if math.isnan(norm) else number(norm)
            self.setToolTip(f"step {position:,}: {value}")
            QToolTip.showText(self.cursor().pos(), self.toolTip(), self)
