import numpy as np
import pytest

from engine.trace import NONE, Status
from tests.engine.programs import record
from tests.tapes import mlp_trace, started
from tests.traces import TraceBuilder, seed_trace
from ui.canvas.shown.shown_graph import View, show
from ui.canvas.shown.story import BROKEN, LEVELS, PassOnGraph, ramp_levels
from ui.snapshot import Snapshot
from ui.stepping import PassSteps
from ui.theme import ramp_position


def story(trace, position, view=View.TENSORS_AND_FUNCTIONS, pass_id=0):
    graph = show(Snapshot.of(trace), view)
    return PassOnGraph(PassSteps(trace, pass_id), graph).at(position)


def said(trace, position, view=View.TENSORS_AND_FUNCTIONS):
    s = story(trace, position, view)
    graph = s.run.graph
    return [(graph.title_text(i), s.state_caption(i)) for i in range(len(graph.node))]


def test_the_seed_makes_the_root_function_ready_and_the_others_wait():
    lines = dict(said(seed_trace(), 0))
    assert lines["MeanBackward0"] == "ready #1"
    assert lines["AccumulateGrad"] == "waits for 1"
    assert lines["AddBackward0"] == "waits for 2"
    assert lines["x.grad"] == "(none yet)"
    assert lines["y"] is None


def test_the_third_step_reads_as_in_the_mockup():
    lines = said(seed_trace(), 3)
    functions = [(title, text) for title, text in lines if title.endswith("Backward0")]
    assert functions == [
        ("AddBackward0", "ready #1"),
        ("MulBackward0", "y * y · now"),
        ("MulBackward0", "done · 0.75"),
        ("MeanBackward0", "done · 0.25"),
    ]


def test_the_end_shows_the_gradient_in_its_slot():
    lines = dict(said(seed_trace(), 5))
    assert lines["AccumulateGrad"] == "now"
    assert lines["x.grad"] == "4.5"


def test_edges_say_what_has_travelled_over_them_and_nothing_before():
    trace = seed_trace()
    for position in range(6):
        s = story(trace, position)
        for edge in range(len(s.run.graph.edge)):
            assert bool(s.edge_caption(edge)) == bool(s.travelled[edge])
    both = story(trace, 3)
    twice = np.flatnonzero((both.run.graph.src == 5) & (both.run.graph.dst == 6))
    assert [both.edge_caption(int(e)) for e in twice] == ["2.25", "2.25"]


def test_stepping_back_restores_exactly_what_was():
    trace = mlp_trace()
    graph = show(Snapshot.of(trace))
    run = PassOnGraph(PassSteps(trace, 0), graph)

    def state(position):
        s = run.at(position)
        return s.node_state.tolist(), s.edge_state.tolist(), [s.state_caption(i) for i in range(len(graph.node))]

    forward = [state(k) for k in range(run.steps.count + 1)]
    assert [state(k) for k in reversed(range(run.steps.count + 1))] == forward[::-1]


@pytest.mark.parametrize("view", list(View))
def test_the_node_of_the_step_is_now_in_every_view(view):
    trace = mlp_trace()
    for position in range(1, len(trace.steps) + 1):
        s = story(trace, position, view)
        assert (s.state_caption(s.now_box) or "").endswith("now")


def test_where_too_many_gradients_meet_to_be_added_up_in_the_box_it_says_how_many_have_come():
    code = "x = torch.ones(2, requires_grad=True)\ny = x * 1\nsum([y * k for k in range({})]).sum().backward()"

    def counted(trace):
        captions = [caption for at in range(len(trace.steps) + 1) for _, caption in said(trace, at)]
        return list(dict.fromkeys(caption for caption in captions if caption and caption.endswith(" came")))

    assert counted(record(code.format(60))) == [f"{k} of 60 came" for k in range(1, 60)]
    assert counted(record(code.format(40))) == []


def test_the_queue_is_numbered_in_the_order_it_will_run():
    trace = mlp_trace()
    seen = 0
    for position in range(len(trace.steps)):
        ranks = {text: title for title, text in said(trace, position) if text and text.startswith("ready")}
        assert set(ranks) == {f"ready #{k}" for k in range(1, len(ranks) + 1)}
        seen = max(seen, len(ranks))
        if position:
            s, after = story(trace, position), story(trace, position + 1)
            assert s.state_caption(after.now_box) == "ready #1"
    assert seen >= 2


def test_a_broken_gradient_has_a_level_of_its_own():
    s = story(mlp_trace(broken=True), 4)
    assert (s.run.level[s.travelled] == BROKEN).any()
    assert "NaN" in {s.edge_caption(int(e)) for e in np.flatnonzero(s.travelled)}


def test_edges_without_a_gradient_are_not_called_broken():
    assert not (story(seed_trace(), 3).run.level == BROKEN).any()


def test_levels_follow_the_ramp():
    norms = np.array([0.0, 1e-6, 1e-3, 0.5, 1.0, 30.0, np.inf, np.nan])
    levels = ramp_levels(norms, 1e-6, 30.0)
    expected = [round(ramp_position(float(n), 1e-6, 30.0) * (LEVELS - 1)) for n in norms[:6]]
    assert levels.tolist() == [*expected, BROKEN, 0]
    assert ramp_levels(np.array([2.0]), 2.0, 2.0).tolist() == [LEVELS - 1]


def test_grad_shows_what_it_held_before_this_pass_until_it_is_written():
    b = started()
    leaf = b.leaf("x", [1.0, 2.0])
    fn, out, edges = b.function("SumBackward0", "x.sum()", [leaf], "y", 3.0)
    one, two = b.array([1.0, 1.0]), b.array([2.0, 2.0])
    for before, after in ((NONE, one), (one, two)):
        p = b.add("passes", cell=0, root=out, status=Status.OK, steps=2)
        b.add("flows", pass_=p, step=0, edge=edges[-1], target=fn, target_slot=0, value=one)
        b.add("flows", pass_=p, step=1, edge=edges[0], target=leaf[1], target_slot=0, value=one)
        b.add("steps", pass_=p, index=1, node=fn, arrived=one, used=one)
        b.add("steps", pass_=p, index=2, node=leaf[1], arrived=one, used=one, before=before, added=one, after=after)
    trace = b.build()
    grad = 2
    first, second = (lambda k: story(trace, k, pass_id=0)), (lambda k: story(trace, k, pass_id=1))
    assert [first(k).state_caption(grad) for k in (0, 1, 2)] == ["(none yet)", "(none yet)", "1"]
    assert [second(k).state_caption(grad) for k in (0, 1, 2)] == ["1", "1", "2"]


def test_a_picture_older_than_the_pass_still_tells_it():
    trace = seed_trace()
    snapshot = Snapshot.of(trace)
    b = TraceBuilder()
    b.trace = trace
    b._strings = {text: i for i, text in enumerate(trace.strings)}
    b.tensor("later", 1.0)
    b.build()
    run = PassOnGraph(PassSteps(trace, 0), show(snapshot))
    assert run.at(3).state_caption(6) == "y * y · now"
