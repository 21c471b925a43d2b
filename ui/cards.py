"""Small parts that panels are built of: labels, a titled card, a scrolling column, the sentence of an empty panel."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

GAP = 8


def label(text: str = "", part: str = "", *, wrap: bool = True) -> QLabel:
    """A plain-text label in the look of `part` (see `panel_style`)."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("part", part)
    made.setWordWrap(wrap)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    # A long word must not widen the dock.
    across = QSizePolicy.Policy.Ignored if wrap else QSizePolicy.Policy.Preferred
    made.setSizePolicy(across, made.sizePolicy().verticalPolicy())
    return made


class ElidedLabel(QLabel):
    """A plain-text label that ends in an ellipsis where it does not fit, and tells the rest in its tool tip.

    Where there are `shorter` texts, the first that fits is shown instead.
    """

    def __init__(self, part: str = "") -> None:
        super().__init__()
        self.shorter: tuple[str, ...] = ()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("part", part)

    def minimumSizeHint(self) -> QSize:
        """It may shrink, with shorter texts to the shortest of them."""
        metrics = self.fontMetrics()
        widths = [metrics.horizontalAdvance(text) + 1 for text in (self.text(), *self.shorter)]
        least = min(widths) if self.shorter else 4 * metrics.averageCharWidth()
        return QSize(least, super().minimumSizeHint().height())

    def shown(self) -> str:
        """As much as fits."""
        metrics, room = self.fontMetrics(), self.contentsRect().width()
        for text in (self.text(), *self.shorter):
            if metrics.horizontalAdvance(text) <= room:
                return text
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much as fits."""
        text = self.shown()
        self.setToolTip("" if text == self.text() else self.text())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment() | Qt.TextFlag.TextSingleLine, text)
        painter.end()


class Card(QFrame):
    """A bordered surface with an optional quiet title; put its content into `body`."""

    def __init__(self, title: str = "", part: str = "card") -> None:
        super().__init__()
        self.setProperty("part", part)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 8, 12, 10)
        self.body.setSpacing(6)
        self.title = label(title, "dim")
        self.title.setVisible(bool(title))
        self.body.addWidget(self.title)


class Column(QScrollArea):
    """A column of cards that scrolls downwards only; put them into `body`."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.inner = QWidget()
        self.inner.setObjectName("column")
        self.viewport().setObjectName("column-viewport")
        self.body = QVBoxLayout(self.inner)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(GAP)
        self.setWidget(self.inner)

    def settle(self) -> None:
        """Lay everything out now, so that no frame shows new content in the sizes of the old one."""
        for card in self.inner.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            inside = card.layout()
            if inside is not None:
                inside.activate()
        self.body.activate()
        QCoreApplication.sendEvent(self, QEvent(QEvent.Type.LayoutRequest))


def empty_sentence(text: str) -> QLabel:
    """What an empty panel says: what will be there, and how to get it."""
    made = label(text, "dim")
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setContentsMargins(24, 16, 24, 16)
    return made
