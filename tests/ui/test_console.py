"""The console with a client that only remembers what it was sent; tests with a real kernel are in tests/e2e."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest

from ui.console import LONGEST_LINE, MOST_SHOWN, Console, preview, shortened
from ui.console_colours import AnsiColours
from ui.readable import TEXT_CONTRAST
from ui.style import card
from ui.theme import DARK, LIGHT, THEMES as ALL, contrast


class Channel(QObject):
    message_received = Signal(object)
    kernel_died = Signal(object)

    def closed(self):
        return False

    def flush(self):
        pass


class Session:
    session = "s"


class Client(QObject):
    """As much of qtconsole's client as the widget needs; requests are kept in `sent`."""

    started_channels = Signal()
    stopped_channels = Signal()
    session = Session()
    channels_running = True

    def __init__(self):
        super().__init__()
        self.iopub_channel, self.shell_channel = Channel(), Channel()
        self.stdin_channel, self.hb_channel = Channel(), Channel()
        self.sent = []

    def execute(self, code, silent=False, **_):
        self.sent.append((code, silent))
        return f"m{len(self.sent)}"

    def kernel_info(self):
        self.answer("kernel_info_reply", "k", language_info={"name": "python"}, banner="Python 3 kernel")

    def history(self, **_):
        pass

    def answer(self, kind, request, channel="shell_channel", **content):
        message = {"header": {"msg_type": kind}, "msg_type": kind, "content": content}
        message["parent_header"] = {"msg_id": request, "session": "s"}
        getattr(self, channel).message_received.emit(message)

    def finish(self, number=1):
        """Reply to the newest request."""
        self.answer("execute_reply", f"m{len(self.sent)}", status="ok", execution_count=number, payload=[])


@pytest.fixture
def console(qtbot):
    made = Console()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.kernel_client = Client()
    return made


@pytest.fixture
def ready(console):
    console.release()
    console.kernel_client.finish(number=0)
    return console


def text(console):
    return console._control.toPlainText()


def visible(console):
    return [code for code, silent in console.kernel_client.sent if not silent]


def test_no_prompt_is_shown_before_the_kernel_is_ready(console):
    assert "In [" not in text(console)
    assert not console.can_run
    assert console._control.isReadOnly()


def test_the_banner_is_ours_and_one_line(console):
    assert text(console).strip() == "Embedded engine (NumPy): import torch gives it."


def test_a_released_console_shows_a_prompt_and_tells_its_number(ready):
    assert "In [1]:" in text(ready)
    assert ready.note == "In [1]"
    assert ready.can_run


def test_a_cell_shows_in_the_transcript(ready):
    ready.run_cell("x = 1\ny = 2")
    assert visible(ready) == ["x = 1\ny = 2"]
    assert "x = 1" in text(ready)
    assert "y = 2" in text(ready)


def test_cells_wait_for_their_prompt(qtbot, ready):
    ready.run_cell("first")
    ready.run_cell("second")
    assert visible(ready) == ["first"]
    ready.kernel_client.finish()
    qtbot.waitUntil(lambda: visible(ready) == ["first", "second"])


def test_what_was_half_typed_comes_back_at_the_next_prompt(qtbot, ready):
    ready._set_input_buffer("half ty")
    ready.run_cell("x = 1")
    ready.kernel_client.finish()
    qtbot.waitUntil(lambda: ready._get_input_buffer() == "half ty")
    assert visible(ready) == ["x = 1"]


def test_a_held_console_forgets_what_waited_and_says_why(ready):
    ready.run_cell("first")
    ready.run_cell("second")
    ready.hold("The kernel ended.")
    assert "The kernel ended." in text(ready)
    assert not ready.can_run
    ready.release()
    ready.kernel_client.finish(number=0)
    assert ready.can_run
    assert visible(ready) == ["first"]


def test_a_long_cell_is_shown_by_its_beginning(ready):
    code = "\n".join(f"x{i} = {i}" for i in range(1_000))
    ready.run_cell(code)
    assert visible(ready) == [code]
    assert f"{1_000 - MOST_SHOWN} more lines" in text(ready)
    assert "x999" not in text(ready)


def test_a_short_cell_is_shown_whole():
    assert preview("a\nb") == "a\nb"


