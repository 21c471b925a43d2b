from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from engine.trace import Status, Trace
from tests.traces import SEED_CODE, TraceBuilder, seed_trace
from ui.script.listing import Place
from ui.script.pane import ScriptPane
from ui.theme import THEMES as ALL
from ui.view_state import ViewState


@dataclass(frozen=True)
class Cell:
    title: str
    text: str
    heading: str = ""
    first_line: int = 1


@pytest.fixture
def state(qapp):
    return ViewState(seed_trace())


@pytest.fixture
def pane(qtbot, state):
    made = ScriptPane(state)
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def point_in(pane, block):
    area = next(area for found, area in pane.view.visible_blocks() if found.blockNumber() == block)
    return QPoint(60, int(area.center().y()))


def test_an_empty_pane_says_what_will_be_there_and_how_to_get_it(qtbot):
    pane = ScriptPane(ViewState(Trace()))
    qtbot.addWidget(pane)
    pane.show()
    assert not pane.view.isVisible()
    assert "Ctrl+O" in pane._empty.text()


def test_the_code_of_each_run_is_shown(pane):
    assert SEED_CODE in pane.view.toPlainText()


def test_a_clicked_line_selects_what_it_made(qtbot, pane, state):
    qtbot.mouseClick(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=point_in(pane, 4))
    labels = [state.trace.node(node).label for node in state.selection]
    assert labels == ["y * y", "y * y", "y * y * 3", "z"]


def test_the_line_of_the_selected_node_is_marked(pane, state):
    node = next(n for n in range(len(state.trace.nodes)) if state.trace.node(n).label == "z.mean()")
    state.select([node])
    assert [(mark.place, mark.role) for mark in pane.view.marks] == [(Place(5, 6, 14), "accent")]


def test_the_line_of_the_step_carries_the_now_colour_and_a_note(pane, state):
    state.set_step(0, 3)
    mark = pane.view.marks[-1]
    assert (mark.place, mark.role) == (Place(4, 4, 9), "now")
    assert mark.notes[0] == "step 3 of 5: y * y"
    state.set_step(0, 0)
    assert pane.view.marks == ()


@pytest.mark.parametrize("theme", ALL.values(), ids=ALL)
def test_the_marked_line_is_painted_in_the_themes_colour(pane, state, theme):
    pane.set_theme(theme)
    state.set_step(0, 3)
    image = pane.view.viewport().grab().toImage()
    found = image.pixelColor(image.width() - 4, point_in(pane, 4).y())
    plain = image.pixelColor(image.width() - 4, point_in(pane, 3).y())
    now = QColor(theme.now)
    assert distance(found, now) < distance(plain, now)


def distance(one, other):
    return sum(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


def test_a_step_out_of_view_is_brought_into_view(qtbot, qapp):
    builder = TraceBuilder()
    text = "\n".join(["pass"] * 500 + ["z = x * x"])
    builder.add("sources", title="long", text=text)
    builder.add("cells", source=0, number=1, status=Status.OK)
    x = builder.leaf("x", 1.0, line=1)
    builder.function("MulBackward0", "x * x", [x, x], "z", 1.0, line=501, columns=(4, 9))
    state = ViewState(builder.build())
    pane = ScriptPane(state)
    qtbot.addWidget(pane)
    pane.resize(400, 200)
    pane.show()
    qtbot.waitExposed(pane)
    function = next(n for n in range(len(state.trace.nodes)) if state.trace.node(n).op == "MulBackward0")
    pane.view.verticalScrollBar().setValue(0)
    state.select([function])
    assert 501 in [block.blockNumber() for block, _ in pane.view.visible_blocks()]


def test_a_failed_line_says_so(qtbot, qapp):
    builder = TraceBuilder()
    builder.add("sources", title="In [1]", text="x = 1\n1 / 0")
    builder.add("cells", source=0, number=1, status=Status.ERROR, error_source=0, error_line=2)
    pane = ScriptPane(ViewState(builder.build()))
    qtbot.addWidget(pane)
    assert [(mark.place.block, mark.role, mark.notes) for mark in pane.view.marks] == [(2, "error", ("failed here",))]


def test_the_run_sign_of_a_header_asks_to_run_its_cell(qtbot, pane):
    pane.open([Cell("cell 1", "a = 1"), Cell("cell 2", "b = 2")], "f.py")
    gutter = pane.view._gutter
    with qtbot.waitSignal(pane.run_requested) as asked:
        qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=QPoint(10, point_in(pane, 3).y()))
    assert asked.args == [1]


def test_the_note_tells_the_current_cell_of_the_document(pane):
    pane.open([Cell("cell 1", "a = 1"), Cell("cell 2", "b = 2"), Cell("cell 3", "c")], "f.py")
    assert pane.note == "cell 1 of 3"
    assert pane.go_to_next()
    assert pane.note == "cell 2 of 3"
    assert pane.go_to_next()
    assert not pane.go_to_next()


def test_characters_that_qt_takes_for_line_ends_do_not_shift_the_lines(pane):
    pane.open([Cell("cell 1", "a = '\u2028'\x0c\nb = 2")], "f.py")
    assert pane.view.document().findBlockByNumber(2).text() == "b = 2"


def test_a_large_file_is_opened_and_only_what_is_seen_is_coloured(qtbot, pane):
    pane.open([Cell("big.py", "\n".join(f"x{i} = x{i} * {i}" for i in range(10_000)))], "big.py")
    pane.view.verticalScrollBar().setValue(9_000)
    pane.view.viewport().grab()
    document = pane.view.document()
    coloured = sum(document.findBlockByNumber(n).userState() == 1 for n in range(document.blockCount()))
    assert document.blockCount() >= 10_000
    assert 0 < coloured < 200


def test_another_trace_starts_a_new_listing(qtbot, pane, state):
    state.set_trace(Trace())
    qtbot.waitUntil(lambda: not pane.listing.cells)
    assert pane.view.toPlainText() == ""


def test_a_header_ends_before_the_number_of_its_run(qtbot):
    pictures = []
    for title in ("a", "a_document_with_a_very_long_name.py"):
        pane = ScriptPane(ViewState(Trace()))
        qtbot.addWidget(pane)
        pane.resize(260, 120)
        pane.open([Cell(title, "x = 1")], "")
        pane.cell(0).number, pane.cell(0).status = 12, Status.OK
        pane.show()
        view = pane.view
        right = view.viewport().width() - view.fontMetrics().horizontalAdvance("In [12]") - 26
        pictures.append(view.viewport().grab().toImage().copy(right, 0, 200, view.fontMetrics().height()))
    assert pictures[0] == pictures[1]
