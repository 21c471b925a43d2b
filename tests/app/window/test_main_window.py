"""The window with a real kernel, one window for the whole module; each test leaves it idle."""

import sys
import threading

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QObject, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QDockWidget, QMenu, QToolBar, QWidget

from app.application import open_window
from app.errors import errors_told, log_in
from app.settings import Settings
from app.window.actions import ACTIONS
from app.window.dialogs import AboutDialog, KeysDialog, SettingsDialog
from engine.trace import NodeFlag, Status
from tests.e2e.stories import run_typed, settled, transcript, wait_for_prompt
from ui.theme import DARK, LIGHT


@pytest.fixture(scope="module")
def shared(qapp, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("RETROGRADE_HOME", str(home))
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        window = open_window(None)
        yield window
        window.files.forget_changes()  # nobody is there to be asked
        window.close()
        window.deleteLater()
        qapp.processEvents()


@pytest.fixture
def window(qtbot, shared):
    if shared.session.state == "dead":
        shared.session.restart()
    wait_for_prompt(qtbot, shared)
    shared.notice.dismiss()
    shared.statusBar().clearMessage()
    return shared


def pass_of_three(qtbot, window):
    run_typed(qtbot, window, "import torch\nx = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()")
    qtbot.waitUntil(lambda: window.view_state.step_count == 3)
    settled(qtbot, window)


def drop(window, path, kind=QDropEvent):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    at = QPointF(50, 50)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = kind(at if kind is QDropEvent else at.toPoint(), Qt.DropAction.CopyAction, mime, buttons, keys)
    event.ignore()
    (window.dropEvent if kind is QDropEvent else window.dragEnterEvent)(event)
    return event.isAccepted(), mime


def test_the_parts_have_their_stable_names(window):
    assert window.centralWidget() is window.area
    assert [window.area.findChild(QWidget, name) is not None for name in ("canvas", "search", "graph-tabs")] == [
        True
    ] * 3
    docks = {dock.objectName(): dock.widget().objectName() for dock in window.findChildren(QDockWidget)}
    names = ("breakpoints", "console", "inspector", "outline", "script", "step", "timeline")
    assert docks == {name: name for name in names}
    assert {bar.objectName() for bar in window.findChildren(QToolBar)} == {"toolbar", "notice-bar", "pause-bar"}


def test_every_action_of_the_table_is_in_its_menu(window):
    # Not `QAction.menu()`: PySide6 6.11.0 and older give the menu to Python, which deletes it.
    menus = {menu.title().replace("&", ""): menu for menu in window.menuBar().findChildren(QMenu)}
    for row in ACTIONS:
        if not row.choices:
            assert window.menus.actions[row.id] in menus[row.menu].actions()
            assert window.menus.actions[row.id].toolTip()


def test_examples_are_offered_by_title_and_open(qtbot, window):
    entries = {action.text(): action for action in window.menus.choices["example"].actions()}
    assert len(entries) >= 6
    first = next(iter(entries))
    assert first.startswith("The first backward pass")
    entries[first].trigger()
    qtbot.waitUntil(lambda: window.windowTitle() == "first_backward.py[*] · Retrograde")
    assert window.script.document_cells[0].title == "first_backward.py"
    assert window.settings.texts("recent_files") == []  # an example is not the user's file


def test_without_a_pass_its_actions_are_off_and_with_one_they_are_on(qtbot, window):
    pass_of_three(qtbot, window)
    for name in ("step_back", "play", "fit", "export", "copy_picture"):
        assert window.menus.actions[name].isEnabled()
    assert not window.menus.actions["interrupt"].isEnabled()


def test_step_keys_step_in_the_canvas_and_type_in_the_console(qtbot, window):
    pass_of_three(qtbot, window)
    window.view_state.set_position(3)
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas.graph, Qt.Key.Key_Left)
    assert window.view_state.position == 2
    window.console.setFocus()
    control = window.console._control
    qtbot.waitUntil(control.hasFocus)
    qtbot.keyClicks(control, "pp p")
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Right):
        qtbot.keyClick(control, key)
    assert window.view_state.position == 2
    assert not window.timeline.player.playing
    assert window.console._get_input_buffer() == "pp p"
    window.console._set_input_buffer("")


def test_the_status_bar_tells_graph_pass_step_and_record(qtbot, window):
    pass_of_three(qtbot, window)
    text = window._status.text()
    assert "step 3 of 3" in text
    assert "nodes" in text
    assert "of 1.0 GiB" in text


def test_the_theme_changes_while_the_window_is_open(window):
    for name, theme in (("dark", DARK), ("light", LIGHT)):
        window.settings.set("theme", name)
        assert window.themes.theme is theme
        assert window.palette().window().color().name() == theme.panel
    window.settings.set("theme", "system")


