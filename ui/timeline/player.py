"""Playing a pass: a timer that moves the position on, at a speed, once or in a loop."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from ..view_state import ViewState

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
STEP_MS = 700  # a step's time at speed 1


class Player(QObject):
    """Plays the shown pass of a `ViewState`; `playing_changed` follows every start and stop."""

    playing_changed = Signal(bool)

    def __init__(self, view_state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = view_state
        self._loop = False
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self.advance)

    @property
    def playing(self) -> bool:
        """Whether the timer runs."""
        return self._timer.isActive()

    @property
    def interval(self) -> int:
        """Milliseconds between steps."""
        return self._timer.interval()

    def set_speed(self, speed: float) -> None:
        """Steps per `STEP_MS`; takes effect at once."""
        self._timer.setInterval(max(1, round(STEP_MS / speed)))

    def set_loop(self, loop: bool) -> None:
        """Begin again at the end, or stop there."""
        self._loop = loop

    def play(self) -> None:
        """Start; at the end of the pass, from its beginning."""
        if self.playing or self._state.step_count == 0:
            return
        if self._state.position >= self._state.step_count:
            self._state.set_position(0)
        self._timer.start()
        self.playing_changed.emit(True)

    def stop(self) -> None:
        """Stay where it is."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or stop."""
        if self.playing:
            self.stop()
        else:
            self.play()

    def advance(self) -> None:
        """One tick: the next step; at the end stop, or begin again."""
        state = self._state
        if state.position < state.step_count:
            state.set_position(state.position + 1)
            if state.position < state.step_count or self._loop:
                return
            self.stop()
        elif self._loop and state.step_count:
            state.set_position(0)
        else:
            self.stop()
