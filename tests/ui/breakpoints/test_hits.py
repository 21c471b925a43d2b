"""At which steps breakpoints stop."""

from __future__ import annotations

import numpy as np
import pytest

from engine.trace import NONE, Trace
from tests.traces import chain_trace, seed_trace
from ui.breakpoints import Breakpoint, BreakpointError, BreakpointKind, Hits, marked_nodes
from ui.breakpoints.hits import next_hit, previous_hit
from ui.breakpoints.model import from_data


def hits_of(trace: Trace) -> Hits:
    steps = np.flatnonzero(trace.steps.pass_ == 0)
    return Hits(trace, trace.steps.node[steps].astype(np.int64), trace.steps.arrived[steps].astype(np.int64))


def ops_at(trace: Trace, steps: np.ndarray) -> list[str]:
    return [trace.node(int(trace.steps.node[step - 1])).op for step in steps]


@pytest.fixture
def trace() -> Trace:
    return seed_trace()


def test_a_node_is_hit_at_the_step_that_runs_it(trace: Trace) -> None:
    node = int(trace.steps.node[1])
    assert hits_of(trace).of(Breakpoint(node=node)).tolist() == [2]


def test_an_op_is_hit_wherever_it_runs(trace: Trace) -> None:
    found = hits_of(trace).of(Breakpoint(op="MulBackward0"))
    assert ops_at(trace, found) == ["MulBackward0"] * 2
    assert hits_of(trace).of(Breakpoint(op="ExpBackward0")).tolist() == []


def test_a_line_is_hit_by_all_that_it_made(trace: Trace) -> None:
    title = trace.row("sources", 0)["title"]
    found = hits_of(trace).of(Breakpoint(title=title, line=4))
    assert {trace.node(int(trace.steps.node[step - 1])).line for step in found} == {4}
    assert len(found) == 2
    assert hits_of(trace).of(Breakpoint(title=title, line=99)).tolist() == []
    assert hits_of(trace).of(Breakpoint(title=title, path="elsewhere.py", line=4)).tolist() == []


def test_the_line_of_a_leaf_is_hit_where_its_gradient_is_written(trace: Trace) -> None:
    title = trace.row("sources", 0)["title"]
    leaf = next(node for node in range(len(trace.nodes)) if trace.node(node).label == "x")
    hits = hits_of(trace)
    found = hits.of(Breakpoint(title=title, line=trace.node(leaf).line))
    assert ops_at(trace, found) == ["AccumulateGrad"]
    assert hits.of(Breakpoint(condition=f"line == {trace.node(leaf).line}")).tolist() == found.tolist()


def test_a_condition_is_asked_of_the_gradient_that_arrives(trace: Trace) -> None:
    hits = hits_of(trace)
    norms = [trace.array(int(handle)).norm for handle in trace.steps.arrived]
    expected = [step for step, norm in enumerate(norms, 1) if norm > 1.5]
    assert hits.of(Breakpoint(condition="norm > 1.5")).tolist() == expected
    assert hits.of(Breakpoint(condition="shape == ()")).tolist() == [1]
    assert hits.of(Breakpoint(condition="step >= 4")).tolist() == list(range(4, len(norms) + 1))
    assert hits.of(Breakpoint(condition="1 < 2")).tolist() == list(range(1, len(norms) + 1))


def test_a_condition_narrows_what_a_place_hits(trace: Trace) -> None:
    hits = hits_of(trace)
    both = hits.of(Breakpoint(op="MulBackward0")).tolist()
    first = hits.of(Breakpoint(op="MulBackward0", condition=f"step == {both[0]}")).tolist()
    assert first == both[:1]


def test_a_condition_on_the_value_asks_what_the_function_made(trace: Trace) -> None:
    found = hits_of(trace).of(Breakpoint(condition="value.max == 27 and value.shape == (2, 2)"))
    assert ops_at(trace, found) == ["MulBackward0"]


def test_steps_without_the_array_are_never_hit(trace: Trace) -> None:
    nodes = trace.steps.node.astype(np.int64)
    forward = Hits(trace, nodes, np.full(len(nodes), NONE, np.int64))
    assert forward.of(Breakpoint(condition="norm >= 0 or nan or norm < 0")).tolist() == []


def test_only_enabled_breakpoints_stop(trace: Trace) -> None:
    hits = hits_of(trace)
    pair = (Breakpoint(op="MulBackward0", enabled=False), Breakpoint(condition="step == 1"))
    assert hits.of_all(pair).tolist() == [1]
    assert hits.of(pair[0]).tolist() != []
    assert hits.of_all(()).tolist() == []


def test_the_next_and_the_previous_hit_leave_out_where_one_stands() -> None:
    hits = np.array([2, 5, 9])
    assert [next_hit(hits, at) for at in (0, 2, 5, 8, 9)] == [2, 5, 9, 9, None]
    assert [previous_hit(hits, at) for at in (0, 2, 3, 9, 12)] == [None, None, 2, 5, 9]


def test_conditions_over_many_steps_agree_with_one_at_a_time() -> None:
    trace = chain_trace(300)
    hits = hits_of(trace)
    norms = np.array([trace.array(int(handle)).norm for handle in trace.steps.arrived])
    middle = float(np.median(norms))
    assert (
        hits.of(Breakpoint(condition=f"norm >= {middle!r}")).tolist() == (np.flatnonzero(norms >= middle) + 1).tolist()
    )


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (Breakpoint(node=3), BreakpointKind.NODE),
        (Breakpoint(op="AddBackward0", condition="nan"), BreakpointKind.OP),
        (Breakpoint(title="cell 1", path="a.py", line=3, enabled=False), BreakpointKind.LINE),
        (Breakpoint(condition="max|g| < 1e-8"), BreakpointKind.CONDITION),
    ],
)
def test_a_breakpoint_comes_back_from_a_file_as_it_was(made: Breakpoint, kind: BreakpointKind) -> None:
    assert from_data(made.to_data(), nodes=10) == made
    assert made.kind is kind


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, {"node": 10}, {"node": True}, {"node": "1"}, {"title": 1, "line": 1}, {"op": 3},
        {"condition": "__import__('os')"}, {"condition": "norm"}, {"op": "x" * 2000}, {"line": -1, "op": "a"},
    ],
)  # fmt: skip
def test_data_that_is_no_breakpoint_is_refused(data: object) -> None:
    with pytest.raises(BreakpointError):
        from_data(data, nodes=10)


def test_functions_with_enabled_breakpoints_are_marked_whatever_their_conditions(trace: Trace) -> None:
    node = int(trace.steps.node[1])
    breakpoints = (
        Breakpoint(node=node, condition="norm > 1e9"),
        Breakpoint(op="AddBackward0", enabled=False),
        Breakpoint(condition="nan"),
    )
    assert marked_nodes(trace, breakpoints).tolist() == [node]
    title = trace.row("sources", 0)["title"]
    of_line = marked_nodes(trace, [Breakpoint(title=title, line=4)])
    assert [trace.node(int(found)).op for found in of_line] == ["MulBackward0", "MulBackward0"]
    assert marked_nodes(trace, [Breakpoint(condition="nan")]).tolist() == []
