import gc
import weakref

import pytest

from engine.trace import NONE, NodeFlag, NodeKind, Status, Trace
from tests.engine.programs import Recording, edges, named, nodes, record, rows, shown, value

LEAF = "x = torch.ones(2, 2, requires_grad=True)"


def test_a_leaf_carries_its_name_its_line_and_its_value():
    trace = record("\n" + LEAF)
    (x,) = nodes(trace, "TENSOR")
    assert (x.label, x.shape, x.dtype) == ("x", (2, 2), "float32")
    assert (x.cell, x.source, x.line, x.column, x.end_column) == (0, 0, 2, 4, len(LEAF))
    assert x.flags == NodeFlag.LEAF | NodeFlag.REQUIRES_GRAD
    assert value(trace, x.value) == [[1, 1], [1, 1]]


def test_an_operation_is_a_function_between_its_operands_and_its_output():
    trace = record(LEAF, "y = x + 2")
    assert edges(trace, "INPUT") == [("x", "Add", 0, "self"), ("2", "Add", 1, "other")]
    assert edges(trace, "OUTPUT") == [("Add", "y", 0, "")]
    (function,) = nodes(trace, "FUNCTION")
    assert (function.op, function.label, function.cell) == ("AddBackward0", "x + 2", 1)


def test_indices_come_from_their_function_too():
    trace = record(LEAF, "values, indices = x.max(0)")
    assert edges(trace, "OUTPUT") == [("Max", "values", 0, ""), ("Max", "indices", 1, "")]


def test_a_leaf_that_requires_grad_accumulates_into_its_grad():
    trace = record(LEAF, "y = x + 2")
    assert edges(trace, "GRAD") == [("grad of x", "accumulate of x", 0, "")]
    assert edges(trace, "ACCUMULATE") == [("accumulate of x", "Add", 0, "")]


def test_the_same_operand_twice_makes_two_edges():
    trace = record(LEAF, "y = x * x")
    assert edges(trace, "INPUT") == [("x", "Mul", 0, "self"), ("x", "Mul", 1, "other")]
    assert [slot for *_, slot, _ in edges(trace, "ACCUMULATE")] == [0, 1]
    assert len(nodes(trace, "ACCUMULATE")) == 1


def test_what_is_not_stored_is_labelled_with_its_expression():
    trace = record(LEAF, "z = x * x * 3")
    assert [node.label for node in nodes(trace, "TENSOR")] == ["x", "x * x", "z"]
    assert [node.label for node in nodes(trace, "FUNCTION")] == ["x * x", "x * x * 3"]
    assert [node.label for node in nodes(trace, "CONSTANT")] == ["3"]


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("y = x.exp()", "y"),
        ("y = torch.exp(input=x)", "y"),
        ("y: object = x.exp()", "y"),
        ("y = z = x.exp()", "y"),
        ("y = (\n  x.exp()\n)", "y"),
        ("class C: pass\nc = C()\nc.h = x.exp()", "c.h"),
        ("def f():\n    inner = x.exp()\n    return inner\nf()", "inner"),
        ("def f():\n    return x.exp()\ny = f()", "x.exp()"),
        ("ys = [x.exp()]", "x.exp()"),
        ("print(x.exp() is None)", "x.exp()"),
        ("y = x\ny = -y", "y"),
        ("été = x.exp()", "été"),
        ("y = 'ßüß', (x\n    + x)", "x + x"),
    ],
)
def test_an_output_is_called_what_the_code_calls_it(code, label):
    trace = record(LEAF, code)
    assert nodes(trace, "TENSOR")[-1].label == label


def test_columns_count_characters_not_bytes():
    trace = record(LEAF, "t = 'ßüß'; y = x.exp()")
    assert nodes(trace, "FUNCTION")[0].column == "t = 'ßüß'; y = x.exp()".index("x")


def test_a_long_expression_is_cut_short():
    label = nodes(record(LEAF, f"print((x {'+ 0 ' * 60}) is None)"), "FUNCTION")[-1].label
    assert len(label) == 80
    assert label.endswith("…")


def test_lines_count_in_the_document_that_the_cell_comes_from():
    recording = Recording()
    recording.run(LEAF, line_shift=41)
    assert nodes(recording.trace, "TENSOR")[0].line == 42
    assert recording.trace.row("sources", 0)["text"].split("\n")[41] == LEAF


