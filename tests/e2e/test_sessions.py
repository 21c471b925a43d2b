"""A session is kept in a file: saved, opened elsewhere and gone on with, recovered after a crash."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.commands.files import autosave_folder
from app.saving.file_lock import FileLock
from app.store import open_session
from app.store.growing import files_of
from engine.trace import Status
from tests.app.store.sessions import saved
from tests.e2e.stories import play, run_all, run_typed, settled, transcript, wait_for_prompt
from tests.traces import seed_trace
from ui.shown_state import Grouping

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import torch\nx = torch.ones(2, 200, requires_grad=True)\ny = x * 3\nout = (y * y).mean()\nout.backward()"


def save(qtbot, window, path):
    with qtbot.waitSignal(window.files.saved, timeout=20_000) as saved:
        window.files.save_to(path)
    assert saved.args == [True]


def opened(qtbot, window, path):
    with qtbot.waitSignal(window.files.opened, timeout=20_000):
        window.commands.open_path(path)
    settled(qtbot, window)


def question(window):
    boxes = window.findChildren(QMessageBox, "save-question")
    return next((box for box in boxes if box.isVisible()), None)


def test_a_session_is_saved_and_shows_again_as_it_was_left(qtbot, tmp_path):
    path, seen = tmp_path / "work.retro", {}

    def work(window):
        run_typed(qtbot, window, PROGRAM)
        run_typed(qtbot, window, "print(x.grad[0, :2])")
        settled(qtbot, window)
        window.view_state.set_step(0, 2)
        window.view_state.select([3, 1])
        window.view_state.set_grouping(Grouping.BY_CELL)
        window.view_choice.choose(list(type(window.view_choice.current))[1])
        assert window.isWindowModified()
        save(qtbot, window, path)
        assert not window.isWindowModified()
        assert window.windowTitle() == "work.retro[*] · Retrograde"
        assert window.settings.texts("recent_files") == [str(path)]
        seen.update(counts=window.session.trace.counts(), view=window.view_choice.current, text=transcript(window))

    def later(window):
        qtbot.waitUntil(lambda: len(window.view_state.trace.nodes) > 0, timeout=20_000)
        wait_for_prompt(qtbot, window)
        settled(qtbot, window)
        state = window.view_state
        assert state.trace is window.session.trace
        assert state.trace.counts() == seen["counts"]
        assert (state.pass_id, state.position, state.selection) == (0, 2, (3, 1))
        assert state.shown.grouping is Grouping.BY_CELL
        assert window.view_choice.current is seen["view"]
        said = transcript(window)
        assert "print(x.grad[0, :2])" in said
        assert "tensor([0.0450, 0.0450])" in said
        assert "its variables are not restored" in said
        assert window.windowTitle() == "work.retro[*] · Retrograde"
        assert not window.isWindowModified()

    assert play([], work) == 0
    assert play([str(path)], later) == 0


def test_values_come_from_the_file_and_new_cells_continue_the_trace(qtbot, tmp_path):
    path = tmp_path / "work.retro"

    def work(window):
        run_typed(qtbot, window, PROGRAM)
        save(qtbot, window, path)

    def later(window):
        wait_for_prompt(qtbot, window)
        trace = window.session.trace
        nodes, cells = len(trace.nodes), len(trace.cells)
        assert nodes
        large = int(np.flatnonzero(trace.arrays.nbytes > 512)[0])
        assert window.view_state.value(large) is None
        qtbot.waitUntil(lambda: large in trace.values, timeout=10_000)
        assert trace.values[large].shape == (2, 200)
        run_typed(qtbot, window, "print(x)")
        assert "NameError" in transcript(window)
        run_typed(qtbot, window, "import torch\nw = torch.ones(300, requires_grad=True)\n(w * 2).sum().backward()")
        assert len(trace.nodes) > nodes
        assert len(trace.cells) == cells + 2
        assert trace.cells.status[-1] == Status.OK
        assert len(trace.passes) == 2
        assert window.isWindowModified()
        save(qtbot, window, path)

    def again(window):
        wait_for_prompt(qtbot, window)
        trace = window.session.trace
        for handle in np.flatnonzero(trace.arrays.nbytes > 512).tolist():
            window.session.fetch(handle)
            qtbot.waitUntil(lambda h=handle: h in trace.values, timeout=10_000)

    assert play([], work) == 0
    assert play([str(path)], later) == 0
    assert play([str(path)], again) == 0


def test_a_session_opened_in_a_window_replaces_the_one_there_after_a_question(qtbot, tmp_path):
    path = tmp_path / "work.retro"

    def work(window):
        run_typed(qtbot, window, PROGRAM)
        save(qtbot, window, path)
        nodes = len(window.session.trace.nodes)
        run_typed(qtbot, window, "z = torch.ones(3)")
        window.commands.open_path(path)
        box = question(window)
        assert "work.retro" in box.text()
        box.button(QMessageBox.StandardButton.Cancel).click()
        assert window.isWindowModified()
        assert len(window.session.trace.cells) == 2
        window.commands.open_path(path)
        with qtbot.waitSignal(window.files.opened, timeout=20_000):
            qtbot.waitUntil(lambda: question(window) is not None)
            question(window).button(QMessageBox.StandardButton.Discard).click()
        assert len(window.session.trace.nodes) == nodes
        assert not window.isWindowModified()
        run_typed(qtbot, window, "import torch\nv = torch.ones(3, requires_grad=True) * 2")
        assert len(window.session.trace.cells) == 2

    assert play([], work) == 0


def test_closing_asks_and_saves_first_when_told_to(qtbot, tmp_path):
    path = tmp_path / "work.retro"

    def work(window):
        run_typed(qtbot, window, PROGRAM)
        save(qtbot, window, path)
        run_typed(qtbot, window, "z = torch.ones(3)")
        window.close()
        assert window.isVisible()
        question(window).button(QMessageBox.StandardButton.Save).click()
        qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)

    assert play([], work) == 0
    with open_session(path) as stored:
        assert len(stored.trace.cells) == 2


def test_a_damaged_session_is_told_and_changes_nothing(qtbot, tmp_path):
    path = tmp_path / "bad.retro"
    path.write_bytes(b"SQLite format 3\0" + bytes(500))

    def work(window):
        run_typed(qtbot, window, PROGRAM)
        trace = window.session.trace
        window.files.forget_changes()
        opened(qtbot, window, path)
        assert "not a session of Retrograde" in window.notice.text
        assert window.session.trace is trace
        run_typed(qtbot, window, "y2 = y + 1")

    assert play([], work) == 0


def test_a_file_that_another_window_has_open_is_opened_as_a_copy(qtbot, tmp_path):
    path = tmp_path / "work.retro"

    def work(window):
        run_typed(qtbot, window, PROGRAM)
        save(qtbot, window, path)
        window.files._let_go()

    def second(window):
        wait_for_prompt(qtbot, window)
        assert f"process {os.getpid()}" in window.notice.text
        assert "another window" in window.notice.text
        assert window.files.path is None
        with qtbot.waitSignal(window.files.saved) as saved:
            window.files.save_to(path)
        assert saved.args == [False]
        save(qtbot, window, tmp_path / "copy.retro")

    assert play([], work) == 0
    other = FileLock(path)
    assert other.take()
    assert play([str(path)], second) == 0
    other.release()
    assert (tmp_path / "copy.retro").exists()


def test_the_lock_of_a_process_that_died_does_not_count(tmp_path):
    path = tmp_path / "work.retro"
    code = "import sys, os; from pathlib import Path; from app.saving.file_lock import FileLock\n"
    code += "lock = FileLock(Path(sys.argv[1])); assert lock.take(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False)
    assert list(tmp_path.iterdir())
    lock = FileLock(path)
    assert lock.take()
    lock.release()


def test_after_a_clean_end_nothing_is_left_to_recover(qtbot, tmp_path):
    def work(window):
        run_typed(qtbot, window, PROGRAM)
        qtbot.waitUntil(lambda: list(autosave_folder().glob("*.retro")) != [], timeout=20_000)

    assert play([], work) == 0
    assert list(autosave_folder().iterdir()) == []


CRASH = """
import os, sys
from PySide6.QtCore import QTimer
from app import application
from app.main import main
code = sys.argv[1]

