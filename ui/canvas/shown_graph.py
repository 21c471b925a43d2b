"""From the trace to what is drawn: boxes and the edges between them, as NumPy columns. Knows no Qt and no places.

A `View` is one way of showing the same trace; each is a function that says which box every node of the trace belongs
to and which edges remain.

    tensors + functions     x ─► MulBackward0 ─► y          every node its own box
    functions only          AccumulateGrad ─► MulBackward0  as autograd sees it
    compact                 x ─► y (MulBackward0)           an op and its outputs in one box
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, EdgeKind, NodeKind

from ..naming import Bools, Ints, Texts, numbered
from ..snapshot import Snapshot
from .box_names import name_boxes
from .captions import one_line

# Operands may be swapped, so that naming the slots would only be noise.
COMMUTATIVE = frozenset({"AddBackward0", "MulBackward0", "DotBackward0", "MaximumBackward0", "MinimumBackward0"})


class View(Enum):
    """A way of showing the graph."""

    TENSORS_AND_FUNCTIONS = "Tensors + functions"
    FUNCTIONS = "Functions"
    COMPACT = "Compact"


@dataclass(frozen=True, slots=True)
class ShownGraph:
    """Boxes and edges. Box columns have n entries, edge columns m; boxes are numbered in the order of the trace."""

    view: View
    box_of: Ints  # (nodes of the trace,) box that shows the node, NONE where none does
    node: Ints  # (n,) node of the trace that a click on the box selects
    runner: Ints  # (n,) node whose part in a pass the box shows
    kind: NDArray[np.uint8]  # (n,) NodeKind of `node`
    flags: NDArray[np.uint32]  # (n,)
    title: Ints  # (n,) index into texts
    number: Ints  # (n,) of a former name, see `ui.naming`; 0: none
    second: Ints  # (n,)
    former: Bools  # (n,) the title is a name that has moved on
    edge: Ints  # (m,) row of the trace's edges
    src: Ints  # (m,) boxes
    dst: Ints  # (m,)
    slot: Ints  # (m,)
    edge_kind: NDArray[np.uint8]  # (m,)
    slot_text: Ints  # (m,) index into texts: the argument's name, or "slot k"
    slot_matters: Bools  # (m,) the operands cannot be swapped: the name is always written
    constant: Bools  # (m,) comes from a Python number
    texts: Texts

    def text(self, index: int) -> str:
        """The text `index`."""
        return self.texts.all[index]

    def title_text(self, box: int) -> str:
        """The title of a box."""
        return numbered(self.text(int(self.title[box])), int(self.number[box]))


@dataclass(frozen=True, slots=True)
class _Arrangement:
    """What a view decides: the box of each node, and for the edges that remain the nodes they connect."""

    node: Ints
    runner: Ints
    group: Ints  # (nodes of the trace,) the shown node that stands for it, NONE
    edge: Ints
    src: Ints  # nodes of the trace
    dst: Ints


def show(snapshot: Snapshot, view: View = View.TENSORS_AND_FUNCTIONS) -> ShownGraph:
    """The boxes and edges of `view`."""
    s, arrangement, naming = snapshot, _VIEWS[view](snapshot), name_boxes(snapshot)
    node, edge = arrangement.node, arrangement.edge
    number = np.full(len(s.kind), NONE, np.int64)
    number[node] = np.arange(len(node))
    grouped = arrangement.group != NONE
    box_of = np.full(len(s.kind), NONE, np.int64)
    box_of[grouped] = number[arrangement.group[grouped]]
    title, second = naming.title[node], naming.second[node]
    if view is View.COMPACT:
        second = _op_before_shape(snapshot, arrangement, second, naming.texts)
    return ShownGraph(
        view, box_of, node, arrangement.runner, s.kind[node], s.flags[node], title, naming.number[node], second,
        naming.former[node],
        edge, number[arrangement.src], number[arrangement.dst], s.slot[edge].astype(np.int64), s.edge_kind[edge],
        _slot_texts(snapshot, edge, naming.texts), _slots_matter(snapshot, edge),
        s.kind[s.src[edge]] == NodeKind.CONSTANT, naming.texts,
    )  # fmt: skip


def _slots_matter(snapshot: Snapshot, edge: Ints) -> Bools:
    s = snapshot
    inputs = np.flatnonzero(s.edge_kind == EdgeKind.INPUT)
    operands = np.bincount(s.dst[inputs], minlength=len(s.kind))
    ops = np.unique(s.op)
    swappable = np.array([i for i in ops.tolist() if s.strings[i] in COMMUTATIVE], np.int64)
    matters = (operands > 1) & ~np.isin(s.op, swappable)
    return np.asarray(matters[s.dst[edge]] & (s.edge_kind[edge] == EdgeKind.INPUT), np.bool_)


def _slot_texts(snapshot: Snapshot, edge: Ints, texts: Texts) -> Ints:
    """The argument's name where it matters which one it is, else the number of the slot."""
    s = snapshot
    matters = _slots_matter(snapshot, edge) & (s.edge_name[edge] != 0)
    slots, inverse = np.unique(s.slot[edge], return_inverse=True)
    numbered = np.array([texts.add(f"slot {k}") for k in slots.tolist()], np.int64)
    found = numbered[inverse] if len(edge) else np.zeros(0, np.int64)
    found[matters] = texts.map(s.edge_name[edge[matters]], s.strings, lambda name: one_line(name, 16))
    return found


