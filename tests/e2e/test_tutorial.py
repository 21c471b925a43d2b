"""The main job: a notebook opened, run cell by cell, drawn, its backward pass stepped, and exported."""

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from app.export.drawings import MARGIN
from engine.trace import NONE, EdgeKind, NodeKind, Status
from tests.e2e.stories import play, run_all, settled, transcript, wait_for_prompt
from ui.stepping import NodeState

SHARED = Path(__file__).resolve().parents[3] / "shared" / "seed" / "autograd_tutorial.ipynb"


def ops_behind(trace, root):
    """The grad_fn names that a backward pass from a tensor meets."""
    edges, found, waiting = trace.edges, [], [root]
    seen = set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if trace.node(node).kind in (NodeKind.FUNCTION, NodeKind.ACCUMULATE):
            found.append(trace.node(node).op)
        into = np.flatnonzero((edges.dst == node) & (edges.kind != EdgeKind.GRAD))
        waiting += [int(edges.src[edge]) for edge in into]
    return sorted(found)


def opened(qtbot, window):
    qtbot.waitUntil(lambda: bool(window.script.document_cells))
    wait_for_prompt(qtbot, window)


def test_every_cell_runs_with_the_results_of_pytorch(qtbot, qapp, notebook):
    def story(window):
        opened(qtbot, window)
        run_all(qtbot, window)
        assert [cell.status for cell in window.script.document_cells] == [Status.OK] * 13
        said = transcript(window)
        assert "tensor([[1., 1.],\n        [1., 1.]], requires_grad=True)" in said
        assert "tensor([[3., 3.],\n        [3., 3.]], grad_fn=<AddBackward0>)" in said
        assert re.search(r"<AddBackward0 object at 0x[0-9a-f]+>", said)
        assert (
            "tensor([[27., 27.],\n        [27., 27.]], grad_fn=<MulBackward0>) tensor(27., grad_fn=<MeanBackward0>)"
            in said
        )
        assert re.search(r"False\nTrue\n<SumBackward0 object at 0x[0-9a-f]+>", said)
        assert "tensor([[4.5000, 4.5000],\n        [4.5000, 4.5000]])" in said
        assert "True\nTrue\nFalse\n" in said
        assert "True\nFalse\ntensor(True)" in said

    assert play([str(notebook)], story) == 0


def test_the_graph_of_out_and_its_pass_to_the_end_and_back(qtbot, qapp, notebook):
    def story(window):
        opened(qtbot, window)
        run_all(qtbot, window)
        state, trace = window.view_state, window.view_state.trace
        root = int(trace.passes.root[0])
        assert trace.node(root).label == "out"
        assert ops_behind(trace, root) == [
            "AccumulateGrad", "AddBackward0", "MeanBackward0", "MulBackward0", "MulBackward0",
        ]  # fmt: skip
        labels = {trace.node(node).label for node in range(len(trace.nodes))}
        assert {"x", "y", "z", "out"} <= labels
        state.set_step(0, 0)
        window.canvas.setFocus()
        before = [state.steps.node_states(k).tobytes() for k in range(state.step_count + 1)]
        for position in range(1, 6):
            qtbot.keyClick(window, Qt.Key.Key_Right)
            assert state.position == position
        assert (state.steps.node_states(5) == NodeState.WAITING).sum() == 0
        for position in reversed(range(5)):
            qtbot.keyClick(window, Qt.Key.Key_Left)
            assert state.position == position
            assert state.steps.node_states(position).tobytes() == before[position]
        qtbot.keyClick(window, Qt.Key.Key_End)
        assert state.position == 5
        qtbot.keyClick(window, Qt.Key.Key_Home)
        assert state.position == 0

    assert play([str(notebook)], story) == 0


def test_a_loop_draws_as_many_multiplications_as_ran_and_v_is_the_seed(qtbot, qapp, notebook):
    def story(window):
        opened(qtbot, window)
        run_all(qtbot, window)
        trace = window.view_state.trace
        ran = int(re.search(r"grad_fn=<MulBackward0>\) (\d+)\n", transcript(window)).group(1))
        root = int(trace.passes.root[1])
        assert ops_behind(trace, root).count("MulBackward0") == ran
        seed = trace.flows.value[(trace.flows.pass_ == 1) & (trace.flows.step == 0)]
        np.testing.assert_array_equal(trace.values[int(seed[0])], np.float32([0.1, 1.0, 0.0001]))

    assert play([str(notebook)], story) == 0


def test_cells_run_one_by_one_and_the_next_becomes_current(qtbot, qapp, notebook):
    def story(window):
        opened(qtbot, window)
        window.script.view.setFocus()
        for index in range(4):
            assert window.script.current == index
            window.menus.actions["run_next"].trigger()
        qtbot.waitUntil(lambda: window.script.cell(3).status is Status.OK, timeout=20_000)
        assert [cell.number for cell in window.script.document_cells[:5]] == [1, 2, 3, 4, 0]
        assert window.script.note == "cell 5 of 13"

    assert play([str(notebook)], story) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_exported_is_the_scene_with_its_margin(qtbot, qapp, notebook, tmp_path, theme):
    def story(window):
        window.settings.set("theme", theme)
        opened(qtbot, window)
        run_all(qtbot, window)
        window.view_state.set_step(0, 3)
        settled(qtbot, window)
        picture = window.canvas.picture
        assert picture.bounds == window.canvas.scene_bounds()
        for suffix in (".png", ".svg"):
            path = tmp_path / f"graph{suffix}"
            window.commands.exporting.export_to(path)
            qtbot.waitUntil(path.exists, timeout=20_000)
        frame = picture.bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        image = QImage(str(tmp_path / "graph.png"))
        assert (image.width(), image.height()) == pytest.approx((frame.width() * 2, frame.height() * 2), abs=2)
        svg = (tmp_path / "graph.svg").read_text()
        for text in ("MulBackward0", "AccumulateGrad", "out", "now"):
            assert f">{text}" in svg or text in svg
        assert image.pixelColor(1, 1).name() == window.themes.theme.background

    assert play([str(notebook)], story) == 0


@pytest.mark.skipif(not SHARED.exists(), reason="the course's notebook is not beside this clone")
def test_the_courses_own_notebook_runs_to_its_end(qtbot, qapp):
    def story(window):
        opened(qtbot, window)
        run_all(qtbot, window)
        assert all(cell.status is Status.OK for cell in window.script.document_cells)
        assert "tensor([[4.5000, 4.5000],\n        [4.5000, 4.5000]])" in transcript(window)
        assert len(window.view_state.trace.passes) == 2
        assert window.view_state.pass_id != NONE

    assert play([str(SHARED)], story) == 0
