"""The slider of a pass: filled up to the position, a dot per step, labels under it, marks above it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from ..stepping import BEGINNING, Place
from ..theme import DARK, Theme, mix
from .marks import StepMarks, apart, label_positions

TRACK, DOT, KNOB = 4.0, 3.5, 8.0
ABOVE = 20.0  # room for marks over the track
DOT_SPACING = 9.0  # closer than this the dots would touch
LEAST_NAME = 4  # letters of a name that are worth showing; "s…" beside a long label says nothing
NAME_SPACING = 46.0  # closer than this long names are too short to read, and steps are labelled by number


class StepSlider(QAbstractSlider):
    """Positions of a walk on a line; `valueChanged` tells where the user wants to be, `notched` a turn of the wheel."""

    notched = Signal(int)  # 1: on, -1: back
    play_pressed = Signal()  # with Space

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = DARK
        self._marks: StepMarks | None = None
        self._place = BEGINNING
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setSingleStep(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Position in the pass")

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def set_marks(self, marks: StepMarks | None) -> None:
        """Show another walk, or other marks on it."""
        self._marks = marks
        count = 0 if marks is None else marks.count
        self.setRange(0, count)
        self.setPageStep(max(1, count // 10))
        self.update()

    def set_place(self, place: Place) -> None:
        """Put the knob there."""
        self._place = place
        self.setValue(place.last)
        self.update()

    # -- geometry ------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Marks, track and one line of labels."""
        return QSize(420, self._height())

    def minimumSizeHint(self) -> QSize:
        """Narrow is fine: labels are thinned."""
        return QSize(60, self._height())

    def _height(self) -> int:
        return round(ABOVE + KNOB + 6 + QFontMetricsF(self._label_font()).height() + 4)

    def _label_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() * 0.92, 6.5))
        return font

    def _ends(self) -> tuple[float, float]:
        pad = 26.0
        return pad, max(self.width() - pad, pad + 1)

    def _x(self, position: float) -> float:
        left, right = self._ends()
        return left + (right - left) * (position / self.maximum() if self.maximum() else 0.0)

    def _position(self, x: float) -> int:
        left, right = self._ends()
        share = min(max((x - left) / (right - left), 0.0), 1.0)
        return round(share * self.maximum())

    def _spacing(self) -> float:
        left, right = self._ends()
        return (right - left) / max(self.maximum(), 1)

    # -- mouse ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the step under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            position = self._position(event.position().x())
            if position == self.value():
                self.valueChanged.emit(position)  # the knob may stand before it, with contributions still to come
            self.setValue(position)
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag through the steps."""
        if self.isSliderDown():
            self.setValue(self._position(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays; the rest is a slider's."""
        if event.key() == Qt.Key.Key_Space:
            self.play_pressed.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One step a notch, downwards is forwards."""
        notches = event.angleDelta().y() or event.angleDelta().x()
        if notches:
            self.notched.emit(1 if notches < 0 else -1)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Tell about the step under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._marks is not None:
            position = self._position(event.pos().x())
            QToolTip.showText(event.globalPos(), self._marks.description(position), self)
            return True
        return super().event(event)

    # -- paint ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint track, dots, marks, labels and the knob."""
        if self._marks is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        y = ABOVE + 2
        self._paint_track(painter, y, self._marks.share(self._place))
        self._paint_marks(painter, self._marks, y)
        knob = QPointF(self._x(self._marks.share(self._place)), y)
        now = QColor(self._theme.now)
        if self._place.first < self._place.last:
            first = self._x(self._place.first)
            painter.setBrush(now)
            painter.drawRoundedRect(QRectF(first - KNOB / 2, y - KNOB / 2, knob.x() - first + KNOB, KNOB), 4, 4)
        if self.hasFocus():
            painter.setBrush(QColor(now.red(), now.green(), now.blue(), 70))
            painter.drawEllipse(knob, KNOB + 4, KNOB + 4)
        painter.setBrush(now)
        painter.drawEllipse(knob, KNOB, KNOB)
        self._paint_labels(painter, self._marks, y)
        painter.end()

    def _paint_track(self, painter: QPainter, y: float, share: float) -> None:
        theme, (left, right), x = self._theme, self._ends(), self._x(share)
        waiting = mix(theme.line, theme.dim, 0.15)
        painter.setBrush(QColor(waiting))
        painter.drawRoundedRect(QRectF(left, y - TRACK / 2, right - left, TRACK), TRACK / 2, TRACK / 2)
        painter.setBrush(QColor(theme.now))
        painter.drawRoundedRect(QRectF(left, y - TRACK / 2, x - left, TRACK), TRACK / 2, TRACK / 2)
        if self._spacing() < DOT_SPACING:
            return
        done, later = QColor(theme.now), QColor(mix(theme.line, theme.dim, 0.6))
        for position in range(self.maximum() + 1):
            painter.setBrush(done if position <= share else later)
            painter.drawEllipse(QPointF(self._x(position), y), DOT, DOT)

    def _paint_marks(self, painter: QPainter, marks: StepMarks, y: float) -> None:
        """Diamonds for accumulations (a plus over an earlier value), dots for breakpoints, triangles for NaN and Inf.

        The first NaN or Inf is the one to look at: its triangle is larger than those of what came of it.
        """
        theme, spacing = self._theme, self._spacing()
        tight = spacing < DOT_SPACING
        written = apart(marks.accumulations, spacing)
        repeated = np.isin(written, marks.repeated)
        for position, over_earlier in zip(written.tolist(), repeated.tolist(), strict=True):
            x = self._x(position)
            painter.setBrush(QColor(theme.accumulate))
            if tight:
                painter.drawRoundedRect(QRectF(x - 1.5, y + TRACK / 2 + 2, 3, 6), 1, 1)
            else:
                painter.drawPolygon(_diamond(x, y, DOT + 2))
            if over_earlier:
                painter.setBrush(QColor(theme.leaf))
                painter.drawRect(QRectF(x - 4, y - 14.8, 8, 1.6))
                painter.drawRect(QRectF(x - 0.8, y - 18, 1.6, 8))
        painter.setBrush(QColor(theme.nonfinite))
        for position in apart(marks.nonfinite[1:], spacing, 6.0).tolist():
            painter.drawPolygon(_triangle(self._x(position), y - 11, 3.5))
        if len(marks.nonfinite):
            painter.drawPolygon(_triangle(self._x(int(marks.nonfinite[0])), y - 10, 6.5))
        painter.setBrush(QColor(theme.error))
        for position in apart(marks.hits, spacing, 4.0).tolist():
            painter.drawEllipse(QPointF(self._x(position), y - 14), 3.6, 3.6)
        if marks.failed > 0:
            self._paint_cross(painter, self._x(marks.failed), y)

    def _paint_cross(self, painter: QPainter, x: float, y: float) -> None:
        """The step that raised."""
        painter.setPen(QPen(QColor(self._theme.error), 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(x - 4, y - 19), QPointF(x + 4, y - 11))
        painter.drawLine(QPointF(x - 4, y - 11), QPointF(x + 4, y - 19))
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_labels(self, painter: QPainter, marks: StepMarks, y: float) -> None:
        theme = self._theme
        painter.setFont(self._label_font())
        metrics = QFontMetricsF(painter.font())
        top, height = y + KNOB + 5, metrics.height()
        spacing, current = self._spacing(), self.value()
        named = self._names_fit(marks, metrics)
        current_text = self._current_text(marks, named)
        current_text = metrics.elidedText(current_text, Qt.TextElideMode.ElideMiddle, self.width() - 2)
        own = max(self._text_width(metrics, current_text), metrics.horizontalAdvance("0,000"))
        current_room = self._paint_label(painter, current_text, current, own, theme.text, top, height)
        if named:
            positions = [k for k in range(self.maximum() + 1) if k != current]
        else:
            _, positions = label_positions(self.maximum(), current, spacing, metrics.horizontalAdvance(" 0,000 ") + 8)
        for position in positions:
            text = marks.label(position) if named or position == 0 else f"{position:,}"
            width = min(self._text_width(metrics, text), spacing - 6) if named else self._text_width(metrics, text)
            left = self._label_left(position, width)
            if left + width > current_room[0] - 6 and left < current_room[1] + 6:
                room = self._room_beside(position, current_room, width)
                if not named or room < min(width, metrics.horizontalAdvance(text[:LEAST_NAME] + "…")):
                    continue
                width = room
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width + 1)
            self._paint_label(painter, text, position, width, theme.dim, top, height)

    def _names_fit(self, marks: StepMarks, metrics: QFontMetricsF) -> bool:
        """Whether every step can carry its name; long names may be elided, short ones not."""
        spacing = self._spacing()
        if spacing < DOT_SPACING:
            return False
        widths = [self._text_width(metrics, marks.label(k)) for k in range(1, self.maximum())]
        return spacing >= min(max(widths, default=0.0) + 8, NAME_SPACING)

    def _current_text(self, marks: StepMarks, named: bool) -> str:
        text = marks.now_label(self._place)
        if self.value() == 0:
            return text
        return text if named else f"{self.value():,}  {text}"

    def _room_beside(self, position: int, taken: tuple[float, float], width: float) -> float:
        x = self._x(position)
        free = taken[0] - 6 - x if position < self.value() else x - taken[1] - 6
        return min(width, 2 * free)

    def _text_width(self, metrics: QFontMetricsF, text: str) -> float:
        return metrics.horizontalAdvance(text) + 1

    def _label_left(self, position: int, width: float) -> float:
        return min(max(self._x(position) - width / 2, 0.0), max(self.width() - width, 0.0))

    def _paint_label(
        self, painter: QPainter, text: str, position: int, width: float, colour: str, top: float, height: float
    ) -> tuple[float, float]:
        left = self._label_left(position, width)
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(left, top, width + 1, height), Qt.AlignmentFlag.AlignHCenter, text)
        return left, left + width


def _diamond(x: float, y: float, radius: float) -> QPolygonF:
    return QPolygonF([QPointF(x - radius, y), QPointF(x, y - radius), QPointF(x + radius, y), QPointF(x, y + radius)])


def _triangle(x: float, tip: float, half: float) -> QPolygonF:
    """Pointing down at the track."""
    return QPolygonF([QPointF(x - half, tip - 1.6 * half), QPointF(x + half, tip - 1.6 * half), QPointF(x, tip)])
