"""Painting what stands beside edges: the gradient that has travelled, and the argument's name where it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from ..stepping import EdgeState
from .clipping import Rect
from .index import Ints
from .label_places import LINE, Side
from .shown_graph import ShownGraph

if TYPE_CHECKING:
    from .picture import Picture

_LIVE = frozenset({int(EdgeState.ARRIVING), int(EdgeState.LEAVING)})
_SHARES = {Side.RIGHT: 0.0, Side.LEFT: 1.0}  # of the free width that lies before a line


class EdgeLabel(NamedTuple):
    """The patch under a label, and its lines: font, where it begins, text."""

    patch: QRectF
    lines: list[tuple[QFont, QPointF, str]]


def paint_labels(picture: Picture, painter: QPainter, edges: Ints, view: Rect) -> None:
    """The labels of `edges` in view, each on a patch of the canvas's colour so that no stroke runs through its text."""
    graph, story = picture.drawing.graph, picture.story
    edges = picture.label_places.near(edges, view)
    if picture.lit_edges is not None:
        edges = edges[picture.lit_edges[edges]]
    named = graph.slot_matters[edges] | (graph.count[edges] > 1)
    if story is not None:
        named = named | (picture.drawing.parallel[edges] & story.travelled[edges])
    travelled = story.travelled[edges] if story is not None else np.zeros(len(edges), bool)
    known, fonts = picture.edge_labels, picture.fonts
    labels = []
    for edge, is_named, has_gradient in zip(edges.tolist(), named.tolist(), travelled.tolist(), strict=True):
        if is_named or has_gradient:
            if edge not in known:
                number = story.edge_caption(edge) if story is not None and has_gradient else ""
                known[edge] = _label(picture, edge, number, _name(graph, edge) if is_named else "")
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
    looks = ((fonts.number, picture.theme.text), (fonts.second, picture.theme.dim), (fonts.small, picture.theme.dim))
    for font, colour in looks:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        for label in labels:
            for own, at, text in label.lines:
                if own is font:
                    painter.drawText(at, text)


def _name(graph: ShownGraph, edge: int) -> str:
    """The argument's name; of an edge that stands for several, how many."""
    count = int(graph.count[edge])
    return f"×{count:,}" if count > 1 else graph.text(int(graph.slot_text[edge]))


def _label(picture: Picture, edge: int, number: str, name: str) -> EdgeLabel | None:
    place = picture.label_places.place(edge)
    if place is None or not (number or name):  # nothing is known of what a step that failed was given
        return None
    fonts, story = picture.fonts, picture.story
    live = story is not None and int(story.edge_state[edge]) in _LIVE
    lines = [(fonts.number if live else fonts.second, number), (fonts.small, name)]
    lines = [line for line in lines if line[1]]
    if not lines:
        return None
    width = max(fonts.width(font, text) for font, text in lines)
    left, top, right, bottom = place.rect(width, LINE * len(lines))
    share = _SHARES.get(place.side, 0.5)
    placed = [
        (font, QPointF(left + (width - fonts.width(font, text)) * share, top + LINE * row + 10.5), text)
        for row, (font, text) in enumerate(lines)
    ]
    return EdgeLabel(QRectF(left - 3, top, right - left + 6, bottom - top), placed)
