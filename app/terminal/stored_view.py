"""A session's window as an export request: what it walked, showed, selected and looked at."""

from __future__ import annotations

from dataclasses import replace

from engine.trace import NONE
from ui.canvas.camera.view_history import camera_of
from ui.canvas.shown.shown_graph import View
from ui.view_state import ViewState

from ..export import ExportRequest, Scope, UnfitRequestError
from ..export.drawings import drawing_of
from ..saving.canvas_data import ORIENTATIONS, camera_place, port_size
from ..saving.view_data import show
from .inputs import Given


def as_shown(request: ExportRequest, found: Given) -> ExportRequest:
    """The request with everything that the session's window showed; as it is where the input is no session."""
    if not found.view:
        return request
    state = ViewState(found.trace)
    show(state, found.view)
    known = found.canvas if isinstance(found.canvas, dict) else {}
    view, orientation = known.get("view"), known.get("orientation")
    return replace(
        request, pass_id=state.pass_id, cell=state.walk.id if state.pass_id == NONE else NONE,
        position=state.position, place=state.place, shown=state.shown, nodes=frozenset(state.selection),
        view=View[view] if isinstance(view, str) and view in View.__members__ else request.view,
        orientation=orientation if orientation in ORIENTATIONS else request.orientation,
    )  # fmt: skip


def in_view(request: ExportRequest, found: Given) -> ExportRequest:
    """What the session's window looked at; all of it where nobody had moved the camera."""
    port = port_size(found.canvas)
    if port is None:
        raise UnfitRequestError("This input has no view; only a session that was saved by a window has. Use whole.")
    place, drawing = camera_place(found.canvas), drawing_of(request)
    camera = camera_of(place, drawing) if place is not None else None
    if camera is None:
        return replace(request, drawing=drawing)
    wide, high = (side / camera.scale / 2 for side in port)
    area = (camera.x - wide, camera.y - high, camera.x + wide, camera.y + high)
    return replace(request, scope=Scope.VIEW, area=area, drawing=drawing)
