from dataclasses import replace

import numpy as np

from tests.engine.programs import record
from ui.canvas.picture.drawing import lay_out
from ui.canvas.picture.fonts import Fonts
from ui.canvas.shown.made_as import LONGEST, cut, expressions
from ui.canvas.shown.shown_graph import UNGROUPED, View, show
from ui.snapshot import Snapshot

ALONE = """x = torch.tensor([1., 3.], requires_grad=True)
i = x.argmax()
with torch.no_grad():
    n = x * 2
y = (x * x).sum()"""


def shown(code):
    """(title, third line) of every box, and heights by title."""
    drawing = lay_out(Snapshot.of(record(code)), Fonts())
    graph = drawing.graph
    boxes = range(len(graph.node))
    thirds = {graph.title_text(box): graph.text(int(graph.third[box])) for box in boxes}
    return thirds, {graph.title_text(b): drawing.rects[b, 3] - drawing.rects[b, 1] for b in boxes}


def test_a_tensor_without_edges_says_which_expression_made_it(qapp):
    thirds, heights = shown(ALONE)
    assert (thirds["i"], thirds["n"]) == ("= x.argmax()", "= x * 2")
    assert thirds["x"] == thirds["y"] == ""
    assert heights["i"] > heights["y"]


def test_a_leaf_that_waits_for_a_use_says_so(qapp):
    thirds, _ = shown("w = torch.ones(2, requires_grad=True)\nv = torch.ones(2, requires_grad=True)\ny = v * 2")
    assert (thirds["w"], thirds["v"]) == ("used by nothing yet", "")


def test_a_leaf_shown_without_those_that_use_it_does_not_say_that_nothing_does(qapp):
    trace = record("v = torch.ones(2, requires_grad=True)\ny = v * 2")
    leaf = next(n for n in range(len(trace.nodes)) if trace.node(n).label == "v")
    graph = show(Snapshot.of(trace), View.TENSORS_AND_FUNCTIONS, replace(UNGROUPED, only=frozenset({leaf})))
    assert graph.text(int(graph.third[0])) == "= torch.ones(2, requires_…"


def test_it_no_longer_does_once_something_uses_it(qapp):
    thirds, heights = shown(ALONE + "\nz = x[i] * n")
    assert thirds["n"] == ""
    assert heights["n"] == heights["y"]


def test_a_tensor_whose_title_is_its_expression_does_not_repeat_it(qapp):
    trace = record(ALONE)
    square = next(n for n in range(len(trace.nodes)) if trace.node(n).label == "x * x" and not trace.node(n).op)
    graph = show(Snapshot.of(trace), View.TENSORS_AND_FUNCTIONS, replace(UNGROUPED, only=frozenset({square})))
    assert [graph.title_text(0), graph.text(int(graph.third[0]))] == ["x * x", ""]


def test_the_same_place_is_cut_out_for_all_that_were_made_there(qapp):
    snapshot = Snapshot.of(record("made = [torch.zeros(2) for _ in range(3)]"))
    assert expressions(snapshot, np.arange(3)) == ["torch.zeros(2)"] * 3


def test_columns_count_bytes_and_lines_are_joined():
    lines = ["π = torch.cat([α,", "    β]) + 1"]
    start = len("π = ".encode())
    assert cut(lines, 1, start, 2, len("    β])".encode())) == "torch.cat([α, β])"
    assert cut(lines, 1, start, 1, start + 9) == "torch.cat"


def test_a_place_that_the_source_does_not_have_is_no_expression():
    assert cut(["x"], 2, 0, 2, 1) == ""
    assert cut([], 1, 0, 1, 4) == ""
    assert len(cut(["x + " * 4000], 1, 0, 1, 16000)) == LONGEST
