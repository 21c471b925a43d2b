import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.trace import Trace
from tests.engine.programs import record
from tests.traces import chain_trace, seed_trace
from tests.ui.grouping.graphs import LAYERS
from ui.outline import Outline
from ui.outline.model import DETAIL, OutlineModel
from ui.outline.panel import NOTHING
from ui.outline.tree import MOST_ROWS
from ui.shown_state import Grouping
from ui.theme import LIGHT
from ui.view_state import ViewState

X, FUNCTION, Y = 0, 4, 5


@pytest.fixture
def outline(keep, qtbot):
    def make(trace):
        state = ViewState(trace)
        panel = keep(Outline(state))
        panel.resize(340, 500)
        panel.show()
        settle(qtbot, panel)
        return panel, state

    return make


def settle(qtbot, panel):
    qtbot.waitUntil(lambda: not panel.busy, timeout=20_000)


def rows(panel, parent=None):
    """Titles and details of all rows, deeper ones indented."""
    model, found = panel.model, []
    stack = [(0, model.index(row, 0)) for row in range(model.rowCount())][::-1]
    while stack:
        depth, index = stack.pop()
        detail = index.siblingAtColumn(DETAIL).data()
        found.append(f"{'  ' * depth}{index.data()} | {detail}")
        stack += [(depth + 1, model.index(row, 0, index)) for row in range(model.rowCount(index))][::-1]
    return found


def selected(panel):
    return [index.data() for index in panel.tree.selectionModel().selectedRows()]


def test_an_empty_outline_says_what_will_be_there(outline):
    panel, _ = outline(Trace())
    assert panel._layout.currentWidget() is panel._empty


def test_it_lists_tensors_with_what_made_them(outline):
    panel, _ = outline(seed_trace())
    assert rows(panel) == [
        "x | leaf  (2, 2)", "y | Add  (2, 2)", "y * y | Mul  (2, 2)", "z | Mul  (2, 2)", "out | Mean  scalar",
    ]  # fmt: skip
    assert panel.said.text() == "5 tensors"


def test_modules_hold_modules(outline):
    panel, _ = outline(record(LAYERS))
    lines = rows(panel)
    assert lines[0].startswith("net (Encoder) | ") or lines[0].startswith("Encoder | ")
    assert any(line.startswith("  layers (Sequential) | ") for line in lines)
    assert panel.tree.isExpanded(panel.model.index(0, 0)) == (panel.model.rowCount() == 1)


def test_a_row_selects_its_tensor_and_is_left_alone_then(outline, qtbot):
    panel, state = outline(seed_trace())
    panel.tree.setCurrentIndex(panel.model.index(1, 0))
    assert state.selection == (Y,)
    assert selected(panel) == ["y"]


def test_the_graphs_selection_is_shown_and_nothing_is_sent_back(outline):
    panel, state = outline(seed_trace())
    changes = []
    state.selection_changed.connect(lambda: changes.append(state.selection))
    state.select([FUNCTION])
    assert selected(panel) == ["y"]
    assert state.selection == (FUNCTION,)
    state.select([X, Y])
    assert selected(panel) == ["x", "y"]
    state.select([])
    assert selected(panel) == []
    assert changes == [(FUNCTION,), (X, Y), ()]


def test_the_row_of_a_selected_node_deep_inside_is_opened_and_in_view(outline):
    panel, state = outline(record(LAYERS))
    deep = next(n for n in range(len(state.trace.nodes)) if state.trace.node(n).label.endswith("layers.7.far.weight"))
    state.select([deep])
    index = panel.tree.selectionModel().selectedRows()[0]
    assert panel.model.node(index) == deep
    assert not panel.tree.visualRect(index).isEmpty()


