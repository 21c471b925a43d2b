"""Opening and closing groups: what each gesture and menu entry means for the set of closed groups. Knows no widget.

A box is a closed group, or a node in groups that are all open. Opening a group shows what is in it as it was left;
what was closed inside it when everything was closed is still closed, so that opening goes level by level.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.trace import NONE

from ...grouping.facts import title_of
from ...grouping.forest import Groups
from ...grouping.gather import What
from ...shown_state import Grouping
from ...snapshot import Snapshot
from ...view_state import ViewState
from ..shown.shown_graph import GROUP, ShownGraph

_WORDS = {
    What.MODULE: "module", What.CALL: "call", What.ITERATION: "turn", What.CELL: "cell", What.NAMESPACE: "name",
    What.RUN: "blocks", What.BLOCK: "block",
}  # fmt: skip


class Folding:
    """The groups of the graph on a canvas, and the verbs for them. Where nothing can be done they do nothing."""

    def __init__(self, view_state: ViewState, graph: Callable[[], ShownGraph | None]) -> None:
        self._state, self._graph = view_state, graph

    # -- what there is -------------------------------------------------------------------------------------------

    @property
    def groups(self) -> Groups | None:
        """The groups of the shown graph, None where there are none."""
        graph = self._graph()
        return graph.groups if graph is not None and len(graph.groups) else None

    def closed_group(self, box: int) -> int:
        """The closed group that a box is, or NONE."""
        graph = self._graph()
        return NONE if graph is None or box == NONE else int(graph.group[box])

    def around(self, box: int) -> int:
        """The innermost open group that a box is in, or NONE."""
        graph = self._graph()
        if graph is None or box == NONE:
            return NONE
        if graph.kind[box] == GROUP:
            return int(graph.groups.parent[graph.group[box]])
        return int(graph.groups.of_node[graph.node[box]])

    @property
    def selected_box(self) -> int:
        """The box of the node selected last, or NONE."""
        graph = self._graph()
        node = self._state.selection[-1] if self._state.selection else NONE
        return int(graph.box_of[node]) if graph is not None and 0 <= node < len(graph.box_of) else NONE

    def path(self, box: int) -> list[int]:
        """The groups a box is in, from the outermost; a closed group's own last. Without a box those of the root."""
        groups = self.groups
        if groups is None:
            return []
        if box == NONE:
            return groups.path(groups.index(self._state.shown.root))
        closed = self.closed_group(box)
        return groups.path(closed if closed != NONE else self.around(box))

    def title(self, group: int) -> str:
        """What a group is called."""
        groups = self.groups
        return "" if groups is None or group == NONE else title_of(Snapshot.of(self._state.trace), groups, group)

    def kind(self, group: int) -> str:
        """What a group is, in one word: module, call, turn, cell, name, blocks."""
        groups = self.groups
        return "" if groups is None or group == NONE else _WORDS[What(int(groups.what[group]))]

    def conditions(self) -> set[str]:
        """Which conditions of actions hold for the selection."""
        held = set()
        groups, box = self.groups, self.selected_box
        if groups is not None:
            held.add("groups")
            if len(groups.indices(self._state.shown.collapsed)):
                held.add("closed groups")
            if self.closed_group(box) != NONE:
                held.add("closed group")
            if self.around(box) != NONE:
                held.add("in group")
            if self.path(box):
                held.add("beside group")
        return held

    # -- verbs ---------------------------------------------------------------------------------------------------

    def expand(self, box: int) -> None:
        """Open the closed group that a box is."""
        self._open([self.closed_group(box)])

    def expand_below(self, box: int) -> None:
        """Open the closed group that a box is, and every group inside it."""
        groups, group = self.groups, self.closed_group(box)
        if groups is not None and group != NONE:
            self._open([group, *groups.below(group).tolist()])

    def expand_all(self) -> None:
        """Open every group."""
        self._state.set_collapsed(())

    def collapse(self, group: int) -> None:
        """Show a group as one box."""
        groups = self.groups
        if groups is not None and group != NONE:
            around = [groups.keys[outer] for outer in groups.path(group)[:-1]]
            self._state.set_collapsed(self._state.shown.collapsed.difference(around) | {groups.keys[group]})

    def collapse_around(self, box: int) -> None:
        """Close the innermost open group that a box is in."""
        self.collapse(self.around(box))

    def collapse_siblings(self, box: int) -> None:
        """Close every group on the level of a box's own: the closed one that it is, or the one that it is in."""
        groups, path = self.groups, self.path(box)
        if groups is not None and path:
            beside = groups.children(int(groups.parent[path[-1]])).tolist()
            self._state.collapse(groups.keys[group] for group in beside)

    def collapse_all(self) -> None:
        """Close every group, so that only the outermost are seen."""
        groups = self.groups
        if groups is not None:
            self._state.collapse(groups.keys)

    def show_level(self, group: int) -> None:
        """What a click on a group's crumb does: one level of it if it is closed, else the group as one box.

        NONE stands for the whole graph: all of it where only a part was shown, else its outermost groups as boxes.
        """
        groups, shown = self.groups, self._state.shown
        if groups is None:
            return
        if group == NONE:
            if shown.root:
                self._state.set_root("")
            else:
                self.collapse_all()
        elif shown.root == groups.keys[group]:
            return
        elif groups.keys[group] in shown.collapsed:
            self._open([group])
        else:
            self.collapse(group)

    def show_alone(self, group: int) -> None:
        """Show only what is in a group, one level of it open."""
        groups = self.groups
        if groups is not None and group != NONE:
            self._state.set_root(groups.keys[group])

    def toggle_alone(self, box: int) -> None:
        """Show only the group that a box is or is in; everything again where that is shown alone already."""
        groups, path = self.groups, self.path(box)
        if groups is None or not path:
            return
        if self._state.shown.root == groups.keys[path[-1]]:
            self._state.set_root("")
        else:
            self.show_alone(path[-1])

    def regroup(self, grouping: Grouping) -> None:
        """Gather nodes into groups of another kind."""
        self._state.set_grouping(grouping)

    def open_around(self, node: int) -> list[str]:
        """Open every group around a node of the trace; returns the keys of those that were closed."""
        groups = self.groups
        if groups is None or not 0 <= node < len(groups.of_node):
            return []
        keys = [groups.keys[group] for group in groups.path(int(groups.of_node[node]))]
        closed = [key for key in keys if key in self._state.shown.collapsed]
        self._state.expand(closed)
        return closed

    def _open(self, chosen: list[int]) -> None:
        groups = self.groups
        if groups is not None:
            self._state.expand([groups.keys[group] for group in chosen if group != NONE])
