"""What was typed in one session can be called back in the next."""

from PySide6.QtCore import Qt

from tests.e2e.stories import play, run_typed, wait_for_prompt


def test_the_history_is_kept_between_sessions(qtbot, qapp):
    def first(window):
        run_typed(qtbot, window, "marker = 'typed in the first session'")
        run_typed(qtbot, window, "1 + 1")

    def second(window):
        wait_for_prompt(qtbot, window)
        qtbot.waitUntil(lambda: len(window.console._history) >= 2, timeout=10_000)
        assert "marker = 'typed in the first session'" in window.console._history
        control = window.console._control
        qtbot.keyClick(control, Qt.Key.Key_Up)
        assert window.console._get_input_buffer() == "1 + 1"

    assert play([], first) == 0
    assert play([], second) == 0


def test_tab_completes_what_the_kernel_knows(qtbot, qapp):
    def story(window):
        run_typed(qtbot, window, "import torch\nlong_unusual_name = torch.ones(2)")
        qtbot.keyClicks(window.console._control, "long_unus")
        qtbot.keyClick(window.console._control, Qt.Key.Key_Tab)
        qtbot.waitUntil(lambda: window.console._get_input_buffer() == "long_unusual_name", timeout=10_000)

    assert play([], story) == 0


def test_a_cell_can_ask_for_input(qtbot, qapp):
    def story(window):
        wait_for_prompt(qtbot, window)
        console = window.console
        console.run_cell("answer = input('name? ')\nprint('hello', answer)")
        qtbot.waitUntil(lambda: console._reading, timeout=10_000)
        qtbot.keyClicks(console._control, "Ada")
        qtbot.keyClick(console._control, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "hello Ada" in console._control.toPlainText(), timeout=10_000)

    assert play([], story) == 0
