"""One array on screen: its numbers or a picture and a table, histogram, the slice that is shown, and copying it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from ..cards import label
from ..icons import icon
from ..theme import DARK, Theme
from ..values import byte_size
from . import slices
from .number_grid import NumberGrid, fits_grid
from .table import MatrixTable

if TYPE_CHECKING:
    from .heat_picture import HeatPicture
    from .plots import Histogram

Array = NDArray[np.generic]

PICTURE, HISTOGRAM = 156, 76  # heights in pixels
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
        self._theme: Theme = DARK
        self._grid, self._table = NumberGrid(), MatrixTable()
        self._picture: HeatPicture | None = None  # drawn by the plot library, which is loaded later
        self._histogram: Histogram | None = None
        self._room = QWidget()  # of the picture, kept free for it
        self._room.setFixedHeight(PICTURE)
        self._side = QWidget()  # and of the histogram
        self._side.setFixedHeight(HISTOGRAM)
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
        for room in (self._room, self._side):
            inside = QVBoxLayout(room)
            inside.setContentsMargins(0, 0, 0, 0)
        pictures = self._pictures = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        pictures.setSpacing(10)
        pictures.addWidget(self._grid, 3)
        pictures.addWidget(self._room, 3)
        pictures.addWidget(self._side, 2)
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow panel has the histogram below the numbers."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        beside = not fits_grid(self._part) or self._grid.room() * 5 <= (self.width() - 10) * 3  # as the stretches share
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._pictures.direction() != direction:
            self._pictures.setDirection(direction)

    def set_theme(self, theme: Theme) -> None:
        """Show another theme."""
        self._theme = theme
        for part in (self._grid, self._picture, self._histogram):
            if part is not None:
                part.set_theme(theme)
        self._table.matrix.set_theme(theme)
        self.copy_button.setIcon(icon("copy", theme, "dim"))

    def add_plots(self) -> None:
        """Draw picture and histogram from now on: the plot library is loaded."""
        self.add_picture()
        self.add_histogram()

    def add_picture(self) -> None:
        """Draw the picture from now on."""
        from .heat_picture import HeatPicture

        self._picture = HeatPicture(PICTURE)
        self._add_part(self._room, self._picture)

    def add_histogram(self) -> None:
        """Draw the histogram from now on."""
        from .plots import Histogram

        self._histogram = Histogram(HISTOGRAM)
        self._add_part(self._side, self._histogram)

    def _add_part(self, room: QWidget, part: HeatPicture | Histogram) -> None:
        part.set_theme(self._theme)
        inside = room.layout()
        if inside is not None:
            inside.addWidget(part)
        self._show_part()

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
        self._grid.setVisible(small)
        self._room.setVisible(not small and self._part.size > 0)
        self._side.setVisible(self._array.size > 1)
        if small:
            self._grid.set_matrix(self._part, *self._range)
        elif self._picture is not None:
            self._picture.set_matrix(self._part, *self._range)
        if self._histogram is not None:
            self._histogram.set_values(self._array)
        self._table.setVisible(not small and self._part.size > 0)
        if not small:
            self._table.matrix.set_matrix(self._part, *self._range)
        self._arrange()
        whole = small and self._part.size == self._array.size
        self._slice.setVisible(not whole and self._array.ndim > 0)
        self._note.setVisible(self._part.size == 0)
        self._note.setText("no elements")


def too_large(nbytes: int) -> str:
    """Why an array is not fetched by itself."""
    return f"{byte_size(nbytes)}: too large to fetch unasked. The statistics are here already."
