"""The kernel's end of live breakpoints: pauses the user's thread inside a running backward pass, and lets it go on.

Only passes of the main thread pause, where an interrupt reaches them: it ends the pause with a KeyboardInterrupt. While
it lasts, the window is asked every second whether it is there; one that does not answer for long lets the pass go on.
Knows no Qt and no socket.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from engine.backward import BackwardRun
from engine.conditions import GRADIENT, VALUE, ArrayFacts, Condition
from engine.node import AccumulateGrad, Node
from engine.recording.statistics import of_array
from engine.trace import NONE, shape_text

from ..protocol.stops import ABORT, ACTIONS, AFTER, BEFORE, STEP, Stop, StopError, parsed, stops_from

ASK_EVERY = 1.0  # seconds between two questions whether the window is there
PATIENCE = 5.0  # seconds without an answer after which the pass goes on


class Record(Protocol):
    """What a gate needs of a recorder."""

    flush: Callable[[], None]

    def note_names(self) -> None:
        """Record which names mean what now."""

    def whereabouts(self, node: Node) -> tuple[int, str, str, int]:
        """(row, title and path of its source, line) of a node; NONE, "" and 0 where they are not known."""

    def value(self, node: Node) -> Any:
        """The array of a node's first output, None where it is not kept."""

    def progress(self, run: BackwardRun) -> tuple[int, int]:
        """(row of the pass, steps it has made), as far as they became rows."""


class Gate:
    """`engine.observe.gate`: asked before each step of a pass, and at its end."""

    def __init__(
        self, record: Record, tell: Callable[[Mapping[str, Any]], None], switch: Callable[[Any], None]
    ) -> None:
        """`tell` sends an order to the window; `switch` is given the gate when it is needed, else None."""
        self._record = record
        self._tell = tell
        self._switch = switch
        self._change = threading.Condition()
        self._stops: tuple[tuple[Stop, Condition | None], ...] = ()
        self._revision = -1  # of the stops: orders come two ways, with the cells and beside them
        self._stepping = False
        self._due: tuple[Node, int] | None = None  # the step that runs, after which to pause, and why
        self._pause = 0  # the number of this pause, or of the last one
        self._paused = False
        self._action = ""
        self._heard = 0.0

    # -- on the thread that reads the window's orders ---------------------------------------------------------------

    def take(self, order: Mapping[str, Any]) -> None:
        """An order of the window's. Raises `StopError` for what is none."""
        with self._change:
            if "stops" in order:
                revision = order.get("revision")
                if type(revision) is not int:
                    raise StopError("an order of stops has a revision")
                if revision > self._revision:
                    self._stops = tuple((stop, parsed(stop)) for stop in stops_from(order["stops"]))
                    self._revision = revision
                    self._set()
            elif "resume" in order:
                if order["resume"] not in ACTIONS:
                    raise StopError(f"a pause ends with {', '.join(ACTIONS)}, not {order['resume']!r}")
                if self._paused and order.get("pause") == self._pause:
                    self._action = order["resume"]
                    self._change.notify_all()
            elif "here" in order:
                self._heard = time.monotonic()
            else:
                raise StopError("an order sets stops, resumes, or says that the window is there")

    def _set(self) -> None:
        self._switch(self if self._stops or self._stepping else None)

    # -- on the thread of the user's code -----------------------------------------------------------------------------

    def before(self, run: BackwardRun, node: Node, gradient: Any) -> None:
        """Before `node` runs with the gradient that arrived, a tuple of them where it has several outputs.

        Raises KeyboardInterrupt when the window aborts the pass, or the user interrupts it.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        self._pause_after(run)
        number = self._stop_at(run, node, gradient)
        if number != NONE and self._stops[number][0].when == AFTER and not self._stepping:
            self._due = node, number
        elif number != NONE or self._stepping:
            self._wait(run, node, BEFORE, number)

    def ended(self, run: BackwardRun, error: BaseException | None) -> None:
        """The pass made its last step, or an exception ends it. Raises as `before` does."""
        if threading.current_thread() is not threading.main_thread():
            return
        if error is None:
            self._pause_after(run)
        self._due = None
        if run.parent is None and self._stepping:
            with self._change:
                self._stepping = False
                self._set()

    def _pause_after(self, run: BackwardRun) -> None:
        due, self._due = self._due, None
        if due is not None:
            self._wait(run, due[0], AFTER, due[1])

    def _stop_at(self, run: BackwardRun, node: Node, gradient: Any) -> int:
        """The number of the first stop that fits the step, NONE if none does."""
        stops = self._stops
        if any(stop.node != NONE or stop.line or condition for stop, condition in stops):
            self._record.flush()  # a node that is not a row yet cannot be known by its row or line
        row, title, path, line = self._record.whereabouts(node)
        op = "AccumulateGrad" if isinstance(node, AccumulateGrad) else node.name()
        for number, (stop, condition) in enumerate(stops):
            fits = (
                stop.node in (NONE, row)
                and stop.op in ("", op)
                and (not stop.line or (stop.line, stop.title, stop.path) == (line, title, path))
            )
            if fits and (condition is None or self._holds(condition, run, node, gradient, op, line)):
                return number
        return NONE

    def _holds(self, condition: Condition, run: BackwardRun, node: Node, gradient: Any, op: str, line: int) -> bool:
        if isinstance(gradient, tuple):
            gradient = next((item for item in gradient if item is not None), None)
        arrays = {} if gradient is None else {GRADIENT: _facts(gradient)}
        value = self._record.value(node) if any(name.startswith(f"{VALUE}.") for name in condition.asks) else None
        if value is not None:
            arrays[VALUE] = _facts(value)
        step = {"step": self._record.progress(run)[1] + 1, "line": line, "op": op}
        try:
            return bool(condition.holds(ArrayFacts(arrays, step)))
        except (KeyError, ArithmeticError):  # a condition that cannot be answered must not end the user's pass
            return False

    def _wait(self, run: BackwardRun, node: Node, when: str, stop: int) -> None:
        """Pause until the window says how to go on, nobody answers any more, or an interrupt comes."""
        self._record.note_names()  # else what the cell has made until now would bear no names, or former ones
        self._record.flush()
        number, steps = self._record.progress(run)
        row, *_ = self._record.whereabouts(node)
        with self._change:
            self._pause += 1
            self._paused, self._action, self._heard = True, "", time.monotonic()
        told = {
            "pause": self._pause, "pass": number, "step": steps + (when == BEFORE), "node": row, "when": when,
            "stop": stop,
        }  # fmt: skip
        try:
            while not self._action:
                self._tell({"paused": told})
                with self._change:
                    self._change.wait_for(lambda: bool(self._action), ASK_EVERY)
                if time.monotonic() - self._heard > PATIENCE:
                    break
        except KeyboardInterrupt:  # again, without the frames of the waiting: they say nothing about the user's code
            raise KeyboardInterrupt("The pass was interrupted at a breakpoint.") from None
        finally:
            self._paused = self._stepping = False
            self._tell({"resumed": self._pause})
        with self._change:
            self._stepping = self._action == STEP
            self._set()
        if self._action == ABORT:
            raise KeyboardInterrupt("The pass was aborted at a breakpoint.")


def _facts(gradient: Any) -> dict[str, Any]:
    array = np.asarray(getattr(gradient, "array", gradient))
    return {**of_array(array)._asdict(), "shape": shape_text(array.shape), "dtype": array.dtype.name}
