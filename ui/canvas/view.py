"""The canvas as a widget: it follows the view state, and what the user does goes back through its setters.

It wires the parts together and does little itself: `layout_job` lays out, `picture` paints, `graph_view` looks, and
`overlays` stand over it.
"""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.trace import NONE, Trace

from ..breakpoints import marked_nodes
from ..grouping.opening import Opening
from ..naming import Bools, Ints
from ..shown_state import ShownState
from ..snapshot import Snapshot
from ..theme import DARK, Theme
from ..view_state import ViewState
from .breadcrumbs import Breadcrumbs
from .drawing import Drawing
from .drift import Drift
from .folding import Folding
from .fonts import Fonts
from .graph_view import GraphView
from .group_card import describe_group
from .group_control import GroupControl
from .hover_text import Card, describe
from .layout import Orientation
from .layout_job import LayoutJob, Request
from .navigation import Navigation
from .other_layouts import LAYERED
from .overlays import Overlays
from .picture import Picture
from .shown_graph import GROUP, View

_log = logging.getLogger(__name__)


class CanvasView(QWidget):
    """The graph of a `ViewState`."""

    menu_asked = Signal(QPoint)  # a menu for the selection, at this point of the screen
    picture_changed = Signal()  # another drawing is shown, or none

    def __init__(self, view_state: ViewState, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Graph")
        self._state, self._theme, self._fonts = view_state, theme, Fonts()
        self._view = View.TENSORS_AND_FUNCTIONS
        self._orientation: Orientation = "top-to-bottom"
        self._kind = LAYERED
        self._trace: Trace | None = None
        self._asked = (0, 0, 0)  # size of the snapshot that was last given to the layout
        self._shown = _without_light(view_state.shown)  # and what of it was to be shown
        self._chosen = self._adopting = False  # somebody has chosen what is closed; the picture's choice is taken over
        self._follows, self._signed = True, False  # the node that runs; the sign of single numbers
        self._marked = self._going_to = NONE
        self.graph = GraphView(theme, self)
        self.graph.setAccessibleName("Graph")
        self.setFocusProxy(self.graph)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.crumbs = Breadcrumbs(theme, self)
        layout.addWidget(self.crumbs)
        layout.addWidget(self.graph)
        self.overlays = Overlays(theme, self.graph, self._card)
        self.groups = GroupControl(view_state, self.graph, self.crumbs, self.overlays.offer)
        self._job, self._drift = LayoutJob(self), Drift()
        self.navigation = Navigation(self.graph, self._flow_axis, self._selected_box)
        self._burst = QTimer(self, interval=0, singleShot=True)  # many signals of one turn are one change
        self._connect()
        self._follow_trace()

    def _connect(self) -> None:
        self._state.trace_changed.connect(self._burst.start)
        self._state.step_changed.connect(self._follow_step)
        self._state.selection_changed.connect(self._follow_selection)
        self._state.breakpoints_changed.connect(self._follow_breaks)
        self._state.shown_changed.connect(self._follow_lit)
        self._state.shown_changed.connect(self._follow_shown)
        self._burst.timeout.connect(self._follow_trace)
        self.graph.box_clicked.connect(self._click)
        self.graph.box_hovered.connect(self._hover)
        self.picture_changed.connect(self.groups.follow_path)
        self._state.step_changed.connect(self.groups.follow_step)
        self.graph.box_menu.connect(self._ask_menu)
        self.graph.resized.connect(self.overlays.arrange)
        self.graph.camera_moved.connect(self._follow_camera)
        self.graph.legend_moved.connect(lambda: self.overlays.move_legend(self.graph.legend_corner))
        self.overlays.map.moved.connect(self.graph.centre_on)
        self._job.ready.connect(self._show_drawing)
        self._job.slow.connect(self._show_slow)
        self._job.failed.connect(self._show_failure)
        self._job.refused.connect(self._show_refusal)
        self._job.stopped.connect(self._show_stopped)
        self.navigation.walked.connect(self._show_walk)
        self.overlays.notice.stop.clicked.connect(self._job.stop)

    # -- public --------------------------------------------------------------------------------------------------

    @property
    def picture(self) -> Picture | None:
        """What is shown, None while the canvas is empty. An export paints this one."""
        return self.graph.item.picture

    @property
    def orientation(self) -> Orientation:
        """Where the data flows."""
        return self._orientation

    @property
    def folding(self) -> Folding:
        """The verbs for groups, of this canvas."""
        return self.groups.folding

    @property
    def busy(self) -> bool:
        """Whether the picture is not the newest yet."""
        return self._job.busy or self._burst.isActive()

    def scene_bounds(self) -> QRectF:
        """Everything drawn, in scene coordinates; empty while nothing is."""
        return self.graph.item.boundingRect()

    def fit(self) -> None:
        """Show the whole graph."""
        self.graph.fit()

    def mark(self, node: int) -> None:
        """Bring a node of the trace into view, with a ring around its box; NONE: no ring."""
        self._marked = node
        picture = self.picture
        if picture is None:
            return
        picture.set_mark(node)
        self.graph.item.update()
        if picture.marked != NONE:
            self.graph.reveal(picture.rect(picture.marked))

    def draws(self, nodes: Ints) -> Bools:
        """Which nodes of the trace are in the picture, be it in a closed group. While there is none: all of them."""
        if self.picture is None:
            return np.ones(len(nodes), np.bool_)
        box_of = self.picture.drawing.graph.box_of
        drawn = nodes < len(box_of)
        drawn[drawn] = box_of[nodes[drawn]] != NONE
        return drawn

    def go_to(self, node: int) -> None:
        """Look at a node from near, with the groups around it open, as soon as the newest picture is there."""
        self._going_to = node
        self._state.expand(self._groups_around(node))
        if not self.busy:
            self._go()

    def _groups_around(self, node: int) -> list[str]:
        groups = self.picture.drawing.graph.groups if self.picture is not None else None
        if groups is None or not 0 <= node < len(groups.of_node) or groups.of_node[node] == NONE:
            return []
        return [groups.keys[group] for group in groups.path(int(groups.of_node[node]))]

    def _go(self) -> None:
        node, self._going_to = self._going_to, NONE
        picture = self.picture
        if picture is not None and 0 <= node < len(picture.drawing.graph.box_of):
            box = int(picture.drawing.graph.box_of[node])
            if box != NONE:
                self.graph.go_to(picture.rect(box))

    def set_theme(self, theme: Theme) -> None:
        """Other colours, from the next frame on."""
        self._theme = theme
        if self.picture is not None:
            self.picture.set_theme(theme)
        self.graph.set_theme(theme)
        self.crumbs.set_theme(theme)
        self.overlays.set_theme(theme)

    def set_view(self, view: View) -> None:
        """Another way of showing the same graph."""
        if view is not self._view:
            self._view = view
            self._request(fresh=True)

    def open_as_shown(self) -> None:
        """Show the trace that was just set exactly as `ViewState.shown` says; what is closed was chosen before."""
        self._follow_trace()
        self._chosen = True
        self._request(fresh=True)

    def set_orientation(self, orientation: Orientation) -> None:
        """Data flows down or to the right."""
        if orientation != self._orientation:
            self._orientation = orientation
            self._request(fresh=True)

    @property
    def layout_kind(self) -> str:
        """The layout that is wanted, a key of `other_layouts.KINDS`."""
        return self._kind

    def set_layout_kind(self, kind: str) -> None:
        """Another layout. Where it cannot be had, the canvas says why and keeps the one it has."""
        if kind != self._kind:
            self._kind = kind
            self._request(fresh=True)

    def lay_out_afresh(self) -> None:
        """Forget the places that were kept while the graph grew."""
        self._request(fresh=True)

    def set_animated(self, animated: bool) -> None:
        """Whether the camera glides; off for people who prefer reduced motion."""
        self.graph.animated = animated

    def set_follows(self, follows: bool) -> None:
        """Whether a step brings the node that runs into view, when it is not there."""
        self._follows = follows

    def set_signed(self, signed: bool) -> None:
        """Whether gradients with one element are coloured by their sign."""
        self._signed = signed
        if self.picture is not None:
            self.picture.set_signed(signed)
            self.overlays.show_step(self.picture)
            self.graph.item.update()

    def set_opens_groups(self, opens: bool) -> None:
        """Whether a step opens the closed group in which it happens, or only marks it."""
        self.groups.opens_while_stepping = opens

    def close_job(self) -> None:
        """Stop the layout thread; the canvas draws no further graph."""
        self._job.close()

    # -- following the view state --------------------------------------------------------------------------------

    def _follow_trace(self) -> None:
        trace = self._state.trace
        fresh = trace is not self._trace
        if fresh:
            self._trace, self._asked, self._chosen = trace, (0, 0, 0), False
            self.groups.forget()
            self._shown = _without_light(self._state.shown)
            self._show_picture(None)
        if Snapshot.of(trace).size() != self._asked:
            self._request(fresh=fresh)
        if self.picture is not None and not self.picture.shows(self._state.steps, self._state.place):
            self._follow_step(reveal=False)

    def _request(self, *, fresh: bool, opening: Opening | None = None) -> None:
        snapshot = Snapshot.of(self._state.trace)
        self._asked = snapshot.size()
        if opening is None:
            opening = Opening.CHOSEN if self._chosen else Opening.FITTED
        if self._asked[0]:
            self._job.request(Request(snapshot, self._view, self._shown, self._orientation, fresh, opening, self._kind))

    def _follow_shown(self) -> None:
        before, self._shown = self._shown, _without_light(self._state.shown)
        if self._adopting or self._state.trace is not self._trace or self._shown == before:
            return
        if self._shown.only != before.only:  # another tab: what is closed there was chosen there
            self._request(fresh=True)
            return
        regrouped = self._shown.grouping is not before.grouping
        if regrouped or self._shown.collapsed != before.collapsed:
            self._chosen = True
            self.groups.fall_silent()
        self._request(fresh=False, opening=Opening.REGROUPED if regrouped else None)

    def _adopt(self, shown: ShownState) -> None:
        """Take over what the layout chose to close, unless somebody has chosen otherwise since."""
        done = self._job.done
        if shown == self._shown or done is None or done.shown != self._shown:
            return
        self._adopting = True
        try:
            self._state.set_shown(replace(shown, lit=self._state.shown.lit))
        finally:
            self._adopting = False
        if done.opening is Opening.FITTED:
            self.groups.tell(shown)
        if self._job.waiting:
            self._request(fresh=False)

    def _follow_step(self, *, reveal: bool = True) -> None:
        picture = self.picture
        if picture is None:
            return
        had_pass = picture.story is not None
        picture.set_step(self._state.steps, self._state.place)
        self.overlays.show_step(picture)
        self.graph.legend_size = self.overlays.legend_size
        self.graph.show_step(pulse=reveal)
        self._describe(picture)
        if had_pass != (picture.story is not None) and not self.graph.touched:
            self._open(picture, animate=True)
        elif reveal and self._follows and picture.story is not None and picture.story.now_box != NONE:
            self.graph.reveal(picture.rect(picture.story.now_box))

    def _follow_selection(self) -> None:
        picture = self.picture
        if picture is None:
            return
        picture.set_selection(self._state.selection)
        self.graph.item.update()
        if len(picture.selected):
            self.graph.reveal(picture.rect(int(picture.selected[-1])))

    def _follow_breaks(self) -> None:
        if self.picture is not None:
            self.picture.set_breaks(marked_nodes(self._state.trace, self._state.breakpoints).tolist())
            self.graph.item.update()

    def _follow_lit(self) -> None:
        picture = self.picture
        if picture is not None:
            picture.set_lit(self._state.shown.lit)
            self.graph.item.update()
            self.overlays.map.refresh()

    def _describe(self, picture: Picture) -> None:
        graph = picture.drawing.graph
        text = f"{len(graph.node)} boxes, {len(graph.edge)} edges"
        if picture.story is not None:
            text += f", step {self._state.position} of {self._state.step_count}"
            if picture.story.now_box != NONE:
                text += f": {graph.title_text(picture.story.now_box)}"
        self._say(text)

    def _say(self, text: str) -> None:
        """The focus is the inner view's, so that a screen reader asks either."""
        for widget in (self, self.graph):
            widget.setAccessibleDescription(text)

    # -- pictures ------------------------------------------------------------------------------------------------

    def _show_drawing(self, drawing: Drawing) -> None:
        before, camera = self.picture, self.graph.camera
        picture = Picture(drawing, self._theme, self._fonts)
        picture.set_signed(self._signed)
        picture.set_breaks(marked_nodes(self._state.trace, self._state.breakpoints).tolist())
        picture.set_step(self._state.steps, self._state.place)
        picture.set_selection(self._state.selection)
        picture.set_lit(self._state.shown.lit)
        picture.set_mark(self._marked)
        self._show_picture(picture)
        self._follow_step(reveal=False)
        if before is not None and before.drawing.shown.only != drawing.shown.only:
            self._open(picture, animate=False)
        elif before is not None and before.drawing.shown != drawing.shown:
            if not self.graph.touched and self.graph.fits_legibly():
                self._open(picture, animate=True)
            else:
                self.groups.keep_in_place(before, picture)
        elif before is None or not self.graph.touched:
            self._open(picture, animate=before is not None)
        if before is not None:
            self.graph.glide(before, camera)
        self._offer_afresh(drawing)
        self.navigation.follow_picture()
        self._go()
        self._adopt(drawing.shown)
        self.picture_changed.emit()

    def _show_picture(self, picture: Picture | None) -> None:
        self.graph.set_picture(picture)
        self.overlays.show_picture(picture)
        if picture is None:
            self.graph.touched = False
            self._say("Empty")
            self.picture_changed.emit()
        self._follow_camera()

    def _open(self, picture: Picture, *, animate: bool) -> None:
        """Look at the whole graph, or where it is too large at what happens now or was made last."""
        now = picture.story.now_box if picture.story is not None else NONE
        self.graph.open_at(picture.rect(now if now != NONE else len(picture.drawing.rects) - 1), animate=animate)

    def _show_slow(self, slow: bool) -> None:
        if slow:
            self.overlays.show_progress(f"Laying out {self._asked[0]:,} nodes …")
        else:
            self.overlays.notice.hide()

    def _flow_axis(self) -> int:
        return 1 if self._orientation == "top-to-bottom" else 0

    def _selected_box(self) -> int:
        picture = self.picture
        return NONE if picture is None or not len(picture.selected) else int(picture.selected[-1])

    def _show_walk(self, box: int) -> None:
        """A ring around the box the arrow keys have come to, which is selected."""
        node = NONE if self.picture is None else self.picture.node(box)
        if node != NONE:
            self._state.select([node])
        self.mark(node)

    def _show_stopped(self) -> None:
        """What was stopped can be had after all."""
        text = f"The layout of {self._asked[0]:,} nodes was stopped; the picture before it stays."
        self.overlays.offer.show_offer(text, "Lay out", self.lay_out_afresh)

    def _offer_afresh(self, drawing: Drawing) -> None:
        if drawing.kind != LAYERED:  # others are laid out afresh each time
            return
        across = 1 - self._flow_axis()
        if self._drift.follow(drawing, afresh=self._job.afresh, across=across) and not self.overlays.offer.text:
            text = "The graph has grown into a crooked picture: its edges run longer than they need to."
            self.overlays.offer.show_offer(text, "Lay out afresh", self.lay_out_afresh)

    def _show_refusal(self, reason: str) -> None:
        """Back to the layout of the picture, or to ours when even that one cannot draw what the graph is now."""
        before = self.picture.drawing.kind if self.picture is not None else LAYERED
        self.set_layout_kind(before if before != self._kind else LAYERED)
        self.overlays.offer.show_offer(reason, "Lay out afresh", self.lay_out_afresh)

    def _show_failure(self, report: str) -> None:
        _log.error("the layout failed\n%s", report)
        self.overlays.show_error("The newest graph could not be laid out; the last picture stays. The log says why.")

    def _follow_camera(self) -> None:
        self.overlays.show_seen(self.graph.seen(), self.scene_bounds())

    # -- what the user does --------------------------------------------------------------------------------------

    def _click(self, box: int, extend: bool) -> None:
        picture = self.picture
        if picture is None:
            return
        self.navigation.end_walk()
        chosen = list(self._state.selection) if extend else []
        node = picture.node(box)
        if extend and node in chosen:
            chosen.remove(node)
        elif node != NONE:
            chosen.append(node)
        self._state.select(chosen)

    def _ask_menu(self, box: int, at: QPoint) -> None:
        """A box that is not selected becomes the selection first: a menu is about what is selected."""
        node = self.picture.node(box) if self.picture is not None else NONE
        if node != NONE and node not in self._state.selection:
            self._state.select((node,))
        self.menu_asked.emit(at)

    def _hover(self, box: int, at: QPointF) -> None:
        picture = self.picture
        if picture is None:
            return
        if box != picture.hovered:
            before, picture.hovered = picture.hovered, box
            self.graph.item.update_boxes((before, box))
        self.overlays.hover(box, at)

    def _card(self, box: int) -> Card:
        picture, trace = self.picture, self._state.trace
        assert picture is not None  # a card is of a box
        if picture.drawing.graph.kind[box] == GROUP:
            return describe_group(trace, picture.drawing.graph, box, picture.story)
        return describe(trace, picture.node(box), self._state.steps, self._state.position)

    # -- events --------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the layout thread."""
        self._job.close()
        super().closeEvent(event)


def _without_light(shown: ShownState) -> ShownState:
    """What a layout depends on: dimming is the painter's."""
    return replace(shown, lit=None)
