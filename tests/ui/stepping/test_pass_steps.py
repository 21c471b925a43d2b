import numpy as np
import pytest
from hypothesis import given, strategies as st

from engine.trace import NONE, NodeKind
from tests.engine.programs import record
from tests.traces import TraceBuilder, chain_trace, linear_trace, seed_trace
from ui.stepping import NEVER, EdgeState, NodeState, PassSteps, is_function, producer

PROGRAMS = {
    "seed": seed_trace,
    "linear": linear_trace,
    "non-finite": lambda: linear_trace(poison=True),
    "chain": lambda: chain_trace(40),
    "branches": lambda: record(
        "x = torch.arange(6.).requires_grad_()\n"
        "a, b = x.chunk(2)\n"
        "s = (torch.cat([a * 2, b, a]) * x.sum()).sum() + a[0]\n"
        "s.backward()"
    ),
    "leaf as root": lambda: record("x = torch.tensor(2., requires_grad=True)\nx.backward()\nx.backward()"),
}
ALL = pytest.mark.parametrize("make", PROGRAMS.values(), ids=PROGRAMS.keys())


def passes(trace):
    return [PassSteps(trace, p) for p in range(len(trace.passes))]


def picture(steps, position):
    """Everything the window reads at a position."""
    return (
        steps.node_states(position).tolist(),
        steps.edge_states(position).tolist(),
        steps.waits_for(position).tolist(),
        steps.queue(position).tolist(),
        steps.node(position),
    )


@ALL
def test_going_to_k_and_back_to_the_seed_and_to_k_again_shows_the_same(make):
    for steps in passes(make()):
        for k in range(steps.count + 1):
            there, back = picture(steps, k), picture(steps, 0)
            assert picture(steps, k) == there
            assert picture(steps, 0) == back


@given(st.lists(st.integers(0, 6), min_size=1, max_size=20))
def test_the_way_to_a_position_does_not_matter(way):
    walked, fresh = PassSteps(linear_trace(), 1), PassSteps(linear_trace(), 1)
    for position in way:
        walked.node_states(position)
        walked.edge_states(position)
        walked.queue(position)
    assert picture(walked, way[-1]) == picture(fresh, way[-1])


@ALL
def test_exactly_one_node_is_now_at_every_step_and_none_at_the_seed(make):
    for steps in passes(make()):
        for k in range(steps.count + 1):
            now = np.flatnonzero(steps.node_states(k) == NodeState.NOW).tolist()
            assert now == ([steps.node(k)] if k else [])


@ALL
def test_the_next_node_is_always_in_the_queue(make):
    for steps in passes(make()):
        for k in range(steps.count):
            assert steps.queue(k)[0] == steps.node(k + 1)


@ALL
def test_states_of_a_node_only_move_forward(make):
    for steps in passes(make()):
        states = np.stack([steps.node_states(k) for k in range(steps.count + 1)])
        functions = [n for n in range(states.shape[1]) if is_function(steps.trace, n)]
        assert (np.diff(states[:, functions].astype(int), axis=0) >= 0).all()


@ALL
def test_nothing_waits_when_the_pass_is_done(make):
    for steps in passes(make()):
        assert steps.waits_for(steps.count).sum() == 0
        assert len(steps.queue(steps.count)) == 0


@ALL
def test_the_number_of_missing_gradients_falls_by_what_each_step_sends(make):
    for steps in passes(make()):
        for k in range(1, steps.count + 1):
            sent = steps.waits_for(k - 1).sum() - steps.waits_for(k).sum()
            assert sent == len(steps.departures(k))


def test_the_seed_pass_runs_in_the_engines_order():
    steps = PassSteps(seed_trace(), 0)
    ops = [steps.trace.node(steps.node(k)).op for k in range(1, 6)]
    assert ops == ["MeanBackward0", "MulBackward0", "MulBackward0", "AddBackward0", "AccumulateGrad"]


