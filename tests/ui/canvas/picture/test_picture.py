from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from engine.trace import NodeKind
from tests.tapes import flags_trace, mlp_trace, started
from tests.traces import chain_trace, seed_trace
from ui.canvas.layout import layout_arrays
from ui.canvas.painting.painter import Detail, Painted, detail_at
from ui.canvas.picture.drawing import lay_out
from ui.canvas.picture.fonts import Fonts
from ui.canvas.picture.look import BY_LEVEL, PLAIN_ROWS, box_styles, edge_styles
from ui.canvas.picture.picture import Picture
from ui.canvas.shown.shown_graph import View
from ui.canvas.shown.story import BROKEN
from ui.snapshot import Snapshot
from ui.theme import DARK, THEMES as ALL, contrast

pytestmark = pytest.mark.usefixtures("qapp")


def stack_trace(count):
    """`count` products of one leaf, stacked: edges crowd at the leaf and at the stack."""
    b = started()
    x = b.leaf("x", 1.0)
    outputs = [b.function("MulBackward0", "x * c", [x], "y", 1.0)[1] for _ in range(count)]
    b.function("StackBackward0", "stack(ys)", outputs, "s", [1.0] * 3)
    return b.build()


def paint(picture, part=None, scale=1.0, **kwargs):
    """(what was painted, the pixels as height x width x 4)."""
    part = part or picture.bounds
    image = QImage(int(part.width() * scale) + 1, int(part.height() * scale) + 1, QImage.Format.Format_RGB32)
    image.fill(QColor(picture.theme.background))
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.translate(-part.topLeft())
    painted = picture.paint(painter, part, scale, **kwargs)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return painted, pixels[:, : image.width()].copy()


def pixel(pixels, picture, x, y):
    blue, green, red, _ = pixels[int(y - picture.bounds.top()), int(x - picture.bounds.left())].tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


@pytest.mark.parametrize("scale", [1.0, 0.4, 0.1, 0.02])
@pytest.mark.parametrize("part", [(0, 0, 300, 200), (-50, 3000, 400, 900), (-500, -500, 3000, 90000), (9000, 0, 5, 5)])
def test_what_is_painted_is_exactly_what_is_visible(part, scale):
    picture = Picture.of_trace(chain_trace(200))
    rect = QRectF(*part)
    painted, _ = paint(picture, rect, min(scale, 2000 / max(part[2:])))
    boxes = picture.drawing.rects
    touch = (
        (boxes[:, 2] >= rect.left()) & (boxes[:, 0] <= rect.right())
        & (boxes[:, 3] >= rect.top()) & (boxes[:, 1] <= rect.bottom())
    )  # fmt: skip
    assert set(np.flatnonzero(touch)) <= set(painted.boxes.tolist())
    reach = 25 + 1 / min(scale, 2000 / max(part[2:]))
    near = (
        (boxes[:, 2] >= rect.left() - reach) & (boxes[:, 0] <= rect.right() + reach)
        & (boxes[:, 3] >= rect.top() - reach) & (boxes[:, 1] <= rect.bottom() + reach)
    )  # fmt: skip
    assert set(painted.boxes.tolist()) <= set(np.flatnonzero(near))


def test_no_edge_in_view_is_left_out():
    picture = Picture.of_trace(mlp_trace())
    painted, _ = paint(picture)
    assert set(picture.drawing.pieces.edge[painted.pieces]) == set(range(len(picture.drawing.graph.edge)))


@pytest.mark.parametrize("make", [seed_trace, mlp_trace, flags_trace])
@pytest.mark.parametrize("view", list(View))
def test_no_text_is_wider_than_its_box_at_any_step(make, view):
    trace = make()
    fonts = Fonts()
    for position in range(len(trace.steps) + 1):
        picture = Picture.of_trace(trace, pass_id=0 if len(trace.passes) else -1, position=position, view=view)
        graph, rects = picture.drawing.graph, picture.drawing.rects
        for box in range(len(graph.node)):
            room = rects[box, 2] - rects[box, 0] - 8
            assert fonts.title_width(graph.title_text(box)) <= room
            assert fonts.second_width(picture.second_line(box)) <= room


