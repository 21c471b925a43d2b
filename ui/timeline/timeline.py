"""The timeline: the pass chooser, the transport buttons and the slider, around one `ViewState`."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from engine.trace import NONE

from ..cards import ElidedLabel, empty_sentence, label
from ..flat_combo import CLOSED, FlatCombo
from ..icons import icon
from ..naming import Names
from ..panel_style import panel_style
from ..theme import DARK, Theme
from ..view_state import ViewState
from .marks import StepMarks, finished_passes, pass_health, pass_size, pass_title
from .player import SPEEDS, Player
from .slider import StepSlider

LAST = 2**31 - 1  # a position past every end; ViewState brings it back
EMPTY = "No backward pass yet. Call .backward() on a scalar, for example out.backward(), and its steps appear here."


class Timeline(QWidget):
    """Which pass, which step; a newly recorded pass is shown at its last position."""

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline")
        self._state = view_state
        self._theme: Theme = DARK
        self._passes: list[int] = []
        self._marked: tuple[int, int] = (NONE, 0)
        self._trace = view_state.trace
        # A pass that is already shown stays shown; otherwise the newest one is.
        self._known = set() if view_state.pass_id == NONE else set(finished_passes(view_state.trace))
        self.player = Player(view_state, self)
        self._build()
        self.player.playing_changed.connect(self._show_playing)
        view_state.trace_changed.connect(self._show_trace)
        view_state.step_changed.connect(self._show_step)
        self.set_theme(DARK)
        self._show_trace()

    # -- what the window's actions call --------------------------------------------------------------------------

    def first(self) -> None:
        """To the seed."""
        self._go(0)

    def back(self) -> None:
        """One step back."""
        self._go(self._state.position - 1)

    def toggle_play(self) -> None:
        """Play or pause."""
        self.player.toggle()

    def forward(self) -> None:
        """One step on."""
        self._go(self._state.position + 1)

    def last(self) -> None:
        """To the finished pass."""
        self._go(LAST)

    def set_theme(self, theme: Theme) -> None:
        """Show another theme."""
        self._theme = theme
        self.setStyleSheet(panel_style(theme))
        for name, button in self._buttons.items():
            button.setIcon(icon(name, theme, "on_accent" if name == "play" else "text"))
        self._loop.setIcon(icon("loop", theme, "dim"))
        for part in (self._slider, self._chooser, self._speed):
            part.set_theme(theme)
        self._show_playing(self.player.playing)

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(empty_sentence(EMPTY))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 8, 12, 8)
        column.setSpacing(2)
        column.addLayout(self._build_header())
        column.addLayout(self._build_transport())
        self._stack.addWidget(page)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def _build_header(self) -> QHBoxLayout:
        self._title = ElidedLabel()
        self._chooser = FlatCombo()
        self._chooser.setAccessibleName("Backward pass")
        self._chooser.activated.connect(self._choose_pass)
        self._size = label(part="dim", wrap=False)
        self._health = label(part="error", wrap=False)
        self._speed = FlatCombo("dim")
        self._speed.setAccessibleName("Speed")
        self._speed.setToolTip("Speed of playing")
        for speed in SPEEDS:
            self._speed.addItem(f"{speed:g}×", speed)
        self._speed.setCurrentIndex(SPEEDS.index(1.0))
        self._speed.currentIndexChanged.connect(lambda i: self._set_speed(SPEEDS[i]))
        self._loop = QToolButton()
        self._loop.setText("loop")
        self._loop.setCheckable(True)
        self._loop.setProperty("part", "flat")
        self._loop.setToolTip("Play again from the beginning at the end")
        self._loop.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._loop.toggled.connect(self.player.set_loop)
        header = QHBoxLayout()
        header.setSpacing(10)
        header.addWidget(self._title)
        header.addWidget(self._chooser)
        header.addWidget(self._health)
        header.addStretch(1)
        header.addWidget(self._size)
        header.addWidget(self._speed)
        header.addWidget(self._loop)
        return header

    def _build_transport(self) -> QHBoxLayout:
        actions: dict[str, tuple[str, Callable[[], None]]] = {
            "first": ("First: to the seed", self.first),
            "back": ("Back one step", self.back),
            "play": ("Play", self.toggle_play),
            "forward": ("Forward one step", self.forward),
            "last": ("Last: the finished pass", self.last),
        }
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout()
        row.setSpacing(6)
        for name, (text, action) in actions.items():
            button = QToolButton()
            button.setObjectName(f"timeline-{name}")
            button.setToolTip(text)
            button.setAccessibleName(text)
            button.setIconSize(QSize(20, 20))
            button.setFixedSize(36 if name == "play" else 34, 36 if name == "play" else 34)
            button.setProperty("part", "primary" if name == "play" else "transport")
            button.clicked.connect(lambda _=False, act=action: act())
            self._buttons[name] = button
            row.addWidget(button)
        self._slider = StepSlider()
        self._slider.valueChanged.connect(self._slide)
        row.addSpacing(6)
        row.addWidget(self._slider, 1)
        return row

    # -- user ----------------------------------------------------------------------------------------------------

    def _go(self, position: int) -> None:
        self.player.stop()
        self._state.set_position(position)

    def _slide(self, position: int) -> None:
        if position != self._state.position:
            self._go(position)

    def _set_speed(self, speed: float) -> None:
        self.player.set_speed(speed)
        self._speed.updateGeometry()

    def _choose_pass(self, index: int) -> None:
        self.player.stop()
        self._state.set_step(self._passes[index], LAST)

    # -- state ---------------------------------------------------------------------------------------------------

    def _show_trace(self) -> None:
        trace = self._state.trace
        if trace is not self._trace:
            self._trace, self._known = trace, set()
        finished = finished_passes(trace)
        self._list_passes(finished)
        new = [p for p in finished if p not in self._known]
        if new:
            self._known.update(new)
            outermost = [p for p in new if int(trace.passes.parent[p]) == NONE] or new
            self.player.stop()
            self._state.set_step(outermost[-1], LAST)
        self._show_step()

    def _list_passes(self, finished: list[int]) -> None:
        """Bring the chooser's entries up to date; a pass inside another one finishes first but is listed after it."""
        same = 0
        for old, new in zip(self._passes, finished, strict=False):
            if old != new:
                break
            same += 1
        for index in range(len(self._passes) - 1, same - 1, -1):
            self._chooser.removeItem(index)
        for pass_id in finished[same:]:
            self._chooser.addItem(self._entry(pass_id))
            self._chooser.setItemData(self._chooser.count() - 1, pass_title(self._state.trace, pass_id), CLOSED)
        if len(finished) != len(self._passes):
            self._marked = (NONE, 0)  # the header may have to change from a title to a choice
        self._passes = finished

    def _entry(self, pass_id: int) -> str:
        health = pass_health(self._state.trace, pass_id)
        title = pass_title(self._state.trace, pass_id)
        return f"{title}   ⚠ {health}" if health else title

    def _show_step(self) -> None:
        state, trace = self._state, self._state.trace
        steps = state.pass_steps
        self._stack.setCurrentIndex(0 if steps is None else 1)
        if steps is None:
            self.player.stop()
            self._marked = (NONE, 0)
            self._slider.set_marks(None)
            return
        marked = (state.pass_id, steps.count)
        if marked != self._marked:
            self._marked = marked
            blocked = self._slider.blockSignals(True)
            self._slider.set_marks(StepMarks(trace, steps, Names.of(trace)))
            self._slider.blockSignals(blocked)
            self._show_header()
        self._slider.setValue(state.position)
        self._slider.update()
        at_start, at_end = state.position == 0, state.position == steps.count
        self._buttons["first"].setEnabled(not at_start)
        self._buttons["back"].setEnabled(not at_start)
        self._buttons["forward"].setEnabled(not at_end)
        self._buttons["last"].setEnabled(not at_end)
        self._buttons["play"].setEnabled(steps.count > 0)

    def _show_header(self) -> None:
        trace, pass_id = self._state.trace, self._state.pass_id
        several = len(self._passes) > 1
        self._title.setVisible(not several)
        self._chooser.setVisible(several)
        health = pass_health(trace, pass_id)
        self._title.setText(pass_title(trace, pass_id))
        if pass_id in self._passes:
            self._chooser.setCurrentIndex(self._passes.index(pass_id))
            self._chooser.updateGeometry()
        self._health.setText(health)
        self._health.setVisible(bool(health))
        self._size.setText(pass_size(trace, pass_id))

    def _show_playing(self, playing: bool) -> None:
        button = self._buttons["play"]
        button.setIcon(icon("pause" if playing else "play", self._theme, "on_accent"))
        text = "Pause" if playing else "Play"
        button.setToolTip(text)
        button.setAccessibleName(text)
