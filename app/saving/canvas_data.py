"""How the canvas shows the graph (view, direction, camera, bookmarks) as plain data for a session file, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ui.canvas.camera.view_history import Place, camera_of, place_of
from ui.canvas.layout import Orientation
from ui.canvas.shown.shown_graph import View

from .view_data import number_in

if TYPE_CHECKING:
    from ..window.main_window import MainWindow

ORIENTATIONS: tuple[Orientation, ...] = ("top-to-bottom", "left-to-right")
SCALES = (1e-4, 100.0)


def canvas_data(window: MainWindow) -> dict[str, Any]:
    """What a person chose, and where the camera was brought."""
    canvas = window.canvas
    picture = canvas.picture
    moved = picture is not None and canvas.graph.touched
    place = place_of(canvas.graph.camera, picture.drawing) if picture is not None and moved else None
    bookmarks = {str(number): found._asdict() for number, found in canvas.navigation.history.bookmarks.items()}
    return {
        "view": window.view_choice.current.name,
        "orientation": canvas.orientation,
        "camera": None if place is None else place._asdict(),
        "port": [canvas.graph.viewport().width(), canvas.graph.viewport().height()],
        "bookmarks": bookmarks,
    }


def camera_place(data: object) -> Place | None:
    """Where the camera was brought; None where it was left alone, or for data that mean nothing."""
    return _place(data.get("camera")) if isinstance(data, dict) else None


def port_size(data: object) -> tuple[float, float] | None:
    """Width and height of the canvas in pixels."""
    port = data.get("port") if isinstance(data, dict) else None
    if not isinstance(port, list) or len(port) != 2 or not all(type(side) is int and 0 < side < 1e5 for side in port):
        return None
    return float(port[0]), float(port[1])


def show_canvas(window: MainWindow, data: object) -> None:
    """Show the trace that was just set as the data say; the camera moves when the picture is there."""
    known: Mapping[str, Any] = data if isinstance(data, dict) else {}
    canvas = window.canvas
    view, orientation = known.get("view"), known.get("orientation")
    if isinstance(view, str) and view in View.__members__:
        window.view_choice.choose(View[view])
    if orientation in ORIENTATIONS:
        window.menus.actions["left_to_right"].setChecked(orientation == "left-to-right")
    marked = known.get("bookmarks")
    bookmarks = canvas.navigation.history.bookmarks
    bookmarks.clear()
    for number, found in marked.items() if isinstance(marked, dict) else ():
        place = _place(found)
        if place is not None and number.isdecimal() and len(number) == 1:
            bookmarks[int(number)] = place
    if known:
        canvas.open_as_shown()
    place = _place(known.get("camera"))
    if place is not None:
        _look_when_there(window, place)


def _look_when_there(window: MainWindow, place: Place) -> None:
    canvas, trace = window.canvas, window.view_state.trace

    def look() -> None:
        picture = canvas.picture
        if picture is None and window.view_state.trace is trace:
            return
        canvas.picture_changed.disconnect(look)
        camera = camera_of(place, picture.drawing) if picture is not None else None
        if camera is not None and window.view_state.trace is trace:
            canvas.graph.touched = True
            canvas.graph.look(camera)

    canvas.picture_changed.connect(look)


def _place(data: object) -> Place | None:
    scale, dx, dy = (number_in(data, name, float) for name in ("scale", "dx", "dy"))
    node = number_in(data, "node")
    if None in (scale, dx, dy, node) or not SCALES[0] <= scale <= SCALES[1] or node < 0:
        return None
    return Place(scale, node, dx, dy)
