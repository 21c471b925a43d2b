"""Taking the graph along from the real window: the dialog, parts of the graph, the clipboard."""

import json

import numpy as np
from PIL import Image
from PySide6.QtGui import QGuiApplication

from app.export import Scope
from tests.app.export.reading import svg_texts
from tests.e2e.stories import play, run_typed, settled
from ui.shown_state import Grouping

MODEL = """
import torch
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
loss = (net(torch.ones(4, 2)) ** 2).mean()
loss.backward()
"""


def opened(qtbot, window, chosen):
    """The export dialog with its first preview, at a format."""
    window.menus.actions["export"].trigger()
    dialog = window.commands.exporting.dialog
    qtbot.waitUntil(lambda: dialog._seen.estimate is not None, timeout=20_000)
    row = next(k for k in range(dialog.formats.count()) if dialog.formats.item(k).text().strip().startswith(chosen))
    if row != dialog.formats.currentRow():
        with qtbot.waitSignal(dialog._job.ready, timeout=20_000):
            dialog.formats.setCurrentRow(row)
    return dialog


def written(qtbot, dialog, path):
    with qtbot.waitSignal(dialog.written, timeout=20_000):
        dialog.write(path)
    return path


def test_a_person_exports_what_is_on_the_canvas(qtbot, qapp, tmp_path):
    def story(window):
        run_typed(qtbot, window, MODEL)
        window.view_state.set_grouping(Grouping.BY_MODULE)
        window.view_state.set_step(0, 3)
        settled(qtbot, window)
        dialog = opened(qtbot, window, "SVG")
        scope = dialog.fields.scope
        assert [scope.itemText(k) for k in range(scope.count())] == ["Whole graph", "What is in view"]
        dialog.fields.panel.setChecked(True)
        texts = svg_texts(written(qtbot, dialog, tmp_path / "graph.svg"))
        assert any(text.startswith("STEP 3 OF") for text in texts)
        assert "graph.svg" in window.statusBar().currentMessage()
        graph = window.canvas.picture.drawing.graph
        for title in {graph.title_text(box) for box in range(len(graph.node))}:
            assert title in texts
        assert window.commands.exporting.dialog is None

    assert play([], story) == 0


def test_the_selection_and_its_group_are_parts_that_can_be_exported(qtbot, qapp, tmp_path):
    def story(window):
        run_typed(qtbot, window, MODEL)
        window.view_state.set_grouping(Grouping.BY_MODULE)
        window.view_state.set_collapsed(())
        settled(qtbot, window)
        trace = window.view_state.trace
        tanh = next(k for k in range(len(trace.nodes)) if trace.text(int(trace.nodes.op[k])) == "TanhBackward0")
        window.view_state.select([tanh])
        dialog = opened(qtbot, window, "Node-link")
        fields = dialog.fields
        with qtbot.waitSignal(dialog._job.ready, timeout=20_000):
            fields.scope.setCurrentIndex(fields.scope.findData(Scope.SELECTION))
        found = json.loads(written(qtbot, dialog, tmp_path / "one.json").read_text())
        assert [node["op"] for node in found["nodes"]] == ["TanhBackward0"]
        dialog = opened(qtbot, window, "Node-link")
        group = dialog.fields.scope.findData(Scope.GROUP)
        assert "Tanh" in dialog.fields.scope.itemText(group)
        with qtbot.waitSignal(dialog._job.ready, timeout=20_000):
            dialog.fields.scope.setCurrentIndex(group)
        found = json.loads(written(qtbot, dialog, tmp_path / "group.json").read_text())
        assert "TanhBackward0" in {node.get("op") for node in found["nodes"]}
        assert len(found["nodes"]) < len(trace.nodes)

    assert play([], story) == 0


def test_an_image_with_its_title_comes_to_the_clipboard(qtbot, qapp, tmp_path):
    def story(window):
        run_typed(qtbot, window, MODEL)
        settled(qtbot, window)
        QGuiApplication.clipboard().clear()
        dialog = opened(qtbot, window, "PNG")
        dialog.fields.title.setText("For the slides")
        dialog.copy.click()
        qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull(), timeout=20_000)
        copied = QGuiApplication.clipboard().image()
        assert copied.save(str(tmp_path / "copied.png"))
        path = written(qtbot, dialog, tmp_path / "graph.png")
        with Image.open(path) as one, Image.open(tmp_path / "copied.png") as other:
            assert np.array_equal(np.asarray(one.convert("RGB")), np.asarray(other.convert("RGB")))

    assert play([], story) == 0
