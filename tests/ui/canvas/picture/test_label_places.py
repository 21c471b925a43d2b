import itertools

import numpy as np
import pytest

from engine.trace import EdgeKind
from tests.engine.programs import record
from tests.tapes import mlp_trace, started
from ui.canvas.painting.label_painter import LabelTexts
from ui.canvas.picture.drawing import lay_out
from ui.canvas.picture.fonts import Fonts
from ui.canvas.picture.label_candidates import Form, Size
from ui.canvas.picture.label_places import LabelPlaces
from ui.canvas.picture.obstacles import Taken, crossed, heads
from ui.canvas.picture.picture import Picture
from ui.canvas.shown.story import PassOnGraph
from ui.snapshot import Snapshot
from ui.stepping import PassSteps

CROWDED = {
    "square": "x = torch.tensor([1., 2., 3.], requires_grad=True)\ny = x * x\ny.sum().backward()",
    "cube": "a = torch.tensor([1., 2., 3.], requires_grad=True)\ny = a * a * a\ny.sum().backward()",
    "cat": "a = torch.ones(3, requires_grad=True)\nb = torch.ones(2, requires_grad=True)\n"
    "y = torch.cat([a, b, a])\n(y * torch.arange(8.)).sum().backward()",
    "where": "a, b = torch.randn(3, requires_grad=True), torch.randn(3, requires_grad=True)\n"
    "y = torch.where(torch.tensor([True, False, True]), a * 2, b)\ny.sum().backward()",
    "addcmul": "a, b, c = (torch.randn(3, requires_grad=True) for _ in range(3))\n"
    "y = torch.addcmul(a, b, c)\ny.pow(2).sum().backward()",
    "linear": "lin = torch.nn.Linear(3, 2)\nx = torch.randn(4, 3, requires_grad=True)\n"
    "y = lin(x * 2)\ny.pow(2).sum().backward()",
    "lstm": "cell = torch.nn.LSTMCell(4, 8)\nh, c = torch.zeros(1, 8), torch.zeros(1, 8)\n"
    "for x in torch.randn(3, 1, 4):\n    h, c = cell(x, (h, c))\n(h ** 2).sum().backward()",
    "batch norm": "norm = torch.nn.BatchNorm2d(3)\nx = torch.randn(2, 3, 4, 4, requires_grad=True)\n"
    "norm(x).pow(2).mean().backward()",
}


def addmm_trace():
    """A linear layer: three slots of one function, each a leaf with data and gradient on edges of their own."""
    b = started()
    leaves = [b.leaf(name, np.ones(3)) for name in ("bias", "x", "weight")]
    b.function("AddmmBackward0", "layer(x)", leaves, "y", np.ones(3))
    return b.build()


def places_of(trace, *, with_pass=True, orientation="top-to-bottom"):
    """(drawing, texts, places) of a trace, during its last pass or while none is shown."""
    fonts = Fonts()
    drawing = lay_out(Snapshot.of(trace), fonts, orientation=orientation)
    run = PassOnGraph(PassSteps(trace, len(trace.passes) - 1), drawing.graph) if with_pass else None
    texts = LabelTexts(drawing, run, fonts)
    return drawing, texts, LabelPlaces(drawing, texts)


def labels(trace, **keywords):
    """(drawing, rectangles of all labels as large as they can be, edge by edge)."""
    drawing, texts, places = places_of(trace, **keywords)
    edges = np.flatnonzero(texts.numbered | texts.named)
    places.find(edges)
    found = {edge: places.place(edge) for edge in edges.tolist()}
    rects = {e: p.rect(*texts.size(e).of(p.form)) for e, p in found.items() if p is not None}
    return drawing, texts, rects


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("orientation", ["top-to-bottom", "left-to-right"])
@pytest.mark.parametrize("name", CROWDED)
def test_no_label_lies_on_another_or_on_a_box_or_on_an_arrowhead(qapp, name, orientation):
    drawing, _, rects = labels(record(CROWDED[name]), orientation=orientation)
    assert not [pair for pair in itertools.combinations(rects.values(), 2) if overlap(*pair)]
    blocks = np.concatenate([drawing.rects, heads(drawing.pieces, np.arange(len(drawing.graph.edge)))]).tolist()
    assert not [(edge, block) for edge, rect in rects.items() for block in blocks if overlap(rect, block)]


@pytest.mark.parametrize("name", CROWDED)
def test_no_label_hides_a_stroke_over_which_a_gradient_travels(qapp, name):
    drawing, texts, rects = labels(record(CROWDED[name]))
    lines, owner = drawing.pieces.chords(np.arange(len(drawing.pieces.edge)), parts=16)
    hidden = crossed(np.array(list(rects.values())), lines, owner, texts.numbered[owner].astype(float))
    assert not hidden.any()


@pytest.mark.parametrize("name", CROWDED)
def test_most_gradients_find_room_even_where_edges_crowd(qapp, name):
    _, texts, rects = labels(record(CROWDED[name]))
    numbers = np.flatnonzero(texts.numbered)
    assert len([edge for edge in numbers.tolist() if edge in rects]) >= 0.8 * len(numbers)


