"""The window's end of live breakpoints: tells the kernel where passes pause, hears of a pause, ends it.

Knows the orders of `stops.py` and nothing of the record; the kernel's end is `app/kernel/gate.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.trace import NONE

from ..protocol.stops import ACTIONS, Stop, is_pause, parsed
from .link import Link


class Pauses(QObject):
    """The stops of a session, and the pause that lasts."""

    paused = Signal(dict)
    resumed = Signal()

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._stops: tuple[Stop, ...] = ()
        self._revision = 0
        self._pause = NONE  # the number of the pause that lasts
        link.connected.connect(self._send_stops)
        link.ordered.connect(self._take_order)

    @property
    def lasts(self) -> bool:
        """Whether a pass waits."""
        return self._pause != NONE

    def set_stops(self, stops: Sequence[Stop]) -> None:
        """See `Session.set_stops`. Each new kernel is told of them again."""
        for stop in stops:
            parsed(stop)
        self._stops = tuple(stops)
        self._revision += 1
        self._send_stops()

    def resume(self, action: str) -> None:
        """See `Session.resume`."""
        if action not in ACTIONS:
            raise ValueError(f"a pause ends with one of {', '.join(ACTIONS)}, not {action!r}")
        if self.lasts:
            self._link.order({"resume": action, "pause": self._pause})

    def end(self) -> None:
        """The kernel is gone, and its pause with it."""
        if self.lasts:
            self._pause = NONE
            self.resumed.emit()

    @property
    def order(self) -> dict[str, Any]:
        """The order that tells a kernel of the stops."""
        return {"stops": [stop.to_data() for stop in self._stops], "revision": self._revision}

    def _send_stops(self) -> None:
        self._link.order(self.order)

    def _take_order(self, fields: Mapping[str, Any]) -> None:
        told = fields.get("paused")
        if told is None:
            self.end()
        elif is_pause(told) and told["pause"] != self._pause:  # it is told again and again while it lasts
            self._pause = told["pause"]
            self.paused.emit(told)
