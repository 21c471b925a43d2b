"""Groups on the canvas as a person meets them: signs, double-clicks, crumbs, cards, what they say of a pass."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from engine.trace import NONE
from tests.engine.programs import record
from tests.ui.canvas.test_view import settle
from tests.ui.grouping.graphs import LAYERS, TRAINING
from ui.canvas.camera.fitting import Corner
from ui.canvas.groups.breadcrumbs import Breadcrumbs, Crumb
from ui.canvas.painting.group_painter import sign, sign_rect
from ui.canvas.shown.shown_graph import GROUP
from ui.canvas.view import CanvasView
from ui.theme import DARK, LIGHT
from ui.view_state import ViewState

MODEL = LAYERS + "loss.backward()\n"


@pytest.fixture
def canvas(qtbot):
    made = []

    def make(program=MODEL, width=900, height=900):
        state = ViewState(record(program))
        view = CanvasView(state, DARK)
        view.set_animated(False)
        view.resize(width, height)
        qtbot.addWidget(view)
        view.show()
        settle(qtbot, view)
        made.append(view)
        return view, state

    yield make
    for view in made:
        view.close_job()


def closed(view):
    graph = view.picture.drawing.graph
    return [graph.title_text(box) for box in range(len(graph.node)) if graph.kind[box] == GROUP]


def box(view, title):
    graph = view.picture.drawing.graph
    return next(k for k in range(len(graph.node)) if graph.title_text(k) == title)


def middle(view, k):
    return view.graph.mapFromScene(view.picture.rect(k).center())


def folded(qtbot, view):
    view.folding.collapse_all()
    settle(qtbot, view)
    view.folding.expand(box(view, "net (Encoder)"))
    settle(qtbot, view)
    view.fit()


def test_the_previous_picture_stays_until_the_next_is_ready(canvas, qtbot):
    view, _ = canvas()
    before = view.picture
    view.folding.collapse_all()
    assert view.picture is before
    assert view.busy
    settle(qtbot, view)
    assert closed(view) == ["net (Encoder)"]


def test_a_double_click_opens_a_group(canvas, qtbot):
    view, _ = canvas()
    folded(qtbot, view)
    qtbot.mouseDClick(view.graph.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, box(view, "head (Linear)")))
    settle(qtbot, view)
    assert closed(view) == ["layers (Sequential)"]


def test_the_plus_of_a_group_opens_it_and_the_minus_of_a_node_closes_it(canvas, qtbot):
    view, state = canvas()
    folded(qtbot, view)
    port, head = view.graph.viewport(), box(view, "head (Linear)")
    view.graph.look(view.graph.camera._replace(scale=1.0))
    assert sign(view.picture, head) == "+"
    view.graph.reveal(view.picture.rect(head))
    qtbot.mouseClick(
        port, Qt.MouseButton.LeftButton, pos=view.graph.mapFromScene(sign_rect(view.picture, head).center())
    )
    settle(qtbot, view)
    assert "head (Linear)" not in closed(view)
    assert state.selection == ()

    inside = box(view, "AddmmBackward0")
    view.graph.reveal(view.picture.rect(inside))
    qtbot.mouseMove(port, middle(view, inside))
    assert sign(view.picture, inside) == "−"
    at = view.graph.mapFromScene(sign_rect(view.picture, inside).center())
    qtbot.mouseMove(port, at)
    qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=at)
    settle(qtbot, view)
    assert "head (Linear)" in closed(view)


def test_a_node_outside_all_groups_has_no_sign(canvas, qtbot):
    view, _ = canvas()
    loss = box(view, "loss")
    view.picture.hovered = box(view, "torch.ones(3, 4)")
    assert sign(view.picture, view.picture.hovered) == ""
    assert sign(view.picture, NONE) == ""
    assert loss != NONE


def test_the_selection_stays_selected_through_closing_and_opening(canvas, qtbot):
    view, state = canvas()
    node = int(view.picture.drawing.graph.node[box(view, "ReluBackward0")])
    state.select([node])
    view.folding.collapse_all()
    settle(qtbot, view)
    assert state.selection == (node,)
    assert view.picture.selected.tolist() == [box(view, "net (Encoder)")]
    view.folding.expand_all()
    settle(qtbot, view)
    assert view.picture.selected.tolist() == [int(view.picture.drawing.graph.box_of[node])]


def test_what_is_opened_stays_where_it_was_on_the_screen(canvas, qtbot):
    view, _ = canvas()
    folded(qtbot, view)
    view.graph.look(view.graph.camera._replace(scale=1.3))
    view.graph.touched = True
    view.groups.expand(box(view, "layers (Sequential)"))
    settle(qtbot, view)
    layer = box(view, "5 (Layer)")
    view.graph.reveal(view.picture.rect(layer))
    node, before, scale = int(view.picture.drawing.graph.node[layer]), middle(view, layer), view.graph.camera.scale
    view.groups.expand(layer)
    settle(qtbot, view)
    after = middle(view, int(view.picture.drawing.graph.box_of[node]))
    assert view.graph.camera.scale == scale
    assert abs(after.y() - before.y()) <= 4  # across, a graph narrower than the view is in its middle


def test_crumbs_say_where_the_selection_is_and_go_there(canvas, qtbot):
    view, state = canvas()
    assert [crumb.text() for crumb in view.crumbs.crumbs] == ["Whole graph"]
    state.select([int(view.picture.drawing.graph.node[box(view, "ReluBackward0")])])
    names = [crumb.accessibleName() for crumb in view.crumbs.crumbs]
    assert names == ["Whole graph", "net (Encoder)", "layers (Sequential)", "0 (Layer)"]
    qtbot.mouseClick(view.crumbs.crumbs[2], Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert closed(view) == ["layers (Sequential)"]
    last = view.crumbs.crumbs[-1]
    assert last.accessibleDescription() == "Open module layers (Sequential)"
    last.setFocus()
    qtbot.keyClick(last, Qt.Key.Key_Return)
    settle(qtbot, view)
    assert closed(view) == []


def test_crumbs_in_a_narrow_canvas_leave_out_the_middle(canvas, qtbot):
    view, state = canvas(width=320)
    state.select([int(view.picture.drawing.graph.node[box(view, "TBackward0")])])
    names = [crumb.accessibleName() for crumb in view.crumbs.crumbs]
    assert names[0] == "Whole graph"
    assert names[-1] == "near (Linear)"
    assert len(names) < 5
    assert all(crumb.geometry().right() <= view.width() for crumb in view.crumbs.crumbs)
    view.resize(1200, 800)
    assert len(view.crumbs.crumbs) == 5


def test_no_crumb_makes_room_for_dots_that_are_not_there(qtbot):
    crumbs = Breadcrumbs(DARK)
    qtbot.addWidget(crumbs)
    crumbs.show_path([Crumb(k, f"layer {k}", "module", False) for k in range(4)])
    crumbs.resize(1000, crumbs.sizeHint().height())
    crumbs.show()
    qtbot.waitUntil(lambda: len(crumbs.crumbs) == 5 and crumbs.crumbs[-1].geometry().left() > 200)
    enough = crumbs.crumbs[-1].geometry().right() + 14  # the margin at the end, and rounding
    crumbs.resize(enough, crumbs.height())
    assert len(crumbs.crumbs) == 5
    assert crumbs.crumbs[-1].geometry().right() <= enough


def test_there_are_no_crumbs_where_there_are_no_groups(canvas, qtbot):
    view, _ = canvas("x = torch.ones(2, requires_grad=True)\ny = (x * 2).sum()\n")
    assert not view.crumbs.isVisible()


def test_a_group_says_how_far_a_pass_is_and_its_largest_gradient(canvas, qtbot):
    view, state = canvas()
    folded(qtbot, view)
    layers = box(view, "layers (Sequential)")
    assert view.picture.second_line(layers) == "72 functions · 48 parameters"
    said = []
    state.set_step(0, 0)
    count = view.picture.story.run.runs_in[layers]
    for position in range(state.step_count + 1):
        state.set_step(0, position)
        said.append(view.picture.second_line(layers))
    assert said[0] == "waits"
    assert f"now · 0 of {count} done" in said
    assert f"now · {count - 1} of {count} done" in said
    state.set_step(0, state.step_count)
    norms = view.picture.story.run.norms
    assert np.nanmax(norms) >= view.picture.story.largest_in[layers] > 0


def test_a_merged_edge_says_how_many_it_stands_for(canvas, qtbot):
    view, _ = canvas()
    folded(qtbot, view)
    graph = view.picture.drawing.graph
    layers = box(view, "layers (Sequential)")
    several = np.flatnonzero((graph.dst == layers) & (graph.count > 1))
    assert graph.count[several].tolist() == [2]
    assert not graph.slot_matters[graph.dst == layers].any()
    assert len(graph.edges_over(int(several[0]))) == 2


def test_resting_on_a_group_shows_what_is_inside(canvas, qtbot):
    view, state = canvas()
    folded(qtbot, view)
    state.set_step(0, 3)
    card = view._card(box(view, "head (Linear)"))
    rows = dict(card.rows)
    assert card.title == "head (Linear)"
    assert "2 of them functions" in rows["holds"]
    assert rows["parameters"] == "net.head.weight [1, 4], net.head.bias [1]"
    assert rows["out"].endswith("[3, 1]")
    assert "steps done" in rows["backward"]
    assert "largest gradient" in rows["backward"]
    qtbot.mouseMove(view.graph.viewport(), middle(view, box(view, "head (Linear)")))
    qtbot.waitUntil(view.overlays.card.isVisible)


def test_stepping_into_groups_opens_and_closes_them(canvas, qtbot):
    view, state = canvas()
    view.folding.collapse_all()
    settle(qtbot, view)
    view.set_opens_groups(True)
    state.set_step(0, 3)
    settle(qtbot, view)
    assert "head (Linear)" not in closed(view)
    state.set_position(state.step_count)
    settle(qtbot, view)
    assert "head (Linear)" in closed(view)
    assert "0 (Layer)" not in closed(view)


def test_a_large_graph_opens_closed_says_so_and_opens_on_request(canvas, qtbot):
    view, state = canvas(TRAINING)
    nodes = len(state.trace.nodes)
    assert len(view.picture.drawing.rects) < 400
    assert state.shown.collapsed
    assert view.overlays.offer.text.startswith(f"{nodes:,} nodes are shown as")
    view.overlays.offer.button.click()
    settle(qtbot, view)
    assert len(view.picture.drawing.rects) == nodes
    assert view.overlays.offer.text == ""


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_a_group_is_told_from_a_node_by_a_second_border(canvas, qtbot, theme):
    view, _ = canvas()
    view.set_theme(theme)
    folded(qtbot, view)
    view.graph.look(view.graph.camera._replace(scale=1.0))
    head = box(view, "head (Linear)")
    view.graph.reveal(view.picture.rect(head))
    image = view.graph.viewport().grab().toImage()

    def lines(k):
        rect = view.picture.rect(k)
        top = view.graph.mapFromScene(rect.center().x(), rect.top()).y()
        x = view.graph.mapFromScene(rect.center()).x()
        fill = QColor(view.picture.box_styles[view.picture.box_rows[k]].fill)
        row = [image.pixelColor(QPoint(x, top + dy)) for dy in range(0, 8)]
        away = [abs(c.lightness() - fill.lightness()) > 5 for c in row]
        return sum(b and not a for a, b in zip([False, *away], away, strict=False))

    assert lines(head) == 2
    assert lines(box(view, "SumBackward0")) == 1


def test_the_first_crumb_of_a_sub_graph_does_not_call_it_the_whole(canvas, qtbot):
    view, state = canvas()
    assert view.crumbs.crumbs[0].text() == "Whole graph"
    state.set_shown(replace(state.shown, only=frozenset(range(40))))
    settle(qtbot, view)
    assert view.crumbs.crumbs[0].text() == "Sub-graph"


def test_the_offer_keeps_off_the_legend(canvas, qtbot):
    view, state = canvas(width=520, height=500)
    state.set_step(0, 1)
    for corner in Corner:
        view.overlays.move_legend(corner)
        view.overlays.offer.show_offer("2,300 nodes are shown as 120 boxes, grouped by modules.", "Expand all", str)
        assert not view.overlays.offer.geometry().intersects(view.overlays.legend.geometry())