def test_the_filter_speaks_the_language_of_the_search(outline, qtbot):
    panel, _ = outline(record(LAYERS))
    panel.filter.setText("layers.3.near.weight is:param")
    settle(qtbot, panel)
    assert [line.split(" | ")[0].strip() for line in rows(panel)][-1].endswith("layers.3.near.weight")
    assert panel.said.text() == "1 tensor match"
    assert panel.tree.isExpanded(panel.model.index(0, 0))
    panel.filter.setText("no such thing")
    settle(qtbot, panel)
    assert (rows(panel), panel.said.text()) == ([], NOTHING)
    panel.filter.setText("is:what")
    settle(qtbot, panel)
    assert panel.said.text().startswith("Nothing is known about “is:what”.")


def test_a_group_that_is_called_what_is_filtered_is_kept_whole(outline, qtbot):
    panel, _ = outline(record(LAYERS))
    panel.filter.setText("head (Lin")
    settle(qtbot, panel)
    assert rows(panel) == []
    panel.filter.setText("head")
    settle(qtbot, panel)
    assert any(line.strip().startswith("head (Linear)") for line in rows(panel))


def test_what_was_opened_stays_open_while_the_trace_grows(outline, qtbot):
    panel, _ = outline(chain_trace(2 * MOST_ROWS))
    panel.tree.expand(panel.model.index(1, 0))
    panel._request()
    settle(qtbot, panel)
    assert panel.tree.isExpanded(panel.model.index(1, 0))
    assert not panel.tree.isExpanded(panel.model.index(0, 0))
    panel.choice.setCurrentIndex(panel.choice.findData(Grouping.BY_CELL))
    settle(qtbot, panel)
    panel.tree.expand(panel.model.index(0, 0))
    inner = panel.model.index(2, 0, panel.model.index(0, 0))
    panel.tree.expand(inner)
    panel._request()
    settle(qtbot, panel)
    assert panel.tree.isExpanded(panel.model.index(2, 0, panel.model.index(0, 0)))


def test_another_trace_gets_another_outline(outline, qtbot):
    panel, state = outline(chain_trace(3))
    state.set_trace(seed_trace())
    settle(qtbot, panel)
    assert len(rows(panel)) == 5


def test_keys_go_from_the_filter_into_the_tree_and_enter_goes_to_the_node(outline, qtbot):
    panel, state = outline(seed_trace())
    panel.set_theme(LIGHT)
    panel.filter.setFocus()
    qtbot.keyClick(panel.filter, Qt.Key.Key_Down)
    assert state.selection == (X,)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    assert state.selection == (Y,)
    with qtbot.waitSignal(panel.go_requested) as gone:
        qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    assert gone.args == [Y]
    panel.filter.setText("x")
    qtbot.keyClick(panel.filter, Qt.Key.Key_Escape)
    assert panel.filter.text() == ""
    assert [part.accessibleName() for part in (panel, panel.filter, panel.tree, panel.choice)] == [
        "Outline", "Filter the outline", "Outline of the graph", "What the outline is made of",
    ]  # fmt: skip


def test_an_outline_that_nobody_sees_is_made_when_it_is_seen(keep, qtbot):
    panel = keep(Outline(ViewState(seed_trace())))
    panel._state.trace_grew()
    settle(qtbot, panel)
    assert panel.model.rowCount() == 0
    panel.show()
    settle(qtbot, panel)
    assert panel.model.rowCount() == 5


@pytest.mark.parametrize("grouping", [g for g in Grouping if g is not Grouping.NONE])
def test_the_model_keeps_qts_rules(outline, qtbot, grouping):
    panel, _ = outline(record(LAYERS))
    tester = QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    panel.choice.setCurrentIndex(panel.choice.findData(grouping))
    settle(qtbot, panel)
    assert panel.model.rowCount() > 0
    assert tester.model() is panel.model


def test_a_model_without_a_tree_is_empty(qapp):
    model = OutlineModel()
    assert model.rowCount() == 0
    assert not model.index(0, 0).isValid()
    assert not model.index_of_node(3).isValid()
    assert model.entry_with("scope:1") == -1
    assert model.key(QModelIndex()) == ""
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Name"
