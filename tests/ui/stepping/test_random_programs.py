"""Whatever a program does, stepping its passes shows what the engine did, in its order, and the same from both ends."""

import itertools

import numpy as np
from hypothesis import given, settings, strategies as st

from engine.trace import NONE, NodeKind
from tests.engine.programs import Recording
from ui.stepping import (
    BEGINNING,
    ForwardSteps,
    Grain,
    NodeState,
    PassSteps,
    Place,
    add_up,
    back,
    buffers,
    onward,
    settled,
)

UNARY = (
    "{a}.exp()", "{a} * 0.5", "{a}.sin()", "{a} ** 2", "{a}.t()", "{a}.sum(0)", "{a}.relu()", "-{a}",
    "torch.stack({a}.unbind(0))", "torch.cat({a}.chunk(2))", "{a}.mean()",
)  # fmt: skip
BINARY = ("{a} + {b}", "{a} * {b}", "{a} - {b}", "torch.maximum({a}, {b})", "torch.cat([{a}, {b}, {a}])[:2]")

# Notes the sequence number of every function that runs, as the engine runs them.
WATCH = """
order = []
def watch(root):
    todo, seen = [root.grad_fn], set()
    while todo:
        node = todo.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if "AccumulateGrad" not in node.name():
            node.register_prehook(lambda grads, node=node: order.append(node._sequence_nr()))
        todo += [link for link, _ in node.next_functions]
    kept.append(todo)
kept = []
"""


@st.composite
def programs(draw):
    """Two leaves, up to nine operations on anything before, and the sum of some of it differentiated once or twice."""
    lines = ["w = torch.tensor([[0.5, -1.25], [2.0, 0.75]], requires_grad=True)"]
    lines += ["v = torch.tensor([[1.5, 0.25], [-0.5, 1.0]], requires_grad=True)"]
    names = ["w", "v"]
    for number in range(draw(st.integers(1, 9))):
        choose = st.sampled_from(names)
        a, b = draw(choose), draw(choose)
        form = draw(st.sampled_from(UNARY + BINARY))
        # What is not a square matrix any more is spread over one again.
        lines.append(f"t{number} = ({form.format(a=a, b=b)}) * torch.ones(2, 2)")
        names.append(f"t{number}")
    used = draw(st.lists(st.sampled_from(names[2:]), min_size=1, max_size=3))
    lines.append(f"out = ({' + '.join(used)}).sum()")
    lines.append("watch(out)")
    twice = draw(st.booleans())
    lines.append(f"out.backward(retain_graph={twice})")
    if twice:
        lines.append("out.backward()")
    return "\n".join(lines)


def run(code):
    recording = Recording()
    recording.run(WATCH)
    recording.run(code)
    assert recording.error is None
    return recording


def picture(steps, place):
    """Everything the window reads at a place."""
    return (
        steps.node_states(place).tobytes(),
        steps.edge_states(place).tobytes(),
        steps.waits_for(place).tobytes(),
        steps.queue(place).tobytes(),
    )


def places(steps, grain):
    """All places of a walk at a grain, as one steps through them."""
    found, place = [BEGINNING], onward(steps, BEGINNING, grain)
    while place is not None:
        found.append(place)
        place = onward(steps, place, grain)
    return found


def walks(trace):
    cells = [cell for cell in range(len(trace.cells)) if ForwardSteps(trace, cell).count]
    return [PassSteps(trace, p) for p in range(len(trace.passes))] + [ForwardSteps(trace, cell) for cell in cells]


@settings(max_examples=30, deadline=None)
@given(programs())
def test_to_k_and_back_to_the_beginning_and_to_k_again_is_the_same_for_every_k(code):
    for steps in walks(run(code).trace):
        for grain in Grain:
            there = places(steps, grain)
            seen = [picture(steps, place) for place in there]
            place, backwards = there[-1], []
            while place is not None:
                backwards.append((place, picture(steps, place)))
                place = back(steps, place, grain)
            assert backwards[::-1] == list(zip(there, seen, strict=True))
            assert [picture(steps, place) for place in there] == seen