def test_the_theme_follows_the_system(qtbot, window, monkeypatch):
    window.settings.set("theme", "system")
    monkeypatch.setattr(window.themes, "_hints", FakeHints(Qt.ColorScheme.Dark))
    window.themes._look()
    assert window.themes.theme is DARK
    monkeypatch.setattr(window.themes, "_hints", FakeHints(Qt.ColorScheme.Light))
    window.themes._look()
    assert window.themes.theme is LIGHT


class FakeHints:
    def __init__(self, scheme):
        self._scheme = scheme

    def colorScheme(self):
        return self._scheme


def test_a_syntax_error_and_an_exception_leave_the_graph_as_it_was(qtbot, window):
    pass_of_three(qtbot, window)
    nodes = len(window.view_state.trace.nodes)
    run_typed(qtbot, window, "x = (")
    assert "SyntaxError" in transcript(window)
    run_typed(qtbot, window, "w = x * 2\n1 / 0")
    assert "ZeroDivisionError" in transcript(window)
    trace = window.view_state.trace
    assert len(trace.nodes) > nodes
    assert window.script.listing.cells[-1].status is Status.ERROR
    assert window.script.view.marks[0].notes == ("failed here",)


def test_the_failing_op_is_marked(qtbot, window):
    run_typed(qtbot, window, "import torch\nm = torch.ones(2, 3, requires_grad=True)\nm @ m")
    trace = window.view_state.trace
    row = trace.row("cells", len(trace.cells) - 1)
    assert "shapes cannot be multiplied" in row["error_message"]
    assert NodeFlag.FAILED in trace.node(row["error_node"]).flags


def test_what_the_engine_lacks_says_so_by_name(qtbot, window):
    run_typed(qtbot, window, "import torch\ntorch.lobpcg")
    assert "lobpcg" in transcript(window)
    assert "NotImplementedError" in transcript(window) or "MissingError" in transcript(window)


def test_names_and_strings_of_other_scripts_are_shown(qtbot, window):
    run_typed(qtbot, window, "größe = torch.ones(1, requires_grad=True) * 2\nlist_ = 'ø 漢字'\nprint(list_)")
    assert "ø 漢字" in transcript(window)
    trace = window.view_state.trace
    assert "größe" in [trace.node(node).label for node in range(len(trace.nodes))]


def test_empty_and_0_d_tensors_and_nan_are_drawn(qtbot, window):
    run_typed(
        qtbot, window,
        "e = torch.ones(0, requires_grad=True)\ns = (e * 2).sum()\n"
        "q = torch.tensor(0.0, requires_grad=True)\n((q / q) * q).backward()\nprint(q.grad)",
    )  # fmt: skip
    assert "tensor(nan)" in transcript(window)
    settled(qtbot, window)
    assert window.canvas.picture is not None
    assert window.notice.text == ""


def test_an_endless_loop_is_interrupted_from_the_toolbar(qtbot, window):
    window.console.run_cell("while True: pass")
    interrupt = window.menus.actions["interrupt"]
    qtbot.waitUntil(interrupt.isEnabled, timeout=10_000)
    assert window.kernel_label._text.text() == "busy"
    interrupt.trigger()
    wait_for_prompt(qtbot, window)
    assert "KeyboardInterrupt" in transcript(window)


def test_ten_megabytes_of_output_leave_the_window_alive(qtbot, window):
    run_typed(qtbot, window, "for i in range(100_000): print('x' * 99)\nprint('x' * 5_000_000)\nprint('the end')")
    qtbot.waitUntil(lambda: "the end" in transcript(window), timeout=20_000)
    assert window.console._control.document().characterCount() < 2_000_000


def test_ten_megabytes_in_one_print_are_cut_to_the_lines_that_are_kept(qtbot, window):
    run_typed(qtbot, window, "print(('y' * 99 + '\\n') * 100_000 + 'the ' + 'finish')")
    qtbot.waitUntil(lambda: "the finish" in transcript(window), timeout=20_000)
    assert window.console._control.document().characterCount() < 2_000_000


def test_a_dead_kernel_is_told_and_one_click_brings_a_new_one(qtbot, window):
    pass_of_three(qtbot, window)
    passes = len(window.view_state.trace.passes)
    window.console.run_cell("import os; os._exit(1)")
    qtbot.waitUntil(lambda: window.notice.text != "", timeout=10_000)
    assert "kernel ended" in window.notice.text
    assert window.kernel_label._text.text() == "dead"
    assert not window.console.can_run
    assert not window.menus.actions["run_cell"].isEnabled()
    assert len(window.view_state.trace.passes) == passes
    qtbot.mouseClick(window.notice._button, Qt.MouseButton.LeftButton)
    wait_for_prompt(qtbot, window)
    assert window.notice.text == ""
    run_typed(qtbot, window, "print('alive', 1 + 1)")
    assert "alive 2" in transcript(window)


