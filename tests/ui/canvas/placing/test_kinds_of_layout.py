import pytest

from tests.traces import seed_trace
from ui.canvas.other_layouts import LAYERED, process
from ui.canvas.view import CanvasView
from ui.view_state import ViewState


@pytest.fixture
def canvas(qtbot):
    view = CanvasView(ViewState(seed_trace()))
    view.set_animated(False)
    view.resize(900, 900)
    qtbot.addWidget(view)
    view.show()
    settle(qtbot, view)
    yield view
    view.close_job()


def settle(qtbot, view):
    qtbot.waitUntil(lambda: not view.busy, timeout=20_000)


def without_pygraphviz(folder):
    """The program as it is where pygraphviz is not installed."""
    program = folder / "without.py"
    lines = (
        "import runpy, sys",
        "sys.modules['pygraphviz'] = None",
        f"runpy.run_path({str(process.PROGRAM)!r}, run_name='__main__')",
    )
    program.write_text("\n".join(lines), encoding="utf-8")
    return program


def test_another_layout_is_drawn_and_ours_comes_back(canvas, qtbot):
    ours = canvas.picture.drawing.rects.copy()
    canvas.set_layout_kind("circular")
    settle(qtbot, canvas)
    drawing = canvas.picture.drawing
    assert drawing.kind == "circular"
    assert len(drawing.graph.edge) == len(set(drawing.pieces.edge.tolist()))  # each edge is one stroke
    canvas.set_layout_kind(LAYERED)
    settle(qtbot, canvas)
    assert (canvas.picture.drawing.rects == ours).all()


def test_a_step_is_shown_in_any_layout(canvas, qtbot):
    canvas.set_layout_kind("shell")
    settle(qtbot, canvas)
    state = canvas._state
    state.set_step(0, 2)
    assert canvas.picture.story is not None
    assert not canvas.graph.grab().isNull()


def test_a_layout_that_cannot_be_had_says_why_and_the_one_before_stays(canvas, qtbot, tmp_path, monkeypatch):
    canvas.set_layout_kind("circular")
    settle(qtbot, canvas)
    program, told = without_pygraphviz(tmp_path), []
    monkeypatch.setattr(process, "PROGRAM", program)
    canvas.layouts.job.refused.connect(told.append)
    canvas.set_layout_kind("dot")
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    settle(qtbot, canvas)
    said = "Graphviz dot needs pygraphviz, which is not installed: pip install pygraphviz"
    assert told == [said]
    assert canvas.overlays.offer.text == said
    assert canvas.layout_kind == canvas.picture.drawing.kind == "circular"
