"""What nodes are called: the same on the canvas, on the hover card and in every panel. Knows no Qt.

A tensor is called by the Python names that mean it now, the one it was made under first. A tensor that lost its name
keeps it as a memory (`former`, shown dim). Where several tensors had one name, the number of its making tells the
former ones apart: after `y = y * 2` the first y is `y⁽¹⁾`, and y is y. What never had a name is its expression.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, NodeKind, Trace

from .describe import tensor_of
from .distinct_rows import distinct_rows
from .snapshot import Snapshot

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def numbered(name: str, number: int) -> str:
    """`numbered("y", 2)` is `y⁽²⁾`; 0 is no number. No Python name looks like this."""
    return f"{name}⁽{str(number).translate(_RAISED)}⁾" if number else name


def parts(title: str) -> tuple[str, str]:
    """The name and the digits of its number: `y⁽²⁾` is ("y", "2"), every other title (title, "")."""
    name, bracket, number = title.removesuffix("⁾").rpartition("⁽")
    return (name, number.translate(_LOWERED)) if bracket and title.endswith("⁾") else (title, "")


class Texts:
    """Interned texts: whoever has a text per node stores an index and spells out those in view."""

    def __init__(self) -> None:
        self.all: list[str] = [""]
        self._index = {"": 0}

    def add(self, text: str) -> int:
        """The index of `text`."""
        index = self._index.get(text)
        if index is None:
            index = self._index[text] = len(self.all)
            self.all.append(text)
        return index

    def map(self, indices: NDArray[np.integer], strings: list[str], spell: Callable[[str], str]) -> Ints:
        """Indices into `strings` as indices of the same texts here, each through `spell`."""
        used, inverse = np.unique(indices, return_inverse=True)
        return np.array([self.add(spell(strings[i])) for i in used.tolist()], np.int64)[inverse]


@dataclass(frozen=True, slots=True)
class NodeNames:
    """What every node of a trace is called; `name` and `title` are indices into `texts`, without the number."""

    name: Ints  # one name
    title: Ints  # all its names: "w, weight"
    number: Ints  # of a former name that other tensors have or had; 0: none
    former: Bools  # the name has been given to another tensor, or deleted
    texts: Texts


def name_nodes(snapshot: Snapshot) -> NodeNames:
    """Names of all nodes, column by column."""
    s, texts = snapshot, Texts()
    function = (s.kind == NodeKind.FUNCTION) | (s.kind == NodeKind.ACCUMULATE)
    name = texts.map(np.where(function, s.op, s.label), s.strings, lambda text: " ".join(text.split()))
    name[(name == 0) & (s.kind == NodeKind.TENSOR)] = texts.add("tensor")
    title = name.copy()
    last = dict(zip(s.name.tolist(), s.named.tolist(), strict=True))
    for node, names in _current(snapshot, last).items():
        name[node], title[node] = texts.add(names[0]), texts.add(", ".join(names))
    former, number = _lost(snapshot, last)
    _name_gradients(snapshot, name, title, number, texts)
    return NodeNames(name, title, number, former, texts)


def _current(snapshot: Snapshot, last: dict[int, int]) -> dict[int, list[str]]:
    """The names of every node that has one now: the one it was made under, then in the order of their first use."""
    names: dict[int, list[str]] = {}
    for name, node in last.items():
        if node == NONE:
            continue
        mine = names.setdefault(node, [])
        mine.insert(0 if name == snapshot.label[node] else len(mine), snapshot.strings[name])
    return names


def _lost(snapshot: Snapshot, last: dict[int, int]) -> tuple[Bools, Ints]:
    """Which tensors have lost the name they were made under, and the number of their making under it."""
    s = snapshot
    former, number = np.zeros(len(s.kind), np.bool_), np.zeros(len(s.kind), np.int64)
    if not len(s.kind):
        return former, number  # at start: NumPy loads its masked arrays for `unique`, which takes 40 ms
    used = np.unique(s.label)
    words = used[[_is_name(s.strings[i]) for i in used.tolist()]] if len(used) else used
    rows = np.flatnonzero((s.kind == NodeKind.TENSOR) & np.isin(s.label, words))
    if not len(rows):
        return former, number
    rows = rows[np.argsort(s.label[rows], kind="stable")]
    labels = s.label[rows]
    _, start, group, count = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    nth = np.arange(len(rows)) - start[group] + 1
    taken = [name for name, node in last.items() if node != NONE]
    has_name = np.isin(rows, list(last.values()))
    # A name that the log never had was local to a function: the last tensor made under it keeps it.
    lost = ~has_name & (np.isin(labels, s.name) | (nth < count[group]))
    former[rows] = lost
    number[rows] = np.where(lost & ((count[group] > 1) | np.isin(labels, taken)), nth, 0)
    return former, number


def _is_name(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


def _name_gradients(snapshot: Snapshot, name: Ints, title: Ints, number: Ints, texts: Texts) -> None:
    """`x.grad`, after its owner."""
    name[(snapshot.kind == NodeKind.GRAD) & (snapshot.owner == NONE)] = texts.add(".grad")
    rows = np.flatnonzero((snapshot.kind == NodeKind.GRAD) & (snapshot.owner != NONE))
    if not len(rows):
        return
    owner = snapshot.owner[rows]
    owners, inverse = distinct_rows(name[owner], number[owner])
    spelled = [texts.add(f"{numbered(texts.all[text], nth)}.grad") for text, nth in owners.tolist()]
    name[rows] = title[rows] = np.array(spelled, np.int64)[inverse]


class Names:
    """The names of a trace's nodes as it is now; `Names.of(trace)` is shared by all who ask."""

    def __init__(self, trace: Trace) -> None:
        snapshot = Snapshot.of(trace)
        self._tensor_of = partial(tensor_of, trace)
        self._size = snapshot.size()
        self._nodes = name_nodes(snapshot)

    @staticmethod
    def of(trace: Trace) -> Names:
        """The present names; worked out once for every growth of the trace."""
        names = _SHARED.get(trace)
        if names is None or names._size != Snapshot.of(trace).size():
            names = _SHARED[trace] = Names(trace)
        return names

    @property
    def columns(self) -> NodeNames:
        """The names of all nodes at once."""
        return self._nodes

    def title(self, node: int) -> str:
        """All that a node is called: `y`, `w, weight`, `y⁽¹⁾`, `y * y`, `MulBackward0`, `x.grad`, `3`."""
        return numbered(self._nodes.texts.all[self._nodes.title[node]], int(self._nodes.number[node]))

    def name(self, node: int) -> str:
        """One name, for formulas and sentences: `w` where the title is `w, weight`."""
        return numbered(self._nodes.texts.all[self._nodes.name[node]], int(self._nodes.number[node]))

    def is_former(self, node: int) -> bool:
        """Whether the name means another tensor now, or nothing."""
        return bool(self._nodes.former[node])

    def with_output(self, node: int) -> str:
        """`MulBackward0 (z)`, `AccumulateGrad (x)`: a function and what it made or serves."""
        name, owner = self.name(node), self._tensor_of(node)
        return f"{name} ({self.name(owner)})" if owner not in (NONE, node) else name


_SHARED: WeakKeyDictionary[Trace, Names] = WeakKeyDictionary()
