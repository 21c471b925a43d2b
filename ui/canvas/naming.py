"""What the boxes are called: the Python names a tensor has now, else its expression. Knows no Qt.

Names are bound and rebound while a session runs (`y = y * 2`), so that a name belongs to the node of its last row in
the log; a node that lost its name keeps it as a memory, marked `former`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, NodeKind

from .captions import one_line, tensor_caption
from .snapshot import Snapshot

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Texts:
    """Interned texts: the canvas stores an index per box and spells it out for those in view."""

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

    def map(self, indices: NDArray[np.int32], strings: list[str], limit: int) -> Ints:
        """Indices into `strings` as indices of the same texts, each on one line of at most `limit` characters."""
        used, inverse = np.unique(indices, return_inverse=True)
        return np.array([self.add(one_line(strings[i], limit)) for i in used.tolist()], np.int64)[inverse]


@dataclass(frozen=True, slots=True)
class Naming:
    """Title and second line of every node of a trace, as indices into `texts`."""

    title: Ints
    second: Ints
    former: Bools  # the title is a name that now belongs to another node, or to none
    texts: Texts


def current_names(snapshot: Snapshot) -> dict[int, list[str]]:
    """The names of every node that has one now, in the order they were first used."""
    last: dict[int, int] = dict(zip(snapshot.name.tolist(), snapshot.named.tolist(), strict=True))
    names: dict[int, list[str]] = {}
    for name, node in last.items():
        if node != NONE:
            names.setdefault(node, []).append(snapshot.strings[name])
    return names


def name_nodes(snapshot: Snapshot) -> Naming:
    """Titles and second lines, without a pass (see `story` for what a step writes instead)."""
    s, texts = snapshot, Texts()
    function = (s.kind == NodeKind.FUNCTION) | (s.kind == NodeKind.ACCUMULATE)
    title = texts.map(np.where(function, s.op, s.label), s.strings, 32)
    named = current_names(snapshot)
    for node, names in named.items():
        title[node] = texts.add(one_line(", ".join(names)))
    former = np.isin(s.label, np.unique(s.name)) & (s.kind == NodeKind.TENSOR)
    former[list(named)] = False
    title[(title == 0) & (s.kind == NodeKind.TENSOR)] = texts.add("tensor")
    owner_title = title.copy()
    for node, names in named.items():
        owner_title[node] = texts.add(one_line(names[0]))
    second = texts.map(np.where(s.kind == NodeKind.FUNCTION, s.label, 0), s.strings, 24)
    _describe_tensors(snapshot, second, texts)
    _name_after_owner(snapshot, owner_title, title, second, texts)
    return Naming(title, second, former, texts)


def _describe_tensors(snapshot: Snapshot, second: Ints, texts: Texts) -> None:
    s = snapshot
    rows = np.flatnonzero(s.kind == NodeKind.TENSOR)
    keys = np.stack([s.shape[rows], s.dtype[rows], s.flags[rows].astype(np.int64)], axis=1)
    different, inverse = np.unique(keys, axis=0, return_inverse=True)
    captions = [texts.add(tensor_caption(s.strings[a], s.strings[b], c)) for a, b, c in different.tolist()]
    second[rows] = np.array(captions, np.int64)[inverse] if captions else 0


def _name_after_owner(snapshot: Snapshot, owner_title: Ints, title: Ints, second: Ints, texts: Texts) -> None:
    """`x.grad` and the AccumulateGrad that writes it."""
    s = snapshot
    for kind, column, template in (
        (NodeKind.GRAD, title, "{}.grad"),
        (NodeKind.ACCUMULATE, second, "{}.grad += g"),
    ):
        rows = np.flatnonzero((s.kind == kind) & (s.owner != NONE))
        owners, inverse = np.unique(owner_title[s.owner[rows]], return_inverse=True)
        spelled = [texts.add(template.format(texts.all[index])) for index in owners.tolist()]
        column[rows] = np.array(spelled, np.int64)[inverse] if spelled else 0
