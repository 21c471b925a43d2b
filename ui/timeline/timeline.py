"""The timeline: which walk, the transport buttons and the slider, around one `ViewState`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from engine.trace import NONE, NodeFlag, Status, Trace

from ..cards import empty_sentence
from ..icons import icon
from ..naming import Names
from ..panel_style import panel_style
from ..stepping import BEGINNING, Grain, Steps, Walk, WalkKind, nonfinite_path
from ..theme import DARK, Theme
from ..view_state import ViewState
from .header import Header
from .marks import StepMarks
from .player import Player
from .slider import StepSlider
from .walks import cell_title, finished_passes, forward_cells, forward_mode_cells, forward_mode_words

LAST = 2**31 - 1  # a position past every end; ViewState brings it back
EMPTY = "No backward pass yet. Call .backward() on a scalar, for example out.backward(), and its steps appear here."
GRAINS = tuple(Grain)
NARROW = 420  # pixels; beside the buttons a slider would have room for no name


class Timeline(QWidget):
    """Which walk, which place; a newly recorded pass is shown at its last position, and so is an error."""

    said = Signal(str)  # a passing word

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline")
        self._state = view_state
        self._theme: Theme = DARK
        self._marked: Steps | None = None
        self._lit: frozenset[int] | None = None  # the path of a NaN, as this timeline lit it
        self._trace = view_state.trace
        # What is already shown stays shown; otherwise the newest pass is.
        shown = view_state.steps is not None
        self._known = set(finished_passes(view_state.trace)) if shown else set()
        self._failures = _forward_failures(view_state.trace) if shown else set()
        self._forward_mode = len(forward_mode_cells(view_state.trace))  # cells that were told of
        self.player = Player(view_state, self)
        self._build()
        self.player.playing_changed.connect(self._show_playing)
        view_state.trace_changed.connect(self._show_trace)
        view_state.step_changed.connect(self._show_step)
        view_state.breakpoints_changed.connect(self._show_marks)
        self.set_theme(DARK)
        self._show_trace()

    # -- what the window's actions call --------------------------------------------------------------------------

    def first(self) -> None:
        """To the beginning."""
        self._go(0)

    def back(self) -> None:
        """One step of the grain back; at the grain of passes, to the pass before."""
        self.player.stop()
        if self._state.grain is Grain.PASS and self._state.position == 0:
            self._go_to_walk(-1)
        else:
            self._state.go_back()

    def toggle_play(self) -> None:
        """Play or pause."""
        self.player.toggle()

    def toggle_reverse(self) -> None:
        """Play backwards or pause."""
        self.player.toggle(backwards=True)

    def forward(self) -> None:
        """One step of the grain on; at the grain of passes, to the next pass."""
        self.player.stop()
        if not self._state.go_on() and self._state.grain is Grain.PASS:
            self._go_to_walk(1)

    def last(self) -> None:
        """To the finished pass."""
        self._go(LAST)

    def coarser(self) -> None:
        """Step further at once."""
        self._change_grain(1)

    def finer(self) -> None:
        """Step less far at once."""
        self._change_grain(-1)

    def go_to_nonfinite(self, position: int) -> None:
        """To where the first NaN or Inf is born; its path to the parameters is lit."""
        steps = self._state.steps
        if steps is not None:
            self._go(position)
            self._state.light(nonfinite_path(steps, position))
            self._lit = self._state.shown.lit

    def set_theme(self, theme: Theme) -> None:
        """Show another theme."""
        self._theme = theme
        self.setStyleSheet(panel_style(theme))
        for name, button in self._buttons.items():
            button.setIcon(icon(name, theme, "on_accent" if name == "play" else "text"))
        for part in (self._slider, self.header):
            part.set_theme(theme)
        self._show_playing(self.player.playing)

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.header = Header(self._state)
        self.header.walk_chosen.connect(self._choose_walk)
        self.header.grain_chosen.connect(self._state.set_grain)
        self.header.speed_chosen.connect(self.player.set_speed)
        self.header.nonfinite_wanted.connect(self.go_to_nonfinite)
        self.header.loop.toggled.connect(self.player.set_loop)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._build_empty())
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 8, 12, 8)
        column.setSpacing(2)
        column.addWidget(self.header)
        column.addLayout(self._build_transport())
        self._stack.addWidget(page)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def _build_empty(self) -> QWidget:
        """What will be here; and where operations were recorded, the way into their forward pass."""
        page = QWidget()
        row = QHBoxLayout(page)
        self._sentence = empty_sentence(EMPTY)
        self._offer = QToolButton()
        self._offer.setObjectName("timeline-offer")
        self._offer.clicked.connect(self._walk_forward)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._offer)
        row.addSpacing(12)
        return page

    def _build_transport(self) -> QBoxLayout:
        actions: dict[str, tuple[str, Callable[[], None]]] = {
            "first": ("First: to the beginning", self.first),
            "back": ("Back one step", self.back),
            "reverse": ("Play backwards", self.toggle_reverse),
            "play": ("Play", self.toggle_play),
            "forward": ("Forward one step", self.forward),
            "last": ("Last: the finished pass", self.last),
        }
        self._buttons: dict[str, QToolButton] = {}
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for name, (text, action) in actions.items():
            button = QToolButton()
            button.setObjectName(f"timeline-{name}")
            button.setToolTip(text)
            button.setAccessibleName(text)
            button.setIconSize(QSize(20, 20))
            button.setFixedSize(36 if name == "play" else 34, 36 if name == "play" else 34)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("part", "primary" if name == "play" else "transport")
            button.clicked.connect(lambda _=False, act=action, pressed=button: self._press(pressed, act))
            self._buttons[name] = button
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._slider = StepSlider()
        self._slider.valueChanged.connect(self._slide)
        self._slider.play_pressed.connect(self.toggle_play)
        self._slider.notched.connect(lambda turn: self.forward() if turn > 0 else self.back())
        self._transport = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._transport.setSpacing(12)
        self._transport.addLayout(buttons)
        self._transport.addWidget(self._slider, 1)
        return self._transport

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow timeline has the slider below the buttons."""
        super().resizeEvent(event)
        below = event.size().width() < NARROW
        direction = QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        if self._transport.direction() != direction:
            self._transport.setDirection(direction)
            self._transport.setSpacing(0 if below else 12)

    def _press(self, button: QToolButton, action: Callable[[], None]) -> None:
        """After a click with the mouse the keys are the slider's; who came by Tab stays on the button."""
        action()
        if not button.hasFocus():
            self._slider.setFocus(Qt.FocusReason.MouseFocusReason)

    # -- user ----------------------------------------------------------------------------------------------------

    def _go(self, position: int) -> None:
        self.player.stop()
        self._state.set_position(position)

    def _slide(self, position: int) -> None:
        self._go(position)

    def _change_grain(self, by: int) -> None:
        self.player.stop()
        chosen = GRAINS.index(self._state.grain) + by
        if 0 <= chosen < len(GRAINS):
            self._state.set_grain(GRAINS[chosen])

    def _choose_walk(self, walk: Walk) -> None:
        self.player.stop()
        if self._lit is not None and self._lit == self._state.shown.lit:
            self._state.light(None)  # the path of a NaN says nothing about another walk
        self._lit = None
        self._state.set_walk(walk, LAST)

    def _go_to_walk(self, by: int) -> None:
        """To the pass before or after this one, finished."""
        others = self._passes_beside(by)
        if others:
            self._choose_walk(Walk(WalkKind.PASS, others[0] if by > 0 else others[-1]))

    def _passes_beside(self, by: int) -> list[int]:
        here = self._state.pass_id
        passes = finished_passes(self._state.trace) if here != NONE else []
        return [p for p in passes if (p > here if by > 0 else p < here)]

    def _walk_forward(self) -> None:
        cells = forward_cells(self._state.trace)
        if cells:
            self._state.set_walk(Walk(WalkKind.FORWARD, cells[-1]))

    # -- state ---------------------------------------------------------------------------------------------------

    def _show_trace(self) -> None:
        trace = self._state.trace
        if trace is not self._trace:
            self._trace, self._known, self._failures = trace, set(), set()
            self._forward_mode = len(forward_mode_cells(trace))
        finished = finished_passes(trace)
        new = [p for p in finished if p not in self._known]
        failed = _forward_failures(trace) - self._failures
        self._known.update(new)
        self._failures |= failed
        if new:
            outermost = [p for p in new if int(trace.passes.outer[p]) == NONE] or new
            self._choose_walk(Walk(WalkKind.PASS, outermost[-1]))
        if failed:
            self._choose_walk(Walk(WalkKind.FORWARD, max(failed)))
        self._tell_of_forward_mode()
        self._show_step()

    def _tell_of_forward_mode(self) -> None:
        """Say once of each cell that used it why nothing appears here."""
        cells = forward_mode_cells(self._state.trace)
        if len(cells) > self._forward_mode:
            self.said.emit(forward_mode_words(self._state.trace, cells[-1]))
        self._forward_mode = len(cells)

    def _show_step(self) -> None:
        state = self._state
        steps = state.steps
        self._stack.setCurrentIndex(0 if steps is None else 1)
        if steps is None:
            self._show_nothing()
            return
        if steps is not self._marked:
            self._marked = steps
            self._show_marks()
            self.header.show_walk(steps)
        self.header.show_grain(state.grain)
        blocked = self._slider.blockSignals(True)
        self._slider.set_place(state.place)
        self._slider.blockSignals(blocked)
        self._enable(steps)

    def _enable(self, steps: Steps) -> None:
        state = self._state
        at_start = state.place == BEGINNING
        at_end = state.position == steps.count and state.place.sent is None
        over = state.grain is Grain.PASS and state.pass_id != NONE  # it goes on to other passes
        before, after = (bool(self._passes_beside(by)) for by in (-1, 1)) if over else (False, False)
        self._buttons["first"].setEnabled(not at_start)
        self._buttons["back"].setEnabled(not at_start or before)
        self._buttons["forward"].setEnabled(not at_end or after)
        self._buttons["last"].setEnabled(not at_end)
        for name in ("play", "reverse"):
            self._buttons[name].setEnabled(steps.count > 0)

    def _show_nothing(self) -> None:
        self.player.stop()
        self._marked = None
        self._slider.set_marks(None)
        cells, tangents = forward_cells(self._state.trace), forward_mode_cells(self._state.trace)
        self._sentence.setText(forward_mode_words(self._state.trace, tangents[-1]) if tangents else EMPTY)
        self._offer.setVisible(bool(cells))
        if cells:
            self._offer.setText(f"Step through the forward pass of {cell_title(self._state.trace, cells[-1])}")

    def _show_marks(self) -> None:
        steps = self._state.steps
        if steps is None:
            return
        blocked = self._slider.blockSignals(True)
        self._slider.set_marks(StepMarks(self._state.trace, steps, Names.of(self._state.trace), self._state.hits))
        self._slider.blockSignals(blocked)

    def _show_playing(self, playing: bool) -> None:
        for name, text in (("play", "Play"), ("reverse", "Play backwards")):
            on = playing and self.player.backwards is (name == "reverse")
            button = self._buttons[name]
            button.setIcon(icon("pause" if on else name, self._theme, "on_accent" if name == "play" else "text"))
            button.setToolTip("Pause" if on else text)
            button.setAccessibleName("Pause" if on else text)


def _forward_failures(trace: Trace) -> set[int]:
    """The cells that ended with an operation that failed."""
    failed = np.flatnonzero(trace.cells.status == Status.ERROR)
    cells = failed[trace.cells.error_node[failed] != NONE]
    flags = trace.nodes.flags[trace.cells.error_node[cells]]
    return {int(cell) for cell in cells[(flags & NodeFlag.FAILED) != 0]}
