"""The upper line of the timeline: which walk, how it came out, how large it is, and how it is stepped and played."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from engine.trace import NONE

from ..cards import ElidedLabel, label
from ..flat_combo import FlatCombo
from ..icons import icon
from ..stepping import Grain, PassSteps, Steps
from ..theme import DARK, Theme
from ..view_state import ViewState
from .health import Mark, arrays_dropped, health_of
from .player import SPEEDS
from .walk_list import WalkButton, WalkList
from .walks import walk_count, walk_time, walk_title

_GRAIN_TIPS = {
    Grain.CONTRIBUTION: "A node runs, then each of its gradients arrives by itself",
    Grain.NODE: "One node after the other",
    Grain.LINE: "All nodes of a line of code at once",
    Grain.PASS: "The whole pass at once; the next step is the next pass",
}
DROPPED = "arrays dropped"
DROPPED_TIP = (
    "Some gradients of this pass were given up for the byte budget of recordings, oldest first. Their shapes and"
    " statistics stay; a larger budget keeps more of them."
)


class Header(QWidget):
    """Shows a `ViewState`'s walk; says what the user wants otherwise."""

    walk_chosen = Signal(object)  # a Walk
    grain_chosen = Signal(object)  # a Grain
    speed_chosen = Signal(float)
    nonfinite_wanted = Signal(int)  # the position of the first one

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = view_state
        self._first_nonfinite = NONE
        self.chooser, self.list = WalkButton(), WalkList(self)
        self.health, self.dropped = ElidedLabel("error"), label(part="dim", wrap=False)
        self.nonfinite, self.loop = QToolButton(), QToolButton()
        self.amount = ElidedLabel("dim")
        self.grain, self.speed = FlatCombo("dim"), FlatCombo("dim")
        self._build()
        self.chooser.clicked.connect(self.open_list)
        self.list.chosen.connect(self.walk_chosen)
        self.grain.activated.connect(lambda row: self.grain_chosen.emit(self.grain.itemData(row)))
        self.speed.currentIndexChanged.connect(self._choose_speed)
        self.nonfinite.clicked.connect(lambda: self.nonfinite_wanted.emit(self._first_nonfinite))

    def _build(self) -> None:
        self.dropped.setText(DROPPED)
        self.dropped.setToolTip(DROPPED_TIP)
        self.nonfinite.setObjectName("timeline-nonfinite")
        self.nonfinite.setProperty("part", "warning")
        self.grain.setAccessibleName("Grain")
        self.grain.setToolTip("How far one step goes (Up and Down)")
        for row, grain in enumerate(Grain):
            self.grain.addItem(grain.value, grain)
            self.grain.setItemData(row, _GRAIN_TIPS[grain], 3)  # Qt.ItemDataRole.ToolTipRole
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("Speed of playing")
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g}×", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.loop.setText("loop")
        self.loop.setAccessibleName("Loop")
        self.loop.setCheckable(True)
        self.loop.setProperty("part", "flat")
        self.loop.setToolTip("Play again from the other end")
        row_of_parts = QHBoxLayout(self)
        row_of_parts.setContentsMargins(0, 0, 0, 0)
        row_of_parts.setSpacing(6)
        left: tuple[QWidget, ...] = (self.chooser, self.nonfinite, self.health, self.dropped)
        right: tuple[QWidget, ...] = (self.amount, self.grain, self.speed, self.loop)
        for part in left:
            row_of_parts.addWidget(part)
            part.setVisible(part is self.chooser)
        row_of_parts.addStretch(1)
        for part in right:
            row_of_parts.addWidget(part)

    def set_theme(self, theme: Theme = DARK) -> None:
        """Show another theme."""
        self.loop.setIcon(icon("loop", theme, "dim"))
        for part in (self.chooser, self.list, self.grain, self.speed):
            part.set_theme(theme)

    # -- showing -------------------------------------------------------------------------------------------------

    def show_walk(self, steps: Steps) -> None:
        """Another walk, or more of it."""
        trace, walk = self._state.trace, steps.walk
        self.chooser.set_title(walk_title(trace, walk))
        health = health_of(steps)
        self._first_nonfinite = health.first_nonfinite
        where = "seed" if health.first_nonfinite == 0 else f"step {health.first_nonfinite:,}"
        self.nonfinite.setText(f"First NaN/Inf: {where}")
        self.nonfinite.setToolTip("Go to the step where it was born, and light its path to the parameters")
        self.nonfinite.setVisible(health.first_nonfinite != NONE)
        self.health.setText(health.text if health.mark is not Mark.NONFINITE else "")
        self.health.shorter = (health.mark.value,)
        self.health.setVisible(health.mark in (Mark.FAILED, Mark.ZERO))
        self.dropped.setVisible(isinstance(steps, PassSteps) and arrays_dropped(steps))
        took = walk_time(trace, walk)
        count = walk_count(trace, walk, steps.count)
        self.amount.setText(" · ".join(part for part in (count, took) if part))
        self.amount.shorter = (count, "")

    def show_grain(self, grain: Grain) -> None:
        """How far one step goes."""
        if self.grain.currentData() is grain:
            return
        self.grain.setCurrentIndex(self.grain.findData(grain))
        self.grain.setMinimumWidth(self.grain.sizeHint().width())  # the title gives way, not this

    def open_list(self) -> None:
        """Open the list of all walks, above the title."""
        corner = self.chooser.mapToGlobal(QPoint(0, 0))
        self.list.open_at(corner, QRectF(self.screen().availableGeometry()), self._state.trace, self._state.walk)

    def _choose_speed(self, row: int) -> None:
        self.speed.updateGeometry()
        self.speed_chosen.emit(SPEEDS[row])