def test_a_restart_on_request_keeps_the_picture(qtbot, window):
    pass_of_three(qtbot, window)
    nodes = len(window.view_state.trace.nodes)
    window.menus.actions["restart"].trigger()
    qtbot.waitUntil(lambda: window.session.state == "restarting")
    assert not window.console.can_run
    wait_for_prompt(qtbot, window)
    assert len(window.view_state.trace.nodes) == nodes
    run_typed(qtbot, window, "x")
    assert "NameError" in transcript(window)


def test_a_document_that_cannot_be_opened_is_told_and_the_present_one_stays(qtbot, window, tmp_path):
    good, bad = tmp_path / "good.py", tmp_path / "bad.ipynb"
    good.write_text("a = 1")
    bad.write_bytes(b"\x00\xff\xfe")
    window.commands.open_path(good)
    qtbot.waitUntil(lambda: window.windowTitle().startswith("good.py"))
    window.commands.open_path(bad)
    qtbot.waitUntil(lambda: "binary" in window.notice.text)
    assert window.windowTitle().startswith("good.py")
    assert window.script.document_cells[0].text == "a = 1"


def test_opened_files_are_offered_again(qtbot, window, tmp_path):
    path = tmp_path / "again.py"
    path.write_text("a = 1")
    window.commands.open_path(path)
    qtbot.waitUntil(lambda: str(path) in window.settings.texts("recent_files"))
    menu = window.menus.choices["recent"]
    menu.aboutToShow.emit()
    assert str(path) in [action.text() for action in menu.actions()]
    assert menu.isEnabled()


def test_a_dropped_document_is_opened_and_other_files_are_not_taken(qtbot, window, tmp_path):
    path = tmp_path / "dropped.py"
    path.write_text("a = 1")
    assert drop(window, path, QDragEnterEvent)[0]
    assert drop(window, path)[0]
    qtbot.waitUntil(lambda: window.windowTitle().startswith("dropped.py"))
    assert not drop(window, tmp_path / "picture.png", QDragEnterEvent)[0]


def test_an_export_that_cannot_be_written_is_told(qtbot, window, tmp_path):
    pass_of_three(qtbot, window)
    window.commands.exporting.export_to(tmp_path / "none" / "x.png")
    qtbot.waitUntil(lambda: "cannot be written" in window.notice.text, timeout=10_000)
    window.commands.exporting.export_to(tmp_path / "x.bmp")
    qtbot.waitUntil(lambda: ".png" in window.notice.text, timeout=10_000)


def test_a_picture_is_proposed_beside_its_document_but_not_among_the_examples(qtbot, window, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("1 + 1\n", encoding="utf-8")
    window.commands.open_path(path)
    qtbot.waitUntil(lambda: window.windowTitle().startswith("mine"))
    assert window.commands.exporting.proposed(".png") == tmp_path.resolve() / "mine.png"
    _, example = window.commands.examples()[0]
    window.commands.open_path(example)
    qtbot.waitUntil(lambda: window.commands.document.path == example)
    assert window.commands.exporting.proposed(".png").parent.as_posix() == "."


def test_the_picture_can_be_copied(qtbot, window):
    pass_of_three(qtbot, window)
    QGuiApplication.clipboard().clear()
    window.menus.actions["copy_picture"].trigger()
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull(), timeout=10_000)


def test_views_and_orientation_are_chosen_from_menu_and_toolbar(qtbot, window):
    pass_of_three(qtbot, window)
    boxes = len(window.canvas.picture.drawing.rects)
    menu = window.menus.choices["view"]
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "Functions").trigger()
    qtbot.waitUntil(lambda: len(window.canvas.picture.drawing.rects) < boxes, timeout=10_000)
    assert window.view_choice.current.value == "Functions"
    qtbot.mouseClick(next(iter(window.view_choice._buttons.values())), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.canvas.picture.drawing.rects) == boxes, timeout=10_000)


def test_the_dialogs_show_what_their_tables_hold(qtbot, window):
    keys, about, settings = KeysDialog(window), AboutDialog(window), SettingsDialog(window.settings, window)
    for dialog in (keys, about, settings):
        qtbot.addWidget(dialog)
        dialog.show()
        assert dialog.isVisible()
    assert keys.tree.topLevelItemCount() >= 5
    settings.fields["reduced_motion"].setChecked(True)
    assert window.settings.boolean("reduced_motion")
    assert window.menus.actions["reduced_motion"].isChecked()
    settings.fields["reduced_motion"].setChecked(False)
    settings.fields["code_font_size"].setValue(14)
    assert window.script.view.font().pointSize() == 14
    settings.fields["code_font_size"].setValue(0)


