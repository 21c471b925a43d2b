import numpy as np
import pytest
from hypothesis import given, strategies as st

from engine.trace import (
    INLINE_BYTES,
    NONE,
    REFERENCES,
    REWRITTEN,
    SCHEMA,
    Batch,
    NodeFlag,
    NodeKind,
    Trace,
    TraceError,
    column_dtype,
    parse_shape,
    shape_text,
)


def table(name, *rows):
    """Columns from rows given as dictionaries; what they leave out is 0, and NONE where it refers to a row."""
    return {
        column: np.array(
            [row.get(column, NONE if (name, column) in REFERENCES else 0) for row in rows], column_dtype(kind)
        )
        for column, kind in SCHEMA[name].items()
    }


def snapshot(trace):
    return {name: [trace.table(name).__getattr__(column).tolist() for column in SCHEMA[name]] for name in SCHEMA}


def test_a_new_trace_is_empty_but_for_the_empty_string():
    trace = Trace()
    assert trace.counts() == {"strings": 1, **dict.fromkeys(SCHEMA, 0)}
    assert trace.text(0) == ""


def test_rows_are_appended_and_read_back():
    trace = Trace()
    trace.extend(Batch({"drops": table("drops")}, ["x", "2,3", "float32"]))
    trace.extend(Batch({"nodes": table("nodes", {"label": 1, "shape": 2, "dtype": 3, "flags": 3, "sequence": 7})}))
    node = trace.node(0)
    assert (node.kind, node.flags, node.label) == (NodeKind.TENSOR, NodeFlag.LEAF | NodeFlag.REQUIRES_GRAD, "x")
    assert (node.shape, node.dtype, node.owner, node.sequence) == ((2, 3), "float32", NONE, 7)


def test_columns_grow_past_their_first_room():
    trace = Trace()
    for _ in range(3):
        trace.extend(Batch({"nodes": table("nodes", *[{"line": line} for line in range(100)])}))
    assert trace.nodes.line.tolist() == [*range(100)] * 3
    assert trace.counts()["nodes"] == 300


def test_columns_are_read_only():
    trace = Trace()
    trace.extend(Batch({"nodes": table("nodes", {})}))
    with pytest.raises(ValueError, match="read-only"):
        trace.nodes.line[0] = 3


def test_a_table_has_no_other_columns():
    with pytest.raises(AttributeError, match="'nodes' has no column 'colour'"):
        assert Trace().nodes.colour


@pytest.mark.parametrize("name", sorted(REWRITTEN))
def test_rows_with_an_id_are_written_again(name):
    trace = Trace()
    first = next(column for column, kind in SCHEMA[name].items() if kind in ("f8", "i8"))
    trace.extend(Batch({name: table(name, {"id": 0, first: 1}, {"id": 1, first: 2})}))
    trace.extend(Batch({name: table(name, {"id": 0, first: 5}, {"id": 2, first: 3})}))
    assert trace.table(name).__getattr__(first).tolist() == [5, 2, 3]


def test_a_row_written_twice_in_one_batch_keeps_the_last():
    trace = Trace()
    trace.extend(Batch({"meter": table("meter", {"id": 0, "bytes": 1}, {"id": 0, "bytes": 2})}))
    assert trace.meter.bytes.tolist() == [2]


def test_ids_leave_no_gap():
    with pytest.raises(TraceError, match="gap"):
        Trace().extend(Batch({"cells": table("cells", {"id": 1})}))
    with pytest.raises(TraceError, match="gap"):
        Trace().extend(Batch({"cells": table("cells", {"id": -1})}))


@pytest.mark.parametrize(("name", "column"), sorted(REFERENCES))
def test_a_reference_to_a_row_that_is_not_there_is_refused(name, column):
    trace = Trace()
    with pytest.raises(TraceError, match=f"{name}.{column}"):
        trace.extend(Batch({name: table(name, {column: 5})}))
    assert trace.counts()[name] == 0


def test_rows_of_one_batch_may_refer_to_each_other():
    trace = Trace()
    trace.extend(Batch({"edges": table("edges", {"src": 1, "dst": 0}), "nodes": table("nodes", {}, {})}))
    assert trace.edges.src.tolist() == [1]


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (Batch({"secrets": {}}), "no table 'secrets'"),
        (Batch({"drops": {}}), "takes the columns array"),
        (Batch({"drops": {"array": np.zeros(1, "f8")}}), "drops.array must be int64"),
        (Batch({"drops": {"array": np.zeros((1, 1), "i8")}}), "differ in length"),
        (Batch({"edges": table("edges", {}) | {"slot": np.zeros(2, "i4")}}), "differ in length"),
        (Batch({"names": table("names", {"name": 1})}), "names.name"),
        (Batch(values={0: np.zeros(1)}), "not in the trace"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused_whole(batch, message):
    trace = Trace()
    batch.tables = {"meter": table("meter", {"id": 0})} | batch.tables
    before = snapshot(trace)
    with pytest.raises(TraceError, match=message):
        trace.extend(batch)
    assert snapshot(trace) == before
    assert trace.strings == [""]


def test_values_belong_to_arrays():
    trace = Trace()
    trace.extend(Batch({"arrays": table("arrays", {"nbytes": 8, "nans": 2})}, values={0: np.ones(1)}))
    assert trace.values[0].tolist() == [1.0]
    assert (trace.array(0).nbytes, trace.array(0).nans, trace.array(0).shape) == (8, 2, ())


@pytest.mark.parametrize("index", [-1, 0, 7])
def test_a_row_that_is_not_there_cannot_be_read(index):
    with pytest.raises(IndexError, match="nodes has no row"):
        Trace().node(index)


def test_an_unknown_table_cannot_be_read():
    with pytest.raises(KeyError):
        Trace().table("secrets")


@given(st.lists(st.integers(0, 10**6)))
def test_a_shape_comes_back_from_its_text(shape):
    assert parse_shape(shape_text(shape)) == tuple(shape)


def test_every_reference_is_a_column_of_a_table():
    for (name, column), target in REFERENCES.items():
        assert SCHEMA[name][column] in ("i4", "i8")
        assert target in SCHEMA
    assert INLINE_BYTES > 0
