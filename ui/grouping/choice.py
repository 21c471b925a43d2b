"""How a graph too large to be read at once opens: which groups, and which of them closed, so that it fits. No Qt."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from engine.trace import NONE

from ..shown_state import Grouping
from ..snapshot import Snapshot
from .forest import Groups, Ints
from .gather import What, gather

MOST_NODES = 2000  # a graph of more nodes opens collapsed
MOST_BOXES = 300  # what is shown then, where groups allow it

# The first kind of groups that makes the graph small enough is taken.
PREFERRED = (
    Grouping.BY_MODULE, Grouping.BY_BLOCK, Grouping.BY_FUNCTION, Grouping.BY_NAMESPACE, Grouping.BY_CELL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """Groups to close, by key, and how many boxes that leaves of the view with tensors and functions."""

    grouping: Grouping
    collapsed: frozenset[str]
    boxes: int


def choose_collapsed(
    snapshot: Snapshot, limit: int = MOST_NODES, boxes: int = MOST_BOXES, grouping: Grouping | None = None
) -> Choice | None:
    """What to close so that a graph of more than `limit` nodes shows at most `boxes`, as many as fit.

    None where the graph is small enough, or has no groups at all. Where nothing makes it small enough, what makes it
    smallest. With `grouping`, only groups of that kind are tried.
    """
    if len(snapshot.kind) <= limit:
        return None
    smallest: Choice | None = None
    for kind in PREFERRED if grouping is None else (grouping,):
        choice = fitted(gather(snapshot, kind), boxes)
        if choice.collapsed and (smallest is None or choice.boxes < smallest.boxes):
            smallest = choice
        if choice.collapsed and choice.boxes <= boxes:
            return choice
    return smallest


def fitted(groups: Groups, boxes: int) -> Choice:
    """Everything closed, then opened from outside, the groups with least inside first, as far as `boxes` allows.

    Groups of one size on one level are opened together or not at all: a picture in which two of twelve layers are open
    says nothing about them. Runs of equal groups stay closed: opened they say the same thing many times.
    """
    direct = _direct(groups)
    opened = np.zeros(len(groups), np.bool_)
    order, starts = _children(groups)
    shown = int((groups.of_node == NONE).sum()) + int((groups.parent == NONE).sum())
    waiting = [(0, int(direct[group]), group) for group in order[: starts[0]].tolist()]
    heapq.heapify(waiting)
    while waiting and shown < boxes:
        depth, inside, group = heapq.heappop(waiting)
        equals = [group]
        while waiting and waiting[0][:2] == (depth, inside):
            equals.append(heapq.heappop(waiting)[2])
        equals = [group for group in equals if groups.what[group] != What.RUN]
        if shown + len(equals) * (inside - 1) > boxes:
            continue
        shown += len(equals) * (inside - 1)
        for group in equals:
            opened[group] = True
            for child in order[starts[group] : starts[group + 1]].tolist():
                heapq.heappush(waiting, (depth + 1, int(direct[child]), child))
    closed = frozenset(groups.keys[group] for group in np.flatnonzero(~opened).tolist())
    return Choice(groups.grouping, closed, shown)


def _direct(groups: Groups) -> Ints:
    """(g,) boxes that appear when a group is opened: its own nodes, and the groups right inside it."""
    nodes = np.bincount(groups.of_node[groups.of_node != NONE], minlength=len(groups))
    inside = np.bincount(groups.parent[groups.parent != NONE], minlength=len(groups))
    return (nodes + inside).astype(np.int64)


def _children(groups: Groups) -> tuple[Ints, Ints]:
    """The groups sorted by what they are in, those at the top first, and where the children of each begin."""
    order = np.argsort(groups.parent, kind="stable")
    return order, np.searchsorted(groups.parent[order], np.arange(len(groups) + 1))
