"""From a request to the drawing that is exported, and the rectangle of it. Any thread may call this."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ui.canvas.layout import LayoutCancelled
from ui.canvas.other_layouts import LayoutRefused
from ui.canvas.picture.drawing import Drawing, lay_out
from ui.canvas.picture.fonts import Fonts
from ui.canvas.picture.picture import Picture
from ui.shown_state import ShownState
from ui.snapshot import Snapshot

from .errors import ExportCancelledError, ExportError, UnfitRequestError
from .request import Area, ExportRequest, Scope

MARGIN = 24.0  # scene units on each side


def picture_of(request: ExportRequest) -> Picture:
    """The picture at the request's first position, with fonts of its own. Raises `ExportError` for an empty one."""
    steps, drawing = request.walked(), drawing_of(request)
    if not len(drawing.rects):
        raise ExportError("There is nothing to draw yet: run code that makes tensors first.")
    picture = Picture(drawing, request.theme)
    picture.set_signed(request.signed)
    if steps is not None:
        first = request.position if request.steps is None else request.steps[0]
        picture.set_step(steps, request.at(first))
    return picture


def drawing_of(request: ExportRequest) -> Drawing:
    """The drawing as it is, or laid out now."""
    alone = request.scope in (Scope.SELECTION, Scope.GROUP)
    if request.drawing is not None and not alone:
        return request.drawing
    request.report(0.0, "Laying out the graph")
    try:
        return lay_out(
            Snapshot.of(request.trace),
            Fonts(),
            view=request.view,
            shown=shown_of(request),
            orientation=request.orientation,
            kind=request.layout,
            cancelled=request.cancelled,
        )
    except LayoutRefused as refusal:
        raise ExportError(str(refusal)) from refusal
    except LayoutCancelled:
        raise ExportCancelledError("The export was cancelled; nothing was written.") from None


def shown_of(request: ExportRequest) -> ShownState:
    """What of the graph is shown: for a selection or a group that alone."""
    shown = replace(request.shown, lit=None)
    if request.scope is Scope.SELECTION:
        if not request.nodes:
            raise UnfitRequestError("Nothing is selected. Select nodes, or export the whole graph.")
        return replace(shown, only=request.nodes, root="")
    if request.scope is Scope.GROUP:
        return replace(shown, root=request.group, only=None, collapsed=shown.collapsed - {request.group})
    return shown


def area_of(request: ExportRequest, drawing: Drawing) -> Area:
    """The rectangle that is exported: all that is ever drawn, or the view, grown until no box in it is cut."""
    if request.scope is not Scope.VIEW or request.area is None:
        left, top, right, bottom = drawing.bounds
        return left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN
    inside = drawing.box_index.touching(*request.area)
    if not len(inside):
        raise UnfitRequestError("Nothing of the graph is in view. Move the view, or export the whole graph.")
    rects = drawing.rects[inside]
    bounds = np.array(drawing.bounds)
    low = np.minimum(rects[:, :2].min(axis=0) - MARGIN, request.area[:2])
    high = np.maximum(rects[:, 2:].max(axis=0) + MARGIN, request.area[2:])
    # What lies beyond the drawing is only empty.
    left, top = np.maximum(low, bounds[:2] - MARGIN).tolist()
    right, bottom = np.minimum(high, bounds[2:] + MARGIN).tolist()
    return left, top, right, bottom
