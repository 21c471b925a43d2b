"""Painting what stands beside edges: the gradient that has travelled, and the argument's name where it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from ...stepping import EdgeState
from ..picture.clipping import Rect
from ..picture.drawing import Drawing
from ..picture.fonts import Fonts
from ..picture.index import Ints
from ..picture.label_candidates import LINE, SPACE, Form, Size
from ..shown.story import PassOnGraph

if TYPE_CHECKING:
    from ..picture.picture import Picture

AT_ONCE = 24  # labels of a frame whose places are found while it is painted; more would hold it up
_LIVE = frozenset({int(EdgeState.ARRIVING), int(EdgeState.LEAVING)})


class LabelTexts:
    """The words beside a drawing's edges during a pass, or while none is shown."""

    def __init__(self, drawing: Drawing, run: PassOnGraph | None, fonts: Fonts) -> None:
        graph = drawing.graph
        self._graph, self._run, self._fonts = graph, run, fonts
        self.numbered = run.carries if run is not None else np.zeros(len(graph.edge), np.bool_)
        self.always_named = graph.slot_matters | (graph.count > 1)
        self.named = self.always_named | (drawing.parallel & self.numbered)  # those beside their numbers only

    def name(self, edge: int) -> str:
        """The argument's name, "" where it does not matter; of an edge that stands for several, how many."""
        if not self.named[edge]:
            return ""
        count = int(self._graph.count[edge])
        return f"×{count:,}" if count > 1 else self._graph.text(int(self._graph.slot_text[edge]))

    def size(self, edge: int) -> Size:
        """How wide the words are at most."""
        name = self.name(edge)
        number = self._run.widest_caption(edge) if self._run is not None and self.numbered[edge] else ""
        fonts = self._fonts
        return Size(
            fonts.width(fonts.number, number) if number else 0.0, fonts.width(fonts.small, name) if name else 0.0
        )


class EdgeLabel(NamedTuple):
    """The patch under a label, and its words: font, where each begins, text."""

    patch: QRectF
    words: list[tuple[QFont, QPointF, str]]


def paint_labels(picture: Picture, painter: QPainter, edges: Ints, view: Rect, *, hurried: bool = False) -> None:
    """The labels of `edges` in view, each on a patch of the canvas's colour so that no stroke runs through its text.

    `hurried`: those for which finding places would take long are left out; `picture.label_places.waiting` says so.
    """
    places = picture.label_places
    edges = places.near(edges, view)
    places.find(edges, AT_ONCE if hurried else None)
    edges = places.placed(edges)
    if picture.lit_edges is not None:
        edges = edges[picture.lit_edges[edges]]
    known = picture.edge_labels
    labels = []
    for edge in edges.tolist():
        if edge not in known:
            known[edge] = _label(picture, edge)
        label = known[edge]
        if label is not None:
            labels.append(label)
    patch = QColor(picture.theme.background)
    patch.setAlphaF(0.82)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(patch)
    for label in labels:
        painter.drawRoundedRect(label.patch, 4, 4)
    # Font by font: there are three, and a change of font or pen costs as much as a word.
    fonts = picture.fonts
    looks = ((fonts.number, picture.theme.text), (fonts.second, picture.theme.dim), (fonts.small, picture.theme.dim))
    for font, colour in looks:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        for label in labels:
            for own, at, text in label.words:
                if own is font:
                    painter.drawText(at, text)


def _label(picture: Picture, edge: int) -> EdgeLabel | None:
    """What stands beside an edge at this step; None for nothing, or where there is no room."""
    place, story, fonts = picture.label_places.place(edge), picture.story, picture.fonts
    if place is None:
        return None
    live = story is not None and int(story.edge_state[edge]) in _LIVE
    number = story.edge_caption(edge) if story is not None and story.travelled[edge] else ""
    named = place.form is not Form.NUMBER and (number or picture.label_texts.always_named[edge])
    name = picture.label_texts.name(edge) if named else ""
    words = [(fonts.number if live else fonts.second, number), (fonts.small, name)]
    words = [word for word in words if word[1]]
    if not words:
        return None
    widths = [fonts.width(font, text) for font, text in words]
    inline = place.form is Form.INLINE
    width = sum(widths) + SPACE * (len(words) - 1) if inline else max(widths)
    left, top, right, bottom = place.rect(width, LINE if inline else LINE * len(words))
    placed = []
    for row, ((font, text), own) in enumerate(zip(words, widths, strict=True)):
        x = left + (row and widths[0] + SPACE) if inline else left + (width - own) * (1 - place.dx) / 2
        placed.append((font, QPointF(x, top + (0 if inline else LINE * row) + 10.5), text))
    return EdgeLabel(QRectF(left - 3, top, right - left + 6, bottom - top), placed)