def test_everything_has_room_beside_the_edges_of_a_small_network(qapp):
    _, texts, rects = labels(mlp_trace())
    assert len(rects) == int((texts.numbered | texts.named).sum())


def test_data_that_flows_to_the_right_leaves_room_for_numbers_between_boxes(qapp):
    _, texts, rects = labels(mlp_trace(), orientation="left-to-right")
    numbers = np.flatnonzero(texts.numbered)
    assert all(edge in rects for edge in numbers.tolist())


def test_a_gradient_comes_before_the_name_of_an_argument(qapp):
    """Where there is room for one of them, it is the number that stays."""
    _, texts, places = places_of(record(CROWDED["cat"]))
    edges = np.flatnonzero(texts.numbered | texts.named)
    places.find(edges)
    dropped = [edge for edge in edges.tolist() if places.place(edge) is None]
    assert dropped
    assert not texts.numbered[dropped].any()


def test_the_two_slots_of_a_square_are_both_named_or_neither(qapp):
    for name in ("square", "cube"):
        drawing, texts, places = places_of(record(CROWDED[name]))
        twins = np.flatnonzero(drawing.parallel & texts.named).tolist()
        assert len(twins) == 2
        found = [places.place(edge) for edge in twins]
        assert any(place is not None for place in found)
        assert len({place is not None and place.form is not Form.NUMBER for place in found}) == 1


def test_the_data_edge_of_a_leaf_has_no_number_of_its_own(qapp):
    trace = record(CROWDED["linear"])
    drawing, texts, _ = places_of(trace)
    kinds, graph = drawing.graph.edge_kind, drawing.graph
    accumulated = {(int(graph.dst[e]), int(graph.slot[e])) for e in np.flatnonzero(kinds == EdgeKind.ACCUMULATE)}
    data = [
        e for e in np.flatnonzero(kinds == EdgeKind.INPUT) if (int(graph.dst[e]), int(graph.slot[e])) in accumulated
    ]
    assert data
    assert not texts.numbered[data].any()
    assert texts.numbered[kinds == EdgeKind.ACCUMULATE].all()


def test_without_a_pass_only_names_have_places(qapp):
    _, texts, rects = labels(addmm_trace(), with_pass=False)
    assert not texts.numbered.any()
    assert sorted(texts.name(edge) for edge in rects) == ["self", "self", "self"]


def test_places_found_a_few_at_a_time_are_those_found_at_once(qapp):
    trace = record(CROWDED["lstm"])
    _, texts, at_once = places_of(trace)
    _, _, in_turns = places_of(trace)
    edges = np.flatnonzero(texts.numbered | texts.named)
    at_once.find(edges)
    in_turns.find(edges, most=5)
    turns = 1
    while in_turns.waiting:
        in_turns.go_on(5)
        turns += 1
    assert turns > 5
    assert [at_once.place(e) for e in edges.tolist()] == [in_turns.place(e) for e in edges.tolist()]


def test_a_label_keeps_its_place_at_every_step(qapp):
    trace = record(CROWDED["cube"])
    picture = Picture.of_trace(trace, pass_id=0, position=1)
    first = picture.label_places
    picture.set_step(PassSteps(trace, 0), 2)
    other = picture.label_places
    assert other is not first  # another walk may say other things
    picture.set_step(picture.story.run.steps, 3)
    assert picture.label_places is other


def test_words_are_set_under_each_other_beside_each_other_or_the_number_alone():
    size = Size(50.0, 30.0)
    assert size.of(Form.STACKED) == (50.0, 28.0)
    assert size.of(Form.INLINE) == (87.0, 14.0)
    assert size.of(Form.NUMBER) == (50.0, 14.0)
    assert size.forms == (Form.STACKED, Form.INLINE, Form.NUMBER)
    assert Size(50.0, 0.0).forms == (Form.STACKED,)
    assert Size(90.0, 60.0).forms == (Form.STACKED, Form.NUMBER)  # too wide to stand in one line
    assert Size(0.0, 400.0).forms == ()


def test_what_is_taken_is_found_from_every_cell_it_reaches_into():
    taken = Taken()
    taken.add((-10.0, -10.0, 400.0, 20.0))
    assert len(taken.near((390.0, 0.0, 395.0, 5.0))) == 1
    assert len(taken.near((-5.0, -400.0, 300.0, 5.0))) == 1
    assert not len(taken.near((1000.0, 1000.0, 1001.0, 1001.0)))


def test_strokes_through_a_rectangle_count_once_for_each_edge_with_its_weight():
    lines = np.array([[0.0, 0.0, 10.0, 10.0], [10.0, 10.0, 20.0, 20.0], [0.0, 50.0, 100.0, 50.0]])
    owner, weight = np.array([3, 3, 8]), np.array([2.0, 2.0, 7.0])
    rects = np.array([[5.0, 5.0, 15.0, 15.0], [40.0, 40.0, 60.0, 60.0], [0.0, 60.0, 9.0, 70.0]])
    assert crossed(rects, lines, owner, weight).tolist() == [2.0, 7.0, 0.0]
