"""Painting what stands beside edges: the gradient that has travelled, and the argument's name where it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from ..stepping import EdgeState
from .clipping import Rect
from .index import Ints
from .label_places import LINE, Side
from .shown_graph import ShownGraph

if TYPE_CHECKING:
    from .picture import Picture


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
    for edge, is_named, has_gradient in zip(edges.tolist(), named.tolist(), travelled.tolist(), strict=True):
        if is_named or has_gradient:
            number = story.edge_caption(edge) if story is not None and has_gradient else ""
            name = _name(graph, edge) if is_named else ""
            _paint_label(picture, painter, edge, number, name)


def _name(graph: ShownGraph, edge: int) -> str:
    """The argument's name; of an edge that stands for several, how many."""
    count = int(graph.count[edge])
    return f"×{count:,}" if count > 1 else graph.text(int(graph.slot_text[edge]))


def _paint_label(picture: Picture, painter: QPainter, edge: int, number: str, name: str) -> None:
    place = picture.label_places.place(edge)
    if place is None:
        return
    fonts, theme = picture.fonts, picture.theme
    live = picture.story is not None and picture.story.edge_state[edge] in (EdgeState.ARRIVING, EdgeState.LEAVING)
    number_font = fonts.number if live else fonts.second
    lines = [(number, number_font, theme.text if live else theme.dim), (name, fonts.small, theme.dim)]
    lines = [line for line in lines if line[0]]
    width = max(fonts.width(font, text) for text, font, _ in lines)
    left, top, right, bottom = place.rect(width, LINE * len(lines))
    patch = QColor(theme.background)
    patch.setAlphaF(0.82)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(patch)
    painter.drawRoundedRect(QRectF(left - 3, top, right - left + 6, bottom - top), 4, 4)
    share = {Side.RIGHT: 0.0, Side.LEFT: 1.0}.get(place.side, 0.5)
    for row, (text, font, colour) in enumerate(lines):
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(QPointF(left + (width - fonts.width(font, text)) * share, top + LINE * row + 10.5), text)
