"""Two small charts: the histogram of an array, and the gradient's norm over the steps of a pass."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme import DARK, Theme, mix
from ..values import number

Floats = NDArray[np.float64]

MOST_ELEMENTS = 200_000  # a histogram of more elements takes an even sample
BINS = 15
LOG_RANGE = 1e3  # larger ratios are drawn on a log scale


def counts(values: NDArray[np.generic]) -> tuple[NDArray[np.int64], float, float]:
    """Histogram of the finite elements: counts per bin and the range. No finite element: no bins."""
    flat = np.asarray(values).reshape(-1)
    flat = flat[:: max(1, math.ceil(flat.size / MOST_ELEMENTS))].astype(np.float64)
    flat = flat[np.isfinite(flat)]
    if not flat.size:
        return np.zeros(0, np.int64), 0.0, 0.0
    low, high = float(flat.min()), float(flat.max())
    if low == high or not math.isfinite(high - low):
        bins = np.zeros(BINS, np.int64)
        bins[BINS // 2] = flat.size
        return bins, low, high
    return np.histogram(flat, BINS)[0].astype(np.int64), low, high


def scaled(norms: Floats) -> tuple[Floats, bool]:
    """Heights 0-1 of the norms (NaN stays), and whether the scale is logarithmic. Zero lies at the bottom."""
    finite = norms[np.isfinite(norms)]
    positive = finite[finite > 0]
    if not len(positive):
        return np.where(np.isfinite(norms), 0.0, np.nan), False
    low, high = float(positive.min()), float(positive.max())
    if high / low > LOG_RANGE:
        with np.errstate(divide="ignore", invalid="ignore"):
            heights = (np.log(norms) - math.log(low)) / (math.log(high) - math.log(low))
        return np.where(norms == 0, 0.0, heights), True
    base = float(finite.min())
    span = high - base
    return (norms - base) / span if span > 0 else np.where(np.isfinite(norms), 0.5, np.nan), False


def thinned(heights: Floats, columns: int) -> tuple[Floats, Floats]:
    """Shares of the width (0-1) and heights; of more than four steps a column only its lowest and highest are kept.

    A column with a gap (NaN) stays a gap, so that a single non-finite step is never thinned away.
    """
    count = len(heights)
    if count <= 4 * columns:
        return np.linspace(0, 1, count) if count > 1 else np.full(count, 0.5), heights
    starts = np.unique(np.linspace(0, count, columns, endpoint=False).astype(np.int64))
    low, high = np.minimum.reduceat(heights, starts), np.maximum.reduceat(heights, starts)
    return np.repeat(starts / (count - 1), 2), np.stack([low, high], axis=1).reshape(-1)


class Histogram(QWidget):
    """How the elements of an array are spread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = DARK
        self._counts, self._low, self._high = np.zeros(0, np.int64), 0.0, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Histogram")

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def set_values(self, values: NDArray[np.generic]) -> None:
        """Count other values."""
        self._counts, self._low, self._high = counts(values)
        self.setToolTip(f"{number(self._low)} … {number(self._high)}" if len(self._counts) else "no finite element")
        self.update()

    def sizeHint(self) -> QSize:
        """Beside the heat map."""
        return QSize(150, 76)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a narrow dock."""
        return QSize(70, 76)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame, bars and the two ends of the range."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QColor(theme.line))
        painter.setBrush(QColor(mix(theme.panel, theme.background, 0.55)))
        painter.drawRoundedRect(frame, 6, 6)
        painter.setFont(_small(self.font()))
        text = QFontMetricsF(painter.font()).height()
        area = frame.adjusted(10, 8, -10, -text - 4)
        if len(self._counts):
            self._paint_bars(painter, area)
            below = QRectF(area.left(), area.bottom() + 1, area.width(), text + 2)
            painter.setPen(QColor(theme.dim))
            if self._low == self._high:
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, number(self._low))
            else:
                painter.drawText(below, Qt.AlignmentFlag.AlignLeft, number(self._low, 3))
                painter.drawText(below, Qt.AlignmentFlag.AlignRight, number(self._high, 3))
        painter.end()

    def _paint_bars(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.function))
        width, top = area.width() / len(self._counts), int(self._counts.max())
        for index, count in enumerate(self._counts.tolist()):
            # An empty bin keeps a hair, so that the axis is seen.
            height = max(area.height() * count / top, 1.0)
            bar = QRectF(area.left() + index * width + 1, area.bottom() - height, max(width - 2, 1.0), height)
            painter.drawRoundedRect(bar, 1, 1)


class NormPlot(QWidget):
    """The gradient's norm over the steps of a pass; a click goes to a step."""

    position_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = DARK
        self._norms: Floats = np.zeros(0)
        self._heights: Floats = np.zeros(0)
        self._drawn: tuple[tuple[float, ...], Floats, Floats] | None = None
        self._log = False
        self._position = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Gradient norm over the steps")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def set_norms(self, norms: Floats) -> None:
        """Norm at each position; NaN where it is not finite."""
        self._norms = norms
        self._heights, self._log = scaled(norms)
        self._drawn = None
        self.update()

    def set_position(self, position: int) -> None:
        """Mark the current step."""
        self._position = position
        known = 0 <= position < len(self._norms)
        value = float(self._norms[position]) if known else math.nan
        self.setToolTip(f"step {position}: {'not finite' if math.isnan(value) else number(value)}" if known else "")
        self.update()

    @property
    def is_log(self) -> bool:
        """Whether the scale is logarithmic."""
        return self._log

    def sizeHint(self) -> QSize:
        """As wide as the panel."""
        return QSize(200, 70)

    def _area(self) -> QRectF:
        side = QFontMetricsF(_small(self.font())).horizontalAdvance("0.00e00")
        return QRectF(self.rect()).adjusted(6, 8, -side - 12, -8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the step under the pointer."""
        area, last = self._area(), len(self._norms) - 1
        if last > 0:
            share = (event.position().x() - area.left()) / max(area.width(), 1.0)
            self.position_chosen.emit(round(min(max(share, 0.0), 1.0) * last))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, the gaps of non-finite steps, the mark and the extremes."""
        if not len(self._norms):
            return
        theme, area, painter = self._theme, self._area(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawLine(QPointF(area.left(), area.bottom() + 4), QPointF(area.right(), area.bottom() + 4))
        xs, ys = self._line(area)
        painter.setPen(QPen(QColor(theme.function), 1.6))
        for start, end in _finite_runs(ys):
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(xs[start:end], ys[start:end], strict=True)]))
        painter.setPen(Qt.PenStyle.NoPen)
        if len(xs) <= 40:
            painter.setBrush(QColor(theme.function))
            for x, y in zip(xs, ys, strict=True):
                if math.isfinite(y):
                    painter.drawEllipse(QPointF(x, y), 2.2, 2.2)
        painter.setBrush(QColor(theme.nonfinite))
        for x in np.unique(xs[np.isnan(ys)].round()):
            painter.drawRect(QRectF(x - 1, area.top(), 2, area.height()))
        if 0 <= self._position < len(self._heights):
            height = float(self._heights[self._position])
            x = area.left() + area.width() * self._position / max(len(self._heights) - 1, 1)
            y = area.top() if math.isnan(height) else area.bottom() - height * area.height()
            painter.setBrush(QColor(theme.now))
            painter.drawEllipse(QPointF(x, y), 4, 4)
        self._paint_extremes(painter, area)
        painter.end()

    def _line(self, area: QRectF) -> tuple[Floats, Floats]:
        """The points to paint: every step, or of very many the lowest and highest of each pixel column."""
        key = (area.left(), area.top(), area.width(), area.height())
        if self._drawn is None or self._drawn[0] != key:
            shares, heights = thinned(self._heights, max(int(area.width()), 1))
            self._drawn = (key, area.left() + shares * area.width(), area.bottom() - heights * area.height())
        return self._drawn[1:]

    def _paint_extremes(self, painter: QPainter, area: QRectF) -> None:
        finite = self._norms[np.isfinite(self._norms)]
        if not len(finite):
            return
        painter.setFont(_small(self.font()))
        painter.setPen(QColor(self._theme.dim))
        room = QRectF(area.right() + 8, area.top() - 6, self.width() - area.right() - 8, area.height() + 12)
        high, low = float(finite.max()), float(finite.min())
        if high != low:
            painter.drawText(room, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, number(high, 3))
            painter.drawText(room, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, number(low, 3))
        else:
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, number(high, 3))


def _finite_runs(ys: Floats) -> list[tuple[int, int]]:
    """Runs of positions between the gaps."""
    finite = np.isfinite(ys).astype(np.int8)
    changes = np.diff(np.concatenate([[0], finite, [0]]))
    return list(zip(np.flatnonzero(changes == 1).tolist(), np.flatnonzero(changes == -1).tolist(), strict=True))


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(max(font.pointSizeF() * 0.88, 6.5))
    return small
