"""The single steps of the layout against slow and plain versions of themselves."""

import gc
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.ui.canvas.layout.graphs import mixed_dag
from ui.canvas.layout import LayoutCancelled, layered_layout
from ui.canvas.layout.blocks import heaviest_increasing
from ui.canvas.layout.crossings import EdgePairs, gap_crossings
from ui.canvas.layout.layering import assign_layers, shortened
from ui.canvas.layout.ordering import Sweeper
from ui.canvas.layout.packing import component_labels, pack
from ui.canvas.layout.proper import BUS, proper_graph
from ui.canvas.layout.sifting import Sifter
from ui.canvas.layout.sortable import Sortable
from ui.canvas.layout.starts import start_orders
from ui.canvas.layout.strands import NO_SLOT, make_strands


def never():
    pass


def array(values):
    return np.array(values, dtype=np.int64)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 5)), max_size=9))
def test_the_heaviest_increasing_subsequence_is_the_heaviest(items):
    values, weights = [v for v, _ in items], [float(w) for _, w in items]
    chosen = heaviest_increasing(values, weights)[::-1]
    assert all(values[a] < values[b] for a, b in combinations(chosen, 2))
    best = max(
        sum(weights[i] for i in picked)
        for size in range(len(items) + 1)
        for picked in combinations(range(len(items)), size)
        if all(values[a] < values[b] for a, b in combinations(picked, 2))
    )
    assert sum(weights[i] for i in chosen) == best


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20), st.permutations(range(7)))
def test_crossings_of_a_gap_are_those_counted_pair_by_pair(edges, order):
    lower = [[7 + b for a, b in sorted(edges) if a == v] for v in range(7)]
    pos = [*order, *range(7)]
    layer = sorted(range(7), key=order.__getitem__)
    plain = sum((order[a] - order[c]) * (b - d) < 0 for (a, b), (c, d) in combinations(sorted(edges), 2))
    assert gap_crossings(layer, lower, None, pos) == plain


