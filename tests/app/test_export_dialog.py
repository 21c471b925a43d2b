"""The export dialog: what it offers comes from the table, what it shows is what it writes."""

from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from app.export import FORMATS, ExportRequest, Kind, Option, Scope
from app.export.sizes import Estimate
from app.export_dialog import ExportDialog
from app.export_dialog.fields import Offer
from app.export_dialog.size_text import size_text
from tests.app.export.reading import svg_texts
from tests.traces import chain_trace, seed_trace
from ui.canvas.picture.picture import Picture
from ui.canvas.shown.shown_graph import View
from ui.theme import DARK

STILLS = [form for form in FORMATS if form.kind is Kind.STILL]


def offer(trace=None, position=3, **more):
    trace = trace if trace is not None else seed_trace()
    drawing = Picture.of_trace(trace).drawing
    request = ExportRequest(trace, 0, position, theme=DARK, drawing=drawing, source="code.py", **more)
    scopes = {Scope.WHOLE: "Whole graph", Scope.VIEW: "What is in view"}
    if request.nodes:
        scopes[Scope.SELECTION] = "Selection"
    return Offer(request, scopes, int(trace.passes.steps[0]))


@pytest.fixture
def opened(qtbot, tmp_path):
    """Opens the dialog and waits for its first preview."""
    made = []

    def open_(given=None, chosen="png"):
        parent = QWidget()
        qtbot.addWidget(parent)
        dialog = ExportDialog(given or offer(), lambda suffix: tmp_path / f"graph{suffix}", chosen, parent)
        with qtbot.waitSignal(dialog._job.ready, timeout=20_000):
            dialog.show()
        made.append((dialog, parent))
        return dialog

    yield open_
    for dialog, _ in made:
        dialog.close()


def choose(qtbot, dialog, word):
    """Choose a format and wait for its preview."""
    row = next(k for k in range(dialog.formats.count()) if _id(dialog, k) == word)
    with qtbot.waitSignal(dialog._job.ready, timeout=20_000):
        dialog.formats.setCurrentRow(row)


def change(qtbot, dialog, act):
    with qtbot.waitSignal(dialog._job.ready, timeout=20_000):
        act()


def _id(dialog, row):
    form = dialog.formats.item(row).data(Qt.ItemDataRole.UserRole)
    return form.id if form is not None else ""


def test_the_list_is_the_table_under_its_headings(opened):
    dialog = opened()
    listed = [_id(dialog, k) for k in range(dialog.formats.count())]
    assert [word for word in listed if word] == [form.id for form in FORMATS]
    heads = [dialog.formats.item(k).text() for k, word in enumerate(listed) if not word]
    assert heads == list(dict.fromkeys(form.kind.value for form in FORMATS))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.id)
def test_a_format_shows_the_options_it_heeds_and_no_others(qtbot, opened, form):
    dialog = opened()
    if form.available:
        if form.id != "png":
            choose(qtbot, dialog, form.id)
        fields = dialog.fields
        shown = {
            Option.SCOPE: fields.scope, Option.VIEW: fields.view, Option.ORIENTATION: fields.orientation,
            Option.THEME: fields.theme, Option.BACKGROUND: fields.transparent, Option.SCALE: fields.size,
            Option.TILE: fields.tile, Option.PAGE: fields.page, Option.TITLE: fields.title,
            Option.LEGEND: fields.legend, Option.PANEL: fields.panel, Option.TIME: fields.fps,
        }  # fmt: skip
        assert {option for option, field in shown.items() if field.isVisible()} == form.options & shown.keys()
        assert fields.first.isVisible() == (form.kind is Kind.FILM)


def test_the_preview_and_the_size_follow_the_options(qtbot, opened):
    dialog = opened()
    before, image = dialog.note.text(), dialog.preview.picture._image
    assert "px" in before
    assert image.pixelColor(2, 2).name() == DARK.background
    change(qtbot, dialog, lambda: dialog.fields.size.scale.setValue(4.0))
    assert dialog.note.text() != before
    change(qtbot, dialog, lambda: dialog.fields.theme.setCurrentText("Light"))
    assert dialog.preview.picture._image.pixelColor(2, 2).name() != DARK.background
    change(qtbot, dialog, lambda: dialog.fields.panel.setChecked(True))
    wider = dialog.preview.picture._image
    assert wider.width() / wider.height() > image.width() / image.height()


def test_data_shows_the_beginning_of_the_file(qtbot, opened):
    dialog = opened()
    choose(qtbot, dialog, "dot")
    assert dialog.preview.text.toPlainText().startswith('digraph "retrograde"')
    choose(qtbot, dialog, "csv")
    assert "graph-nodes.csv" in dialog.preview.text.toPlainText()
    assert "3 files" in dialog.note.text()


