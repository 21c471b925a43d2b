import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication

from engine.trace import Batch, NodeKind, Trace
from tests.engine.programs import record
from tests.traces import TraceBuilder, linear_trace, seed_trace
from ui.inspector import (
    Inspector,
    plots,  # noqa: F401  so that nothing is loaded later
)
from ui.inspector.array_panel import ArrayPanel, as_numpy_text
from ui.inspector.inspector import EMPTY, FETCH_LIMIT
from ui.inspector.number_grid import NumberGrid, _fitted
from ui.theme import DARK, LIGHT
from ui.view_state import ViewState


def node(trace, label="", kind=NodeKind.TENSOR):
    return next(n for n in range(len(trace.nodes)) if trace.nodes.kind[n] == kind and trace.node(n).label == label)


@pytest.fixture
def inspect(keep):
    """An inspector on a trace, at a position, with a node selected."""

    def made(trace, label=None, position=0, pass_id=0):
        state = ViewState(trace)
        if len(trace.passes):
            state.set_step(pass_id, position)
        if label is not None:
            state.select([node(trace, label)])
        inspector = keep(Inspector(state))
        inspector.resize(396, 600)
        inspector.show()
        return state, inspector

    return made


def test_with_nothing_to_inspect_it_says_how_to_get_something(inspect):
    _, inspector = inspect(Trace())
    assert inspector.text() == EMPTY


def test_the_selected_tensor_shows_its_gradient_as_in_the_picture(inspect):
    _, inspector = inspect(seed_trace(), "y", 3)
    assert inspector.tab == "Gradient"
    assert inspector._array.part.tolist() == [[4.5, 4.5], [4.5, 4.5]]
    text = inspector.text()
    assert "norm:  9" in text
    assert "producer: AddBackward0 line 3" in text
    assert "consumers: MulBackward0 (slots 0, 1)" in text
    assert "Gradient arrives twice at y (y * y): 2.25 + 2.25." in text


def test_with_nothing_selected_it_follows_the_steps_node(inspect, qtbot):
    state, inspector = inspect(seed_trace(), position=3)
    assert inspector._title.text() == "MulBackward0   y * y"
    with qtbot.waitSignal(inspector._pending.timeout):
        state.set_position(5)
    assert inspector._title.text() == "AccumulateGrad   x"
    with qtbot.waitSignal(inspector._pending.timeout):
        state.set_position(0)
    assert inspector._title.text() == "out"


def test_the_last_selected_node_is_inspected(inspect, qtbot):
    state, inspector = inspect(seed_trace(), "y", 3)
    with qtbot.waitSignal(inspector._pending.timeout):
        state.select([node(state.trace, "y"), node(state.trace, "z")])
    assert inspector._title.text() == "z"


def test_a_gradient_that_has_not_arrived_is_not_shown(inspect):
    _, inspector = inspect(seed_trace(), "y", 2)
    assert "Not yet: arrives at step 3." in inspector.text()
    assert inspector._array.isHidden()


def test_tabs_show_value_gradient_and_saved(inspect, qtbot):
    _, inspector = inspect(seed_trace(), "y", 5)
    for name, largest in (("Value", 3.0), ("Gradient", 4.5), ("Saved", 3.0)):
        button = next(b for b in inspector._tabs.buttons() if b.text() == name)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert inspector.tab == name
        assert inspector._array.part.max() == largest
    assert inspector._choice.currentText() == "by MulBackward0 (y * y) as self and other"


def test_the_open_tab_stays_when_another_node_is_selected(inspect, qtbot):
    state, inspector = inspect(seed_trace(), "y", 5)
    inspector.show_tab("Value")
    with qtbot.waitSignal(inspector._pending.timeout):
        state.select([node(state.trace, "z")])
    assert inspector.tab == "Value"
    assert inspector._array.part.max() == 27


def test_what_saved_nothing_says_so(inspect):
    _, inspector = inspect(linear_trace(), "b", 3)
    inspector.show_tab("Saved")
    assert "Nothing is saved here" in inspector.text()


