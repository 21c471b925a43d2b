"""The fields of the export dialog: one per option, shown where the chosen format heeds it, read into a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from ui.canvas.layout import Orientation
from ui.canvas.shown.shown_graph import View
from ui.theme import THEMES

from ..export import ExportRequest, Format, Kind, Option, Page, Scope
from ..export.raster import LONGEST
from .size_field import SizeField

T = TypeVar("T")

_TILE = 4096  # pixels
_ORIENTATIONS: dict[Orientation, str] = {"top-to-bottom": "Top to bottom", "left-to-right": "Left to right"}
_PAGES = {Page.FIT: "As large as the drawing", Page.A4: "A4 pages, natural size"}


@dataclass(frozen=True, slots=True)
class Offer:
    """What the window has to export: its request, a name for each scope it can offer, and the steps of its pass."""

    request: ExportRequest
    scopes: Mapping[Scope, str]
    step_count: int


class Fields(QObject):
    """Adds its rows to a form. `changed` follows whatever a person changes."""

    changed = Signal()

    def __init__(self, offer: Offer, form: QFormLayout) -> None:
        super().__init__(form)
        self._offer, self._form = offer, form
        self._film = self._many = False
        self._rows: list[tuple[frozenset[Option], QWidget]] = []
        request = offer.request
        self.scope = self._combo(Option.SCOPE, "Part", offer.scopes, request.scope)
        self.step, self.several, self.first, self.last = self._step_row(offer)
        self.view = self._combo(Option.VIEW, "Show as", {view: view.value for view in View}, request.view)
        self.orientation = self._combo(Option.ORIENTATION, "Data flows", _ORIENTATIONS, request.orientation)
        themes = {name: name.replace("-", " ").capitalize() for name in THEMES}
        self.theme = self._combo(Option.THEME, "Theme", themes, request.theme.name)
        self.transparent = self._check(Option.BACKGROUND, "Background", "Transparent", not request.background)
        self.size = SizeField(request)
        self.size.changed.connect(self.changed)
        self._add(Option.SCALE, "Size", self.size)
        self.tiled, self.tile = self._tile_row()
        self.page = self._combo(Option.PAGE, "Page", _PAGES, request.page)
        self.title = QLineEdit(request.title)
        self.title.setPlaceholderText("none")
        self.title.textChanged.connect(self.changed)
        self._add(Option.TITLE, "Title", self.title)
        self.legend = self._check(Option.LEGEND, "With", "Legend", request.legend)
        self.panel = self._check(Option.PANEL, "", "Step panel: formula and numbers", request.panel)
        self.fps, self.seconds, self.forever = self._time_row(request)
        if not offer.step_count:
            self.legend.setEnabled(False)
            self.panel.setEnabled(False)

    def show_for(self, form: Format) -> None:
        """Only the rows that mean something to this format."""
        self._film = form.kind is Kind.FILM
        self._many = not self._film and Option.STEPS in form.options
        for options, widget in self._rows:
            self._form.setRowVisible(widget, bool(options & form.options))
        self.size.show_for(form)
        self.several.setVisible(self._many)
        self._follow_steps()

    def request(self, form: Format) -> ExportRequest:
        """What is chosen; what the format does not heed keeps its default."""
        base, has = self._offer.request, form.options
        found = replace(
            base, scope=self.scope.currentData(), view=self.view.currentData(),
            orientation=self.orientation.currentData(), theme=THEMES[self.theme.currentData()],
            background=not (Option.BACKGROUND in has and self.transparent.isChecked()),
            title=self.title.text().strip(), legend=self.legend.isChecked(), panel=self.panel.isChecked(),
            page=self.page.currentData(), tile=self.tile.value() if self.tiled.isChecked() else 0,
            fps=self.fps.value(), seconds=self.seconds.value(), loops=0 if self.forever.isChecked() else 1,
            position=self.step.value(), **self.size.values(form),
        )  # fmt: skip
        if (found.view, found.orientation) != (base.view, base.orientation):
            found = replace(found, drawing=None)  # another picture than the canvas's
        if self._film or (self._many and self.several.isChecked()):
            first, last = sorted((self.first.value(), self.last.value()))
            found = replace(found, steps=(first, last), position=first)
        return found

    def set_enabled(self, enabled: bool) -> None:
        """All rows at once, while something is being written."""
        for _, widget in self._rows:
            widget.setEnabled(enabled)
        if enabled and not self._offer.step_count:
            self.legend.setEnabled(False)
            self.panel.setEnabled(False)

    # -- rows ----------------------------------------------------------------------------------------------------

    def _add(self, option: Option, label: str, field: QWidget, *others: Option) -> None:
        field.setAccessibleName(label)
        self._form.addRow(label, field)
        self._rows.append((frozenset({option, *others}), field))

    def _combo(self, option: Option, label: str, choices: Mapping[T, str], current: T) -> QComboBox:
        combo = QComboBox()
        for value, text in choices.items():
            combo.addItem(text, value)
        combo.setCurrentIndex(max(0, list(choices).index(current) if current in choices else 0))
        combo.currentIndexChanged.connect(self._tell)
        self._add(option, label, combo)
        return combo

    def _check(self, option: Option, label: str, text: str, checked: bool) -> QCheckBox:
        check = QCheckBox(text)
        check.setChecked(checked)
        check.toggled.connect(self._tell)
        self._add(option, label, check)
        check.setAccessibleName(text)
        return check

    def _spin(self, low: int, high: int, value: int, name: str) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(low, high)
        spin.setValue(value)
        spin.setAccessibleName(name)
        spin.valueChanged.connect(self._tell)
        return spin

    def _step_row(self, offer: Offer) -> tuple[QSpinBox, QCheckBox, QSpinBox, QSpinBox]:
        count, position = offer.step_count, offer.request.position
        step = self._spin(0, count, position, "Step")
        several = QCheckBox("Several, numbered")
        first, last = self._spin(0, count, 0, "First step"), self._spin(0, count, count, "Last step")
        self._until, self._of = QLabel("to"), QLabel(f"of {count:,}")
        several.toggled.connect(self._follow_steps)
        several.toggled.connect(self._tell)
        self._add(Option.STEP, "Step", _row(step, first, self._until, last, self._of, several), Option.STEPS)
        if not count:
            for part in (step, several, first, last):
                part.setEnabled(False)
            step.setSpecialValueText("no pass is shown")
        return step, several, first, last

    def _follow_steps(self, *_: object) -> None:
        ranged = self._film or (self._many and self.several.isChecked())
        self.step.setVisible(not ranged)
        for part in (self.first, self._until, self.last):
            part.setVisible(ranged)

    def _tile_row(self) -> tuple[QCheckBox, QSpinBox]:
        check, spin = QCheckBox("Tiles of at most"), self._spin(256, LONGEST, _TILE, "Pixels a side of a tile")
        spin.setSuffix(" px")
        spin.setEnabled(False)
        check.toggled.connect(spin.setEnabled)
        check.toggled.connect(self._tell)
        self._add(Option.TILE, "Large images", _row(check, spin))
        return check, spin

    def _time_row(self, request: ExportRequest) -> tuple[QDoubleSpinBox, QDoubleSpinBox, QCheckBox]:
        fps, seconds = QDoubleSpinBox(), QDoubleSpinBox()
        for spin, low, high, value, suffix, name in (
            (seconds, 0.05, 60.0, request.seconds, " s a step", "Seconds per step"),
            (fps, 1.0, 60.0, request.fps, " frames/s", "Frames per second"),
        ):
            spin.setRange(low, high)
            spin.setValue(value)
            spin.setSuffix(suffix)
            spin.setDecimals(2 if spin is seconds else 0)
            spin.setAccessibleName(name)
            spin.valueChanged.connect(self._tell)
        forever = QCheckBox("Repeat")
        forever.setChecked(request.loops == 0)
        forever.toggled.connect(self._tell)
        self._add(Option.TIME, "Time", _row(seconds, fps, forever))
        return fps, seconds, forever

    def _tell(self, *_: object) -> None:
        self.changed.emit()


def _row(*parts: QWidget) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return made