@pytest.mark.parametrize("form", STILLS, ids=lambda form: form.id)
def test_what_is_written_is_what_was_chosen(qtbot, opened, tmp_path, form):
    dialog = opened()
    if form.id != "png":
        choose(qtbot, dialog, form.id)
    dialog.fields.title.setText("Mine")
    dialog.fields.step.setValue(2)
    with qtbot.waitSignal(dialog.written, timeout=20_000) as written:
        dialog.write(tmp_path / f"graph{form.suffix}")
    assert written.args[0] == (tmp_path / f"graph{form.suffix}",)
    assert not dialog.isVisible()
    if form.id == "svg":
        assert "Mine" in svg_texts(tmp_path / "graph.svg")
        assert "now" in " ".join(svg_texts(tmp_path / "graph.svg"))
    if form.id == "png":
        with Image.open(tmp_path / "graph.png") as image:
            assert "step 2 of 5" in image.info["Description"]


def test_several_steps_become_numbered_files_and_older_ones_are_asked_for(qtbot, opened, tmp_path, monkeypatch):
    dialog = opened(chosen="svg")
    change(qtbot, dialog, lambda: dialog.fields.several.setChecked(True))
    change(qtbot, dialog, lambda: dialog.fields.last.setValue(2))
    assert "3 files" in dialog.note.text()
    (tmp_path / "graph-1.svg").write_text("old")
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    dialog.write(tmp_path / "graph.svg")
    assert dialog.isVisible()
    assert (tmp_path / "graph-1.svg").read_text() == "old"
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    with qtbot.waitSignal(dialog.written, timeout=20_000):
        dialog.write(tmp_path / "graph.svg")
    assert sorted(file.name for file in tmp_path.glob("*.svg")) == [f"graph-{k}.svg" for k in range(3)]


def test_a_picture_that_would_be_too_large_says_so_and_tiles_help(qtbot, opened):
    dialog = opened(offer(chain_trace(120)))
    assert not dialog.save.isEnabled()
    assert "tiles" in dialog.note.text()
    change(qtbot, dialog, lambda: dialog.fields.tiled.setChecked(True))
    assert dialog.save.isEnabled()
    assert "files" in dialog.note.text()


def test_cancel_while_writing_leaves_no_file_and_the_dialog_open(qtbot, opened, tmp_path):
    dialog = opened(offer(chain_trace(60)))
    change(qtbot, dialog, lambda: dialog.fields.size.scale.setValue(1.5))
    loop = QEventLoop()
    dialog._writing.progressed.connect(lambda *_: dialog.cancel.click())
    dialog._writing.failed.connect(lambda _error: loop.quit())
    dialog.write(tmp_path / "graph.png")
    assert dialog.progress.isVisible()
    assert not dialog.save.isEnabled()
    loop.exec()
    assert list(tmp_path.iterdir()) == []
    assert dialog.isVisible()
    assert "cancelled" in dialog.note.text()
    assert not dialog.progress.isVisible()


def test_an_error_stays_in_the_dialog(qtbot, opened, tmp_path):
    dialog = opened()
    with qtbot.waitSignal(dialog._writing.failed, timeout=20_000):
        dialog.write(tmp_path / "none" / "graph.png")
    assert "cannot be written" in dialog.note.text()
    assert dialog.isVisible()


def test_another_view_is_laid_out_and_not_taken_from_the_canvas(qtbot, opened):
    dialog = opened()
    assert dialog.fields.request(dialog.format).drawing is not None
    change(qtbot, dialog, lambda: dialog.fields.view.setCurrentText(View.FUNCTIONS.value))
    asked = dialog.fields.request(dialog.format)
    assert asked.view is View.FUNCTIONS
    assert asked.drawing is None


def test_the_image_can_be_copied_as_it_is_previewed(qtbot, opened):
    dialog = opened()
    dialog.fields.legend.setChecked(True)
    with qtbot.waitSignal(dialog.copy_asked) as asked:
        dialog.copy.click()
    assert asked.args[0].legend
    choose(qtbot, dialog, "json")
    assert not dialog.copy.isEnabled()


def test_without_a_pass_there_are_no_steps_to_choose(opened):
    bare = offer()
    dialog = opened(replace(bare, request=replace(bare.request, pass_id=-1, position=0), step_count=0))
    assert not dialog.fields.step.isEnabled()
    assert not dialog.fields.panel.isEnabled()


def test_sizes_are_told_in_words():
    assert size_text(Estimate(2016, 2344, bytes=1500, exact=True)) == "2,016 × 2,344 px · 1.5 KiB"
    assert size_text(Estimate(300, 600, bytes=10), dpi=300.0) == "300 × 600 px (25 × 51 mm) · about 10 B"
    assert size_text(Estimate(595, 842, "pt", files=2)) == "595 × 842 pt (210 × 297 mm) · 2 files"