def test_two_arrows_of_one_product_take_different_ways():
    picture = Picture.of_trace(seed_trace())
    graph, pieces = picture.drawing.graph, picture.drawing.pieces
    first, second = np.flatnonzero((graph.src == 5) & (graph.dst == 6))
    a = pieces.points[pieces.first[first] : pieces.first[first + 1]]
    b = pieces.points[pieces.first[second] : pieces.first[second + 1]]
    assert not np.array_equal(a, b)
    assert abs(a[:, 0::2].mean() - b[:, 0::2].mean()) > 10
    assert picture.drawing.parallel[[first, second]].all()


def test_three_operands_of_one_tensor_have_three_ways():
    from tests.tapes import Tape

    t = Tape("stack([a, a, a])")
    a = t.b.leaf("a", 1.0)
    t.op("StackBackward0", "stack([a, a, a])", [a, a, a], "s", [1.0] * 3, lambda g: [g[0], g[1], g[2]])
    picture = Picture.of_trace(t.b.build())
    graph, pieces = picture.drawing.graph, picture.drawing.pieces
    ways = {tuple(pieces.points[pieces.first[e]]) for e in np.flatnonzero(graph.src == graph.box_of[a[0]])}
    assert len(ways) == 3


def test_labels_cover_no_box_and_no_other_label():
    for make in (seed_trace, mlp_trace):
        trace = make()
        picture = Picture.of_trace(trace, pass_id=0, position=len(trace.steps))
        story, boxes = picture.story, picture.drawing.rects
        rects = []
        for edge in np.flatnonzero(story.travelled).tolist():
            text = story.edge_caption(edge)
            width = picture.fonts.width(picture.fonts.number, text)
            left, top, right, bottom = picture.label_places.place(edge).rect(width, 14.0)
            covered = (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
            assert not covered.any(), text
            rects.append((left, top, right, bottom))
        for i, a in enumerate(rects):
            for b in rects[i + 1 :]:
                assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_edges_that_crowd_at_one_function_have_labels_only_where_they_stand_clear():
    trace = stack_trace(200)
    picture = Picture.of_trace(trace)
    graph = picture.drawing.graph
    stack = int(np.flatnonzero(graph.kind == NodeKind.FUNCTION)[-1])
    places = [picture.label_places.place(int(edge)) for edge in np.flatnonzero(graph.dst == stack)]
    shown = sorted(place.rect(60.0, 14.0) for place in places if place is not None)
    assert 0 < len(shown) < 200
    assert all(a[2] <= b[0] for a, b in pairwise(shown))


@pytest.mark.parametrize("count", [1500, 4000])
def test_a_crowd_of_strokes_looks_the_same_whether_those_that_hide_each_other_are_painted_or_not(count):
    picture = Picture.of_trace(stack_trace(count))
    left, top, right, bottom = picture.drawing.rects[0].tolist()
    around = QRectF(left - 200, top - 50, right - left + 400, bottom - top + 120)
    _, thinned = paint(picture, around)
    _, exact = paint(picture, around, exact=True)
    differs = (np.abs(thinned.astype(int) - exact) > 60).any(axis=2)
    assert differs.mean() < 0.05


def test_everything_painted_lies_within_the_bounds():
    trace = mlp_trace()
    for position in (0, 5, len(trace.steps)):
        picture = Picture.of_trace(trace, pass_id=0, position=position)
        around = picture.bounds.adjusted(-60, -60, 60, 60)
        _, pixels = paint(picture, around)
        plain = pixels[0, 0]
        drawn = (pixels != plain).any(axis=2)
        drawn[60:-60, 60:-60] = False
        assert not drawn.any()


def test_a_step_recolours_the_node_that_is_now():
    trace = seed_trace()
    picture = Picture.of_trace(trace, pass_id=0, position=3)
    left, top, _, bottom = picture.drawing.rects[6]
    at = (left, (top + bottom) / 2)
    _, pixels = paint(picture)
    assert pixel(pixels, picture, *at) == DARK.now
    picture.set_step(picture.story.run.steps, 4)
    _, pixels = paint(picture)
    assert pixel(pixels, picture, *at) != DARK.now
    picture.set_step(picture.story.run.steps, 3)
    again, pixels = paint(picture)
    assert pixel(pixels, picture, *at) == DARK.now
    assert isinstance(again, Painted)


def test_stepping_away_and_back_paints_the_same_pixels():
    trace = mlp_trace()
    picture = Picture.of_trace(trace, pass_id=0, position=5)
    _, before = paint(picture)
    for position in (9, 0, len(trace.steps)):
        picture.set_step(picture.story.run.steps, position)
        assert not np.array_equal(paint(picture)[1], before)
    picture.set_step(picture.story.run.steps, 5)
    assert np.array_equal(paint(picture)[1], before)


def test_the_selection_is_outlined_and_nodes_that_are_not_shown_are_left_out():
    picture = Picture.of_trace(seed_trace(), view=View.FUNCTIONS)
    _, before = paint(picture)
    picture.set_selection([6, 8, 10_000])
    assert len(picture.selected) == 1
    assert not np.array_equal(paint(picture)[1], before)


def test_a_tensor_is_found_at_its_functions_box_where_only_functions_are_shown():
    picture = Picture.of_trace(seed_trace(), view=View.FUNCTIONS)
    picture.set_selection([7])
    assert picture.node(int(picture.selected[0])) == 6


def test_the_box_under_every_point_of_a_box_is_that_box():
    picture = Picture.of_trace(mlp_trace())
    for box, (left, top, right, bottom) in enumerate(picture.drawing.rects.tolist()):
        assert picture.box_at((left + right) / 2, (top + bottom) / 2) == box
        assert picture.box_at(left + 1, top + 1) == box
    assert picture.box_at(picture.bounds.left() - 5, picture.bounds.top() - 5) == -1


def test_detail_falls_with_distance_and_with_crowds():
    assert detail_at(1.0, 100) is Detail.NEAR
    assert detail_at(0.4, 100) is Detail.MIDDLE
    assert detail_at(0.2, 100) is Detail.MIDDLE
    assert detail_at(0.2, 5000) is Detail.FAR
    assert detail_at(0.01, 3) is Detail.FAR


@pytest.mark.parametrize("theme", ALL.values(), ids=ALL)
def test_texts_in_boxes_can_be_read(theme):
    for style in box_styles(theme):
        assert contrast(style.title, style.fill) >= 4.5, style
        assert contrast(style.second, style.fill) >= 4.5, style


@pytest.mark.parametrize("theme", ALL.values(), ids=ALL)
def test_gradients_stand_out_from_the_canvas(theme):
    for style in edge_styles(theme)[PLAIN_ROWS:]:
        assert contrast(style.colour, theme.background) >= 2.2, style
    live = edge_styles(theme)[PLAIN_ROWS + 2 * BY_LEVEL :]
    assert all(contrast(style.colour, theme.background) >= 3 for style in live)
    by_norm = [style.width for style in live[: BROKEN + 1]]
    assert by_norm == sorted(by_norm)


def test_growth_keeps_what_was_there_where_it_was():
    from ui.canvas.picture.drawing import lay_out
    from ui.snapshot import Snapshot

    small, large = chain_trace(20), chain_trace(23)
    first = lay_out(Snapshot.of(small), Fonts())
    second = lay_out(Snapshot.of(large), Fonts(), previous=first)
    old = len(small.nodes)
    moved = np.abs(second.rects[:old, 1] - first.rects[:old, 1]) > 60
    assert moved.mean() < 0.2
    assert callable(layout_arrays)


def test_an_unknown_pass_is_refused():
    with pytest.raises(IndexError, match="no pass 4"):
        Picture.of_trace(seed_trace(), pass_id=4)


def test_a_view_into_which_only_the_corner_of_a_strokes_frame_reaches_is_painted(qapp):
    picture = Picture(lay_out(Snapshot.of(seed_trace()), Fonts(), kind="circular"), DARK)
    bounds = picture.bounds
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for row in range(20):
        for column in range(20):
            corner = bounds.topLeft() + QPointF(bounds.width() * column / 20, bounds.height() * row / 20)
            picture.paint(painter, QRectF(corner, QSizeF(1, 1)), 40.0)
    assert painter.end()