def begin():
    window = next(w for w in application.application().topLevelWidgets() if w.objectName() == "window")

    def tried():
        ready = "console" in window.panels and window.panels["console"].can_run
        if ready and not len(window.session.trace.cells):
            window.console.run_cell(code)
    timer = QTimer(window, interval=50)
    timer.timeout.connect(tried)
    timer.start()

    def written():
        if window.session.trace.cells.status[-1] == 1:
            print("written", flush=True)
    window.files._autosave.complete.connect(written)

QTimer.singleShot(0, begin)
main([])
"""


@pytest.mark.skipif(os.name != "posix", reason="the window is killed")
def test_after_the_window_was_killed_the_next_start_offers_the_session(qtbot, tmp_path):
    window_process = subprocess.Popen(
        [sys.executable, "-c", CRASH, PROGRAM + "\nprint('said before the crash')"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with window_process:
        assert window_process.stdout.readline() == "written\n"
        window_process.send_signal(signal.SIGKILL)
    assert len(list(autosave_folder().glob("*.retro"))) == 1

    def recover(window):
        qtbot.waitUntil(lambda: "did not end as it should" in window.notice.text, timeout=20_000)
        wait_for_prompt(qtbot, window)
        with qtbot.waitSignal(window.files.opened, timeout=20_000):
            qtbot.mouseClick(window.notice._button, Qt.MouseButton.LeftButton)
        wait_for_prompt(qtbot, window)
        settled(qtbot, window)
        assert len(window.session.trace.passes) == 1
        assert "said before the crash" in transcript(window)
        assert window.isWindowModified()
        large = int(np.flatnonzero(window.session.trace.arrays.nbytes > 512)[0])
        window.session.fetch(large)
        qtbot.waitUntil(lambda: large in window.session.trace.values, timeout=10_000)

    assert play([], recover) == 0
    assert list(autosave_folder().glob("*.retro")) == []


def test_the_file_menu_and_its_keys_save_under_a_name_and_then_at_once(qtbot, tmp_path, monkeypatch):
    path, asked = tmp_path / "named", []

    def answer(_parent, title, proposed, _filter):
        asked.append((title, Path(proposed).name))
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)

    def work(window):
        assert not window.menus.actions["save"].isEnabled()
        run_typed(qtbot, window, PROGRAM)
        window.activateWindow()
        for _ in range(2):
            with qtbot.waitSignal(window.files.saved, timeout=20_000):
                qtbot.keyClick(window.console._control, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert asked == [("Save session", "session.retro")]
        assert window.files.path == path.with_name("named.retro")

    assert play([], work) == 0
    with open_session(path.with_name("named.retro")) as stored:
        assert len(stored.trace.passes) == 1


def test_the_session_of_a_script_is_asked_about_and_named_after_it(qtbot, tmp_path, monkeypatch):
    script, asked = tmp_path / "tutorial.py", []
    script.write_text(PROGRAM)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: asked.append(Path(a[2]).name) or ("", ""))

    def work(window):
        qtbot.waitUntil(lambda: bool(window.script.document_cells), timeout=20_000)
        wait_for_prompt(qtbot, window)
        run_all(qtbot, window)
        window.close()
        qtbot.waitUntil(lambda: question(window) is not None)
        assert question(window).text() == "Save the session of tutorial.py before you close the window?"
        question(window).button(QMessageBox.StandardButton.Save).click()
        qtbot.waitUntil(lambda: question(window) is None)
        assert asked == ["tutorial.retro"]
        assert window.isVisible()

    assert play([str(script)], work) == 0


def test_a_session_is_opened_by_dropping_its_file(qtbot, tmp_path):
    path = saved(tmp_path / "seed.retro", seed_trace())

    def work(window):
        wait_for_prompt(qtbot, window)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        at, buttons, keys = QPointF(9, 9), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        with qtbot.waitSignal(window.files.opened, timeout=20_000):
            window.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys))
        settled(qtbot, window)
        assert window.canvas.picture is not None
        assert window.files.path == path
        assert not window.isWindowModified()

    assert play([], work) == 0


def test_a_sub_graph_and_its_camera_come_back(qtbot, tmp_path):
    path, seen = tmp_path / "work.retro", {}

    def work(window):
        run_typed(qtbot, window, PROGRAM)
        settled(qtbot, window)
        window.area.tabs.open("part", [0, 1, 2, 3])
        settled(qtbot, window)
        window.canvas.graph.zoom(1.7, QPointF(200, 150))
        seen["camera"] = window.canvas.graph.camera
        save(qtbot, window, path)

    def later(window):
        wait_for_prompt(qtbot, window)
        settled(qtbot, window)
        assert window.area.tabs.count() == 2
        assert window.view_state.shown.only == frozenset({0, 1, 2, 3})
        qtbot.waitUntil(lambda: window.canvas.graph.camera == pytest.approx(seen["camera"], abs=2), timeout=5000)

    assert play([], work) == 0
    assert play([str(path)], later) == 0


def test_what_another_version_wrote_into_a_file_is_kept(qtbot, tmp_path):
    parts = {"pins": [{"array": 3}], "view": {"position": 1, "mood": "calm"}, "of the future": {"a": [1]}}
    path = saved(tmp_path / "seed.retro", seed_trace(), parts=parts)

    def work(window):
        wait_for_prompt(qtbot, window)
        save(qtbot, window, path)

    assert play([str(path)], work) == 0
    with open_session(path) as stored:
        assert stored.parts["pins"] == parts["pins"]
        assert stored.parts["of the future"] == parts["of the future"]
        assert stored.view["mood"] == "calm"
        assert stored.view["walk"]["kind"] == "PASS"


def test_with_autosave_off_there_is_no_copy_and_switched_on_there_is(qtbot):
    def work(window):
        window.settings.set("autosave", False)
        run_typed(qtbot, window, PROGRAM)
        assert window.files.copy is None
        window.settings.set("autosave", True)
        run_typed(qtbot, window, "z = x * 2")
        qtbot.waitUntil(lambda: window.files.copy is not None, timeout=20_000)
        with qtbot.waitSignal(window.files.copied, timeout=20_000):
            run_typed(qtbot, window, "z = x * 3")
        window.settings.set("autosave", False)
        assert not list(autosave_folder().glob("*.retro"))

    assert play([], work) == 0


def test_sessions_that_can_be_recovered_are_in_the_menu_too(qtbot):
    def first(window):
        run_typed(qtbot, window, PROGRAM)
        with qtbot.waitSignal(window.files.copied, timeout=20_000):
            run_typed(qtbot, window, "z = x * 3")
        left = window.files.copy
        (left.parent / "left.retro").write_bytes(b"")
        for file in files_of(left):
            (left.parent / file.name.replace(left.name, "left.retro")).write_bytes(file.read_bytes())

    def second(window):
        qtbot.waitUntil(lambda: window.menus.choices["recover"].isEnabled(), timeout=20_000)
        wait_for_prompt(qtbot, window)
        window.notice.dismiss()
        menu = window.menus.choices["recover"]
        menu.aboutToShow.emit()
        with qtbot.waitSignal(window.files.opened, timeout=20_000):
            menu.actions()[0].trigger()
        assert len(window.session.trace.passes) == 1
        qtbot.waitUntil(lambda: not (autosave_folder() / "left.retro").exists(), timeout=20_000)
        assert not window.menus.choices["recover"].isEnabled()

    assert play([], first) == 0
    assert play([], second) == 0
