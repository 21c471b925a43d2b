"""What the canvas does when a picture follows another: a layout stopped, boxes on their way, the offer of a new one."""

import threading

import pytest

from tests.traces import chain_trace, seed_trace
from ui.canvas.placing import layout_job
from ui.canvas.view import CanvasView
from ui.theme import DARK
from ui.view_state import ViewState


@pytest.fixture
def canvas(qtbot):
    made = []

    def make(trace):
        view = CanvasView(ViewState(trace), DARK)
        view.resize(900, 1000)
        qtbot.addWidget(view)
        view.show()
        qtbot.waitUntil(lambda: not view.busy, timeout=20_000)
        made.append(view)
        return view

    yield make
    for view in made:
        view.close_job()


def test_a_long_layout_shows_a_bar_with_a_button_that_stops_it(canvas, qtbot, monkeypatch):
    view = canvas(seed_trace())
    before, notice, offer = view.picture, view.overlays.notice, view.overlays.offer
    assert not notice.isVisible()
    real = layout_job.lay_out

    def until_cancelled(*args, cancelled, **kwargs):
        while not cancelled():
            threading.Event().wait(0.002)
        return real(*args, cancelled=cancelled, **kwargs)

    monkeypatch.setattr(layout_job, "lay_out", until_cancelled)
    view.lay_out_afresh()
    qtbot.waitUntil(notice.isVisible)
    assert notice.stop.isVisible()
    assert "13 nodes" in notice.accessibleName()
    assert view.picture is before
    notice.stop.click()
    qtbot.waitUntil(lambda: not view.busy)
    assert not notice.isVisible()
    assert view.picture is before
    assert "stopped" in offer.text
    monkeypatch.undo()
    offer.button.click()
    qtbot.waitUntil(lambda: view.picture is not before)
    assert not offer.text


def test_boxes_glide_to_their_new_places_and_arrive(canvas, qtbot):
    view = canvas(chain_trace(12))
    view.set_orientation("left-to-right")
    qtbot.waitUntil(lambda: view.graph.gliding.running)
    qtbot.waitUntil(lambda: not view.graph.gliding.running)
    view.graph.viewport().repaint()
    assert set(view.graph.item.painted.boxes.tolist()) == set(range(len(view.picture.drawing.rects)))


def test_with_reduced_motion_they_are_there_at_once(canvas, qtbot):
    view = canvas(chain_trace(12))
    view.set_animated(False)
    before = view.picture
    view.set_orientation("left-to-right")
    qtbot.waitUntil(lambda: view.picture is not before)
    assert not view.graph.gliding.running


def test_a_crooked_picture_is_offered_to_be_laid_out_afresh(canvas, qtbot, monkeypatch):
    view = canvas(chain_trace(12))
    monkeypatch.setattr(view.reports._drift, "follow", lambda drawing, *, afresh, across: not afresh)
    view.graph.touched = True  # somebody has looked around: places are known
    before = view.picture
    view.layouts.request(fresh=False)
    qtbot.waitUntil(lambda: view.picture is not before)
    assert "crooked" in view.overlays.offer.text
    drawn = view.picture
    view.overlays.offer.button.click()
    qtbot.waitUntil(lambda: view.picture is not drawn)
    assert not view.overlays.offer.text
