"""Playing a walk: a timer that moves the place on, or back, at a speed, once or in a loop."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from ..stepping import BEGINNING
from ..view_state import ViewState

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
STEP_MS = 700  # a step's time at speed 1


class Player(QObject):
    """Plays the walk of a `ViewState`, at its grain; `playing_changed` follows every start, turn and stop."""

    playing_changed = Signal(bool)

    def __init__(self, view_state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = view_state
        self._loop = self._backwards = False
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self.advance)

    @property
    def playing(self) -> bool:
        """Whether the timer runs."""
        return self._timer.isActive()

    @property
    def backwards(self) -> bool:
        """Whether it goes, or went last, from the end to the beginning."""
        return self._backwards

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

    def play(self, *, backwards: bool = False) -> None:
        """Start, or turn round; where there is nothing left to play, from the other end."""
        state = self._state
        if state.step_count == 0 or (self.playing and backwards is self._backwards):
            return
        self._backwards = backwards
        if self._at_end() and not self.playing:
            self._rewind()
        self._timer.start()
        self.playing_changed.emit(True)

    def stop(self) -> None:
        """Stay where it is."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self, *, backwards: bool = False) -> None:
        """Play that way, or stop if that is what is done already."""
        if self.playing and backwards is self._backwards:
            self.stop()
        else:
            self.play(backwards=backwards)

    def advance(self) -> None:
        """One tick: the next place that way; at the end stop, or begin again."""
        state = self._state
        if state.go_back() if self._backwards else state.go_on():
            if self._at_end() and not self._loop:
                self.stop()
        elif self._loop and state.step_count:
            self._rewind()
        else:
            self.stop()

    def _at_end(self) -> bool:
        place, count = self._state.place, self._state.step_count
        return place == BEGINNING if self._backwards else place.last >= count and place.sent is None

    def _rewind(self) -> None:
        self._state.set_position(self._state.step_count if self._backwards else 0)