def test_a_link_selects_the_node_it_names(inspect):
    state, inspector = inspect(seed_trace(), "y", 3)
    square = node(state.trace, "y * y", NodeKind.FUNCTION)
    inspector._facts._rows[0][1].linkActivated.emit(f"node:{square}")
    assert state.selection == (square,)


def test_labels_from_user_code_are_shown_as_text_not_as_markup(inspect):
    trace = record("x = torch.ones(2, requires_grad=True)\ny = (x * 2)[x < 3] if '<b>' else x\ny.sum().backward()")
    _, inspector = inspect(trace, "x", 0)
    assert all("<b>" not in value.text() for _, value in inspector._facts._rows)


def test_a_finding_goes_to_its_node_and_step(inspect, qtbot):
    state, inspector = inspect(linear_trace(poison=True), "w", 6, 1)
    card = inspector._cards[0]
    assert "Inf here first" in card.text()
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert state.position == 2
    assert state.selection == (state.steps.node(2),)


def test_a_finding_can_be_followed_with_the_keyboard(inspect, qtbot):
    state, inspector = inspect(linear_trace(poison=True), "w", 6, 1)
    qtbot.keyClick(inspector._cards[0], Qt.Key.Key_Return)
    assert state.position == 2


def test_a_click_on_the_norms_goes_to_the_step(inspect, qtbot):
    state, inspector = inspect(seed_trace(), "y", 3)
    plot = inspector._plot
    at = plot.mapFromScene(plot.box.mapViewToScene(QPointF(0, 0.5)))
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert state.position == 0


def test_elements_that_are_elsewhere_are_fetched_and_then_shown(inspect, qtbot):
    trace = seed_trace()
    handle = int(trace.nodes.value[node(trace, "y")])
    value = trace.values.pop(handle)
    state, inspector = inspect(trace, "y", 3)
    asked = []
    state.set_fetch(asked.append)
    inspector.show_tab("Value")
    assert "Fetching its elements" in inspector.text()
    assert "shape:  (2, 2)  float32" in inspector.text()
    assert asked == [handle]
    trace.extend(Batch(values={handle: value}))
    with qtbot.waitSignal(inspector._pending.timeout):
        state.trace_grew()
    assert inspector._array.part.max() == 3


def test_elements_given_up_for_the_budget_leave_their_statistics(inspect):
    trace = seed_trace()
    handle = int(trace.nodes.value[node(trace, "y")])
    del trace.values[handle]
    trace.extend(Batch(tables={"drops": {"array": np.array([handle], "<i8")}}))
    _, inspector = inspect(trace, "y", 3)
    inspector.show_tab("Value")
    assert "given up for the memory budget" in inspector.text()
    assert "norm:  6" in inspector.text()


def test_a_very_large_array_is_fetched_only_when_asked_for(inspect, qtbot):
    builder = TraceBuilder()
    builder.add("sources", title="cell 1", text="x")
    builder.add("cells", source=0, number=1)
    handle = builder.add("arrays", shape="100000,1000", dtype="float32", nbytes=FETCH_LIMIT + 1, norm=2.0)
    builder.add("nodes", kind=NodeKind.TENSOR, label="x", shape="100000,1000", dtype="float32", value=handle)
    state, inspector = inspect(builder.build(), "x")
    asked = []
    state.set_fetch(asked.append)
    inspector.show_tab("Value")
    assert "too large to fetch unasked" in inspector.text()
    assert asked == []
    qtbot.mouseClick(inspector._fetch, Qt.MouseButton.LeftButton)
    assert asked == [handle]


# -- one array -------------------------------------------------------------------------------------------------------


@pytest.fixture
def panel(keep):
    made = keep(ArrayPanel())
    made.set_theme(DARK)
    made.add_plots()
    made.resize(380, 400)
    made.show()
    return made


