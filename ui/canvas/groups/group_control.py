"""Groups on a canvas: what a click on a sign or a crumb does, what stays in place, what opens while stepping.

`Folding` knows what the verbs mean; here they meet the picture and the camera.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.trace import NONE

from ...shown_state import ShownState
from ...view_state import ViewState
from ..graph_view import GraphView
from ..overlays.offer import Offer
from ..picture.picture import Picture
from ..shown.shown_graph import ShownGraph
from .breadcrumbs import Breadcrumbs, Crumb
from .folding import Folding


class GroupControl(QObject):
    """The groups of one canvas."""

    def __init__(self, view_state: ViewState, graph: GraphView, crumbs: Breadcrumbs, offer: Offer) -> None:
        super().__init__(graph)
        self._state, self._graph, self._crumbs, self._offer = view_state, graph, crumbs, offer
        self.folding = Folding(view_state, self._shown_graph)
        self.opens_while_stepping = False
        self._opened: list[str] = []  # by stepping, to be closed again
        self._anchor = NONE  # the node that what happens now is about
        self._told = ""  # what was said when the graph was closed to what fits
        graph.group_opened.connect(self.expand)
        graph.sign_clicked.connect(self._click_sign)
        crumbs.clicked.connect(self._click_crumb)
        view_state.selection_changed.connect(self.follow_path)

    def _shown_graph(self) -> ShownGraph | None:
        picture = self._graph.item.picture
        return None if picture is None else picture.drawing.graph

    # -- what the user does --------------------------------------------------------------------------------------

    def expand(self, box: int) -> None:
        """Open the closed group that a box is; what is in it appears where it was."""
        self._hold(box)
        self.folding.expand(box)

    def collapse_around(self, box: int) -> None:
        """Close the group that a box is in, where the box is."""
        self._hold(box)
        self.folding.collapse_around(box)

    def collapse(self, group: int) -> None:
        """Close a group where the selection is."""
        self._hold(self.folding.selected_box)
        self.folding.collapse(group)

    def _click_sign(self, box: int) -> None:
        if self.folding.closed_group(box) != NONE:
            self.expand(box)
        else:
            self.collapse_around(box)

    def _click_crumb(self, group: int) -> None:
        self._hold(self.folding.selected_box)
        self.folding.show_level(group)

    def _hold(self, box: int) -> None:
        picture = self._graph.item.picture
        self._anchor = NONE if picture is None else picture.node(box)

    # -- following -----------------------------------------------------------------------------------------------

    def follow_path(self) -> None:
        """Say above the graph in which groups the selection is."""
        folding = self.folding
        if folding.groups is None:
            self._crumbs.show_path(None)
            return
        box = folding.selected_box
        closed = folding.closed_group(box)
        path, whole = folding.path(box), self._state.shown.only is None
        self._crumbs.show_path([Crumb(g, folding.title(g), folding.kind(g), g == closed) for g in path], whole=whole)

    def follow_step(self) -> None:
        """Open the groups around the node that runs now, and close those that stepping had opened elsewhere."""
        groups, steps = self.folding.groups, self._state.steps
        if not self.opens_while_stepping or groups is None:
            return
        node = NONE if steps is None else steps.node(self._state.position)
        around = groups.path(int(groups.of_node[node])) if 0 <= node < len(groups.of_node) else []
        inside, collapsed = [groups.keys[group] for group in around], self._state.shown.collapsed
        opened = [key for key in inside if key in collapsed]
        left = [key for key in self._opened if key not in inside]
        self._opened = [key for key in self._opened if key in inside] + opened
        self._anchor = node if opened else self._anchor
        self._state.set_collapsed(collapsed.difference(opened).union(left))

    def keep_in_place(self, before: Picture, picture: Picture) -> None:
        """Groups were opened or closed: what that was about stays where it is on the screen."""
        here, there = before.drawing.graph.box_of, picture.drawing.graph.box_of
        wanted = [self._anchor, *self._state.selection[::-1], before.node(self._graph.middle_box(before))]
        for node in wanted:
            if 0 <= node < min(len(here), len(there)) and NONE not in (here[node], there[node]):
                self._graph.keep_in_place(before.rect(int(here[node])), picture.rect(int(there[node])))
                break
        self._anchor = NONE

    def tell(self, shown: ShownState) -> None:
        """Say that the graph is not shown whole, until somebody has taken notice."""
        picture = self._graph.item.picture
        if picture is None or (self._told and self._offer.text != self._told):
            return
        nodes, boxes = len(picture.drawing.graph.box_of), len(picture.drawing.rects)
        said = f"{nodes:,} nodes are shown as {boxes:,} boxes, grouped by {shown.grouping.value.lower()}."
        if said != self._told or not self._offer.text:
            self._told = said
            self._offer.show_offer(said, "Expand all", self.folding.expand_all)

    def fall_silent(self) -> None:
        """Somebody has chosen what is closed: what was said is no longer so."""
        if self._told and self._offer.text == self._told:
            self._offer.dismiss()

    def forget(self) -> None:
        """Another trace: nothing has been said or opened."""
        self._told, self._opened, self._anchor = "", [], NONE
        self._offer.dismiss()
