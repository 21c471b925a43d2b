"""How large a picture shall be: a multiple of its natural size, a width in pixels, or a width on paper at a dpi."""

from __future__ import annotations

from typing import TypedDict

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QSpinBox, QWidget

from ..export import ExportRequest, Format, Option

MM_PER_INCH = 25.4
_SCALE, _PIXELS, _PAPER = range(3)
_WIDEST = 32_767
_SCALES = (0.1, 8.0)


class Values(TypedDict):
    """The fields of a request that say how large it is."""

    scale: float
    width: int
    dpi: float


class SizeField(QWidget):
    """A way to say it, and its numbers."""

    changed = Signal()

    def __init__(self, request: ExportRequest) -> None:
        super().__init__()
        self.way = QComboBox()
        for text in ("Scale", "Width in pixels", "Width on paper"):
            self.way.addItem(text)
        self.scale = _number(*_SCALES, 2.0, " ×", "Scale")
        self.scale.setSingleStep(0.5)
        self.pixels = QSpinBox()
        self.pixels.setRange(16, _WIDEST)
        self.pixels.setValue(1600)
        self.pixels.setSuffix(" px")
        self.pixels.setAccessibleName("Width in pixels")
        self.paper = _number(10.0, 2_000.0, 160.0, " mm", "Width in millimetres")
        self.dpi = _number(36.0, 2_400.0, request.dpi or 300.0, " dpi", "Pixels per inch")
        self.dpi.setDecimals(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self.way, self.scale, self.pixels, self.paper, self.dpi):
            row.addWidget(part)
        row.addStretch(1)
        self.way.currentIndexChanged.connect(self._follow_way)
        self.way.currentIndexChanged.connect(self._tell)
        for spin in (self.scale, self.pixels, self.paper, self.dpi):
            spin.valueChanged.connect(self._tell)
        self._chosen = False  # a person has chosen a scale: no format's own takes its place
        self.scale.valueChanged.connect(self._choose)
        self._follow_way()

    def show_for(self, form: Format) -> None:
        """The format's own scale, unless one was chosen."""
        if not self._chosen:
            self.scale.blockSignals(True)
            self.scale.setValue(form.scale)
            self.scale.blockSignals(False)
        self.dpi.setEnabled(Option.DPI in form.options)

    def values(self, form: Format) -> Values:
        """For the request."""
        way, dpi = self.way.currentIndex(), self.dpi.value()
        if Option.SCALE not in form.options:
            return Values(scale=1.0, width=0, dpi=0.0)
        if way == _PIXELS:
            return Values(scale=1.0, width=self.pixels.value(), dpi=0.0)
        if way == _SCALE:
            return Values(scale=self.scale.value(), width=0, dpi=0.0)
        resolution = dpi if Option.DPI in form.options else 96.0  # a vector's unit is a 96th of an inch
        width = max(1, round(self.paper.value() / MM_PER_INCH * resolution))
        return Values(scale=1.0, width=width, dpi=dpi if Option.DPI in form.options else 0.0)

    def _follow_way(self) -> None:
        way = self.way.currentIndex()
        self.scale.setVisible(way == _SCALE)
        self.pixels.setVisible(way == _PIXELS)
        self.paper.setVisible(way == _PAPER)
        self.dpi.setVisible(way == _PAPER)

    def _choose(self) -> None:
        self._chosen = True

    def _tell(self, *_: object) -> None:
        self.changed.emit()


def _number(low: float, high: float, value: float, suffix: str, name: str) -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setRange(low, high)
    spin.setDecimals(1)
    spin.setValue(value)
    spin.setSuffix(suffix)
    spin.setAccessibleName(name)
    return spin
