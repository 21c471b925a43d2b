"""The numbers of a matrix in a table that asks only for what it shows, coloured as the heat map is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFontDatabase
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from ..theme import DARK, Theme
from ..values import element
from .colours import ink, is_mixed, levels, palette

Array = NDArray[np.generic]
Index = QModelIndex | QPersistentModelIndex


class MatrixModel(QAbstractTableModel):
    """A matrix as Qt's model: rows and columns are those of the array."""

    def __init__(self) -> None:
        super().__init__()
        self._matrix: Array = np.zeros((0, 0), np.float32)
        self._range = (0.0, 0.0)
        self._theme: Theme = DARK

    def set_matrix(self, matrix: Array, low: float, high: float) -> None:
        """Show another matrix; low and high fix the colours."""
        self.beginResetModel()
        self._matrix, self._range = matrix, (low, high)
        self.endResetModel()

    def set_theme(self, theme: Theme) -> None:
        """Colour by another theme."""
        self._theme = theme
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Rows of the matrix."""
        return 0 if parent.isValid() else self._matrix.shape[0]

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Columns of the matrix."""
        return 0 if parent.isValid() else self._matrix.shape[1]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text and colours of one element."""
        value = self._matrix[index.row(), index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return element(value)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role in (Qt.ItemDataRole.BackgroundRole, Qt.ItemDataRole.ForegroundRole):
            colours = palette(self._theme, is_mixed(*self._range))
            colour = colours[int(levels(np.asarray(value), *self._range)[()])]
            return QBrush(QColor(colour if role == Qt.ItemDataRole.BackgroundRole else ink(colour)))
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"[{index.row()}, {index.column()}]  {value}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Indices from 0, as arrays count."""
        return section if role == Qt.ItemDataRole.DisplayRole else None


class MatrixTable(QTableView):
    """Scrolls through a matrix of any size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matrix = MatrixModel()
        self.setModel(self.matrix)
        self.setAccessibleName("Elements")
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self.font().pointSizeF() * 0.92)
        self.setFont(font)
        metrics = self.fontMetrics()
        for header, size in (
            (self.horizontalHeader(), metrics.horizontalAdvance("-0.000e-00") + 12),  # with the margins of a cell
            (self.verticalHeader(), metrics.height() + 5),
        ):
            # One size for all sections: a million rows must not be measured.
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(8)
            header.setDefaultSectionSize(size)
        self.setFixedHeight(8 * (metrics.height() + 5) + metrics.height() + 20)
