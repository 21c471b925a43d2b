"""The list of walks as Qt's trees want it. What a row says is worked out when it is first seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPointF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from engine.trace import NONE, Trace

from ..stepping import Walk, WalkKind
from ..theme import Theme
from .health import Mark
from .walks import Forest, WalkFacts, walk_name, walk_place, walk_relation, walk_root, walk_time

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_SIDE = 14  # pixels of a health mark


class WalkModel(QAbstractItemModel):
    """Rows of a forest: name, where, root, steps, time, and how it came out."""

    def __init__(self, trace: Trace, walks: Forest, theme: Theme) -> None:
        super().__init__()
        self._trace, self.walks, self._facts = trace, walks, WalkFacts(trace)
        self._marks = {mark: health_icon(mark, theme) for mark in Mark}
        self._faint = QColor(theme.dim)
        self._below: dict[int, list[int]] = {}
        self._rows: list[int] = []
        for index, above in enumerate(walks.below):
            beside = self._below.setdefault(above, [])
            self._rows.append(len(beside))
            beside.append(index)
        self._columns: tuple[tuple[str, Callable[[Walk], str]], ...] = (
            ("Walk", lambda walk: walk_name(trace, walk)),
            ("Where", lambda walk: walk_place(trace, walk)),
            ("From", lambda walk: walk_root(trace, walk, self._facts.names)),
            ("Size", self._facts.count),
            ("Took", lambda walk: walk_time(trace, walk)),
            ("Health", self._health),
        )

    def walk(self, index: Index) -> Walk:
        """The walk of a row."""
        return self.walks.walks[index.internalId()]

    def index_of(self, walk: Walk) -> QModelIndex:
        """The row of a walk; an invalid one where it is not listed."""
        found = self.walks.index(walk)
        return QModelIndex() if found == NONE else self.createIndex(self._rows[found], 0, found)

    def _health(self, walk: Walk) -> str:
        found = self._facts.of(walk)
        said = [found.text or "ok"]
        if found.dropped:
            said.append("arrays dropped for the byte budget")
        return ", ".join(said)

    # -- what Qt asks --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Walks below one, or at the top."""
        return len(self._below.get(parent.internalId() if parent.isValid() else NONE, ()))

    def columnCount(self, parent: Index = _ROOT) -> int:
        """The columns."""
        return len(self._columns)

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """A cell of the list."""
        beside = self._below.get(parent.internalId() if parent.isValid() else NONE, ())
        if not (0 <= row < len(beside) and 0 <= column < len(self._columns)):
            return QModelIndex()
        return self.createIndex(row, column, beside[row])

    def parent(self, child: Any = _ROOT) -> Any:
        """The row that another lies below."""
        above = self.walks.below[child.internalId()] if child.isValid() else NONE
        return QModelIndex() if above == NONE else self.createIndex(self._rows[above], 0, above)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' titles."""
        return self._columns[section][0] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says, and how."""
        walk, column = self.walk(index), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[column][1](walk)
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return self._marks[self._facts.of(walk).mark]
        if role == Qt.ItemDataRole.ForegroundRole and 0 < column < len(self._columns) - 1:
            return self._faint
        if role == Qt.ItemDataRole.ToolTipRole:
            return walk_relation(self._trace, walk) or None
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0:
            kind = "forward pass" if walk.kind is WalkKind.FORWARD else "backward pass"
            return f"{walk_name(self._trace, walk)}, {kind}, {self._health(walk)}"
        return None


def health_icon(mark: Mark, theme: Theme) -> QIcon:
    """A dot, a ring, a triangle or a cross: shapes, so that no colour need be told from another."""
    pixmap = QPixmap(2 * _SIDE, 2 * _SIDE)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter, middle = QPainter(pixmap), QPointF(_SIDE / 2, _SIDE / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colours = (theme.accumulate, theme.dim, theme.nonfinite, theme.error)
    colour = QColor(dict(zip(Mark, colours, strict=True))[mark])
    if mark is Mark.OK:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(middle, 3.5, 3.5)
    elif mark is Mark.ZERO:
        painter.setPen(QPen(colour, 1.6))
        painter.drawEllipse(middle, 3.5, 3.5)
    elif mark is Mark.NONFINITE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([middle + QPointF(-5, -4), middle + QPointF(5, -4), middle + QPointF(0, 5)]))
    else:
        painter.setPen(QPen(colour, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(middle - QPointF(4, 4), middle + QPointF(4, 4))
        painter.drawLine(middle + QPointF(-4, 4), middle + QPointF(4, -4))
    painter.end()
    return QIcon(pixmap)
