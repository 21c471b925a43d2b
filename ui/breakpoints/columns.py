"""The facts of all steps of a pass as columns, for conditions: a hundred thousand steps are asked at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.conditions import GRADIENT, VALUE, facts
from engine.trace import NONE, EdgeKind, Trace

Ints = NDArray[np.int64]


class StepColumns:
    """Facts of the steps of one walk; each column is made when it is first asked for.

    nodes     the node that runs at each step
    arrived   the array handle of the gradient that arrived at it (NONE where none did, or in a forward walk)
    """

    def __init__(self, trace: Trace, nodes: Ints, arrived: Ints) -> None:
        self._trace, self.nodes = trace, nodes
        self._handles = {GRADIENT: arrived, VALUE: values_of(trace, nodes)}
        self._made: dict[str, NDArray[Any]] = {}

    def has(self, asks: frozenset[str]) -> NDArray[np.bool_]:
        """Which steps have every array that is asked about."""
        found = np.ones(len(self.nodes), np.bool_)
        for subject in {name.partition(".")[0] for name in asks if "." in name}:
            found &= self._handles[subject] != NONE
        return found

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The column of a fact, as `"grad.norm"` or `"op"`."""
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = self._make(name)
        return found

    def _make(self, name: str) -> NDArray[Any]:
        trace = self._trace
        if name == "step":
            return np.arange(1, len(self.nodes) + 1)
        if name == "line":
            return np.asarray(trace.nodes.line[written_as(trace, self.nodes)])
        if name == "op":
            return texts(trace, trace.nodes.op[self.nodes])
        subject, _, fact = name.partition(".")
        return self._of_arrays(self._handles[subject], fact)

    def _of_arrays(self, handles: Ints, fact: str) -> NDArray[Any]:
        """Rows without an array get the facts of the first one; `has` leaves them out."""
        arrays = self._trace.arrays
        if not len(arrays):
            return np.zeros(len(handles), np.int64)
        rows = np.where(handles == NONE, 0, handles)
        if fact in facts.TEXTS:
            return texts(self._trace, getattr(arrays, fact)[rows])
        statistics = {name: getattr(arrays, name)[rows] for name in facts.STATISTICS}
        return np.asarray(facts.fact(fact, statistics, *self._sizes(rows)))

    def _sizes(self, rows: Ints) -> tuple[Ints, Ints]:
        """(elements, dimensions) of each array; there are few different shapes."""
        shapes, where = np.unique(self._trace.arrays.shape[rows], return_inverse=True)
        known = [facts.sizes(self._trace.text(int(shape))) for shape in shapes]
        return np.array([count for count, _ in known])[where], np.array([ndim for _, ndim in known])[where]


def written_as(trace: Trace, nodes: Ints) -> Ints:
    """The node whose line of source each one belongs to: an `AccumulateGrad` has its leaf's."""
    owner = trace.nodes.owner[nodes]
    return np.where((trace.nodes.line[nodes] <= 0) & (owner != NONE), owner, nodes).astype(np.int64)


def texts(trace: Trace, strings: NDArray[Any]) -> NDArray[Any]:
    """The strings themselves, where there are few different ones."""
    different, where = np.unique(strings, return_inverse=True)
    return np.array([trace.text(int(string)) for string in different], dtype=object)[where]


def values_of(trace: Trace, nodes: Ints) -> Ints:
    """The array handle of each node's own value; of a function, of its first result."""
    handles: Ints = trace.nodes.value[nodes].astype(np.int64)
    edges = np.flatnonzero(trace.edges.kind == EdgeKind.OUTPUT)[::-1]  # the first one wins
    result = np.full(len(trace.nodes), NONE, np.int64)
    result[trace.edges.src[edges]] = trace.nodes.value[trace.edges.dst[edges]]
    return np.where(handles == NONE, result[nodes], handles)
