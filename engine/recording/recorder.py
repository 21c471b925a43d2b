"""Records what the engine does as rows of a trace. Knows no socket and no IPython.

While user code runs, an event costs a tuple of references appended to a list. Everything else (rows, names, positions,
statistics) happens when somebody calls `process()`, which in the kernel is the sender's thread about every 15 ms;
`take()` then gives the rows as a `Batch`. Before memory is overwritten, freed by a pass, or a cell ends, the user's
thread waits in `flush()` until nothing pending refers to what is about to change.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from sys import _getframe
from types import CodeType
from typing import TYPE_CHECKING, Any

from numpy import ndarray
from numpy.typing import NDArray

from ..backward import BackwardRun, Step
from ..node import Node
from ..tensor import Tensor
from ..trace import NONE, Batch, Status
from .calls import DIRECT, UNKNOWN, Call, CallMark, Calls, is_new, mark_of_call
from .cell_recorder import CellRecorder, Sources
from .graph_recorder import GraphRecorder
from .naming import named_tensors
from .pass_recorder import PassRecorder
from .recorded_arrays import RecordedArrays
from .recorder_columns import Rows
from .results import LOOK_BACK, Results
from .saved_memory import refusal_of
from .scopes import Scopes
from .source_position import Site, SourceFile

if TYPE_CHECKING:
    from ..nn.module import Module

DEFAULT_BUDGET = 1 << 30  # bytes of recorded arrays
MOST_PENDING = 50_000  # events that may wait to become rows
MOST_AT_ONCE = 4096  # events between two batches, so that the window sees long cells grow
AT_A_TIME = 128  # events worked off at a time while the user's code goes on recording ...
IN_A_RUSH = 32  # ... and where it does little else: they hold Python's lock, of which such code needs all
RUSH = 1000  # events between two looks that say so
YOUNG = 0.25  # seconds of a pass in which nothing is worked off, so that nothing takes time from it
MOST_WAITING = 7 / 8  # of the budget may be held by what waits to become rows; older values give way to it ...
WAITING_STEP = 1 / 16  # ... each time that so much of the budget was added
LEAST_WAITING = 1 << 20  # bytes that may wait in any case
HELD = 0.5  # seconds that an operation waits for what follows, which tells whether its result has a name
PATIENCE = 2.0  # seconds in all that a cell may wait while nothing is worked off

_NO_CODE = UNKNOWN.code
_ENGINE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Recorder:
    """An `observe.Observer` that continues a trace with these counts (`Trace.counts()`)."""

    __slots__ = (  # read at every operation: slots are found quicker than the entries of so large a dictionary
        "_arrays", "_at", "_broke", "_calls", "_cell_ended", "_cells", "_debugged", "_dirty", "_ends",
        "_events", "_graph", "_has_tangents", "_inside", "_limit", "_look_at", "_lost", "_made", "_most_waiting",
        "_named", "_namespace", "_operated", "_overwrites", "_passed", "_passes", "_patience", "_pending",
        "_processing", "_quiet_since", "_recorded_before", "_results", "_rows", "_running", "_scopes", "_sites",
        "_sources", "_starts", "_waiting_bytes", "_waiting_step", "_worked", "_young_until", "flush",
    )  # fmt: skip

    def __init__(self, start: Mapping[str, int], budget: int = DEFAULT_BUDGET) -> None:
        self._pending: list[tuple[Any, ...]] = []
        self._limit = MOST_PENDING
        self._inside: dict[str, bool] = {}
        self._dirty = False  # whether something pending may refer to memory that an operation could overwrite
        self._waiting_bytes = 0  # about what the arrays of pending events take
        self._most_waiting = max(int(budget * MOST_WAITING), LEAST_WAITING)
        self._waiting_step = max(int(budget * WAITING_STEP), LEAST_WAITING)
        self._look_at = self._waiting_step  # waiting bytes at which to make room
        self._recorded_before = 0
        self._quiet_since = 0.0
        self._running = 0
        self._has_tangents = False  # whether this cell made a dual tensor
        self._young_until = 0.0
        self._lost = 0
        self._patience = PATIENCE
        self._worked = 0
        self.flush: Callable[[], None] = self._process_here
        self._rows = Rows(start)
        self._arrays = RecordedArrays(self._rows, start["arrays"], budget)
        self._sources = Sources(self._rows, self._is_engine)
        self._sites = self._sources.sites
        self._graph = GraphRecorder(self._rows, self._arrays, self._sources.definition)
        self._passes = PassRecorder(self._rows, self._arrays, self._graph, self._sources.definition)
        self._scopes = Scopes(self._rows, self._sites)
        self._cells = CellRecorder(self._rows, self._sites, self._graph, self._passes, self._scopes, self._is_engine)
        self._calls = Calls(self._is_engine, self._looked, self._resumed)
        # Bound once, not at each event; `Results` knows the kinds of events by these objects.
        self._operated, self._made, self._overwrites = self._on_operation, self._on_made, self._on_overwriting
        self._starts, self._ends = self._scopes.module_started, self._scopes.module_ended
        self._passed, self._named = self._on_pass, self._cells.names
        self._cell_ended, self._broke = self._cells.end, self._on_break
        # Where the events of each kind tell of their place.
        places = {self._operated: 5, self._made: 3, self._starts: 2, self._overwrites: 2}
        ends = (self._passed, self._named, self._cell_ended, self._broke)
        self._results = Results(places, (self._operated, self._made), ends)
        self._debugged = (_NO_CODE, 0)  # where the operation of a frame that a debugger traces was called from
        self._events: list[Any] = []  # those that become rows just now ...
        self._at = 0  # ... and the one that does
        self._namespace: Mapping[str, object] | None = None  # of the cell that runs
        self._processing = threading.RLock()

    # -- while user code runs --------------------------------------------------------------------------------------

    def operation(
        self,
        node: Node | None,
        op: str,
        operands: tuple[object, ...],
        outputs: tuple[Tensor, ...],
        inplace: bool,
    ) -> None:
        """After each operation. This is the hot path: see `Observer`."""
        pending = self._pending
        if len(pending) >= self._limit and not self._room():
            return
        frame: Any = _getframe(2)  # not by way of the operation's own frame, which would have to be made an object
        call = frame.f_trace
        if call.__class__ is Call:  # user code that was met before called the operation itself
            at, fresh = frame.f_lasti, DIRECT
            if not call.simple:
                if (call.at, at) in call.follows:
                    call.at = at
                else:
                    self._calls.look(frame, call, at)
        else:
            call, at, fresh, *debugged = self._walk(_getframe(1))
            if debugged:
                self._pending.append((self._on_debugged, *debugged))
        self._dirty = True
        self._waiting_bytes += outputs[0].array.nbytes
        if self._waiting_bytes > self._look_at:
            self._make_room()
        if node is None:
            pending.append((self._made, outputs, op if inplace else "", call, at, fresh))
        else:
            pending.append((self._operated, node, operands, outputs, op if inplace else "", call, at, fresh))

    def _walk(self, operation: Any) -> tuple[Any, ...]:
        """What `Calls.place` says of the user's code that led to an operation.

        Where a debugger's trace function is in the place of a `Call`, the code and the instruction follow.
        """
        below, frame = operation, operation.f_back
        inside = self._inside
        while True:
            filename = frame.f_code.co_filename
            if not (inside[filename] if filename in inside else self._is_engine(filename)):
                break
            below, frame = frame, frame.f_back
        call = frame.f_trace
        if call.__class__ is Call and call.simple:
            return call, frame.f_lasti, DIRECT if below is operation else is_new(below)
        call, at, fresh = self._calls.place(frame, None if below is operation else below)
        if call.code is _NO_CODE:  # a debugger's frame
            return call, at, fresh, frame.f_code, frame.f_lasti
        return call, at, fresh  # not a library's, such as that of `copy.deepcopy`

    def before_inplace(self, tensor: Tensor) -> None:
        """Before the memory behind `tensor` is overwritten: what is kept of it is copied first."""
        if self._dirty or self._arrays.store.refers_to(tensor.array):
            place: tuple[Any, int, bool] = (None, 0, True)
            recent = self._pending[-LOOK_BACK:]  # a copy: another thread may be working them off
            if recent and self._results.undecided(recent, len(recent)):
                frame, below = self._user_frame(_getframe(1))
                # The mark of `below` is only looked at: the operation that overwrites comes after this.
                place = frame.f_trace, frame.f_lasti, below.f_trace is None
            self._pending.append((self._overwrites, tensor, *place))
            self.flush()
            self._dirty = False

    def requires_grad_changed(self, tensor: Tensor) -> None:
        """After `requires_grad` of a leaf was set: what is pending saw it as it was."""
        if self._dirty:
            self._flush_all()

    def gradient_retained(self, tensor: Tensor) -> None:
        """After `retain_grad()`."""
        self._pending.append((self._graph.retained, tensor))

    def tangent_made(self) -> None:
        """After a dual tensor was made; one a cell is enough."""
        if not self._has_tangents:
            self._has_tangents = True
            frame, _ = self._user_frame(_getframe(1))
            self._pending.append((self._on_tangent, frame.f_code, frame.f_lasti))

    def module_started(self, module: Module) -> Call | None:
        """Before a module runs."""
        if len(self._pending) >= self._limit and not self._room():
            return None
        below: Any = _getframe(1)
        frame = below.f_back
        while self._is_engine(frame.f_code.co_filename):
            below, frame = frame, frame.f_back
        call, at, fresh = self._calls.place(frame, below)
        self._pending.append((self._starts, module, call, at, fresh))
        return call

    def module_ended(self, started: Call | None) -> None:
        """After it ran."""
        if started is not None:
            self._pending.append((self._ends, started))

    def _looked(self, call: Call, name: str) -> None:
        self._pending.append((self._scopes.turned, call, name))

    def _resumed(self, call: Call, by: Call, offset: int, fresh: bool) -> None:
        self._pending.append((self._scopes.resumed, call, by, offset, fresh))

    def recomputation_started(self, run: BackwardRun | None, name: str) -> None:
        """Before a checkpointed part runs again."""
        self._pending.append((self._passes.recomputation_started, run, None if run is None else run.current, name))

    def recomputation_ended(self) -> None:
        """After it ran again."""
        self._pending.append((self._graph.recomputations.pop,))

    def pass_started(self, run: BackwardRun) -> None:
        """Before the first step. What the pass frees is in `run.released` until pending nodes became rows."""
        code, offset, call = self._caller()
        self._dirty = True
        self._graph.saved.passes.append(run)
        self._running += 1
        now = time.perf_counter()
        self._young_until = now + YOUNG
        self._pending.append((self._passed, run, code, offset, call, now))

    def step(self, step: Step) -> None:
        """After each executed node."""
        pending = self._pending
        if len(pending) >= self._limit and not self._room():
            step.run.released.pop(step.node, None)
            return
        pending.append(step)
        self._dirty = True  # hooks to come may write to what this step sent
        arrived = step.arrived
        if arrived.__class__ is ndarray:  # what is sent is counted where it arrives
            self._waiting_bytes += arrived.nbytes
            if self._waiting_bytes > self._look_at:
                self._make_room()

    def pass_ended(self, run: BackwardRun, error: BaseException | None) -> None:
        """After the last step."""
        self._running -= 1
        if not self._running:
            self._young_until = 0.0
        node = None if error is None else run.current
        self._pending.append((self._passes.ended, run, error, node, refusal_of(error, node), time.perf_counter()))

    def _caller(self) -> tuple[CodeType, int, CallMark]:
        """The code that asked for a pass, its instruction, and the mark of the call."""
        frame, below = self._user_frame(_getframe(2))
        return frame.f_code, frame.f_lasti, mark_of_call(below)

    def _user_frame(self, below: Any) -> tuple[Any, Any]:
        """The nearest frame of the user's code under `below`, and the one of the engine or a library that it called."""
        frame: Any = below.f_back
        while self._calls.passes_over(frame.f_code.co_filename) and frame.f_back is not None:
            below, frame = frame, frame.f_back
        return frame, below

    def _is_engine(self, filename: str) -> bool:
        known = self._inside.get(filename)
        if known is None:
            known = self._inside[filename] = os.path.abspath(filename).startswith(_ENGINE)
        return known

    def _make_room(self) -> None:
        """Much memory waits: let older values go for it, or if it is too much, wait until all of it became rows."""
        if self._waiting_bytes > self._most_waiting:
            self._flush_all()
            self._waiting_bytes = 0
        else:
            self._arrays.store.trim(self._waiting_bytes)
        self._look_at = min(self._waiting_bytes + self._waiting_step, self._most_waiting)

    def _room(self) -> bool:
        """Wait until the pending list has room; False (and a loss counted) when nothing is worked off for too long."""
        while len(self._pending) >= self._limit and self._limit and self._patience > 0:
            worked, started = self._worked, time.monotonic()
            self._flush_all()
            if self._worked == worked:
                self._patience -= max(time.monotonic() - started, 0.001)
        if len(self._pending) < self._limit:
            return True
        self._lost += 1
        return False

    # -- cells -----------------------------------------------------------------------------------------------------

    def begin_cell(
        self, request: str, number: int, source: SourceFile, filename: str, namespace: Mapping[str, object]
    ) -> None:
        """A cell begins, whose code is compiled under `filename`; `namespace` is where its names live."""
        self._patience, self._namespace, self._has_tangents = PATIENCE, namespace, False
        self._pending.append((self._cells.begin, request, number, source, filename, namespace, time.time()))

    def end_cell(self, status: Status, error: BaseException | None, namespace: Mapping[str, object]) -> None:
        """A cell ended; returns when all of it became rows."""
        self._namespace = None
        self._pending.append((self._cell_ended, status, error, named_tensors(namespace), time.time()))
        self.flush()

    def note_names(self) -> None:
        """Take down what names mean now, within a cell; called on the thread that runs it, where somebody looks."""
        if self._namespace is not None:
            self._pending.append((self._named, named_tensors(self._namespace)))

    def _flush_all(self) -> None:
        """Let nothing wait for what follows."""
        self._pending.append((self._broke,))
        self.flush()

    def take_lost(self) -> int:
        """How many events were not recorded since the last call."""
        lost, self._lost = self._lost, 0
        return lost

    # -- the sender's side -----------------------------------------------------------------------------------------

    @property
    def lock(self) -> threading.RLock:
        """Held while kept arrays are copied: with it, `array` gives something that holds still."""
        return self._arrays.store.lock

    @property
    def waiting(self) -> int:
        """How many events wait to become rows."""
        return len(self._pending)

    def pace(self) -> int:
        """How many events may be worked off now without taking time from the user's code that records them."""
        recorded = self._worked + len(self._pending)
        new, self._recorded_before = recorded - self._recorded_before, recorded
        now = time.perf_counter()
        if new:
            self._quiet_since = now
        if now < self._young_until:
            return 0
        if now - self._quiet_since > HELD:
            recent = self._pending[-LOOK_BACK:]
            if self._results.undecided(recent, len(recent)):
                self._pending.append((self._broke,))
        if new > RUSH:
            return IN_A_RUSH
        return AT_A_TIME if new else MOST_AT_ONCE

    def process(self, most: int = MOST_AT_ONCE) -> int:
        """Turn the oldest of what is pending into rows; returns the number of events, 0 when there were none.

        An operation of which the next event tells whether its result has a name waits for that, see `HELD`.
        """
        with self._processing:
            waiting = len(self._pending)
            last: Any = self._pending[waiting - 1] if waiting else None
            ended = last is None or (last.__class__ is tuple and last[0] is self._overwrites)  # quick, for many of them
            held = 0 if ended else self._results.undecided(self._pending, waiting)
            events = self._pending[: min(most, waiting - held)]
            del self._pending[: len(events)]
            if events:  # their share, as nearly as can be told; nothing is left when all are taken
                self._waiting_bytes = self._waiting_bytes * (waiting - len(events)) // waiting
                self._look_at = min(self._waiting_bytes + self._waiting_step, self._most_waiting)
            self._events = events
            for self._at, event in enumerate(events):
                if event.__class__ is Step:
                    self._passes.step(event)
                else:
                    event[0](*event[1:])
                self._worked += 1
            self._events = []
            if events:
                self._arrays.settle(self._waiting_bytes)
            return len(events)

    def take(self) -> Batch | None:
        """The rows made since the last call, or None."""
        with self._processing:
            return self._rows.take()

    def array(self, handle: int) -> NDArray[Any] | None:
        """A recorded array, or None when its values were given up. See `lock`."""
        return self._arrays.store.get(handle)

    def whereabouts(self, node: Node) -> tuple[int, str, str, int]:
        """(row, title and path of its source, line) of a node that became a row; NONE, "" and 0 where unknown."""
        with self._processing:
            entry = self._graph.known(node)
            if entry is None:
                return NONE, "", "", 0
            return entry.row, *self._sources.described(entry.site.source), entry.site.line

    def value(self, node: Node) -> NDArray[Any] | None:
        """The value of a node's first output, as it was when it became a row; None where it is not kept."""
        with self._processing:
            entry = self._graph.known(node)
            return None if entry is None or entry.value == NONE else self.array(entry.value)

    def progress(self, run: BackwardRun) -> tuple[int, int]:
        """(row of a running pass, steps it has made), as far as they became rows; NONE and 0 before that."""
        with self._processing:
            return self._passes.progress(run)

    def pause(self) -> None:
        """Record nothing more until `resume`; what is lost is counted."""
        self._limit = 0

    def resume(self) -> None:
        """Record again."""
        self._limit = MOST_PENDING

    def _process_here(self) -> None:
        while self.process():
            pass

    # -- what each event becomes -----------------------------------------------------------------------------------

    def _on_operation(
        self,
        node: Node,
        operands: tuple[object, ...],
        outputs: tuple[Tensor, ...],
        written: str,
        call: Call,
        at: int,
        fresh: int,
    ) -> None:
        site = self._site_of(call, at)
        self._graph.scope = self._scopes.at(call, at, bool(fresh))
        if written:
            self._graph.saved.written(outputs[0], written, site, self._passes.place)
        inner = None if fresh is DIRECT or written else self._inner()
        self._graph.operation(node, operands, outputs, bool(written), site, inner)

    def _on_made(self, outputs: tuple[Tensor, ...], written: str, call: Call, at: int, fresh: int) -> None:
        site = self._site_of(call, at)
        self._graph.scope = self._scopes.at(call, at, bool(fresh))
        if written:
            self._graph.saved.written(outputs[0], written, site, self._passes.place)
        self._graph.made(outputs, site, None if fresh is DIRECT or written else self._inner())

    def _on_debugged(self, code: CodeType, offset: int) -> None:
        self._debugged = (code, offset)

    def _site_of(self, call: Call, at: int) -> Site:
        if call is not UNKNOWN:
            return self._sites.at(call.code, at)
        return self._sites.at(*self._debugged)

    def _inner(self) -> str | None:
        """Where the event is not the last operation of its instruction, the module whose last one it is, or ""."""
        events, at, waiting = self._events, self._at, self._pending
        if not self._results.is_inner(events, at, waiting):
            return None
        following = events[at + 1] if at + 1 < len(events) else waiting[0] if waiting else None
        ended = following.__class__ is tuple and following[0] is self._ends
        return self._scopes.module_path(self._graph.scope) if ended else ""

    def _on_tangent(self, code: CodeType, offset: int) -> None:
        self._graph.tangent(self._sites.at(code, offset))

    def _on_break(self) -> None:
        """Nothing; what was before it need not wait for more."""

    def _on_overwriting(self, tensor: Tensor, *_place: object) -> None:
        self._graph.overwriting(tensor)

    def _on_pass(self, run: BackwardRun, code: CodeType, offset: int, call: CallMark, moment: float) -> None:
        self._passes.started(run, self._sites.at(code, offset), call, moment)
