"""Which groups are closed when a graph is laid out: what a person chose, and where nobody chose, what fits. No Qt.

A person's choice is kept as it is; only groups that did not exist when it was made are decided here, as those beside
them were: while a loop runs, its new turns come closed where the others are closed.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

import numpy as np

from engine.trace import NONE

from ..shown_state import Grouping, ShownState
from ..snapshot import Snapshot
from .choice import MOST_BOXES, MOST_NODES, choose_collapsed, fitted
from .forest import Bools, Groups
from .gather import gather

REGROUPED_BOXES = 20  # a kind of groups just chosen is to be seen as groups, however small the graph
ROOM_TO_GROW = 1.5  # over `MOST_BOXES`, before what nobody chose is chosen anew


class Opening(Enum):
    """Who decides what is closed."""

    CHOSEN = "a person has"
    FITTED = "nobody has yet; a large graph is closed to what fits"
    REGROUPED = "a person has just chosen another kind of groups"


def opened(snapshot: Snapshot, shown: ShownState, opening: Opening, known: Groups | None = None) -> ShownState:
    """What to show in place of `shown`; `known` are the groups of the picture before, if there was one."""
    if opening is Opening.FITTED:
        large = len(snapshot.kind) > MOST_NODES and not shown.root and shown.only is None
        return _fitted(snapshot, shown, known) if large else shown
    if shown.grouping is Grouping.NONE:
        return shown
    if opening is Opening.REGROUPED:
        groups = gather(snapshot, shown.grouping)
        closed = fitted(groups, REGROUPED_BOXES).collapsed
        return replace(shown, collapsed=shown.collapsed.difference(groups.keys) | closed)
    if known is None or known.grouping is not shown.grouping or not shown.collapsed:
        return shown
    return _grown(gather(snapshot, shown.grouping), shown, known)


def _fitted(snapshot: Snapshot, shown: ShownState, known: Groups | None) -> ShownState:
    if shown.collapsed:
        groups, kept = gather(snapshot, shown.grouping), shown
        if known is not None and known.grouping is shown.grouping:
            new = np.flatnonzero(_new(groups, known)).tolist()
            kept = replace(shown, collapsed=shown.collapsed.union(groups.keys[group] for group in new))
        if boxes_of(groups, kept) <= ROOM_TO_GROW * MOST_BOXES:
            return kept
    choice = choose_collapsed(snapshot)
    if choice is None or choice.boxes < 2:  # one box that holds everything tells nothing
        return shown
    return replace(shown, grouping=choice.grouping, collapsed=choice.collapsed)


def boxes_of(groups: Groups, shown: ShownState) -> int:
    """How many boxes the view with tensors and functions has."""
    closed = groups.closed(groups.indices(shown.collapsed))
    alone = int((groups.of_node == NONE).sum())
    if len(groups):
        alone += int((closed[groups.of_node[groups.of_node != NONE]] == NONE).sum())
    return alone + len(np.unique(closed[closed != NONE]))


def _new(groups: Groups, known: Groups) -> Bools:
    before = frozenset(known.keys)
    return np.array([key not in before for key in groups.keys], np.bool_)


def _grown(groups: Groups, shown: ShownState, known: Groups) -> ShownState:
    """New groups closed where all older ones beside them are, and whatever is inside those."""
    new = _new(groups, known)
    if not new.any():
        return shown
    marked = np.zeros(len(groups), np.bool_)
    marked[groups.indices(shown.collapsed)] = True
    beside = (groups.parent + 1) * (int(groups.what.max()) + 1) + groups.what
    _, kind = np.unique(beside, return_inverse=True)
    older = np.bincount(kind[~new], minlength=len(groups) + 1)
    closed = np.bincount(kind[~new & marked], minlength=len(groups) + 1)
    marked |= new & (older[kind] > 0) & (older[kind] == closed[kind])
    for level in groups.levels[1:]:
        parent = groups.parent[level]
        marked[level] |= new[level] & new[parent] & marked[parent]
    keys = frozenset(groups.keys[group] for group in np.flatnonzero(marked & new).tolist())
    return replace(shown, collapsed=shown.collapsed | keys)
