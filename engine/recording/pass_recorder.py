"""Turns backward passes into rows: passes, steps and every contribution that flows. Runs when the recorder drains."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import CodeType
from typing import Any

import numpy as np

from ..backward import BackwardRun, Step
from ..functions.function_node import FunctionNode
from ..node import AccumulateGrad, Node, Output
from ..tensor import Tensor
from ..trace import NONE, EventKind, PassFlag, PassKind, Status
from .calls import CallMark
from .graph_recorder import GraphRecorder
from .recorded_arrays import RecordedArrays
from .recorded_objects import NodeEntry
from .recorder_columns import Rows
from .saved_memory import Refusal
from .source_position import Site

SAVED_USED, SAVED_FREED = int(EventKind.SAVED_USED), int(EventKind.SAVED_FREED)  # plain numbers are cheaper


class _Pass:
    """A pass that runs."""

    def __init__(self, number: int, site: Site, started: float, parent: int, layer: int) -> None:
        self.number = number
        self.site = site
        self.started = started
        self.at = time.time()
        self.function = ""
        self.call = number
        self.parent = parent
        self.outer_layer = layer
        self.root = NONE
        self.outer = NONE  # the pass in one of whose hooks this one began
        self.steps = 0
        self.sinks: dict[int, int] = {}  # id of an AccumulateGrad -> the row that this pass's graph knows it by


class PassRecorder:
    """The rows of tables passes, steps and flows."""

    def __init__(
        self,
        rows: Rows,
        arrays: RecordedArrays,
        graph: GraphRecorder,
        definition: Callable[[CodeType], tuple[int, int] | None],
    ) -> None:
        self._rows = rows
        self._definition = definition  # (source, line) of code of the user's
        self._arrays = arrays
        self._graph = graph
        self._running: dict[int, _Pass] = {}
        self.failure: tuple[BaseException, int] | None = None  # what ended the last failed pass, and at which row

    def started(self, run: BackwardRun, site: Site, caller: CallMark, moment: float) -> None:
        """A pass begins: its row, and the seeds as contributions of step 0."""
        graph = self._graph
        number = self._rows.new_id("passes")
        made = _Pass(number, site, moment, NONE, graph.layer)
        if caller.first == NONE:
            caller.first = number
        made.function, made.call = caller.function, caller.first
        outer = None if run.parent is None else self._running.get(id(run.parent))
        made.outer = NONE if outer is None else outer.number
        self._running[id(run)] = made
        seeds: list[tuple[int, int, int, int]] = []
        for root, target, gradient in zip(run.roots, run.targets, run.gradients, strict=True):
            row = edge = NONE
            if isinstance(root, Tensor):
                row, edge = graph.tensor_row(root), graph.output_edge(root)
            made.root = row if made.root == NONE else made.root
            entry, output = self._end(target)
            if entry is not None:
                made.parent = max(made.parent, entry.layer)
                seeds.append((edge, entry.row, output, self._arrays.handle(gradient)))
        self._write(run, made, Status.RUNNING)
        for seed in seeds:
            self._rows.add("flows", number, 0, *seed)
        if run.create_graph:
            if outer is not None:
                self._add_layer(outer, outer.steps + 1)  # so far; the rest when that step is over
            graph.layer = number

    def step(self, step: Step) -> None:
        """An executed node: what arrived, what was used, and what it sent on over each slot."""
        run = step.run
        made = self._running[id(run)]
        made.steps += 1
        node, handle = step.node, self._arrays.handle
        entry = self._graph.node(node)
        run.released.pop(node, None)
        row = made.sinks.get(id(node), entry.row)
        arrived, used = step.arrived, step.used
        if node.outputs_many:
            self._add_arrivals(made, arrived, used)
            arrived, used = _first(arrived), _first(used)
        before, added, after = (NONE, NONE, NONE) if step.accumulation is None else map(handle, step.accumulation)
        self._rows.add(
            "steps", made.number, made.steps, row, handle(arrived), handle(used), before, added, after
        )  # fmt: skip
        self._add_events(run, made, step, entry, row, used is not None)
        self._add_layer(made, made.steps)
        edges = entry.edges
        for slot, (gradient, target) in enumerate(zip(step.outputs, node.next_edges, strict=False)):
            if gradient is None or target is None:
                continue
            end, output = self._end(target)
            if end is None or slot >= len(edges):
                continue
            row = self._sink_row(made, target, edges[slot], end.row)
            self._rows.add("flows", made.number, made.steps, edges[slot], row, output, handle(gradient))

    def recomputation_started(self, run: BackwardRun | None, node: Node | None, name: str) -> None:
        """A checkpointed part runs again, for the step that `node` is in; outside of passes nobody's step does."""
        made = None if run is None else self._running.get(id(run))
        number, step = (NONE, 0) if made is None else (made.number, made.steps + 1)
        string = self._rows.string(name)
        self._graph.recomputations.append((number, step, string))
        if made is not None and node is not None:
            row = self._graph.node(node).row
            self._rows.add(
                "events", int(EventKind.RECOMPUTATION), row, number, step, string, NONE, NONE, NONE, NONE,
                NONE, 0, NONE,
            )  # fmt: skip

    def progress(self, run: BackwardRun) -> tuple[int, int]:
        """(pass, steps made) of a pass that runs."""
        made = self._running.get(id(run))
        return (NONE, 0) if made is None else (made.number, made.steps)

    @property
    def place(self) -> tuple[int, int]:
        """(pass, step) of the innermost pass that runs, (NONE, 0) if none does."""
        made = next(reversed(self._running.values()), None)
        return (NONE, 0) if made is None else (made.number, made.steps + 1)

    def ended(
        self,
        run: BackwardRun,
        error: BaseException | None,
        node: Node | None,
        refusal: Refusal | None,
        moment: float,
    ) -> None:
        """The pass is over, or `error` ended it at `node`, perhaps because of what that had saved."""
        made = self._running.pop(id(run))
        self._graph.saved.passes.remove(run)
        self._add_layer(made, made.steps if error is None else made.steps + 1)
        self._graph.layer = made.outer_layer
        if error is None:
            self._write(run, made, Status.OK, moment)
            return
        row = NONE
        if node is not None:
            entry = self._graph.node(node)
            row = made.sinks.get(id(node), entry.row)
            if refusal is not None:
                self._add_refusal(made, entry, refusal)
        self.failure = (error, row)
        status = Status.INTERRUPTED if isinstance(error, KeyboardInterrupt) else Status.ERROR
        self._write(run, made, status, moment, error, row)

    def _add_refusal(self, made: _Pass, entry: NodeEntry, refusal: Refusal) -> None:
        place = (entry.row, made.number, made.steps + 1, 0, NONE, NONE)
        if refusal.gone:
            self._rows.add("events", int(EventKind.SAVED_GONE), *place, NONE, NONE, NONE, 0, NONE)
        rows = {saved.name: saved.row for saved in entry.saved}
        for name, version in refusal.stale:
            row = rows.get(self._rows.string(name), NONE)
            self._rows.add("events", int(EventKind.SAVED_STALE), *place, row, version, NONE, 0, NONE)

    def _add_arrivals(self, made: _Pass, arrived: Any, used: Any) -> None:
        """What arrived at each output of a node that has several."""
        for output, gradient in enumerate(arrived or ()):
            if gradient is not None:
                handles = self._arrays.handle(gradient), self._arrays.handle(None if used is None else used[output])
                self._rows.add("arrivals", made.number, made.steps, output, *handles)

    def _add_layer(self, made: _Pass, step: int) -> None:
        """The functions that a step made, where the pass creates a graph: they differentiate its node."""
        if self._graph.layer == made.number:
            nothing = (0, NONE, NONE, NONE, NONE, NONE, 0, NONE)
            for row in self._graph.in_layer:
                self._rows.add("events", int(EventKind.LAYER), row, made.number, step, *nothing)
            self._graph.in_layer.clear()

    def _add_events(self, run: BackwardRun, made: _Pass, step: Step, entry: NodeEntry, row: int, ran: bool) -> None:
        """What happened in a step: its hooks, then the uses of what the node had saved, then the freeing of it."""
        place = (row, made.number, made.steps)
        node, add = step.node, self._rows.add
        # A custom function may or may not ask for what it saved; the others' rules do so whenever they run.
        uses = ran and not isinstance(node, FunctionNode)
        for kind, name, before, after, packed, code, output in step.fired:
            if kind == EventKind.SAVED_USED:
                uses = True
                continue
            saved = None if packed is None or entry.packed is None else entry.packed.get(id(packed))
            which = (NONE, NONE) if saved is None else (saved.row, saved.version)
            name_of, handle = self._rows.string(name), self._arrays.handle
            for slot, given, passed in _changed(before, after, output):
                add(
                    "events",
                    int(kind),
                    *place,
                    name_of,
                    handle(given),
                    handle(passed),
                    *which,
                    *self._place(code),
                    slot,
                )
        if uses:
            for saved in entry.saved:
                add("events", SAVED_USED, *place, saved.name, NONE, NONE, saved.row, saved.version, NONE, 0, NONE)
        if entry.saved and node.keeps and not run.retain_graph:
            add("events", SAVED_FREED, *place, 0, NONE, NONE, NONE, NONE, NONE, 0, NONE)
            entry.saved, entry.packed = (), None

    def _place(self, code: CodeType | None) -> tuple[int, int]:
        """(source, line) where code of the user's is defined; (NONE, 0) of other code."""
        found = None if code is None else self._definition(code)
        return (NONE, 0) if found is None else found

    def _end(self, target: Any) -> tuple[NodeEntry | None, int]:
        if target is None:
            return None, 0
        if type(target) is Output:
            return self._graph.node(target.node), target.number
        return self._graph.node(target), 0

    def _sink_row(self, made: _Pass, target: Any, edge: int, row: int) -> int:
        """An AccumulateGrad object can outlive a change of its leaf; the edge knows which row was meant."""
        if type(target) is not AccumulateGrad:
            return row
        row = self._graph.accumulate_of_edge.get(edge, row)
        made.sinks[id(target)] = row
        return row

    def _write(
        self,
        run: BackwardRun,
        made: _Pass,
        status: Status,
        moment: float | None = None,
        error: BaseException | None = None,
        error_node: int = NONE,
    ) -> None:
        string = self._rows.string
        flags = PassFlag.RETAIN_GRAPH * bool(run.retain_graph) | PassFlag.CREATE_GRAPH * bool(run.create_graph)
        kind = PassKind.GRAD if run.kind == "grad" else PassKind.BACKWARD
        seconds = 0.0 if moment is None else moment - made.started
        name, message = ("", "") if error is None else (type(error).__name__, str(error))
        self._rows.write(
            "passes", made.number, self._graph.cell, made.site.source, made.site.line, string(made.site.text), kind,
            flags, made.root, made.parent, status, made.steps, seconds, string(name), string(message), error_node,
            string(run.thread), made.outer, made.at, string(made.function), made.call,
        )  # fmt: skip


def _changed(before: Any, after: Any, output: int) -> list[tuple[int, Any, Any]]:
    """(output or operand, given, passed on) of each gradient that a hook changed; of the first if it changed none."""
    if not isinstance(after, tuple):
        return [(output, before, after)]
    if not isinstance(before, tuple):
        before = (None,) * len(after)
    pairs = [(slot, *pair) for slot, pair in enumerate(zip(before, after, strict=True))]
    there = [pair for pair in pairs if pair[2] is not None]
    return [pair for pair in there if not _equal(*pair[1:])] or there[:1] or pairs[:1]


def _equal(before: Any, after: Any) -> bool:
    return before is not None and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")


def _first(gradients: tuple[Any, ...] | None) -> Any:
    """Of a node with several outputs, the first gradient that arrived."""
    return next((gradient for gradient in gradients or () if gradient is not None), None)
