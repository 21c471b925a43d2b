"""A person finds their way: Ctrl+F, traces, the outline, a sub-graph in its own tab."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

from engine.trace import NONE
from tests.e2e.stories import play, run_typed, settled
from ui.canvas.shown.shown_graph import GROUP
from ui.naming import Names

SEED = """import torch
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()"""

MODEL = """import torch
from torch import nn
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
loss = net(torch.ones(4, 2)).sum()
loss.backward()"""


def titles(window, nodes):
    names = Names.of(window.session.trace)
    return sorted(names.title(int(node)) for node in nodes)


def node(window, title):
    names = Names.of(window.session.trace)
    return next(n for n in range(len(window.session.trace.nodes)) if names.title(n) == title)


def press(qtbot, widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(widget, key, modifier)


def test_ctrl_f_finds_lights_and_goes(qtbot, qapp):
    def story(window):
        run_typed(qtbot, window, SEED)
        settled(qtbot, window)
        press(qtbot, window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        search, state = window.area.search, window.view_state
        assert search.isVisible()
        qtbot.keyClicks(search.field, "op:mul")
        assert search.count_text == "1 of 2"
        assert titles(window, state.shown.lit) == ["MulBackward0", "MulBackward0"]
        press(qtbot, search.field, Qt.Key.Key_Down)
        second = search.current
        assert window.canvas.picture.marked == window.canvas.picture.drawing.graph.box_of[second]
        press(qtbot, search.field, Qt.Key.Key_Return)
        assert state.selection == (second,)
        search.field.setText("/[/")
        assert "cannot be used" in search.message
        search.field.setText("nothing is called this")
        assert search.message == "Nothing in this graph matches."
        press(qtbot, search.field, Qt.Key.Key_Escape)
        assert search.isHidden()
        assert state.shown.lit is None
        assert state.selection == (second,)

    assert play([], story) == 0


def test_a_hit_in_a_closed_group_marks_the_group_and_enter_opens_it(qtbot, qapp):
    def story(window):
        run_typed(qtbot, window, MODEL)
        settled(qtbot, window)
        state, canvas = window.view_state, window.canvas
        state.set_collapsed(canvas.picture.drawing.graph.groups.keys)
        settled(qtbot, window)
        search = window.area.search
        search.open()
        qtbot.keyClicks(search.field, "op:relu")
        graph = canvas.picture.drawing.graph
        assert graph.kind[canvas.picture.marked] == GROUP
        assert canvas.picture.is_lit(canvas.picture.marked)
        press(qtbot, search.field, Qt.Key.Key_Return)
        settled(qtbot, window)
        relu = search.current
        graph = canvas.picture.drawing.graph
        assert graph.kind[graph.box_of[relu]] != GROUP
        assert state.selection == (relu,)

    assert play([], story) == 0


def test_a_trace_lights_what_led_to_a_node_and_escape_ends_it(qtbot, qapp):
    def story(window):
        run_typed(qtbot, window, SEED)
        settled(qtbot, window)
        state, canvas = window.view_state, window.canvas.graph
        window.activateWindow()
        canvas.setFocus()
        state.select([node(window, "y")])
        press(qtbot, canvas, Qt.Key.Key_A)
        assert titles(window, state.shown.lit) == ["2", "AccumulateGrad", "AddBackward0", "x", "x.grad", "y"]
        press(qtbot, canvas, Qt.Key.Key_D)
        assert "out" in titles(window, state.shown.lit)
        state.select([node(window, "x"), node(window, "z")])
        press(qtbot, canvas, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
        path = titles(window, state.shown.lit)
        assert path == ["AddBackward0", "MulBackward0", "MulBackward0", "x", "y", "y * y", "z"]
        press(qtbot, canvas, Qt.Key.Key_Escape)
        assert state.shown.lit is None
        assert len(state.selection) == 2
        press(qtbot, canvas, Qt.Key.Key_Escape)
        assert state.selection == ()

    assert play([], story) == 0


def test_a_sub_graph_is_shown_alone_until_its_tab_is_closed(qtbot, qapp):
    def story(window):
        run_typed(qtbot, window, SEED)
        settled(qtbot, window)
        state, tabs = window.view_state, window.area.tabs
        whole = len(window.canvas.picture.drawing.graph.node)
        state.select([node(window, "y")])
        window.menus.actions["trace_ancestors"].trigger()
        window.menus.actions["show_only"].trigger()
        settled(qtbot, window)
        assert tabs.isVisible()
        assert tabs.tabText(1) == "Ancestors of y"
        assert titles(window, window.canvas.picture.drawing.graph.node) == titles(window, state.shown.only)
        assert window.menus.actions["close_tab"].isEnabled()
        window.menus.actions["close_tab"].trigger()
        settled(qtbot, window)
        assert tabs.isHidden()
        assert len(window.canvas.picture.drawing.graph.node) == whole
        assert not window.menus.actions["close_tab"].isEnabled()

    assert play([], story) == 0


def test_the_menu_of_a_box_is_about_that_box(qtbot, qapp):
    def story(window):
        run_typed(qtbot, window, SEED)
        settled(qtbot, window)
        canvas, z = window.canvas, node(window, "z")
        box = int(canvas.picture.drawing.graph.box_of[z])
        canvas.graph.box_menu.emit(box, canvas.mapToGlobal(canvas.rect().center()))
        menu = window.menus.box_menu
        assert menu.isVisible()
        assert window.view_state.selection == (z,)
        offered = [action.text() for action in menu.actions()]
        assert {"Light ancestors", "Light descendants", "Show only this"} <= set(offered)
        assert not next(a for a in menu.actions() if a.text() == "Light path between two").isEnabled()
        menu.close()

    assert play([], story) == 0


def test_the_outline_and_the_graph_share_the_selection(qtbot, qapp):
    def story(window):
        run_typed(qtbot, window, MODEL)
        settled(qtbot, window)
        window.findChild(QDockWidget, "outline").raise_()
        outline, state = window.outline, window.view_state
        qtbot.waitUntil(lambda: outline.isVisible() and not outline.busy and outline.model.rowCount() > 0)
        weight = node(window, "net.0.weight")
        state.select([weight])
        (row,) = outline.tree.selectionModel().selectedRows()
        assert outline.model.node(row) == weight
        assert outline.model.node(row.parent()) != NONE
        bias = outline.model.index_of_node(node(window, "net.0.bias"))
        outline.tree.setCurrentIndex(bias)
        assert state.selection == (node(window, "net.0.bias"),)
        picture = window.canvas.picture
        assert picture.selected.tolist() == [picture.drawing.graph.box_of[state.selection[0]]]

    assert play([], story) == 0