def test_an_error_in_a_slot_is_told_and_logged(qtbot, window, tmp_path):
    class Broken(QObject):
        def fail(self):
            raise ValueError("a slot failed")

    broken = Broken()
    hook = sys.excepthook
    with log_in(tmp_path) as path, errors_told(window.error_caught.emit):
        QTimer.singleShot(0, broken.fail)
        qtbot.waitUntil(lambda: "a slot failed" in window.notice.text)
    assert "a slot failed" in path.read_text()
    assert sys.excepthook is hook


def test_an_error_in_a_thread_is_told(qtbot, window, tmp_path):
    def fail():
        raise ValueError("a thread failed")

    with log_in(tmp_path), errors_told(window.error_caught.emit):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: "a thread failed" in window.notice.text)


def test_docks_are_hidden_shown_and_brought_back(window):
    dock = window.findChild(QDockWidget, "inspector")
    dock.hide()
    window.menus.actions["reset_layout"].trigger()
    assert not dock.isHidden()


def test_the_layout_is_kept_in_the_settings(qtbot, qapp, window, tmp_path, monkeypatch):
    monkeypatch.setenv("RETROGRADE_HOME", str(tmp_path))
    second = open_window(None)
    second.resize(second.width(), 640)
    second.findChild(QDockWidget, "inspector").hide()
    second.close()
    third = open_window(None)
    assert third.height() == 640
    assert third.findChild(QDockWidget, "inspector").isHidden()
    third.close()
    kept = Settings(tmp_path / "config" / "settings.ini")
    assert len(kept.binary("window_layout")) > 0
    for made in (second, third):
        made.deleteLater()


def test_every_menu_fits_a_window_of_eight_hundred_pixels_in_one_column(window):
    for action in window.menuBar().actions():
        menu = action.menu()
        menu.ensurePolished()
        assert menu.sizeHint().height() <= 800 - window.menuBar().height(), action.text()


def test_every_key_in_the_list_of_keys_is_written_out(qtbot, window):
    window.resize(1280, 800)
    dialog = KeysDialog(window)
    qtbot.addWidget(dialog)
    dialog.show()
    tree = dialog.tree
    rows = [tree.topLevelItem(i).child(k) for i in range(tree.topLevelItemCount())
            for k in range(tree.topLevelItem(i).childCount())]  # fmt: skip
    assert [tree.topLevelItem(i).text(0) for i in range(2)] == ["File", "Edit"]
    for row in rows:
        assert tree.fontMetrics().horizontalAdvance(row.text(1)) < tree.columnWidth(1), row.text(1)


def offered(menu):
    """The entries that can be chosen."""
    return [action.text() for action in menu.actions() if action.isEnabled() and not action.isSeparator()]


def test_a_right_click_offers_what_can_be_done_there(qtbot, window):
    pass_of_three(qtbot, window)
    menus = window.menus
    window.view_state.select(())
    window.canvas.menu_asked.emit(window.mapToGlobal(window.canvas.pos()))
    assert menus.ground_menu.isVisible()
    assert offered(menus.ground_menu)[:3] == ["Fit graph", "Show as", "Left to right"]
    assert "Export…" in offered(menus.ground_menu)
    menus.ground_menu.close()
    window.view_state.select((0,))
    window.canvas.menu_asked.emit(window.mapToGlobal(window.canvas.pos()))
    assert menus.box_menu.isVisible()
    menus.box_menu.close()
    docks = window.createPopupMenu()
    assert offered(docks) == ["Script", "Outline", "Console", "Timeline", "Step", "Breakpoints", "Inspector"]


def test_a_right_click_in_the_script_is_about_the_line_under_the_pointer(qtbot, window):
    pass_of_three(qtbot, window)
    view = window.script.view
    line = next(b for b in range(view.blockCount()) if "backward" in view.document().findBlockByNumber(b).text())
    target = QTextCursor(view.document().findBlockByNumber(line))
    view.setTextCursor(target)
    view.ensureCursorVisible()
    at = view.cursorRect(target).center()
    view.setTextCursor(QTextCursor(view.document().findBlockByNumber(line - 1)))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
    QCoreApplication.sendEvent(view.viewport(), event)
    assert view.textCursor().blockNumber() == line
    assert offered(window.menus.script_menu) == ["Break at this line", "Run cell", "Run cell and go on", "Copy"]
    assert window.menus.script_menu.isVisible()
    window.menus.script_menu.close()


def test_a_breakpoint_at_no_line_says_what_to_do_first(qtbot, window):
    pass_of_three(qtbot, window)
    window.view_state.select(())
    window.console.setFocus()
    window.menus.actions["break_at_line"].trigger()
    assert window.statusBar().currentMessage().startswith("Put the cursor on a line of the script")
    assert window.view_state.breakpoints == ()