@settings(max_examples=30, deadline=None)
@given(programs())
def test_every_grain_ends_where_the_others_do_and_passes_whole_steps(code):
    for steps in walks(run(code).trace):
        by_node = [Place(k, k) for k in range(steps.count + 1)]
        assert places(steps, Grain.NODE) == by_node
        fine = places(steps, Grain.CONTRIBUTION)
        assert [place for place in fine if place.sent is None] == by_node
        assert len(fine) == len(by_node) + sum(steps.contributions(k) for k in range(1, steps.count + 1))
        lines = places(steps, Grain.LINE)
        assert [k for place in lines[1:] for k in range(place.first, place.last + 1)] == list(range(1, steps.count + 1))
        assert places(steps, Grain.PASS) == [BEGINNING, Place(1, steps.count)]
        for grain in Grain:
            assert all(settled(steps, place, grain) == place for place in places(steps, grain))


@settings(max_examples=30, deadline=None)
@given(programs())
def test_the_sum_of_the_contributions_is_the_gradient_that_the_engine_used_to_the_bit(code):
    trace = run(code).trace
    for p in range(len(trace.passes)):
        steps = PassSteps(trace, p)
        for k in range(1, steps.count + 1):
            node, row = steps.node(k), steps.step(k)
            parts = buffers(steps, node, k)
            sums = [add_up(part.handles, trace.values.get) for part in parts]
            assert [len(part.handles) for part in parts] == [part.count for part in parts]
            if len(parts) == 1:
                assert sums[0].tobytes() == trace.values[row["arrived"]].tobytes()
            if trace.nodes.kind[node] == NodeKind.ACCUMULATE:
                assert sums[0].tobytes() == trace.values[row["added"]].tobytes()


@settings(max_examples=30, deadline=None)
@given(programs())
def test_the_last_grad_is_the_engines_to_the_bit(code):
    recording = run(code)
    trace, found = recording.trace, {}
    for p in range(len(trace.passes)):
        steps = PassSteps(trace, p)
        for k in range(1, steps.count + 1):
            row = steps.step(k)
            if row["after"] != NONE:
                leaf = trace.node(int(trace.nodes.owner[row["node"]])).label
                before, added = row["before"], trace.values[row["added"]]
                total = added if before == NONE else trace.values[before] + added
                assert total.tobytes() == trace.values[row["after"]].tobytes()
                found[leaf] = trace.values[row["after"]]
    for name in ("w", "v"):
        grad = recording[name].grad
        assert (grad is None) == (name not in found)
        if grad is not None:
            assert np.array(grad.tolist(), np.float32).tobytes() == found[name].tobytes()


@settings(max_examples=30, deadline=None)
@given(programs())
def test_the_order_of_steps_is_the_order_in_which_the_engine_ran_the_nodes(code):
    recording = run(code)
    trace = recording.trace
    functions = [
        int(trace.nodes.sequence[node])
        for p in range(len(trace.passes))
        for node in PassSteps(trace, p).node_at
        if trace.nodes.kind[node] == NodeKind.FUNCTION
    ]
    assert functions == recording["order"]


@settings(max_examples=30, deadline=None)
@given(programs())
def test_a_contribution_at_a_time_the_buffers_fill_one_by_one(code):
    trace = run(code).trace
    steps = PassSteps(trace, 0)

    def filled(place):
        return sum(len(part.handles) for node in set(steps.node_at.tolist()) for part in buffers(steps, node, place))

    counts = [(place, filled(place)) for place in places(steps, Grain.CONTRIBUTION)]
    for (_, before), (place, after) in itertools.pairwise(counts):
        assert after - before == (0 if place.sent == 0 or steps.contributions(place.last) == 0 else 1)


@settings(max_examples=30, deadline=None)
@given(programs())
def test_a_node_that_is_ready_waits_for_nothing_and_the_others_for_something(code):
    for steps in walks(run(code).trace):
        for place in places(steps, Grain.CONTRIBUTION):
            states, missing = steps.node_states(place), steps.waits_for(place)
            ready, waiting = states == NodeState.READY, states == NodeState.WAITING
            runs = steps.ran_at <= steps.count
            assert set(steps.queue(place).tolist()) == set(np.flatnonzero(ready & runs).tolist())
            assert (missing[ready & runs] == 0).all()
            assert (missing[waiting & runs] > 0).all()
