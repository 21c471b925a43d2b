"""The canvas as a widget: it follows the view state, and what the user does goes back through its setters.

It wires the parts together and does little itself: `layout_control` knows what is to be laid out, `layout_reports` says
what came of it, `picture` paints, `graph_view` looks, and `overlays` stand over it.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.trace import NONE

from ..breakpoints import marked_nodes
from ..naming import Bools, Ints
from ..theme import DARK, Theme
from ..view_state import ViewState
from .camera.navigation import Navigation
from .graph_view import GraphView
from .groups.breadcrumbs import Breadcrumbs
from .groups.folding import Folding
from .groups.group_control import GroupControl
from .layout import Orientation
from .overlays.clearance import Clearance
from .overlays.group_card import describe_group
from .overlays.hover_text import Card, describe
from .overlays.overlays import Overlays
from .picture.changes import changed_area, looks_of
from .picture.drawing import Drawing
from .picture.fonts import Fonts
from .picture.picture import Picture
from .placing.layout_control import LayoutControl
from .placing.layout_reports import LayoutReports
from .shown.shown_graph import GROUP, View


class CanvasView(QWidget):
    """The graph of a `ViewState`."""

    menu_asked = Signal(QPoint)  # a menu for the selection, at this point of the screen
    picture_changed = Signal()  # another drawing is shown, or none

    def __init__(self, view_state: ViewState, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Graph")
        self._state, self._theme, self._fonts = view_state, theme, Fonts()
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
        self.layouts = LayoutControl(view_state, self)
        self.reports = LayoutReports(self.layouts, self.graph, self.overlays)
        self.navigation = Navigation(self.graph, lambda: self.layouts.flow_axis, self._selected_box)
        self._connect()
        self.clearance = Clearance(self.graph, self.overlays)
        self.layouts.follow_trace()

    def _connect(self) -> None:
        self._state.step_changed.connect(self._follow_step)
        self._state.selection_changed.connect(self._follow_selection)
        self._state.breakpoints_changed.connect(self._follow_breaks)
        self._state.shown_changed.connect(self._follow_lit)
        self._state.shown_changed.connect(self.layouts.follow_shown)
        self.layouts.began.connect(self._empty)
        self.layouts.grew.connect(self._follow_growth)
        self.layouts.chosen.connect(self.groups.fall_silent)
        self.layouts.fitted.connect(self.groups.tell)
        self.graph.box_clicked.connect(self._click)
        self.graph.box_hovered.connect(self._hover)
        self.picture_changed.connect(self.groups.follow_path)
        self._state.step_changed.connect(self.groups.follow_step)
        self.graph.box_menu.connect(self._ask_menu)
        self.graph.resized.connect(self.overlays.arrange)
        self.graph.camera_moved.connect(self._follow_camera)
        self.graph.legend_moved.connect(lambda: self.overlays.move_legend(self.graph.legend_corner))
        self.overlays.map.moved.connect(self.graph.centre_on)
        self.layouts.job.ready.connect(self._show_drawing)
        self.navigation.walked.connect(self._show_walk)

    # -- public --------------------------------------------------------------------------------------------------

    @property
    def picture(self) -> Picture | None:
        """What is shown, None while the canvas is empty. An export paints this one."""
        return self.graph.item.picture

    @property
    def orientation(self) -> Orientation:
        """Where the data flows."""
        return self.layouts.orientation

    @property
    def folding(self) -> Folding:
        """The verbs for groups, of this canvas."""
        return self.groups.folding

    @property
    def busy(self) -> bool:
        """Whether the picture is not the newest yet."""
        return self.layouts.busy

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
        self.layouts.set_view(view)

    def open_as_shown(self) -> None:
        """Show the trace that was just set exactly as `ViewState.shown` says; what is closed was chosen before."""
        self.layouts.open_as_shown()

    def set_orientation(self, orientation: Orientation) -> None:
        """Data flows down or to the right."""
        self.layouts.set_orientation(orientation)

    @property
    def layout_kind(self) -> str:
        """The layout that is wanted, a key of `other_layouts.KINDS`."""
        return self.layouts.kind

    def set_layout_kind(self, kind: str) -> None:
        """Another layout. Where it cannot be had, the canvas says why and keeps the one it has."""
        self.layouts.set_kind(kind)

    def lay_out_afresh(self) -> None:
        """Forget the places that were kept while the graph grew."""
        self.layouts.lay_out_afresh()

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
        self.layouts.close()

    # -- following the view state --------------------------------------------------------------------------------

    def _empty(self) -> None:
        """Another trace: nothing of the one before is shown."""
        self.groups.forget()
        self._show_picture(None)

    def _follow_growth(self) -> None:
        if self.picture is not None and not self.picture.shows(self._state.steps, self._state.place):
            self._follow_step(reveal=False)

    def _follow_step(self, *, reveal: bool = True) -> None:
        picture = self.picture
        if picture is None or self.layouts.behind:  # another trace is about to be drawn
            return
        had_pass, before = picture.story is not None, looks_of(picture)
        picture.set_step(self._state.steps, self._state.place)
        self.overlays.show_step(picture)
        self.graph.legend_size = self.overlays.legend_size
        self.graph.show_step(changed_area(before, picture), pulse=reveal)
        self._describe(picture)
        if had_pass != (picture.story is not None) and not self.graph.touched:
            self._open(picture, animate=True)
        elif reveal and self._follows and picture.story is not None and picture.story.box_to_follow != NONE:
            self.graph.reveal(picture.rect(picture.story.box_to_follow))

    def _follow_selection(self) -> None:
        picture = self.picture
        if picture is None or self.layouts.behind:
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
        if picture is not None and not self.layouts.behind:
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
        self.reports.offer_afresh(drawing)
        self.navigation.follow_picture()
        self._go()
        self.layouts.adopt(drawing.shown)
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

    def _selected_box(self) -> int:
        picture = self.picture
        return NONE if picture is None or not len(picture.selected) else int(picture.selected[-1])

    def _show_walk(self, box: int) -> None:
        """A ring around the box the arrow keys have come to, which is selected."""
        node = NONE if self.picture is None else self.picture.node(box)
        if node != NONE:
            self._state.select([node])
        self.mark(node)

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
        self.overlays.hover(box, at, self.graph.on_screen(picture.rect(box)) if box != NONE else None)

    def _card(self, box: int) -> Card:
        picture, trace = self.picture, self._state.trace
        assert picture is not None  # a card is of a box
        if picture.drawing.graph.kind[box] == GROUP:
            return describe_group(trace, picture.drawing.graph, box, picture.story)
        return describe(trace, picture.node(box), self._state.steps, self._state.position)

    # -- events --------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the layout thread."""
        self.layouts.close()
        super().closeEvent(event)
