"""What is painted, as data: a drawing, a theme, and what a step, the selection and the pointer change about it.

The screen and every exported file are painted from the same `Picture` by the same code (`painter`), which differs
only in the part that is asked for and in how near it is looked at.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable
from functools import cached_property

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from engine.trace import NONE, Trace

from ...naming import Bools, Ints
from ...snapshot import Snapshot
from ...stepping import PassSteps, Place, Steps, as_place
from ...theme import DARK, Theme
from ..layout import Orientation
from ..painting.box_texts import BoxTexts
from ..painting.label_painter import EdgeLabel, LabelTexts
from ..painting.painter import Painted, paint_picture
from ..shown.shown_graph import View
from ..shown.story import PassOnGraph, Story
from .drawing import Drawing, lay_out
from .fonts import Fonts
from .label_places import LabelPlaces
from .look import (
    BoxStyle,
    EdgeLooks,
    EdgeStyle,
    box_styles,
    dimmed_box,
    dimmed_edge,
    edge_rows,
    edge_styles,
    roles,
    style_rows,
)


class Picture:
    """A drawing, ready to be painted. What a setter changes is worked out when it is next painted."""

    def __init__(self, drawing: Drawing, theme: Theme = DARK, fonts: Fonts | None = None) -> None:
        self.drawing, self.theme = drawing, theme
        self.fonts = fonts if fonts is not None else Fonts()
        self.story: Story | None = None
        self.selected: Ints = np.zeros(0, np.int64)
        self.hovered = NONE
        self.marked = NONE  # the box with a ring around it, such as the hit of a search that is looked at
        self.breaks: Ints = np.zeros(0, np.int64)  # boxes at which stepping stops
        self.lit_boxes: Bools | None = None  # (n,) what is not lit is dimmed; None: nothing is
        self.lit_edges: Bools | None = None  # (m,)
        self.with_labels = True  # beside edges
        self.signed = False  # gradients with one element are coloured by their sign
        self._run: PassOnGraph | None = None

    @staticmethod
    def of_trace(
        trace: Trace,
        *,
        pass_id: int = NONE,
        position: int = 0,
        theme: Theme = DARK,
        view: View = View.TENSORS_AND_FUNCTIONS,
        orientation: Orientation = "top-to-bottom",
    ) -> Picture:
        """Lay out and return at once, for files and the command line. Needs a QGuiApplication for its fonts.

        Raises `IndexError` for a pass that the trace does not have.
        """
        if pass_id != NONE and not 0 <= pass_id < len(trace.passes):
            raise IndexError(f"there is no pass {pass_id}")
        fonts = Fonts()
        picture = Picture(lay_out(Snapshot.of(trace), fonts, view=view, orientation=orientation), theme, fonts)
        picture.set_step(PassSteps(trace, pass_id) if pass_id != NONE else None, position)
        return picture

    def copy(self, theme: Theme) -> Picture:
        """The same drawing at the same step, with nothing selected and fonts of its own: any thread may paint it."""
        picture = Picture(self.drawing, theme)
        if self._run is not None and self.story is not None:
            picture.set_step(self._run.steps, self.story.place)
        picture.signed = self.signed
        return picture

    def moved(self, drawing: Drawing) -> Picture:
        """The same picture with its boxes elsewhere for a moment, without labels beside edges: these have no time."""
        picture = copy.copy(self)
        picture.drawing, picture.with_labels = drawing, False
        picture._forget("box_texts")
        return picture

    # -- what changes --------------------------------------------------------------------------------------------

    def set_step(self, steps: Steps | None, at: Place | int) -> None:
        """Show a place of a walk; None: no walk."""
        if steps is None:
            self._run = None
            self._forget("label_texts", "label_places")
        elif self._run is None or self._run.steps is not steps:
            self._run = PassOnGraph(steps, self.drawing.graph)
            self._forget("label_texts", "label_places")
        turned = self._forward
        self.story = self._run.at(at) if self._run is not None else None
        self._forget("box_rows", "edge_rows", "roles", "box_texts", "edge_labels")
        if turned is not self._forward:
            self._forget("edge_styles", "edge_looks")

    @property
    def _forward(self) -> bool:
        return self.story is not None and self.story.run.steps.forward

    def set_signed(self, signed: bool) -> None:
        """Colour gradients with one element by their sign, or all by their magnitude."""
        self.signed = signed
        self._forget("edge_rows")

    def shows(self, steps: Steps | None, at: Place | int) -> bool:
        """Whether this is the step that the picture shows already."""
        if self.story is None or steps is None:
            return self.story is None and steps is None
        return self.story.run.steps is steps and self.story.place == as_place(at)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.theme = theme
        self._forget("box_styles", "edge_styles", "edge_looks", "text_pens")

    def set_selection(self, nodes: Iterable[int]) -> None:
        """Outline the boxes of these nodes of the trace."""
        self.selected = self._boxes_of(nodes)

    def set_breaks(self, nodes: Iterable[int]) -> None:
        """Mark the boxes of these nodes of the trace with a disc: stepping stops there."""
        self.breaks = self._boxes_of(nodes)

    def _boxes_of(self, nodes: Iterable[int]) -> Ints:
        box_of = self.drawing.graph.box_of
        boxes = [int(box_of[node]) for node in nodes if 0 <= node < len(box_of)]
        return np.array(list(dict.fromkeys(b for b in boxes if b != NONE)), np.int64)

    def set_lit(self, nodes: Collection[int] | None) -> None:
        """Dim all but the boxes that show one of these nodes of the trace, and the edges between them; None: nothing.

        A closed group is lit if anything in it is.
        """
        graph = self.drawing.graph
        if nodes is None:
            self.lit_boxes = self.lit_edges = None
        else:
            chosen = np.fromiter(nodes, np.int64, len(nodes))
            boxes = graph.box_of[chosen[(chosen >= 0) & (chosen < len(graph.box_of))]]
            lit = np.zeros(len(graph.node), np.bool_)
            lit[boxes[boxes != NONE]] = True
            self.lit_boxes, self.lit_edges = lit, lit[graph.src] & lit[graph.dst]
        self._forget("box_rows", "edge_rows")

    def set_mark(self, node: int) -> None:
        """Draw a ring around the box that shows this node of the trace; NONE: around none."""
        box_of = self.drawing.graph.box_of
        self.marked = int(box_of[node]) if 0 <= node < len(box_of) else NONE

    @property
    def few_lit(self) -> bool:
        """Whether what is lit is to be found among much that is not."""
        return self.lit_boxes is not None and 4 * int(self.lit_boxes.sum()) < len(self.lit_boxes)

    def is_lit(self, box: int) -> bool:
        """Whether a box is not dimmed."""
        return self.lit_boxes is None or bool(self.lit_boxes[box])

    def _forget(self, *names: str) -> None:
        for name in names:
            self.__dict__.pop(name, None)

    # -- looks, worked out once ----------------------------------------------------------------------------------

    @cached_property
    def roles(self) -> Ints:
        """`look.Role` of each box."""
        return roles(self.drawing.graph, self._run.failed_box if self._run is not None else NONE)

    @cached_property
    def box_rows(self) -> Ints:
        """Row of `box_styles` for each box."""
        rows = style_rows(self.roles, self.story)
        return _lit_above(rows, self.lit_boxes, len(self.box_styles) // 2)

    @cached_property
    def edge_rows(self) -> Ints:
        """Row of `edge_styles` for each edge."""
        rows = edge_rows(self.drawing.graph, self.story, signed=self.signed)
        return _lit_above(rows, self.lit_edges, len(self.edge_styles) // 2)

    @cached_property
    def box_styles(self) -> list[BoxStyle]:
        """The theme's styles of boxes: dimmed, then lit, so that what is lit is painted over the rest."""
        styles = box_styles(self.theme)
        return [*(dimmed_box(style, self.theme) for style in styles), *styles]

    @cached_property
    def edge_styles(self) -> list[EdgeStyle]:
        """The theme's styles of edges: dimmed, then lit."""
        styles = edge_styles(self.theme, forward=self._forward)
        return [*(dimmed_edge(style, self.theme) for style in styles), *styles]

    @cached_property
    def edge_looks(self) -> EdgeLooks:
        """`edge_styles` as columns."""
        return EdgeLooks.of(self.edge_styles)

    @cached_property
    def text_pens(self) -> list[tuple[QPen, QPen]]:
        """The pens of title and second line, for each of `box_styles`."""
        return [(QPen(QColor(style.title)), QPen(QColor(style.second))) for style in self.box_styles]

    @cached_property
    def box_texts(self) -> dict[int, BoxTexts]:
        """Where the texts of boxes go, found when first painted: a camera that moves changes none of them."""
        return {}

    @cached_property
    def label_texts(self) -> LabelTexts:
        """What stands beside edges during this pass."""
        return LabelTexts(self.drawing, self._run, self.fonts)

    @cached_property
    def label_places(self) -> LabelPlaces:
        """And where: the places are the same at every step of a pass."""
        return LabelPlaces(self.drawing, self.label_texts)

    @property
    def incomplete(self) -> bool:
        """Whether a hurried frame has left labels out."""
        return "label_places" in self.__dict__ and self.label_places.waiting

    @cached_property
    def edge_labels(self) -> dict[int, EdgeLabel | None]:
        """What stands beside edges at this step, and where, found when first painted."""
        return {}

    # -- painting ------------------------------------------------------------------------------------------------

    @property
    def bounds(self) -> QRectF:
        """Everything that is ever painted of this drawing lies in here, at any step."""
        left, top, right, bottom = self.drawing.bounds
        return QRectF(left, top, right - left, bottom - top)

    def second_line(self, box: int) -> str:
        """The box's second line at this step."""
        state = self.story.state_caption(box) if self.story is not None else None
        graph = self.drawing.graph
        return graph.text(int(graph.second[box])) if state is None else state

    def rect(self, box: int) -> QRectF:
        """A box's place."""
        left, top, right, bottom = self.drawing.rects[box].tolist()
        return QRectF(left, top, right - left, bottom - top)

    def node(self, box: int) -> int:
        """The node of the trace that a box stands for; NONE for NONE."""
        return NONE if box == NONE else int(self.drawing.graph.node[box])

    def box_at(self, x: float, y: float, reach: float = 0.0) -> int:
        """The box under a point of the scene, else the nearest within `reach`, else NONE."""
        return self.drawing.box_index.at(x, y, reach)

    def paint(
        self, painter: QPainter, exposed: QRectF, scale: float = 1.0, *, exact: bool = False, hurried: bool = False
    ) -> Painted:
        """Paint what lies in `exposed`, in scene coordinates, as it is to be seen at `scale` pixels per unit.

        A file is painted `exact`: every stroke, even where a screen would show others in its place. A screen is painted
        `hurried`: many labels that were never in view before may come with a later frame.
        """
        return paint_picture(self, painter, exposed, scale, exact=exact, hurried=hurried)


def _lit_above(rows: Ints, lit: Bools | None, styles: int) -> Ints:
    """Rows of a table of styles as rows of one that holds them dimmed first, then lit."""
    return rows + styles if lit is None else rows + styles * lit
