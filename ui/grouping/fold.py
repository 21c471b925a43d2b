"""From the boxes of a view and the groups that are closed to the boxes and edges that are drawn. Knows no titles.

Whatever is in a closed group is in that group's one box. Edges between the same two boxes, one of them a group's, are
drawn as one, which knows all it stands for: none is ever lost, and the edges inside a group are in its box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE

from .forest import Bools, Groups, Ints


@dataclass(frozen=True, slots=True)
class Folded:
    """n boxes, in the order of the trace, and m edges."""

    node: Ints  # (n,) node of the trace that the box is drawn for; of a group its first one that is shown
    group: Ints  # (n,) the closed group, NONE for a node's own box
    box_of: Ints  # (N,) the box each node of the trace is in, NONE for none
    edge: Ints  # (m,) row of the view's edges that an edge is drawn for
    src: Ints  # (m,) boxes
    dst: Ints
    over: Ints  # rows of the view's edges, those of each drawn edge after those of the one before ...
    start: Ints  # (m + 1,) ... where its own begin


def unfolded(node: Ints, shown_for: Ints, src: Ints, dst: Ints) -> Folded:
    """The view as it is: nothing is closed, nothing hidden."""
    box_of = np.full(len(shown_for), NONE, np.int64)
    shown = shown_for != NONE
    number = np.full(len(shown_for), NONE, np.int64)
    number[node] = np.arange(len(node))
    box_of[shown] = number[shown_for[shown]]
    edge = np.arange(len(src))
    alone = np.full(len(node), NONE, np.int64)
    return Folded(node, alone, box_of, edge, number[src], number[dst], edge, np.arange(len(src) + 1))


def fold(
    groups: Groups, closed: Ints, visible: Bools, shown_for: Ints, stands_in: Ints, src: Ints, dst: Ints
) -> Folded:
    """Fold a view.

    `closed` (g,) is `Groups.closed`; `visible` (N,) what may be seen at all; `shown_for` (N,) the node whose box shows
    each node (NONE); `stands_in` (N,) what `hidden.stand_ins` says; `src` and `dst` the view's edges, named by nodes.
    """
    box = np.where(shown_for != NONE, stands_in[shown_for], NONE)
    box[box != NONE] = np.where(visible[box[box != NONE]], box[box != NONE], NONE)
    group = np.where(groups.of_node != NONE, closed[groups.of_node], NONE) if len(groups) else np.full(len(box), NONE)
    owner = np.where(box != NONE, group[box], NONE)  # of the node that is shown
    nodes = np.unique(box[(box != NONE) & (owner == NONE)])
    shown = np.flatnonzero(owner != NONE)
    found = np.unique(owner[shown])
    firsts = np.full(len(groups), len(box), np.int64)
    np.minimum.at(firsts, owner[shown], box[shown])
    place = np.concatenate([nodes, firsts[found]]).astype(np.int64)
    order = np.argsort(place, kind="stable")
    node = place[order]
    group_of_box = np.concatenate([np.full(len(nodes), NONE, np.int64), found])[order]
    number_of_node, number_of_group = np.full(len(box) + 1, NONE, np.int64), np.full(len(groups) + 1, NONE, np.int64)
    own = group_of_box == NONE
    number_of_node[node[own]] = np.flatnonzero(own)
    number_of_group[group_of_box[~own]] = np.flatnonzero(~own)
    # What has no box in this view (a tensor where only functions are shown) is with the group it is in.
    box_of = np.where(owner != NONE, number_of_group[owner], number_of_node[box])
    lost = (box_of == NONE) & visible
    box_of[lost] = number_of_group[group[lost]]
    return Folded(node, group_of_box, box_of, *_edges(group_of_box, _boxes(box_of, src), _boxes(box_of, dst)))


def _boxes(box_of: Ints, nodes: Ints) -> Ints:
    return np.where(nodes != NONE, box_of[nodes], NONE)


def _edges(group: Ints, src: Ints, dst: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    rows = np.flatnonzero((src != NONE) & (dst != NONE) & (src != dst))
    src, dst = src[rows], dst[rows]
    merges = (group[src] != NONE) | (group[dst] != NONE)
    # An edge that stays alone is a pair of its own.
    pair = np.where(merges, src * max(len(group), 1) + dst, -1 - np.arange(len(rows)))
    _, first, which = np.unique(pair, return_index=True, return_inverse=True)
    number = np.empty(len(first), np.int64)
    number[np.argsort(first)] = np.arange(len(first))  # in the order of the trace
    which = number[which.reshape(-1)]
    first = np.sort(first)
    over = np.argsort(which, kind="stable")
    start = np.searchsorted(which[over], np.arange(len(first) + 1))
    return rows[first], src[first], dst[first], rows[over], start