def _producers(snapshot: Snapshot) -> Ints:
    """(nodes,) the function that made each tensor, NONE for others."""
    made_by = np.full(len(snapshot.kind), NONE, np.int64)
    output = snapshot.edge_kind == EdgeKind.OUTPUT
    made_by[snapshot.dst[output]] = snapshot.src[output]
    return made_by


def _tensors_and_functions(snapshot: Snapshot) -> _Arrangement:
    everyone = np.arange(len(snapshot.kind), dtype=np.int64)
    edges = np.arange(len(snapshot.src), dtype=np.int64)
    return _Arrangement(
        everyone, everyone, everyone, edges, snapshot.src.astype(np.int64), snapshot.dst.astype(np.int64)
    )


def _functions(snapshot: Snapshot) -> _Arrangement:
    """Functions and AccumulateGrad; an edge runs from the function that made a tensor to the one that uses it."""
    s = snapshot
    node = np.flatnonzero((s.kind == NodeKind.FUNCTION) | (s.kind == NodeKind.ACCUMULATE))
    made_by = _producers(snapshot)
    group = made_by.copy()
    group[node] = node
    accumulators = np.flatnonzero((s.kind == NodeKind.ACCUMULATE) & (s.owner != NONE))
    group[s.owner[accumulators]] = accumulators
    source = np.where(s.edge_kind == EdgeKind.INPUT, made_by[s.src], s.src)
    kept = ((s.edge_kind == EdgeKind.INPUT) & (source != NONE)) | (s.edge_kind == EdgeKind.ACCUMULATE)
    edge = np.flatnonzero(kept)
    return _Arrangement(node, node, group, edge, source[edge].astype(np.int64), s.dst[edge].astype(np.int64))


def _compact(snapshot: Snapshot) -> _Arrangement:
    """A function stands in its first output's box, AccumulateGrad and `.grad` in their leaf's."""
    s = snapshot
    made_by = _producers(snapshot)
    group = np.arange(len(s.kind), dtype=np.int64)
    tensors = np.flatnonzero(made_by != NONE)[::-1]
    group[made_by[tensors]] = tensors  # written backwards, so that the first output stays
    group[tensors] = group[made_by[tensors]]
    owned = np.flatnonzero(((s.kind == NodeKind.ACCUMULATE) | (s.kind == NodeKind.GRAD)) & (s.owner != NONE))
    group[owned] = s.owner[owned]
    node = np.unique(group)
    runner = node.copy()
    made = made_by[node] != NONE
    runner[made] = made_by[node[made]]
    accumulator = np.full(len(s.kind), NONE, np.int64)
    accumulators = owned[s.kind[owned] == NodeKind.ACCUMULATE]
    accumulator[s.owner[accumulators]] = accumulators
    leaf = accumulator[node] != NONE
    runner[leaf] = accumulator[node[leaf]]
    return _Arrangement(node, runner, group, *_compact_edges(snapshot, group))


def _compact_edges(snapshot: Snapshot, group: Ints) -> tuple[Ints, Ints, Ints]:
    """Edges between boxes. A leaf's gradient travels over its ACCUMULATE edge, which stands for its INPUT edge too."""
    s = snapshot
    width = int(s.slot.max(initial=0)) + 1
    place = s.dst.astype(np.int64) * width + s.slot
    doubled = (s.edge_kind == EdgeKind.INPUT) & np.isin(place, place[s.edge_kind == EdgeKind.ACCUMULATE])
    edge = np.flatnonzero((group[s.src] != group[s.dst]) & ~doubled)
    return edge, group[s.src[edge]], group[s.dst[edge]]


def _op_before_shape(snapshot: Snapshot, arrangement: _Arrangement, second: Ints, texts: Texts) -> Ints:
    op = snapshot.op[arrangement.runner]
    op = np.where(snapshot.kind[arrangement.runner] == NodeKind.FUNCTION, op, 0)
    pairs, inverse = np.unique(np.stack([op, second], axis=1), axis=0, return_inverse=True)
    spelled = [
        texts.add(f"{snapshot.strings[a].removesuffix('Backward0')} · {texts.all[b]}") if a else b
        for a, b in pairs.tolist()
    ]
    return np.array(spelled, np.int64)[inverse] if spelled else second


_VIEWS: dict[View, Callable[[Snapshot], _Arrangement]] = {
    View.TENSORS_AND_FUNCTIONS: _tensors_and_functions,
    View.FUNCTIONS: _functions,
    View.COMPACT: _compact,
}
