import networkx as nx
import numpy as np
from hypothesis import given, settings, strategies as st

from engine.trace import EdgeKind, NodeKind
from tests.traces import TraceBuilder, chain_trace, seed_trace
from ui import reach
from ui.naming import Names


@st.composite
def graphs(draw):
    """Random directed graphs of tensors and functions, cycles and parallel edges among them."""
    builder = TraceBuilder()
    count = draw(st.integers(1, 12))
    for _ in range(count):
        builder.add("nodes", kind=draw(st.sampled_from((NodeKind.TENSOR, NodeKind.FUNCTION))))
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=30))
    for src, dst in pairs:
        builder.add("edges", kind=EdgeKind.INPUT, src=src, dst=dst, slot=0)
    return builder.build()


def as_networkx(trace):
    """The same graph; entering a function costs one operation."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(trace.nodes)))
    for src, dst in zip(trace.edges.src.tolist(), trace.edges.dst.tolist(), strict=True):
        graph.add_edge(src, dst, cost=int(trace.nodes.kind[dst] == NodeKind.FUNCTION))
    return graph


def near(graph, starts, operations):
    costs = nx.multi_source_dijkstra_path_length(graph, starts, weight="cost")
    return {node for node, cost in costs.items() if cost <= operations}


@settings(deadline=None)
@given(graphs(), st.data())
def test_relatives_are_those_that_networkx_finds(trace, data):
    starts = data.draw(st.sets(st.integers(0, len(trace.nodes) - 1), min_size=1, max_size=3))
    operations = data.draw(st.sampled_from((0, 1, 2, 3, reach.ALL)))
    graph = as_networkx(trace)
    assert reach.descendants(trace, starts, operations) == near(graph, starts, operations)
    upwards = nx.DiGraph()
    upwards.add_nodes_from(graph)
    for src, dst in graph.edges:
        upwards.add_edge(dst, src, cost=int(trace.nodes.kind[src] == NodeKind.FUNCTION))
    assert reach.ancestors(trace, starts, operations) == near(upwards, starts, operations)


@settings(deadline=None)
@given(graphs(), st.data())
def test_a_path_is_a_shortest_one_in_the_datas_direction(trace, data):
    start, end = (data.draw(st.integers(0, len(trace.nodes) - 1)) for _ in range(2))
    graph, found = as_networkx(trace), reach.path(trace, start, end)
    if nx.has_path(graph, start, end):
        assert found[0] == start
        assert found[-1] == end
        assert len(found) == nx.shortest_path_length(graph, start, end) + 1
        assert nx.is_simple_path(graph, found)
    else:
        assert found == []


def titles(trace, nodes):
    names = Names.of(trace)
    return sorted(names.title(node) for node in nodes)


def test_one_operation_up_is_the_function_and_what_it_used():
    trace = seed_trace()
    names = Names.of(trace)
    z = next(node for node in range(len(trace.nodes)) if names.title(node) == "z")
    assert titles(trace, reach.ancestors(trace, [z], 1)) == ["3", "MulBackward0", "y * y", "z"]
    assert titles(trace, reach.descendants(trace, [z], 1)) == ["MeanBackward0", "out", "z"]
    assert len(reach.ancestors(trace, [z])) == len(trace.nodes) - 2


def test_a_leaf_goes_with_what_keeps_its_gradient():
    trace = seed_trace()
    assert titles(trace, reach.with_companions(trace, [0])) == ["AccumulateGrad", "x", "x.grad"]
    assert reach.with_companions(trace, [5]) == {5}


def test_nodes_that_the_trace_does_not_have_reach_nothing():
    assert reach.ancestors(seed_trace(), [-1, 99]) == set()


def test_the_graph_of_a_long_loop_is_walked_without_recursion():
    trace = chain_trace(20_000)
    last = len(trace.nodes) - 1
    assert len(reach.ancestors(trace, [last])) == len(trace.nodes)
    assert np.all(np.diff(reach.path(trace, 0, last)) > 0)
