"""From the trace to what is drawn: boxes and the edges between them, as NumPy columns. Knows no Qt and no places.

A `View` is one way of showing the same trace; each is a function that says which box every node of the trace belongs
to and which edges remain.

    tensors + functions     x ─► MulBackward0 ─► y          every node its own box
    functions only          AccumulateGrad ─► MulBackward0  as autograd sees it
    compact                 x ─► y (MulBackward0)           an op and its outputs in one box

On top of a view come the groups (`ui.grouping`): what is in a closed group is drawn as one box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, EdgeKind, NodeFlag, NodeKind

from ...distinct_rows import distinct_rows
from ...grouping.facts import lines, title_of
from ...grouping.fold import Folded, fold, unfolded
from ...grouping.forest import Groups
from ...grouping.gather import gather
from ...grouping.hidden import stand_ins
from ...naming import Bools, Ints, Texts, numbered
from ...shown_state import Grouping, ShownState
from ...snapshot import Snapshot
from ...stepping import EdgeState, NodeState
from .box_names import SECOND_LIMIT, name_boxes
from .captions import one_line
from .made_as import expressions

# Operands may be swapped, so that naming the slots would only be noise.
COMMUTATIVE = frozenset({"AddBackward0", "MulBackward0", "DotBackward0", "MaximumBackward0", "MinimumBackward0"})


_TRAINED = NodeFlag.LEAF | NodeFlag.REQUIRES_GRAD

GROUP = 5  # the kind of a closed group's box, beside those of `NodeKind`
UNGROUPED = ShownState(Grouping.NONE)

# Of all that is in a group, the state that comes first here is the group's.
_NODE_ORDER = (NodeState.NOW, NodeState.READY, NodeState.WAITING, NodeState.DONE, NodeState.OUTSIDE)
_EDGE_ORDER = (
    EdgeState.ARRIVING, EdgeState.LEAVING, EdgeState.WAITING, EdgeState.DONE, EdgeState.PENDING, EdgeState.OUTSIDE,
)  # fmt: skip


class View(Enum):
    """A way of showing the graph."""

    TENSORS_AND_FUNCTIONS = "Tensors + functions"
    FUNCTIONS = "Functions"
    COMPACT = "Compact"


@dataclass(frozen=True, slots=True)
class ShownGraph:
    """Boxes and edges. Box columns have n entries, edge columns m; boxes are numbered in the order of the trace.

    A closed group's box has the kind GROUP and its first node; an edge from or to it may stand for several of the
    view's edges, `edge` is the row of the first.
    """

    view: View
    box_of: Ints  # (nodes of the trace,) box that shows the node, NONE where none does
    node: Ints  # (n,) node of the trace that a click on the box selects
    runner: Ints  # (n,) node whose part in a pass the box shows
    kind: NDArray[np.uint8]  # (n,) NodeKind of `node`, or GROUP
    flags: NDArray[np.uint32]  # (n,)
    title: Ints  # (n,) index into texts
    number: Ints  # (n,) of a former name, see `ui.naming`; 0: none
    second: Ints  # (n,)
    third: Ints  # (n,) what goes into a group and comes out of it; what made a tensor that has no edges; 0 for others
    former: Bools  # (n,) the title is a name that has moved on
    edge: Ints  # (m,) row of the trace's edges
    src: Ints  # (m,) boxes
    dst: Ints  # (m,)
    slot: Ints  # (m,)
    edge_kind: NDArray[np.uint8]  # (m,)
    slot_text: Ints  # (m,) index into texts: the argument's name, or "slot k"
    slot_matters: Bools  # (m,) the operands cannot be swapped: the name is always written
    constant: Bools  # (m,) all that it stands for comes from Python numbers
    texts: Texts
    groups: Groups
    group: Ints  # (n,) the closed group that the box is, NONE
    members: Ints  # (n,) nodes of the trace in the box
    count: Ints  # (m,) edges of the view that the edge stands for
    _over: Ints  # their rows in the trace's edges, ...
    _start: Ints  # (m + 1,) ... where each edge's own begin

    def text(self, index: int) -> str:
        """The text `index`."""
        return self.texts.all[index]

    def title_text(self, box: int) -> str:
        """The title of a box."""
        return numbered(self.text(int(self.title[box])), int(self.number[box]))

    def edges_over(self, edge: int) -> Ints:
        """The rows of the trace's edges that one drawn edge stands for."""
        return self._over[self._start[edge] : self._start[edge + 1]]

    def over_edges(self, values: NDArray[Any], combine: np.ufunc) -> NDArray[Any]:
        """(m,) a value of the trace's edges for every drawn one: `combine`d over those it stands for."""
        own = values[self._over]
        if len(own) == len(self.edge):
            return own
        return np.asarray(combine.reduceat(own, self._start[:-1]))

    def over_boxes(self, values: NDArray[Any], combine: np.ufunc) -> NDArray[Any]:
        """(n,) a value of the trace's nodes for every box: that of its runner, `combine`d over a group's members."""
        found = values[self.runner]
        if not len(self.groups) or not (self.group != NONE).any():
            return found
        member = np.flatnonzero(self.box_of != NONE)
        box = self.box_of[member]
        inside = self.kind[box] == GROUP
        combine.at(found, box[inside], values[member[inside]])
        return found

    def node_states(self, states: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(n,) `NodeState` of every box, from that of every node of the trace."""
        return _first_state(states, _NODE_ORDER, self.over_boxes)

    def edge_states(self, states: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(m,) `EdgeState` of every drawn edge, from that of every edge of the trace."""
        return _first_state(states, _EDGE_ORDER, self.over_edges)


def _first_state(
    states: NDArray[np.uint8],
    order: tuple[NodeState, ...] | tuple[EdgeState, ...],
    over: Callable[[NDArray[Any], np.ufunc], NDArray[Any]],
) -> NDArray[np.uint8]:
    rank = np.empty(len(order), np.uint8)
    rank[list(order)] = np.arange(len(order))
    found: NDArray[np.uint8] = np.array(order, np.uint8)[over(rank[states], np.minimum)]
    return found


@dataclass(frozen=True, slots=True)
class _Arrangement:
    """What a view decides: the box of each node, and for the edges that remain the nodes they connect."""

    node: Ints
    runner: Ints
    group: Ints  # (nodes of the trace,) the shown node that stands for it, NONE
    edge: Ints
    src: Ints  # nodes of the trace
    dst: Ints


def show(snapshot: Snapshot, view: View = View.TENSORS_AND_FUNCTIONS, shown: ShownState = UNGROUPED) -> ShownGraph:
    """The boxes and edges of `view`, with groups closed and kinds hidden as `shown` says."""
    s, arrangement, naming = snapshot, _arranged(snapshot, view), name_boxes(snapshot)
    texts, groups = naming.texts, gather(snapshot, shown.grouping)
    folded = _folded(snapshot, arrangement, groups, shown)
    node, edge = folded.node, arrangement.edge[folded.edge]
    runner = np.full(len(s.kind), NONE, np.int64)
    runner[arrangement.node] = arrangement.runner
    title, second, former = naming.title[node], naming.second[node], naming.former[node]
    if view is View.COMPACT:
        second = _op_before_shape(snapshot, runner[node], second, texts)
    kind, flags, number, third = s.kind[node], s.flags[node], naming.number[node], np.zeros(len(node), np.int64)
    closed = np.flatnonzero(folded.group != NONE)
    if len(closed):
        kind[closed], number[closed], former[closed] = GROUP, 0, False
        flags[closed] = _flags_of_groups(snapshot, folded, closed)
        title[closed] = [texts.add(one_line(title_of(s, groups, g))) for g in folded.group[closed].tolist()]
        said = lines(s, folded.box_of, closed)
        second[closed] = [texts.add(counts) for counts, _ in said]
        third[closed] = [texts.add(shapes) for _, shapes in said]
    _tell_of_the_lonely(snapshot, folded, kind, title, third, texts)
    plain = (np.diff(folded.start) == 1) & (kind[folded.dst] != GROUP)  # a group has no slots
    in_box = folded.box_of[folded.box_of != NONE]
    return ShownGraph(
        view, folded.box_of, node, runner[node], kind, flags, title, number, second, third, former,
        edge, folded.src, folded.dst, s.slot[edge].astype(np.int64), s.edge_kind[edge],
        _slot_texts(snapshot, edge, texts), _slots_matter(snapshot, edge) & plain,
        _constant(snapshot, arrangement.edge, folded), texts,
        groups, folded.group, np.bincount(in_box, minlength=len(node)).astype(np.int64),
        np.diff(folded.start), arrangement.edge[folded.over], folded.start,
    )  # fmt: skip


def _arranged(snapshot: Snapshot, view: View) -> _Arrangement:
    """The view's boxes, and the edges between them: anybody's file may join what this view has no box for."""
    found = _VIEWS[view](snapshot)
    boxed = np.zeros(len(snapshot.kind), np.bool_)
    boxed[found.node] = True
    kept = boxed[found.src] & boxed[found.dst]
    return found if kept.all() else replace(found, edge=found.edge[kept], src=found.src[kept], dst=found.dst[kept])


def _folded(snapshot: Snapshot, arrangement: _Arrangement, groups: Groups, shown: ShownState) -> Folded:
    root, collapsed = groups.index(shown.root), groups.indices(shown.collapsed)
    if root == NONE and not len(collapsed) and not shown.hidden and shown.only is None:
        return unfolded(arrangement.node, arrangement.group, arrangement.src, arrangement.dst)
    visible = groups.inside(root)
    if shown.only is not None:
        alone = np.zeros(len(visible), np.bool_)
        alone[[node for node in shown.only if 0 <= node < len(alone)]] = True
        visible = visible & alone
    src, dst = arrangement.src, arrangement.dst
    stands_in = stand_ins(snapshot, shown.hidden, arrangement.group, src, dst, arrangement.edge)
    closed = groups.closed(collapsed, root)
    return fold(groups, closed, visible, arrangement.group, stands_in, src, dst)


def _flags_of_groups(snapshot: Snapshot, folded: Folded, boxes: Ints) -> Ints:
    """A group has failed where something in it has; nothing else that holds for a node holds for a group."""
    failed = np.zeros(len(folded.node), np.bool_)
    failed[folded.box_of[(snapshot.flags & NodeFlag.FAILED != 0) & (folded.box_of != NONE)]] = True
    return np.where(failed[boxes], int(NodeFlag.FAILED), 0)


def _tell_of_the_lonely(
    snapshot: Snapshot, folded: Folded, kind: NDArray[np.uint8], title: Ints, third: Ints, texts: Texts
) -> None:
    """A tensor without edges says why: that nothing uses it, or which expression made it, which has no function."""
    connected = np.zeros(len(folded.node), np.bool_)
    connected[folded.src] = connected[folded.dst] = True
    alone = np.flatnonzero(~connected & (kind == NodeKind.TENSOR))
    if not len(alone):
        return
    node = folded.node[alone]
    trained = snapshot.flags[node] & _TRAINED == _TRAINED
    unused = trained & ~np.isin(node, snapshot.src)
    third[alone[unused]] = texts.add("used by nothing yet")
    alone, node = alone[~unused], node[~unused]
    for box, made_by in zip(alone.tolist(), expressions(snapshot, node), strict=True):
        if made_by and one_line(made_by) != texts.all[title[box]]:
            third[box] = texts.add(f"= {one_line(made_by, SECOND_LIMIT)}")


def _constant(snapshot: Snapshot, edge: Ints, folded: Folded) -> Bools:
    """Which edges stand for nothing but constants; `edge` are the rows of the view's edges."""
    said: Bools = snapshot.kind[snapshot.src[edge[folded.over]]] == NodeKind.CONSTANT
    return np.logical_and.reduceat(said, folded.start[:-1]) if len(said) else said


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


def _op_before_shape(snapshot: Snapshot, runner: Ints, second: Ints, texts: Texts) -> Ints:
    op = np.where(snapshot.kind[runner] == NodeKind.FUNCTION, snapshot.op[runner], 0)
    pairs, inverse = distinct_rows(op, second)
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
