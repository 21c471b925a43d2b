import numpy as np
from hypothesis import given, settings, strategies as st

from engine.trace import NONE, NodeKind
from tests.tapes import mlp_trace
from tests.traces import chain_trace, linear_trace, seed_trace
from tests.ui.grouping.graphs import LAYERS, RECURRENT, TRAINING, snapshot
from ui.grouping.facts import title_of
from ui.grouping.gather import gather
from ui.naming import Names
from ui.outline.tree import MOST_ROWS, Entry, build, listed_nodes
from ui.shown_state import Grouping
from ui.snapshot import Snapshot

GROUPINGS = [grouping for grouping in Grouping if grouping is not Grouping.NONE]
SNAPSHOTS = [
    *(Snapshot.of(trace) for trace in (seed_trace(), chain_trace(4), linear_trace(), mlp_trace())),
    snapshot(LAYERS), snapshot(RECURRENT), snapshot(TRAINING),
]  # fmt: skip


def walk(tree, entry=NONE):
    """(depth, entry) of every row, as one reads them."""
    stack = [(0, tree.child(entry, row)) for row in range(tree.rows(entry))][::-1]
    while stack:
        depth, at = stack.pop()
        yield depth, at
        stack += [(depth + 1, tree.child(at, row)) for row in range(tree.rows(at))][::-1]


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(SNAPSHOTS), st.sampled_from(GROUPINGS), st.data())
def test_every_listed_node_has_one_row_in_its_group(s, grouping, data):
    groups = gather(s, grouping)
    kept = None
    if data.draw(st.booleans()):
        chosen = data.draw(st.sets(st.integers(0, len(s.kind) - 1)))
        kept = np.isin(np.arange(len(s.kind)), list(chosen))
    tree = build(s, groups, kept)
    rows = [entry for _, entry in walk(tree)]
    assert sorted(rows) == list(range(len(tree.kind)))
    for entry in rows:
        assert tree.child(int(tree.parent[entry]), int(tree.place[entry])) == entry
    listed = listed_nodes(s)
    wanted = set((listed if kept is None else listed[kept]).tolist()) - {NONE}
    assert {int(tree.ref[e]) for e in rows if tree.kind[e] == Entry.NODE} == wanted
    for node in range(len(s.kind)):
        entry = int(tree.entry_of[node])
        if listed[node] in wanted:
            assert tree.ref[entry] == listed[node]
            around = [e for e in path(tree, entry) if tree.kind[e] == Entry.GROUP]
            assert [int(tree.ref[e]) for e in around] == groups.path(int(groups.of_node[listed[node]]))
        else:
            assert entry == NONE


def path(tree, entry):
    found, at = [], int(tree.parent[entry])
    while at != NONE:
        found.append(at)
        at = int(tree.parent[at])
    return found[::-1]


def texts(trace, grouping):
    s, names = Snapshot.of(trace), Names.of(trace)
    groups = gather(s, grouping)
    tree = build(s, groups)
    return [
        "  " * depth
        + (title_of(s, groups, int(tree.ref[e])) if tree.kind[e] == Entry.GROUP else names.title(int(tree.ref[e])))
        for depth, e in walk(tree)
    ]


def test_a_function_stands_in_the_row_of_what_it_made_and_a_leaf_with_its_gradient():
    assert texts(seed_trace(), Grouping.BY_MODULE) == ["x", "y", "y * y", "z", "out"]


def test_cells_hold_what_they_made():
    assert [row.strip() for row in texts(seed_trace(), Grouping.BY_CELL)][1:] == ["x", "y", "y * y", "z", "out"]


def test_a_function_that_made_nothing_has_a_row_of_its_own():
    s = Snapshot.of(linear_trace())
    listed = listed_nodes(s)
    functions = np.flatnonzero(s.kind == NodeKind.FUNCTION)
    assert (listed[functions] != NONE).all()
    alone = Snapshot.of(_failed())
    assert listed_nodes(alone).tolist() == [0]


def _failed():
    from tests.tapes import started

    builder = started()
    builder.add("nodes", kind=NodeKind.FUNCTION, op="AddBackward0", cell=0)
    return builder.build()


def test_long_lists_are_divided_into_ranges():
    s = Snapshot.of(chain_trace(2 * MOST_ROWS))
    tree = build(s, gather(s, Grouping.BY_MODULE))
    tops = [tree.child(NONE, row) for row in range(tree.rows(NONE))]
    assert {int(tree.kind[e]) for e in tops} == {Entry.RANGE}
    assert sum(int(tree.count[e]) for e in tops) == int((tree.kind == Entry.NODE).sum())
    assert max(tree.rows(e) for e in range(NONE, len(tree.kind))) <= MOST_ROWS
    nodes = [int(tree.ref[e]) for _, e in walk(tree) if tree.kind[e] == Entry.NODE]
    assert nodes == sorted(nodes)


def test_an_empty_graph_has_no_rows():
    s = Snapshot.of(type(seed_trace())())
    for grouping in GROUPINGS:
        assert build(s, gather(s, grouping)).rows(NONE) == 0
