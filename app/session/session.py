"""One session: the kernel process, the link and the trace, with or without a window.

Cells wait in a queue and run one after the other; the first that fails empties the queue. The trace outlives every
kernel: when one dies, its names go, what it was running is marked as died, and the next one continues the same trace.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.trace import Batch, Columns, Status, Trace, TraceError

from ..protocol.stops import BEFORE, Stop
from ..protocol.wire import Slices
from .array_access import ArrayAccess
from .link import Link
from .lost_kernel import Request, describe_exit, end_of_kernel
from .pauses import Pauses
from .transcript import Entry, Transcript

if TYPE_CHECKING:
    from ..kernel.early import EarlyKernel
    from ..store.stored_arrays import StoredArrays
    from .kernel_process import Client, KernelProcess

DEFAULT_BUDGET = 1 << 30  # bytes of arrays that the kernel keeps
ALL = 1 << 30  # more batches than can wait


class Session(QObject):
    """Runs cells and collects what they do. States: starting, idle, busy, dead, restarting."""

    trace_grew = Signal()
    trace_replaced = Signal()  # `trace` is another one
    state_changed = Signal(str)
    cell_finished = Signal(int)  # its row in `trace.cells`, which is complete now
    request_finished = Signal(str, str)  # request id; "ok", "error" or "aborted"
    output = Signal(str, str)  # kind ("stdout", "stderr", "result", "error", "display"), text
    array_arrived = Signal(int)  # `trace.values` has this array now
    slice_arrived = Signal(int, object)  # number of the request, the array
    array_failed = Signal(int, str)  # handle, why
    paused = Signal(dict)  # a pass waits: pause, pass, step, node, when and stop; see `set_stops`
    resumed = Signal()  # it goes on or ended, whatever the reason
    message = Signal(str)  # something a person should know

    def __init__(self, parent: QObject | None = None, *, budget: int = DEFAULT_BUDGET, folder: str = "") -> None:
        super().__init__(parent)
        self.trace = Trace()
        self.transcript = Transcript()
        self._budget = budget
        self._folder = folder
        self._budget_passed = False
        self._queue: deque[Request] = deque()
        self._running = ""  # the request of ours that the kernel works on
        self._interrupted = False  # it was told to stop, and what waited then was forgotten then
        self._last_answered = ""
        self._answers: dict[str, str] = {}  # request -> status, until all its output is here
        self._quiet: set[str] = set()  # requests whose output is all here, until they are answered
        self._old_names: Columns | None = None  # of a session from a file, forgotten when its kernel runs something
        self._restart_again = False
        self._execute: Callable[[str], object] | None = None
        self._link = Link(self)
        self._link.batches_arrived.connect(self._take_batches)
        self.arrays = ArrayAccess(self.trace, self._link, self)
        self.arrays.arrived.connect(self.array_arrived)
        self.arrays.slice_arrived.connect(self.slice_arrived)
        self.arrays.failed.connect(self.array_failed)
        self._link.refused.connect(self.message)
        self._pauses = Pauses(self._link, self)
        self._pauses.paused.connect(self._on_pause)
        self._pauses.resumed.connect(self._on_resumption)
        self._untold: dict[str, Any] | None = None  # a pause whose steps are not all here
        self._kernel: KernelProcess | None = None  # once started

    # -- the kernel ------------------------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """starting, idle, busy, dead or restarting; empty before `start`."""
        return self._kernel.state if self._kernel is not None else ""

    @property
    def manager(self) -> Any:
        """qtconsole's kernel manager, for a console widget. Raises RuntimeError before `start`."""
        return self._started().manager

    @property
    def client(self) -> Client:
        """qtconsole's kernel client, for a console widget. Raises RuntimeError before `start`."""
        client = self._started().client
        assert client is not None  # made by the start
        return client

    def start(self, early: EarlyKernel | None = None) -> None:
        """Start the kernel, or let the one that waits begin; cells may be given at once and wait until it is ready."""
        from .kernel_process import KernelProcess  # Jupyter takes 0.2 s to load, and a window can show before that

        kernel = self._kernel = KernelProcess(self, early)
        kernel.state_changed.connect(self._on_state)
        kernel.message_arrived.connect(self._on_message)
        kernel.reply_arrived.connect(self._on_reply)
        kernel.start(self._environment(), self._folder or None)
        self.client.stops = self._pauses.order

    def interrupt(self) -> None:
        """Stop the running cell with a KeyboardInterrupt; cells that wait are forgotten."""
        self._forget_queue()
        self._interrupted = bool(self._running)
        if self._kernel is not None:
            self._kernel.interrupt()

    def restart(self) -> None:
        """Start a new kernel; the trace stays. Cells given from now on wait for it."""
        if self.state in ("", "restarting"):
            return
        self._take_batches(limit=ALL)
        self._forget_queue(kernel_gone=True)
        self._end_kernel()
        self._started().restart(self._environment())

    def close(self) -> None:
        """End the kernel and the link."""
        if self._kernel is not None:
            self._kernel.close()
        self.arrays.close()
        self._link.close()

    def replace(self, trace: Trace, stored: StoredArrays | None = None, transcript: Iterable[Entry] = ()) -> None:
        """Go on with another record, from a file: a fresh kernel continues it. Cells given from now on wait for it.

        What the kernel of that record was running has died. Its names stay until something new is run, since the
        graph is read by them.
        """
        self._take_batches(limit=ALL)
        self._forget_queue(kernel_gone=True)
        self._answers.clear()
        self._quiet.clear()
        self.trace = trace
        self.arrays.set_trace(trace, stored)
        self.transcript.replace(transcript)
        ended, _ = end_of_kernel(trace, None)
        self._old_names = ended.tables.pop("names", None) if ended is not None else None
        if ended is not None and ended.tables:
            trace.extend(ended)
        if self._kernel is not None:
            self._last_answered = self.client.last.id
            self._restart_again = self.state == "restarting"
            if not self._restart_again:
                self._kernel.restart(self._environment())
        self.trace_replaced.emit()

    def _started(self) -> KernelProcess:
        if self._kernel is None:
            raise RuntimeError("the session has no kernel yet; call start() first")
        return self._kernel

    def _environment(self) -> dict[str, str]:
        return self._link.address(self.trace.counts(), self._budget).environment()

    def _on_state(self, state: str) -> None:
        if state == "dead":
            self._take_batches(limit=ALL)
            self._forget_queue(kernel_gone=True)
            self._end_kernel()
            code = describe_exit(self._started().exit_code)
            self.message.emit(f"The kernel ended ({code}). The graph stays; restart the kernel to go on.")
        if state == "idle" and self._restart_again:  # it started with the counts of another record
            self._restart_again = False
            self._started().restart(self._environment())
            return
        self.state_changed.emit(state)
        if state == "idle":
            self._run_next()

    def _end_kernel(self) -> None:
        """Mark in the trace that whatever the kernel knew is gone."""
        self._pauses.end()
        last = self.client.last
        self._old_names = None
        batch, cells = end_of_kernel(self.trace, last if last.id != self._last_answered else None)
        self._last_answered = last.id
        self._answers.clear()
        self._quiet.clear()
        if batch is not None:
            self._extend(batch)
        self.arrays.kernel_gone()
        for cell in cells:
            self.cell_finished.emit(cell)

    # -- cells -----------------------------------------------------------------------------------------------------

    def run(self, code: str, *, title: str = "", path: str = "", first_line: int = 1) -> str:
        """Run a cell after those that wait; returns the id of its request (`trace.cells.request`).

        `title`, `path` and `first_line` say where the code stands in a document. Returns "" when the kernel is dead.
        """
        if self.state == "dead":
            self.message.emit("The kernel is dead. Restart it to run code.")
            return ""
        cell = Request(uuid.uuid4().hex, code, {"title": title, "path": path, "first_line": first_line})
        self._queue.append(cell)
        self._run_next()
        return cell.id

    def set_source_for_next(self, title: str, path: str, first_line: int = 1) -> None:
        """The next visible cell that goes through the client belongs to this place of a document."""
        self.client.prepare({"title": title, "path": path, "first_line": first_line})

    def execute_through(self, execute: Callable[[str], object] | None) -> None:
        """Send cells through this function, a console widget's `execute`, so that they show there; None: directly."""
        self._execute = execute

    def _run_next(self) -> None:
        if self._running or not self._queue or self.state not in ("idle", "busy"):
            return
        cell = self._queue.popleft()
        self._running = cell.id
        self.client.prepare(cell.place, cell.id)
        if self._execute is not None:
            self._execute(cell.code)
        else:
            self.client.execute(cell.code, allow_stdin=False)

    def _on_reply(self, message: dict[str, Any]) -> None:
        if message["header"]["msg_type"] == "execute_reply":
            request = message["parent_header"].get("msg_id", "")
            self._answers[request] = message["content"].get("status", "error")
            if request == self.client.last.id:
                self._last_answered = request
            self._finish(request)

    def _finish(self, request: str) -> None:
        """A request is finished when it is answered and, which comes another way, all its output is here."""
        if request not in self._answers or request not in self._quiet:
            return
        self._quiet.discard(request)
        status = self._answers.pop(request)
        if request == self._running:
            self._running = ""
            if status != "ok" and not self._interrupted:
                self._forget_queue()
            self._interrupted = False
        self.request_finished.emit(request, status)
        self._run_next()

    def _forget_queue(self, *, kernel_gone: bool = False) -> None:
        waiting, self._queue = list(self._queue), deque()
        if kernel_gone and self._running:
            self._interrupted = False
            running, self._running = self._running, ""
            self.request_finished.emit(running, "aborted")
        for cell in waiting:
            self.request_finished.emit(cell.id, "aborted")
        if waiting:
            count = "1 cell that waited was" if len(waiting) == 1 else f"{len(waiting)} cells that waited were"
            self.message.emit(f"{count} not run.")

    def _on_message(self, message: dict[str, Any]) -> None:
        kind, content = message["header"]["msg_type"], message["content"]
        parent = message["parent_header"]
        if kind == "status" and parent.get("msg_type") == "execute_request" and content["execution_state"] == "idle":
            self._quiet.add(parent["msg_id"])
            self._finish(parent["msg_id"])
        elif kind == "execute_input":
            self.transcript.add(f"In [{content['execution_count']}]", content["code"])
        elif kind == "stream":
            self._say(content["name"], content["text"])
        elif kind == "error":
            self._say("error", "\n".join(content["traceback"]) + "\n")
        elif kind == "execute_result":
            self._say("result", content["data"].get("text/plain", "") + "\n", f"Out[{content['execution_count']}]")
        elif kind == "display_data":
            self._say("display", content["data"].get("text/plain", "") + "\n")

    def _say(self, kind: str, text: str, piece: str = "") -> None:
        self.transcript.add(piece or kind, text)
        self.output.emit(kind, text)

    # -- pauses in running passes ----------------------------------------------------------------------------------

    def set_stops(self, stops: Sequence[Stop]) -> None:
        """From now on, passes of the kernel's main thread pause at these and no other stops. Raises `StopError`.

        `paused` tells the number of the pause and of the pass (its row), the step (from 1) and the row of its node,
        whether it is `when` "before" or "after" the step, and which of the stops it is (NONE: after a "step"). All
        that happened until then is in the trace. The pass goes on with `resume`, with an interrupt, when the kernel
        restarts, or some seconds after this process is gone.
        """
        self._pauses.set_stops(stops)
        if self._kernel is not None and self._kernel.client is not None:
            self._kernel.client.stops = self._pauses.order

    def resume(self, action: str) -> None:
        """End the pause: "continue", "step" (pause again before the next step) or "abort" (KeyboardInterrupt)."""
        self._pauses.resume(action)

    @property
    def is_paused(self) -> bool:
        """Whether a pass waits."""
        return self._pauses.lasts

    def _on_pause(self, told: dict[str, Any]) -> None:
        self._untold = told
        self._take_batches(limit=ALL)
        self._tell_pause()

    def _tell_pause(self) -> None:
        """Tell of the pause once the steps before it are in the trace: they come another way."""
        told = self._untold
        if told is None:
            return
        steps = np.count_nonzero(self.trace.steps.pass_ == told.get("pass")) + (told.get("when") == BEFORE)
        if self.is_paused and steps >= told.get("step", 0):
            self._untold = None
            self.paused.emit(told)

    def _on_resumption(self) -> None:
        self._untold = None
        self.resumed.emit()

    # -- the trace -------------------------------------------------------------------------------------------------

    def _take_batches(self, limit: int = 20) -> None:
        for batch in self._link.take(limit):
            self._extend(batch)
        self._tell_pause()

    def _extend(self, batch: Batch) -> None:
        if self._old_names is not None and "cells" in batch.tables:
            names, self._old_names = self._old_names, None
            self.trace.extend(Batch({"names": names}))
        try:
            self.trace.extend(batch)
        except TraceError as error:
            self.message.emit(f"What the kernel recorded does not fit the graph ({error}). Restart the kernel.")
            return
        self.trace_grew.emit()
        cells = batch.tables.get("cells")
        if cells is not None:
            for cell in cells["id"][cells["status"] != Status.RUNNING].tolist():
                self.cell_finished.emit(cell)
        if "drops" in batch.tables and not self._budget_passed:
            self._budget_passed = True
            self.message.emit(
                f"The recorded arrays passed their budget of {self._budget / 2**20:,.0f} MiB: "
                "the oldest values are given up, their statistics stay."
            )

    # -- arrays on demand ------------------------------------------------------------------------------------------

    def fetch(self, handle: int) -> None:
        """Ask for a whole array; `array_arrived` follows, or `array_failed`. What is here already arrives at once."""
        self.arrays.fetch(handle)

    def fetch_slice(self, handle: int, slices: Slices) -> int:
        """Ask for a part, (start, stop, step) per dimension; `slice_arrived` brings it with this number."""
        return self.arrays.fetch_slice(handle, slices)
