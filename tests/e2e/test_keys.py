"""The keys that step work wherever a person happens to be, and nowhere take a key from who types or chooses."""

import sys

from PySide6.QtCore import Qt

from tests.e2e.stories import play, run_typed, settled
from ui.inspector.plot_library import library
from ui.stepping import Grain

PASS = "import torch\nx = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()"


def ready(qtbot, window):
    """A pass of three steps, and a window that has the keyboard."""
    run_typed(qtbot, window, PASS)
    qtbot.waitUntil(lambda: window.view_state.step_count == 3)
    settled(qtbot, window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def test_after_running_a_line_in_the_console_left_and_right_step_until_something_is_typed(qtbot, qapp):
    def story(window):
        ready(qtbot, window)
        control, state = window.console._control, window.view_state
        window.console.setFocus()
        assert qapp.focusWidget() is control
        qtbot.keyClick(control, Qt.Key.Key_Left)
        assert state.position == 2
        qtbot.keyClick(control, Qt.Key.Key_Home)
        qtbot.keyClick(control, Qt.Key.Key_Right)
        assert state.position == 1
        qtbot.keyClicks(control, "ab")
        qtbot.keyClick(control, Qt.Key.Key_Left)
        qtbot.keyClicks(control, "c")
        assert state.position == 1
        assert window.console._get_input_buffer() == "acb"

    assert play([], story) == 0


def test_up_and_down_change_the_grain_from_every_dock_but_not_in_a_list_or_a_field(qtbot, qapp):
    def story(window):
        ready(qtbot, window)
        state = window.view_state
        for widget in (window.timeline._slider, window.panels["step"]._cards, window.panels["inspector"]._content):
            state.set_grain(Grain.NODE)
            widget.setFocus()
            assert qapp.focusWidget() is widget
            qtbot.keyClick(widget, Qt.Key.Key_Up)
            assert state.grain is Grain.LINE, widget
            qtbot.keyClick(widget, Qt.Key.Key_Down)
            assert state.grain is Grain.NODE, widget
        window.show_dock("outline")
        window.show_dock("breakpoints")
        for widget in (window.outline.tree, window.panels["breakpoints"].field, window.script.view):
            widget.window().activateWindow()
            widget.setFocus()
            qtbot.keyClick(widget, Qt.Key.Key_Up)
            assert state.grain is Grain.NODE, widget

    assert play([], story) == 0


def test_what_is_first_wanted_later_is_loaded_once_the_kernel_is_ready(qtbot, qapp, monkeypatch):
    monkeypatch.delitem(sys.modules, "app.export_dialog", raising=False)

    def story(window):
        assert "app.export_dialog" not in sys.modules
        run_typed(qtbot, window, "1")
        qtbot.waitUntil(lambda: "app.export_dialog" in sys.modules and library().is_ready)

    assert play([], story) == 0