def test_rebinding_moves_the_name_and_keeps_the_history():
    trace = record(LEAF, "y = x + 1", "y = y * 2", "del y", "x = 3")
    events = [(row["name"], row["node"] if row["node"] == NONE else shown(trace, row["node"]), row["cell"])
              for row in rows(trace, "names")]  # fmt: skip
    assert events == [("x", "x", 0), ("y", "y", 1), ("y", "y", 2), ("y", NONE, 3), ("x", NONE, 4)]
    assert rows(trace, "names")[1]["node"] != rows(trace, "names")[2]["node"]


def test_a_tensor_may_have_several_names():
    trace = record(LEAF, "w = x")
    assert named(trace, "w") == named(trace, "x")


def test_private_names_and_ipythons_own_are_no_labels():
    assert named(record(LEAF, "_ = x; _1 = x; _hidden = x"), "_1") is None


def test_a_named_tensor_without_history_has_a_node():
    trace = record("a = torch.zeros(3)\na = a + 1")
    a = named(trace, "a")
    assert (a.flags, a.line, a.label) == (NodeFlag.LEAF, 2, "a")
    assert value(trace, a.value) == [1, 1, 1]
    assert len(trace.nodes) == 1


def test_requires_grad_afterwards_is_seen_by_what_follows():
    trace = record("a = torch.ones(2)\na.requires_grad_(True)\nb = a * a")
    assert named(trace, "a").flags == NodeFlag.LEAF | NodeFlag.REQUIRES_GRAD
    trace = record("a = torch.ones(2)", "a.requires_grad_(True)")
    assert named(trace, "a").flags == NodeFlag.LEAF | NodeFlag.REQUIRES_GRAD


def test_operations_under_no_grad_leave_no_functions():
    trace = record(LEAF, "with torch.no_grad():\n    y = x * 2")
    assert not nodes(trace, "FUNCTION")
    assert named(trace, "y").line == 2


def test_an_inplace_operation_makes_a_new_tensor_that_takes_the_name():
    trace = record(LEAF, "y = x * 2", "y.add_(1)")
    before, after = (trace.node(row["node"]) for row in rows(trace, "names") if row["name"] == "y")
    assert (before.version, after.version) == (0, 1)
    assert after.flags & NodeFlag.INPLACE
    assert (value(trace, before.value), value(trace, after.value)) == ([[2, 2], [2, 2]], [[3, 3], [3, 3]])
    assert edges(trace, "INPUT")[-2:] == [("y", "Add", 0, "self"), ("1", "Add", 1, "other")]


def test_the_value_before_a_first_inplace_operation_is_kept():
    trace = record(LEAF, "y = torch.zeros(2, 2)\ny.add_(x)")
    source = next(row for row in rows(trace, "edges") if row["name"] == "self")["src"]
    assert value(trace, trace.node(source).value) == [[0, 0], [0, 0]]


def test_a_leaf_changed_under_no_grad_is_a_new_node_for_the_next_graph():
    trace = record(LEAF, "y = x * 2\nwith torch.no_grad():\n    x.add_(1)\nz = x * 2")
    assert [value(trace, trace.node(row["src"]).value)[0] for row in rows(trace, "edges") if row["name"] == "self"] == [
        [1, 1],
        [2, 2],
    ]
    assert len(nodes(trace, "ACCUMULATE")) == 2


def test_large_arrays_are_copied_only_before_they_change():
    recording = Recording()
    recording.run("a = torch.ones(1000)\nb = a + 1")
    handle = named(recording.trace, "a").value
    array = recording["a"].array
    assert recording.recorder.array(handle) is array
    recording.run("with torch.no_grad():\n    a.add_(1)")
    assert recording.recorder.array(handle) is not array
    assert recording.recorder.array(handle)[0] == 1
    assert recording.recorder.array(named(recording.trace, "a").value)[0] == 2


def test_writing_through_data_or_a_view_of_the_memory_keeps_what_was_recorded():
    recording = Recording()
    recording.run("a = torch.ones(1000)")
    handle = named(recording.trace, "a").value
    recording.run("a.data.add_(5)")
    assert recording.recorder.array(handle)[0] == 1


def test_saved_values_know_their_tensor_and_version():
    trace = record(LEAF, "y = x * 3", "z = y * y", "e = z.exp()")
    found = [
        (shown(trace, row["node"]), row["name"], shown(trace, row["tensor"]) if row["tensor"] >= 0 else row["text"])
        for row in rows(trace, "saved")
    ]
    assert found == [("Mul", "other", "3"), ("Mul", "self", "y"), ("Mul", "other", "y"), ("Exp", "result", "e")]
    assert [row["value"] == named(trace, "y").value for row in rows(trace, "saved")][1:3] == [True, True]


