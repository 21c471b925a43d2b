"""Runs cells on the engine with a recorder, as the kernel does but in this process, and gives the trace."""

import linecache
import re

from engine import observe, torch
from engine.recording.recorder import Recorder
from engine.recording.source_position import SourceFile
from engine.trace import EdgeKind, NodeKind, Status, Trace


class Recording:
    """A trace and the recorder that fills it; `run` is one cell."""

    def __init__(self, *, trace=None, budget=1 << 30, threaded=False):
        self.trace = Trace() if trace is None else trace
        self.recorder = Recorder(self.trace.counts(), budget)
        self.namespace = {"torch": torch}
        self.error = None
        self.number = 0

    def run(self, code, *, title="", line_shift=0):
        self.number += 1
        filename = f"<cell {self.number} of {id(self)}>"
        linecache.cache[filename] = (len(code), None, code.splitlines(True), filename)
        source = SourceFile(title or f"In [{self.number}]", "\n" * line_shift + code, line_shift=line_shift)
        self.recorder.begin_cell(f"request {self.number}", self.number, source, filename, self.namespace)
        before, observe.observer = observe.observer, self.recorder
        self.error = None
        try:
            exec(compile(code, filename, "exec"), self.namespace)
        except BaseException as error:
            self.error = error
        finally:
            observe.observer = before
        status = Status.OK if self.error is None else Status.ERROR
        self.recorder.end_cell(status, self.error, self.namespace)
        self.update()
        return self.trace

    def update(self):
        batch = self.recorder.take()
        if batch is not None:
            self.trace.extend(batch)

    def __getitem__(self, name):
        return self.namespace[name]


def record(*cells, **keywords):
    """The trace of these cells, none of which fails."""
    recording = Recording(**keywords)
    for code in cells:
        recording.run(code)
        if recording.error is not None:
            raise recording.error
    return recording.trace


def rows(trace, table):
    return [dict(trace.row(table, index)) for index in range(len(trace.table(table)))]


def nodes(trace, kind):
    return [node for node in map(trace.node, range(len(trace.nodes))) if node.kind == NodeKind[kind]]


def edges(trace, kind):
    """(name of source, name of destination, slot, name) of the edges of a kind."""
    return [
        (shown(trace, row["src"]), shown(trace, row["dst"]), row["slot"], row["name"])
        for row in rows(trace, "edges")
        if row["kind"] == EdgeKind[kind]
    ]


def shown(trace, index):
    """A node as a test names it: its label, its op without "Backward0", or what it is."""
    node = trace.node(index)
    if node.kind == NodeKind.FUNCTION:
        return re.sub(r"Backward\d$", "", node.op)
    if node.label or node.owner < 0:
        return node.label or node.kind.name.lower()
    return f"{node.kind.name.lower()} of {shown(trace, node.owner)}"


def named(trace, name):
    """The node that a name means now, or None."""
    found = [row["node"] for row in rows(trace, "names") if row["name"] == name]
    return trace.node(found[-1]) if found and found[-1] >= 0 else None


def value(trace, handle):
    return trace.values[handle].tolist()
