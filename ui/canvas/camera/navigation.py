"""Finding one's way by keyboard: walking over boxes, views gone back to, bookmarks. `CanvasView` has one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from engine.trace import NONE

from ..graph_view import GraphView
from .view_history import ViewHistory, camera_of, place_of
from .walk import Direction, nearest_to, next_box

_REST_MS = 500  # a camera that has not moved for so long has come to rest


class Navigation(QObject):
    """Moves the camera of a graph view, and a ring from box to box."""

    said = Signal(str)  # a passing word about what a key has done
    walked = Signal(int)  # to a box, which gets the ring; NONE: the walk is over

    def __init__(self, graph: GraphView, flow: Callable[[], int], start: Callable[[], int]) -> None:
        """`flow` says along which axis layers follow each other, `start` at which box a walk begins, or NONE."""
        super().__init__(graph)
        self._graph, self._flow, self._start = graph, flow, start
        self._box = self._came_from = NONE
        self.history = ViewHistory()
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self.remember)
        graph.camera_moved.connect(self._rest.start)
        graph.arrow_pressed.connect(self.walk)
        graph.digit_pressed.connect(self._use_bookmark)

    # -- walking -------------------------------------------------------------------------------------------------

    def walk(self, direction: Direction) -> None:
        """To the next box; the first key of a walk goes to the selected box, or to the one in the middle."""
        picture = self._graph.item.picture
        if picture is None or not len(picture.drawing.rects):
            return
        drawing, box, came_from = picture.drawing, self._box, self._came_from
        if not 0 <= box < len(drawing.rects):
            box, came_from = self._start(), NONE
            if box == NONE:
                camera = self._graph.camera
                self._go_to(nearest_to(drawing, camera.x, camera.y), NONE)
                return
        there = next_box(drawing, box, direction, flow=self._flow(), came_from=came_from)
        self._go_to(there, box if there != box else came_from)

    def _go_to(self, box: int, came_from: int) -> None:
        self._box, self._came_from = box, came_from
        self._graph.walking = True
        self.walked.emit(box)

    def end_walk(self) -> None:
        """No ring; Left and Right step through the pass again."""
        if self._graph.walking:
            self._box = self._came_from = NONE
            self._graph.walking = False
            self.walked.emit(NONE)

    def follow_picture(self) -> None:
        """Boxes have other numbers now; a walk begins anew at the selected one."""
        self._box = self._came_from = NONE

    # -- views ---------------------------------------------------------------------------------------------------

    def remember(self) -> None:
        """The view as it is now is one to go back to."""
        self._rest.stop()
        picture = self._graph.item.picture
        place = None if picture is None else place_of(self._graph.camera, picture.drawing)
        if picture is not None and place is not None:
            self.history.visit(place, picture.drawing, self._graph.seen(self._graph.camera).width())

    def back(self) -> None:
        """To the view before."""
        self.remember()
        self._step(-1, "There is no view before this one.")

    def forward(self) -> None:
        """To the view one has gone back from."""
        self._step(1, "There is no view after this one.")

    def _step(self, by: int, otherwise: str) -> None:
        picture = self._graph.item.picture
        camera = None if picture is None else self.history.step(by, picture.drawing)
        if camera is None:
            self.said.emit(otherwise)
            return
        self._graph.touched = True
        self._graph.look(camera, animate=True)

    # -- bookmarks -----------------------------------------------------------------------------------------------

    def set_bookmark(self, number: int) -> None:
        """Keep the view as it is now under a number."""
        picture = self._graph.item.picture
        place = None if picture is None else place_of(self._graph.camera, picture.drawing)
        if place is not None:
            self.history.bookmarks[number] = place
            self.said.emit(f"Bookmark {number} is this view; press {number} to come back.")

    def go_to_bookmark(self, number: int) -> None:
        """Look at what was kept under a number."""
        picture, place = self._graph.item.picture, self.history.bookmarks.get(number)
        if picture is None or place is None:
            self.said.emit(f"There is no bookmark {number}; Ctrl+{number} sets it.")
            return
        camera = camera_of(place, picture.drawing)
        if camera is None:
            self.said.emit(f"What bookmark {number} looked at is not shown now.")
            return
        self.remember()
        self._graph.touched = True
        self._graph.look(camera, animate=True)

    def _use_bookmark(self, number: int, keep: bool) -> None:
        if keep:
            self.set_bookmark(number)
        else:
            self.go_to_bookmark(number)
