"""The verbs for stepping: along a walk at its grain, to another walk, to the first NaN, and how a step is shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from ui.stepping import Grain, nonfinite_positions

if TYPE_CHECKING:
    from ..window.main_window import MainWindow


class StepCommands(QObject):
    """One method per action, as in `Commands`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    # -- along a walk --------------------------------------------------------------------------------------------

    def step_first(self) -> None:
        """To the beginning."""
        self._window.timeline.first()

    def step_back(self) -> None:
        """One step back."""
        self._window.timeline.back()

    def play(self) -> None:
        """Play or pause."""
        self._window.timeline.toggle_play()

    def play_backwards(self) -> None:
        """Play backwards or pause."""
        self._window.timeline.toggle_reverse()

    def step_forward(self) -> None:
        """One step on."""
        self._window.timeline.forward()

    def step_last(self) -> None:
        """To the end."""
        self._window.timeline.last()

    def grain(self, menu: QMenu) -> None:
        """How far one step goes."""
        state, group = self._window.view_state, QActionGroup(menu)
        for grain in Grain:
            action = menu.addAction(grain.value.capitalize())
            action.setCheckable(True)
            action.setChecked(grain is state.grain)
            action.triggered.connect(partial(self._set_grain, grain))
            group.addAction(action)

    def _set_grain(self, grain: Grain, *_: object) -> None:
        self._window.view_state.set_grain(grain)

    def coarser(self) -> None:
        """Step further at once."""
        self._window.timeline.coarser()

    def finer(self) -> None:
        """Step less far at once."""
        self._window.timeline.finer()

    # -- to elsewhere --------------------------------------------------------------------------------------------

    def choose_walk(self) -> None:
        """Open the list of passes and forward passes."""
        self._window.timeline.header.open_list()

    def previous_pass(self) -> None:
        """The pass before this one, finished."""
        self._go_to_pass(self._window.view_state.pass_id - 1)

    def next_pass(self) -> None:
        """The pass after this one, finished."""
        self._go_to_pass(self._window.view_state.pass_id + 1)

    def _go_to_pass(self, pass_id: int) -> None:
        state = self._window.view_state
        if 0 <= pass_id < len(state.trace.passes):
            state.set_step(pass_id, len(state.trace.steps))

    def first_nonfinite(self) -> None:
        """To where the first NaN or Inf is born, with its path to the parameters lit."""
        steps = self._window.view_state.steps
        if steps is None:
            return
        found = nonfinite_positions(steps)
        if len(found):
            self._window.timeline.go_to_nonfinite(int(found[0]))
        else:
            self._window.say("Nothing in it is NaN or infinite.")

    # -- how a step is shown -------------------------------------------------------------------------------------

    def follow_step(self, on: bool) -> None:
        """Bring the node that runs into view, or leave the view alone."""
        self._window.settings.set("follow_step", on)

    def signed_gradients(self, on: bool) -> None:
        """Colour gradients with one element by their sign."""
        self._window.settings.set("signed_gradients", on)