def test_a_large_array_is_a_picture_and_a_table_with_a_slice(panel):
    values = np.arange(64 * 48, dtype=np.float32).reshape(64, 48)
    panel.set_array(values, 0, values.max())
    model = panel._table.matrix
    assert (model.rowCount(), model.columnCount()) == (64, 48)
    assert model.data(model.index(1, 2)) == "50.0000"
    assert panel._room.isVisible()
    assert not panel._grid.isVisible()
    panel.set_slice("[::5, :2]")
    assert panel.part.shape == (13, 2)
    assert (model.rowCount(), model.columnCount()) == (13, 2)


def test_a_wrong_slice_is_told_and_the_part_stays(panel):
    panel.set_array(np.arange(100.0).reshape(10, 10), 0, 99)
    before = panel.part
    panel.set_slice("[nonsense]")
    assert "no index" in panel.error()
    assert panel.part is before
    panel.set_slice("[0]")
    assert panel.error() == ""


def test_more_than_two_dimensions_start_at_their_first_matrix(panel):
    panel.set_array(np.zeros((3, 4, 5, 6), np.float32), 0, 0)
    assert panel.slice_text() == "[0, 0, :, :]"
    assert panel.part.shape == (5, 6)


def test_an_array_without_elements_says_so(panel):
    panel.set_array(np.zeros((0, 3), np.float32), 0, 0)
    assert panel._note.isVisible()
    panel.grab()


def test_the_part_is_copied_as_numpy_text_that_gives_it_back(panel):
    values = np.array([[0.1, np.nan], [-np.inf, 4.5]], np.float32)
    panel.set_array(values, 0.1, 4.5)
    panel.copy()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("np.array(")
    assert np.array_equal(eval(text, {"np": np}), values, equal_nan=True)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool", "uint8"])
def test_numpy_text_keeps_every_element_and_the_dtype(dtype):
    values = np.random.default_rng(0).normal(size=(40, 30)).astype(dtype)
    back = eval(as_numpy_text(values), {"np": np})
    assert back.dtype == values.dtype
    assert np.array_equal(back, values)


def test_too_many_elements_are_not_copied(panel):
    panel.set_array(np.zeros((1000, 1000), np.float32), 0, 0)
    panel.copy()
    assert "too many to copy" in panel.error()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (8, 6)])
def test_number_grids_of_all_sizes_are_painted(keep, theme, shape):
    grid = keep(NumberGrid())
    grid.set_theme(theme)
    values = np.linspace(-1, 1, shape[0] * shape[1], dtype=np.float32).reshape(shape)
    grid.set_matrix(values, -1, 1)
    grid.resize(300, grid.sizeHint().height())
    image = grid.grab().toImage()
    assert image.pixelColor(20, 6) != image.pixelColor(280, image.height() - 8) or values.size == 1


def test_nan_and_inf_are_written_and_coloured_in_their_own_way(keep):
    grid = keep(NumberGrid())
    grid.set_theme(DARK)
    grid.set_matrix(np.array([[np.nan, 1.0]], np.float32), 1, 1)
    grid.resize(200, 40)
    image = grid.grab().toImage()
    assert image.pixelColor(8, 20).name() == DARK.nonfinite
    assert image.pixelColor(190, 20).name() != DARK.nonfinite


@pytest.mark.parametrize(("width", "below"), [(290, True), (720, False)])
def test_numbers_of_a_small_matrix_are_written_out_in_a_narrow_panel_too(keep, qtbot, width, below):
    made = keep(ArrayPanel())
    made.add_plots()
    made.resize(width, 500)
    made.show()
    matrix = np.linspace(-0.0613, 0.0684, 32, dtype=np.float32).reshape(8, 4)
    made.set_array(matrix, -0.0613, 0.0684)
    grid = made._grid
    qtbot.waitUntil(lambda: (made._side.x() == grid.x()) == below)
    texts = [_fitted(value, QFontMetricsF(grid._font()), grid._cell(0, 0).width() - 4) for value in matrix.flat]
    assert not any("…" in text for text in texts)
    assert len(set(texts)) > 24  # with digits enough to tell them apart
