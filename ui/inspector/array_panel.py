"""One array on screen: heat map or picture, histogram, table, the slice that is shown, and copying it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from ..cards import label
from ..icons import icon
from ..theme import Theme
from ..values import byte_size
from . import slices
from .charts import Histogram
from .heat import HeatMap, fits_grid
from .table import MatrixTable

Array = NDArray[np.generic]

MOST_COPIED = 200_000  # elements; more would freeze whatever they are pasted into


def as_numpy_text(part: Array) -> str:
    """The part as an expression of NumPy, every element in full. Raises `ValueError` when it is too large to copy."""
    if part.size > MOST_COPIED:
        raise ValueError(f"{part.size:,} elements are too many to copy; narrow the slice to {MOST_COPIED:,}.")
    body = np.array2string(np.asarray(part), separator=", ", threshold=part.size + 1, floatmode="unique")
    body = body.replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({body}, dtype=np.{part.dtype.name if part.dtype.name != 'bool' else 'bool_'})"


class ArrayPanel(QWidget):
    """Shows an array; keeps the slice while arrays of the same number of dimensions follow each other."""

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._array: Array | None = None
        self._part: Array = np.zeros((0, 0), np.float32)
        self._range = (0.0, 0.0)
        self._dimensions = -1
        self._heat, self._histogram, self._table = HeatMap(), Histogram(), MatrixTable()
        self._slice = QLineEdit()
        self._slice.setPlaceholderText("[:, :]")
        self._slice.setAccessibleName("Slice")
        self._slice.setToolTip("Which part is shown, as NumPy writes it: [::5, :2]")
        self._slice.editingFinished.connect(self._show_part)
        self._error = label(part="error")
        # Whoever owns the panel places the button, so that it costs no line of its own.
        self.copy_button = QToolButton()
        self.copy_button.setProperty("part", "flat")
        self.copy_button.setToolTip("Copy as NumPy")
        self.copy_button.setAccessibleName("Copy as NumPy")
        self.copy_button.setIconSize(QSize(16, 16))
        self.copy_button.clicked.connect(self.copy)
        self._note = label(part="dim")
        self._lay_out()

    def _lay_out(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(10)
        pictures.addWidget(self._heat, 3)
        pictures.addWidget(self._histogram, 2)
        tools = QHBoxLayout()
        tools.setSpacing(6)
        tools.addWidget(self._slice, 1)
        tools.addWidget(self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(pictures)
        column.addLayout(tools)
        column.addWidget(self._error)
        column.addWidget(self._table)

    def set_theme(self, theme: Theme) -> None:
        """Show another theme."""
        self._heat.set_theme(theme)
        self._histogram.set_theme(theme)
        self._table.matrix.set_theme(theme)
        self.copy_button.setIcon(icon("copy", theme, "dim"))

    def set_array(self, array: Array, low: float, high: float) -> None:
        """Show `array`, whose finite elements lie in low..high."""
        if array is self._array:
            return
        self._array, self._range = array, (low, high)
        if array.ndim != self._dimensions:
            self._dimensions = array.ndim
            self._slice.setText(slices.default(array.shape))
        self._show_part()

    def slice_text(self) -> str:
        """The slice in the box."""
        return self._slice.text()

    def set_slice(self, text: str) -> None:
        """Show another part; an index that does not fit is told under the box, and the part stays."""
        self._slice.setText(text)
        self._show_part()

    @property
    def part(self) -> Array:
        """The part that is shown, as a matrix."""
        return self._part

    def error(self) -> str:
        """What is wrong with the slice, or nothing."""
        return "" if self._error.isHidden() else self._error.text()

    def copy(self) -> None:
        """Put the shown part on the clipboard as NumPy text."""
        if self._array is None:
            return
        try:
            text = as_numpy_text(slices.apply(self._array, slices.parse(self._slice.text())))
        except ValueError as error:
            self._show_error(str(error))
            return
        QGuiApplication.clipboard().setText(text)
        self.copied.emit(text)

    def _show_error(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def _show_part(self) -> None:
        if self._array is None:
            return
        try:
            self._part = slices.as_matrix(slices.apply(self._array, slices.parse(self._slice.text())))
        except slices.SliceError as error:
            self._show_error(str(error))
            return
        self._show_error("")
        small = fits_grid(self._part)
        self._heat.set_matrix(self._part, *self._range)
        self._histogram.set_values(self._array)
        self._heat.setVisible(self._part.size > 0)
        self._histogram.setVisible(self._array.size > 1)
        self._table.setVisible(not small and self._part.size > 0)
        if not small:
            self._table.matrix.set_matrix(self._part, *self._range)
        whole = small and self._part.size == self._array.size
        self._slice.setVisible(not whole and self._array.ndim > 0)
        self._note.setVisible(self._part.size == 0)
        self._note.setText("no elements")


def too_large(nbytes: int) -> str:
    """Why an array is not fetched by itself."""
    return f"{byte_size(nbytes)}: too large to fetch unasked. The statistics are here already."