def test_each_formula_is_sent_once():
    trace = record(LEAF, "y = x * x * x")
    found = [(row["rule"], row["slot"], row["input"], row["text"]) for row in rows(trace, "formulas")]
    assert found == [("mul", 0, "self", "grad * other"), ("mul", 1, "other", "grad * self")]


def test_ops_of_one_grad_fn_name_have_formulas_of_their_own():
    trace = record(LEAF, "a = x + x", "b = torch.add(a, x, alpha=3)", "c = b + a")
    assert [(node.op, node.rule) for node in nodes(trace, "FUNCTION")] == [
        ("AddBackward0", "add"),
        ("AddBackward0", "add.alpha"),
        ("AddBackward0", "add"),
    ]
    texts = {(row["rule"], row["input"]): row["text"] for row in rows(trace, "formulas")}
    assert texts["add", "other"] == "grad"
    assert texts["add.alpha", "other"] == "grad * alpha"


def test_a_failing_operation_is_a_marked_node_with_its_operands():
    recording = Recording()
    trace = recording.run(f"{LEAF}\nw = torch.ones(3)\nz = x.mul(w)")
    failed = nodes(trace, "FUNCTION")[-1]
    assert failed.flags == NodeFlag.FAILED
    assert (failed.op, failed.label, failed.line) == ("mul", "x.mul(w)", 3)
    assert edges(trace, "INPUT") == [("x", "mul", 0, "self"), ("w", "mul", 1, "other")]
    cell = trace.row("cells", 0)
    assert cell["status"] == Status.ERROR
    assert (cell["error_type"], cell["error_source"], cell["error_line"]) == ("RuntimeError", 0, 3)
    assert cell["error_node"] == failed.id
    assert "size of tensor a (2)" in cell["error_message"]


def test_an_error_of_the_users_own_has_a_line_and_no_node():
    trace = Recording().run(f"{LEAF}\n\nraise ValueError('mine')")
    cell = trace.row("cells", 0)
    assert (cell["error_type"], cell["error_message"], cell["error_line"]) == ("ValueError", "mine", 3)
    assert cell["error_node"] == NONE
    assert named(trace, "x") is not None


def test_recording_keeps_no_graph_alive():
    recording = Recording()
    recording.run(f"{LEAF}\ny = x * 2\nz = y * y")
    references = [weakref.ref(recording[name]) for name in "xyz"] + [weakref.ref(recording["z"].grad_fn)]
    recording.run("del x, y, z")
    gc.collect()
    assert [reference() for reference in references] == [None] * 4


def test_an_id_used_again_is_not_taken_for_the_tensor_that_died():
    trace = record("for i in range(300):\n    t = torch.ones(2, requires_grad=True)\n    u = t * i")
    assert len({row["src"] for row in rows(trace, "edges") if row["name"] == "self"}) == 300


def test_a_graph_made_before_recording_began_is_shown_as_far_as_it_goes():
    recording = Recording()
    torch = recording["torch"]
    x = torch.ones(2, requires_grad=True)
    recording.namespace["y"] = (x * 2).exp() + 1
    trace = recording.run("z = y * 3\nz.sum().backward()")
    assert [node.op for node in nodes(trace, "FUNCTION")] == [
        "MulBackward0", "ExpBackward0", "AddBackward0", "MulBackward0", "SumBackward0"
    ]  # fmt: skip
    assert trace.row("passes", 0)["steps"] == 6
    assert all(row["edge"] != NONE for row in rows(trace, "flows"))


def test_a_second_recorder_continues_the_trace_of_the_first():
    first = Recording()
    first.run(LEAF)
    before = first.trace.counts()
    second = Recording(trace=first.trace)
    second.run("x = torch.zeros(3, requires_grad=True)\ny = x + 1")
    assert named(first.trace, "x").shape == (3,)
    assert first.trace.counts()["nodes"] > before["nodes"]
    assert first.trace.node(0).shape == (2, 2)


def test_the_oldest_values_go_when_the_budget_is_passed():
    recording = Recording(budget=10_000)
    trace = recording.run("a = torch.ones(1000)\nb = torch.full((1000,), 2.0)\nc = torch.full((1000,), 3.0)")
    dropped = [row["array"] for row in rows(trace, "drops")]
    assert dropped == [named(trace, "a").value]
    assert trace.array(dropped[0]).mean == 1
    assert recording.recorder.array(dropped[0]) is None
    assert recording.recorder.array(named(trace, "c").value)[0] == 3
    assert dict(trace.row("meter", 0)) == {"id": 0, "bytes": 8000, "budget": 10_000, "dropped": 1}