def test_overlong_lines_are_cut_with_a_count():
    cut = shortened("short\n" + "x" * (LONGEST_LINE + 1_500) + "\nend")
    assert cut.split("\n")[0] == "short"
    assert cut.split("\n")[1].endswith("1,500 more characters in this line")
    assert cut.split("\n")[2] == "end"
    assert shortened("x" * LONGEST_LINE) == "x" * LONGEST_LINE


def test_many_lines_of_output_leave_only_the_last_ones(qtbot, ready):
    ready.run_cell("loop")
    ready.kernel_client.answer(
        "stream", "m2", "iopub_channel", name="stdout", text="".join(f"line {i}\n" for i in range(50_000))
    )
    qtbot.waitUntil(lambda: "line 49999" in text(ready))
    assert ready._control.document().blockCount() <= ready.buffer_size + 1


@pytest.mark.parametrize("theme", ALL.values(), ids=ALL)
@pytest.mark.parametrize("code", ["31", "32", "33", "34", "36", "37", "90", "93", "38;5;21", "38;5;226", "30;47", "41"])
def test_escape_codes_can_be_read_in_both_themes(qapp, theme, code):
    colours = AnsiColours()
    colours.theme = theme
    list(colours.split_string(f"\x1b[{code}mtext"))
    form = colours.get_format()
    back = form.background().color().name() if form.background().style().value else card(theme)
    assert contrast(form.foreground().color().name(), back) >= TEXT_CONTRAST


def test_printed_colours_follow_a_change_of_theme(ready):
    ready.set_theme(LIGHT)
    ready.run_cell("1/0")
    ready.kernel_client.answer("stream", "m2", "iopub_channel", name="stdout", text="\x1b[34mblue\x1b[0m\n")
    for theme in (DARK, LIGHT):
        ready.set_theme(theme)
        for word in ("blue", "In ["):
            cursor = ready._control.document().find(word, 0)
            cursor.setPosition(cursor.selectionStart() + 1, QTextCursor.MoveMode.MoveAnchor)
            assert contrast(cursor.charFormat().foreground().color().name(), card(theme)) >= TEXT_CONTRAST


def test_interrupt_and_restart_are_asked_of_the_window(qtbot, ready):
    ready.run_cell("while True: pass")
    with qtbot.waitSignal(ready.custom_interrupt_requested):
        qtbot.keyClick(ready._control, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(ready.custom_restart_requested):
        ready.request_restart_kernel()


def test_a_dropped_file_is_left_to_the_window(ready):
    for mime, taken in ((files("/tmp/a.py"), False), (words("x = 1"), True)):
        event = QDragEnterEvent(
            QPointF(5, 5).toPoint(),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        event.ignore()
        ready.dragEnterEvent(event)
        assert event.isAccepted() is taken


def files(path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path)])
    return mime


def words(content):
    mime = QMimeData()
    mime.setText(content)
    return mime


def asks_for(console, key, modifiers=Qt.KeyboardModifier.NoModifier):
    """Whether the console wants a key that is a shortcut of the window too."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers)
    event.ignore()
    QCoreApplication.sendEvent(console._control, event)
    return event.isAccepted()


def test_with_nothing_typed_the_keys_that_step_are_the_windows(ready):
    keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
    assert not any(asks_for(ready, key) for key in keys)
    assert asks_for(ready, Qt.Key.Key_Up)  # the line before, from the history
    assert asks_for(ready, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    ready._set_input_buffer("x")
    assert all(asks_for(ready, key) for key in keys)


def test_what_is_typed_while_a_cell_runs_is_there_at_the_next_prompt(ready, qtbot):
    ready.run_cell("slow()")
    for key in (
        Qt.Key.Key_Return,
        Qt.Key.Key_Y,
        Qt.Key.Key_Space,
        Qt.Key.Key_Q,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Equal,
    ):
        QTest.keyClick(ready._control, key)
    QTest.keyClick(ready._control, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    ready.kernel_client.finish()
    qtbot.waitUntil(lambda: ready._get_input_buffer() == "y =")
    assert len(ready.kernel_client.sent) == 2  # qtconsole's own first request, and the cell


def test_what_was_typed_ahead_does_not_outlive_a_restart(ready):
    ready.run_cell("slow()")
    QTest.keyClick(ready._control, Qt.Key.Key_Y)
    ready.hold("Restarting")
    ready.release()
    ready.kernel_client.finish(number=0)
    assert "y" not in ready._get_input_buffer()