def test_slots_reached_in_the_wrong_order_count_as_a_crossing():
    assert gap_crossings([0, 1], [[2], [2]], [[0.25], [-0.25]], [0, 1, 0]) == 1
    assert gap_crossings([0, 1], [[2], [2]], [[-0.25], [0.25]], [0, 1, 0]) == 0


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=30), st.permutations(range(5)), st.booleans())
def test_crossings_of_all_gaps_at_once_are_those_of_each(edges, order, leaning):
    tops = array([top for top, _ in sorted(edges)])  # three layers of five nodes
    bottoms = array([5 * (top // 5 + 1) + place for top, place in sorted(edges)])
    lean = (np.arange(len(tops)) % 3 - 1) / 4 if leaning else None
    pos = [*order, *range(5), *order]
    lower = [bottoms[tops == v].tolist() for v in range(15)]
    leans = None if lean is None else [lean[tops == v].tolist() for v in range(15)]
    layers = [sorted(range(5 * i, 5 * i + 5), key=pos.__getitem__) for i in range(3)]
    counts = EdgePairs.of(tops, bottoms, lean, np.repeat(np.arange(3), 5), fullest=100).crossings(array(pos))
    assert counts.tolist() == [gap_crossings(layer, lower, leans, pos) for layer in layers]


@given(st.integers(1, 30), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40))
def test_component_labels_are_the_smallest_nodes_of_the_components(n, pairs):
    edges = [(u, v) for u, v in pairs if u < n and v < n]
    label = component_labels(n, array([u for u, _ in edges]), array([v for _, v in edges]))
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(edges)
    expected = {v: min(component) for component in nx.connected_components(graph) for v in component}
    assert dict(enumerate(label.tolist())) == expected


@given(st.lists(st.tuples(st.floats(1, 500), st.floats(1, 500)), max_size=30))
def test_packed_frames_do_not_overlap(sizes):
    corners = pack(sizes, 10.0, 1.6)
    assert len(corners) == len(sizes)
    frames = [(x, y, x + w, y + h) for (x, y), (w, h) in zip(corners, sizes, strict=True)]
    for a, b in combinations(frames, 2):
        assert a[2] < b[0] + 1e-6 or b[2] < a[0] + 1e-6 or a[3] < b[1] + 1e-6 or b[3] < a[1] + 1e-6


@pytest.mark.parametrize("uses", [BUS - 1, BUS, 50])
def test_from_four_long_edges_on_a_source_has_one_chain_of_dummies(uses):
    n = uses + 3
    src = array([*range(n - 1), *[0] * uses])
    dst = array([*range(1, n), *range(2, uses + 2)])
    graph = proper_graph(n, src, dst, np.arange(n), None, never, buses=True)
    separate = sum(range(1, uses + 1))
    assert graph.size - n == (uses if uses >= BUS else separate)
    assert len(graph.chain_ends) == (1 if uses >= BUS else uses)


def test_parallel_edges_are_one_pair_with_a_lane_each_in_slot_order():
    strands = make_strands(2, array([0, 0, 0]), array([1, 1, 1]), array([2, 0, 1]), never)
    assert strands.pair_lanes.tolist() == [3]
    assert strands.lane.tolist() == [1.0, -1.0, 0.0]


def test_an_edge_turned_round_to_break_a_cycle_has_no_slot_at_its_lower_end():
    strands = make_strands(2, array([0, 1]), array([1, 0]), array([0, 0]), never)
    assert strands.turned.tolist() == [False, True]
    assert strands.slot.tolist() == [0, NO_SLOT]


def test_the_collector_runs_again_after_a_layout_and_after_a_cancelled_one():
    assert gc.isenabled()
    seen = []
    layered_layout(nx.DiGraph([(0, 1)]), cancelled=lambda: seen.append(gc.isenabled()) or False)
    assert not any(seen[1:])
    assert gc.isenabled()
    with pytest.raises(LayoutCancelled):
        layered_layout(nx.DiGraph([(0, 1)]), cancelled=lambda: True)
    assert gc.isenabled()


@pytest.mark.parametrize("seed", range(5))
def test_shortened_edges_still_point_down_and_are_shorter_in_all(seed):
    graph = nx.convert_node_labels_to_integers(mixed_dag(80, seed))
    upper = [sorted(graph.predecessors(v)) for v in range(len(graph))]
    lower = [sorted(graph.successors(v)) for v in range(len(graph))]
    order = list(nx.lexicographical_topological_sort(graph))
    sunk = assign_layers(upper, lower, order, never)
    short = shortened(sunk, upper, lower, never)
    assert all(short[u] < short[v] for u, v in graph.edges)
    assert sum(short[v] - short[u] for u, v in graph.edges) <= sum(sunk[v] - sunk[u] for u, v in graph.edges)


def test_nodes_that_hold_each_other_back_move_together():
    upper, lower = [[], [], [0], [1, 2], [3]], [[2], [3], [3], [4], []]  # 0 > 2 > 3 > 4, and 1 > 3
    assert shortened([0, 0, 3, 4, 5], upper, lower, never) == [0, 1, 1, 2, 3]


def proper_of(graph, *, slots=False):
    graph = nx.convert_node_labels_to_integers(graph)
    src, dst = array([u for u, _ in graph.edges]), array([v for _, v in graph.edges])
    slot = array(np.arange(len(src)) % 3) if slots else None
    strands = make_strands(len(graph), src, dst, slot, never)
    layer = array(assign_layers(strands.above, strands.below, strands.order, never))
    lean = strands.pair_lean
    return proper_graph(len(graph), strands.pair_upper, strands.pair_lower, layer, lean, never, buses=False)


def sweeper_of(graph, layers=None):
    return Sweeper(Sortable(graph), layers or next(start_orders(graph, never)), never)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("slots", [False, True])
def test_sifting_crosses_less_and_counts_right(seed, slots):
    graph = proper_of(mixed_dag(80, seed), slots=slots)
    sweeper = sweeper_of(graph)
    before = sweeper.order()
    Sifter(graph, None).sift(sweeper, rounds=4)
    after = sweeper.order()
    assert after.crossings < before.crossings
    assert [sorted(line) for line in after.layers] == [sorted(line) for line in before.layers]
    assert after.crossings == sweeper_of(graph, after.layers).crossings


@pytest.mark.parametrize("seed", range(3))
def test_what_two_nodes_lose_by_their_order_is_what_crosses_more_then(seed):
    graph = proper_of(mixed_dag(40, seed), slots=True)
    sweeper = sweeper_of(graph)
    for line in sweeper.order().layers:
        for u, v in combinations(line, 2):
            if abs(sweeper.pos[u] - sweeper.pos[v]) == 1:
                switched = sweeper.order()
                place = line.index(min(u, v, key=sweeper.pos.__getitem__))
                layers = [other if other is not line else swapped(line, place) for other in switched.layers]
                sifter = Sifter(graph, None)
                losses = loss_of(sifter, sweeper, line[place], line[place + 1])
                assert sweeper.crossings - sweeper_of(graph, layers).crossings == losses


def swapped(line, place):
    return [*line[:place], line[place + 1], line[place], *line[place + 2 :]]


def loss_of(sifter, sweeper, left, right):
    """What ``left`` and ``right`` lose by standing in this order."""
    layer = int(sifter.layer[left])
    losses = sifter.losses(array(sweeper.pos), sifter.halves[layer % 2])
    low, high = sorted((int(sifter.local[left]), int(sifter.local[right])))
    loss = losses[sifter.base[layer] + low * sifter.width[layer] + high]
    return loss if sifter.local[left] == low else -loss


@pytest.mark.parametrize("seed", range(3))
def test_sweeps_and_switches_count_right_whichever_way_they_count(seed):
    graph = proper_of(mixed_dag(60, seed))
    sweeper = sweeper_of(graph)
    for turn in range(6):
        sweeper.sweep(down=turn % 2 == 0)
        assert sweeper.crossings == sum(sweeper.gaps) == sweeper_of(graph, sweeper.layers).crossings
    kept = sweeper.order()
    sweeper.switch(2)
    assert sweeper.crossings <= kept.crossings
    sweeper.restore(kept)
    assert sweeper.crossings == kept.crossings == sweeper_of(graph, sweeper.layers).crossings