def test_an_array_larger_than_the_budget_leaves_its_statistics():
    recording = Recording(budget=100)
    trace = recording.run("a = torch.ones(1000)")
    assert [row["array"] for row in rows(trace, "drops")] == [named(trace, "a").value]
    assert trace.array(named(trace, "a").value).norm == pytest.approx(1000**0.5)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2)])
def test_empty_and_0d_tensors_are_recorded(shape):
    trace = record(f"x = torch.ones({shape}, requires_grad=True)\ny = (x * 2).sum()\ny.backward()")
    assert named(trace, "x").shape == shape
    assert trace.row("passes", 0)["status"] == Status.OK


def test_a_paused_recorder_counts_what_it_misses():
    recording = Recording()
    recording.recorder.pause()
    recording.run(f"{LEAF}\ny = x + 1")
    recording.recorder.resume()
    assert recording.recorder.take_lost() == 2
    assert recording.recorder.take_lost() == 0
    assert named(recording.trace, "y") is not None  # from the namespace, with the graph behind it


def test_a_full_list_waits_for_the_one_who_drains_and_loses_nothing(monkeypatch):
    monkeypatch.setattr("engine.recording.recorder.MOST_PENDING", 10)
    trace = record(f"{LEAF}\nfor _ in range(100):\n    x = x + 1")
    assert len(nodes(trace, "FUNCTION")) == 100


def test_when_nobody_drains_the_cell_waits_briefly_and_what_is_lost_is_counted(monkeypatch):
    monkeypatch.setattr("engine.recording.recorder.MOST_PENDING", 10)
    monkeypatch.setattr("engine.recording.recorder.PATIENCE", 0.01)
    recording = Recording()
    recording.recorder.flush = lambda: None
    recording.run(f"{LEAF}\nfor _ in range(100):\n    x = x + 1")
    assert recording.recorder.take_lost() > 80


def test_large_arrays_do_not_pile_up_while_they_wait():
    recording = Recording(budget=72 << 20)
    process, waiting = recording.recorder.flush, []

    def flush():
        waiting.append(len(recording.recorder._pending))
        process()

    recording.recorder.flush = flush
    recording.run("x = torch.ones(1 << 20)\nfor _ in range(100):\n    x = x + 1")
    assert max(waiting) <= 18  # 4 MiB each, 64 MiB in all: seven eighths of the budget


def test_a_cell_whose_end_is_told_twice_ends_once():
    recording = Recording()
    trace = recording.run(LEAF)
    recording.recorder.end_cell(Status.ERROR, KeyboardInterrupt(), recording.namespace)
    recording.update()
    assert [row["status"] for row in rows(trace, "cells")] == [Status.OK]


def test_cells_and_their_requests_are_rows():
    trace = record(LEAF, "y = x + 1")
    assert [(row["id"], row["number"], row["request"], row["status"]) for row in rows(trace, "cells")] == [
        (0, 1, "request 1", Status.OK), (1, 2, "request 2", Status.OK)
    ]  # fmt: skip
    assert [row["title"] for row in rows(trace, "sources")] == ["In [1]", "In [2]"]


def test_constants_show_what_was_written():
    trace = record(LEAF, "y = (x ** 2 + 0.5) / True")
    assert [node.label for node in nodes(trace, "CONSTANT")] == ["2", "0.5", "True"]
    assert all(node.kind == NodeKind.CONSTANT and node.value == NONE for node in nodes(trace, "CONSTANT"))


def test_recording_changes_no_result():
    code = f"{LEAF}\ny = x * 3\ny.add_(x)\nz = (y * y).sum()\nz.backward()\nfound = x.grad.array.tolist()"
    plain = {"torch": Recording()["torch"]}
    exec(code, plain)
    recording = Recording()
    recording.run(code)
    assert recording["found"] == plain["found"]


def test_an_empty_trace_needs_no_batch():
    assert Recording(trace=Trace()).recorder.take() is None


def test_a_tensor_that_is_overwritten_under_another_name_keeps_its_own():
    trace = record(
        "w = torch.ones(2, requires_grad=True)\nb = torch.zeros(2, requires_grad=True)\n"
        "for _ in range(2):\n    (w + b).sum().backward()\n    with torch.no_grad():\n"
        "        for p in (w, b):\n            p -= 0.1 * p.grad\n            p.grad = None"
    )
    tensors = [node for node in map(trace.node, range(len(trace.nodes))) if node.kind == NodeKind.TENSOR]
    assert {tensor.label for tensor in tensors if tensor.flags & NodeFlag.LEAF} == {"w", "b"}