def test_both_slots_of_y_times_y_leave_and_then_arrive_as_one_sum():
    trace = seed_trace()
    steps = PassSteps(trace, 0)
    slots = [edge for edge, _, _ in steps.departures(3)]
    assert len(slots) == 2
    assert (steps.edge_states(3)[slots] == EdgeState.LEAVING).all()
    assert (steps.edge_states(4)[slots] == EdgeState.ARRIVING).all()
    add = steps.node(4)
    assert [step for step, _, _ in steps.arrivals(add)] == [3, 3]
    assert trace.array(steps.step(4)["arrived"]).min == 4.5


def test_a_leafs_grad_is_written_by_its_last_step():
    trace = seed_trace()
    steps = PassSteps(trace, 0)
    grad = next(n for n in range(len(trace.nodes)) if trace.nodes.kind[n] == NodeKind.GRAD)
    assert steps.node_states(4)[grad] == NodeState.WAITING
    assert steps.node_states(5)[grad] == NodeState.DONE


def test_norms_of_the_edges_give_the_range_of_the_ramp():
    steps = PassSteps(seed_trace(), 0)
    assert steps.magnitude_range() == pytest.approx((0.5, 9.0))


def test_a_non_finite_gradient_has_an_infinite_norm_and_is_left_out_of_the_range():
    steps = PassSteps(linear_trace(poison=True), 0)
    assert np.isinf(steps.edge_norms()).any()
    assert np.isfinite(steps.magnitude_range()).all()


def test_nodes_that_the_pass_does_not_reach_never_run():
    trace = linear_trace()
    steps = PassSteps(trace, 0)
    x = next(n for n in range(len(trace.nodes)) if trace.node(n).label == "x")
    assert steps.ran_at[x] == NEVER
    assert steps.node_states(3)[x] == NodeState.OUTSIDE


def test_an_index_is_stale_once_the_trace_has_grown():
    trace = seed_trace()
    steps = PassSteps(trace, 0)
    assert not steps.is_stale(trace)
    assert steps.is_stale(chain_trace(3))


def test_the_producer_of_a_leaf_is_none():
    trace = seed_trace()
    assert producer(trace, 0) == NONE
    out = int(trace.passes.root[0])
    assert trace.node(producer(trace, out)).op == "MeanBackward0"


def test_an_index_keeps_its_size_while_the_trace_grows():
    b = TraceBuilder()
    b.add("sources", title="cell 1", text="")
    b.add("cells", source=0)
    x, acc = b.leaf("x", 1.0)
    fn, out, edges = b.function("ExpBackward0", "x.exp()", [(x, acc)], "out", 2.7)
    p = b.add("passes", cell=0, root=out, steps=1)
    value = b.array(1.0)
    b.add("flows", pass_=p, step=0, edge=edges[1], target=fn, target_slot=0, value=value)
    b.add("steps", pass_=p, index=1, node=fn, arrived=value, used=value)
    trace = b.build()
    steps = PassSteps(trace, 0)
    nodes, count = len(trace.nodes), len(trace.edges)
    b.function("ExpBackward0", "out.exp()", [out], "more", 15.2)
    b.build()
    assert steps.is_stale(trace)
    assert len(trace.edges) > count
    assert len(steps.edge_states(1)) == count
    assert len(steps.node_states(1)) == nodes


def test_no_gradient_goes_over_the_edge_to_indices():
    trace = record("v, i = torch.arange(6.).requires_grad_().max(0)\nv.backward()")
    steps, edges, nodes = PassSteps(trace, 0), trace.edges, trace.nodes
    indices = [node for node in range(len(nodes)) if trace.text(int(nodes.label[node])) == "i"]
    to_indices = np.flatnonzero(np.isin(edges.dst, indices))
    assert len(to_indices) == 1
    assert producer(trace, indices[0]) == edges.src[to_indices[0]]
    for position in range(steps.count + 1):
        assert steps.edge_states(position)[to_indices[0]] == EdgeState.OUTSIDE
        assert steps.node_states(position)[indices[0]] == NodeState.OUTSIDE
