"""Only what a step changes is painted: the screen must look as if all of it had been."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QApplication

from tests.engine.programs import record
from tests.traces import linear_trace, seed_trace
from ui.canvas.picture.changes import changed_area, looks_of
from ui.canvas.view import CanvasView
from ui.stepping import Grain, Walk, WalkKind
from ui.view_state import ViewState

PROGRAMS = {
    "seed": seed_trace,
    "linear": linear_trace,
    "non-finite": lambda: linear_trace(poison=True),
    "fan": lambda: record(
        "x = torch.ones(2, requires_grad=True)\nys = [x * k for k in range(6)]\n"
        "(ys[0] * ys[1] + ys[2] * ys[3] + ys[4] * ys[5]).sum().backward()"
    ),
}


def shown(keep, qtbot, trace):
    state = ViewState(trace)
    canvas = keep(CanvasView(state))
    canvas.set_animated(False)
    canvas.resize(700, 900)
    canvas.move(0, 0)
    canvas.show()
    qtbot.waitUntil(lambda: canvas.picture is not None and not canvas.busy)
    canvas.folding.expand_all()
    qtbot.waitUntil(lambda: not canvas.busy)
    canvas.graph.zoom(0.7 / canvas.graph.camera.scale, canvas.graph.viewport().rect().center().toPointF())
    return state, canvas


def on_screen(canvas):
    """What has been painted so far, step after step; the overview, which follows in its own time, is left out.

    Labels that a frame had no time for are there, and what stands over the graph has found its corners.
    """
    QApplication.processEvents()
    while canvas.graph.labels.running:
        QApplication.processEvents()
    canvas.clearance.settle()
    QApplication.processEvents()
    image = QGuiApplication.primaryScreen().grabWindow(canvas.winId())
    painter = QPainter(image)
    painter.fillRect(canvas.overlays.map.geometry().translated(canvas.graph.pos()), Qt.GlobalColor.black)
    painter.end()
    return image.toImage()


def afresh(canvas):
    """The same, all of it painted now."""
    canvas.graph.viewport().update()
    return on_screen(canvas)


def assert_same(canvas, seen, wanted):
    """Every box is the same to the pixel, and all but a few pixels in a thousand beside them.

    Strokes are cut where the painted part ends, and the dashes of what is left may begin a fraction of a pixel apart.
    """
    size = (seen.height(), seen.width(), 4)
    first, second = (np.frombuffer(image.constBits(), np.uint8).reshape(size) for image in (seen, wanted))
    differs = (first != second).any(axis=2)
    assert differs.mean() < 0.004
    origin = canvas.graph.mapTo(canvas, QPoint(0, 0))
    for rect in canvas.picture.drawing.rects:
        left, top = canvas.graph.mapFromScene(*rect[:2].tolist()).toTuple()
        right, bottom = canvas.graph.mapFromScene(*rect[2:].tolist()).toTuple()
        across = slice(max(left + origin.x() + 2, 0), max(right + origin.x() - 2, 0))
        down = slice(max(top + origin.y() + 2, 0), max(bottom + origin.y() - 2, 0))
        assert not differs[down, across].any()


@pytest.mark.parametrize("make", PROGRAMS.values(), ids=PROGRAMS.keys())
@pytest.mark.parametrize("grain", Grain, ids=lambda grain: grain.value)
def test_after_every_step_the_screen_is_as_if_all_had_been_painted(keep, qtbot, make, grain):
    state, canvas = shown(keep, qtbot, make())
    for walk in (Walk(WalkKind.PASS, 0), Walk(WalkKind.FORWARD, 0)):
        state.set_walk(walk)
        state.set_grain(grain)
        more = True
        while more:
            assert_same(canvas, on_screen(canvas), afresh(canvas))
            more = state.go_on()
        while state.go_back():
            assert_same(canvas, on_screen(canvas), afresh(canvas))


def test_a_step_changes_less_than_the_whole_picture(keep, qtbot):
    state, canvas = shown(keep, qtbot, PROGRAMS["seed"]())
    state.set_step(0, 1)
    before = looks_of(canvas.picture)
    state.set_step(0, 2)
    left, top, _, bottom = changed_area(before, canvas.picture)
    assert 0 < bottom - top < 0.7 * canvas.picture.bounds.height()
    assert changed_area(looks_of(canvas.picture), canvas.picture)[:2] != (left, top)
