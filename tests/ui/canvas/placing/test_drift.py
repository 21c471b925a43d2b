from dataclasses import replace

from tests.traces import chain_trace
from ui.canvas.picture.drawing import lay_out
from ui.canvas.picture.fonts import Fonts
from ui.canvas.placing.drift import Drift, sprawl
from ui.snapshot import Snapshot


def drawing(length, wider=1.0):
    made = lay_out(Snapshot.of(chain_trace(length)), Fonts())
    lines = made.pieces.lines * [wider, 1.0, wider, 1.0]
    return replace(made, pieces=replace(made.pieces, lines=lines))


def test_a_picture_laid_out_afresh_is_never_offered_to_be(qapp):
    drift = Drift()
    assert not drift.follow(drawing(10), afresh=True)
    assert not drift.follow(drawing(60, wider=5), afresh=True)


def test_growth_that_keeps_edges_short_is_no_drift(qapp):
    drift = Drift()
    drift.follow(drawing(30), afresh=True)
    assert not drift.follow(drawing(90), afresh=False)


def test_drift_is_offered_once_and_again_when_it_has_grown_as_much_once_more(qapp):
    drift = Drift()
    drift.follow(drawing(30), afresh=True)
    assert drift.follow(drawing(60, wider=3), afresh=False)
    assert not drift.follow(drawing(61, wider=3), afresh=False)
    assert drift.follow(drawing(120, wider=9), afresh=False)


def test_longer_edges_between_the_same_boxes_are_no_drift(qapp):
    drift = Drift()
    drift.follow(drawing(30), afresh=True)
    assert not drift.follow(drawing(30, wider=9), afresh=False)


def test_sprawl_is_how_far_edges_run_across_the_flow(qapp):
    assert sprawl(drawing(30, wider=2)) == 2 * sprawl(drawing(30)) > 0
    empty = drawing(30)
    assert sprawl(replace(empty, graph=replace(empty.graph, edge=empty.graph.edge[:0]))) == 0
