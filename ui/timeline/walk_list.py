"""The chooser of walks: a button with the title of the present one, which opens the list of all of them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QFrame, QHeaderView, QSizePolicy, QTreeView, QVBoxLayout, QWidget

from engine.trace import Trace

from ..stepping import Walk
from ..theme import DARK, Theme, mix
from .walk_model import WalkModel
from .walks import forest

_PADDING, _CHEVRON = 8, 14
_WIDTH, _MOST_ROWS = 820, 18


class WalkList(QFrame):
    """The opened list."""

    chosen = Signal(object)  # a Walk

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("walk-list")
        self._theme: Theme = DARK
        self._model: WalkModel | None = None
        self.tree = QTreeView()
        self.tree.setAccessibleName("Passes of the session")
        self.tree.setUniformRowHeights(True)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.clicked.connect(self._choose)
        self.tree.activated.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.tree)

    def set_theme(self, theme: Theme) -> None:
        """Show another theme."""
        self._theme = theme
        self.setStyleSheet(
            f"QFrame#walk-list {{ background: {theme.panel}; border: 1px solid {theme.line}; }}"
            f"QTreeView {{ background: {theme.panel}; color: {theme.text}; }}"
            "QTreeView::item { padding: 3px 4px; }"
            f"QTreeView::item:hover {{ background: {mix(theme.panel, theme.accent, 0.12)}; }}"
            f"QTreeView::item:selected {{ background: {mix(theme.panel, theme.accent, 0.28)}; color: {theme.text}; }}"
            f"QHeaderView::section {{ background: {theme.panel}; color: {theme.dim}; border: none; padding: 4px; }}"
        )

    def open_at(self, corner: QPoint, room: QRectF, trace: Trace, current: Walk) -> None:
        """Fill and show the list with its lower left corner at `corner` (global), inside `room`."""
        self._model = WalkModel(trace, forest(trace), self._theme)
        self.tree.setModel(self._model)
        self.tree.expandAll()
        header = self.tree.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        width = min(round(room.width()), _WIDTH)
        for section, share in enumerate((0.34, 0.17, 0.11, 0.14, 0.1)):
            header.resizeSection(section, round(width * share))
        self.resize(width, self._height())
        left = min(max(corner.x(), room.left()), room.right() - width)
        self.move(round(left), round(max(corner.y() - self.height(), room.top())))
        self.show()
        self.tree.setFocus()
        index = self._model.index_of(current)
        self.tree.setCurrentIndex(index)
        self.tree.scrollTo(index, QTreeView.ScrollHint.PositionAtCenter)

    def _height(self) -> int:
        assert self._model is not None  # it is filled first
        rows = min(len(self._model.walks.walks), _MOST_ROWS)
        row = max(self.tree.sizeHintForRow(0), self.fontMetrics().height() + 6)
        return rows * row + self.tree.header().sizeHint().height() + 6

    def _choose(self, index: QModelIndex) -> None:
        model = self._model
        if model is not None and self.isVisible():
            walk = model.walk(index)
            self.hide()
            self.chosen.emit(walk)

    def hideEvent(self, event: QHideEvent) -> None:
        """What a closed list says would only grow old."""
        super().hideEvent(event)
        self.tree.setModel(None)
        self._model = None


class WalkButton(QAbstractButton):
    """The title of what is walked with a chevron; a press opens the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = DARK
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Pass")

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def set_title(self, title: str) -> None:
        """Say what is walked."""
        self.setText(title)
        self.setToolTip(f"{title}\nChoose another pass, or a cell's forward pass")
        self.setAccessibleDescription(title)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The title with its chevron."""
        metrics = self.fontMetrics()
        text = metrics.horizontalAdvance(self.text()) + 1  # may be rounded down, and then it would be elided
        return QSize(text + 2 * _PADDING + _CHEVRON, metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        """A long title is elided; what is beside it gives way first."""
        least = 2 * _PADDING + _CHEVRON + 16 * self.fontMetrics().averageCharWidth()
        return QSize(min(least, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint text and chevron."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setBrush(QColor(mix(theme.panel, theme.accent, 0.12)))
            painter.setPen(QColor(theme.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        room = self.rect().adjusted(_PADDING, 0, -_PADDING - _CHEVRON, 0)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room.width())
        painter.setPen(QColor(theme.text))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.setPen(QPen(QColor(theme.dim), 1.5))
        x, y = self.width() - _PADDING - 4.0, self.height() / 2
        painter.drawPolyline(QPolygonF([QPointF(x - 3.5, y - 1.7), QPointF(x, y + 1.8), QPointF(x + 3.5, y - 1.7)]))
        painter.end()
