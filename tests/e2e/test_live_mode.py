"""Live mode: a real backward pass waits at a breakpoint while the window goes on working."""

from PySide6.QtCore import Qt

from engine.trace import Status
from tests.e2e.stories import play, run_typed, settled, transcript, wait_for_prompt
from ui.breakpoints import Breakpoint

CODE = """
import torch
x = torch.ones(2, 2, requires_grad=True)
out = ((x + 2) * (x + 2) * 3).mean()
"""


def begin(qtbot, window, *breakpoints):
    """Record the graph, set breakpoints, switch live mode on and start a pass that waits at the first of them."""
    window.settings.set("reduced_motion", True)
    run_typed(qtbot, window, CODE)
    settled(qtbot, window)
    window.view_state.set_breakpoints(breakpoints)
    window.menus.actions["pause_live"].setChecked(True)
    with qtbot.waitSignal(window.session.paused, timeout=20_000):
        window.console.run_cell("out.backward()")


def go(qtbot, window, action):
    """Go on, until the pass waits again."""
    with qtbot.waitSignal(window.session.paused, timeout=20_000):
        do(window, action)


def do(window, action):
    assert window.menus.actions[action].isEnabled()
    window.menus.actions[action].trigger()


def next_op(window):
    """The name of the function before which the pass waits."""
    return window.pause_bar.text.split(", ")[1].split(" ")[0]


def test_a_pass_waits_before_each_breakpoint_and_goes_on(qtbot):
    def story(window):
        begin(qtbot, window, Breakpoint(op="MulBackward0"))
        assert window.session.is_paused
        assert window.pause_bar.text.startswith("The pass waits. Before step 2, MulBackward0")
        assert "every MulBackward0" in window.pause_bar.text
        assert window.kernel_label.accessibleName().endswith("waiting at a breakpoint")
        state = window.view_state
        assert (state.pass_id, state.position, state.step_count) == (0, 1, 1)
        assert state.trace.passes.status[0] == Status.RUNNING

        go(qtbot, window, "live_step")
        assert window.pause_bar.text.startswith("The pass waits. Before step 3")
        state.set_position(0)  # the window is free meanwhile
        assert state.position == 0
        do(window, "live_continue")
        qtbot.waitUntil(lambda: not window.session.is_paused, timeout=20_000)
        wait_for_prompt(qtbot, window)
        assert window.pause_bar.text == ""
        assert not window.menus.actions["live_step"].isEnabled()
        qtbot.waitUntil(lambda: state.trace.passes.status[0] == Status.OK, timeout=20_000)
        run_typed(qtbot, window, "print(x.grad.sum().item())")
        assert "18.0" in transcript(window)

    assert play([], story) == 0


def test_a_pass_that_is_ended_raises_keyboard_interrupt_and_what_ran_stays(qtbot):
    def story(window):
        begin(qtbot, window, Breakpoint(condition="op == MulBackward0"))
        qtbot.mouseClick(window.pause_bar.buttons["Abort"], Qt.MouseButton.LeftButton)
        wait_for_prompt(qtbot, window)
        assert "KeyboardInterrupt" in transcript(window)
        trace = window.view_state.trace
        qtbot.waitUntil(lambda: trace.passes.status[0] == Status.INTERRUPTED, timeout=20_000)
        assert "gate.py" not in transcript(window)
        qtbot.waitUntil(lambda: window.timeline.header.health.text() == "interrupted", timeout=20_000)
        picture = window.canvas.picture
        assert picture.second_line(picture.story.now_box) == "interrupted here"
        (mark,) = [mark for mark in window.script.view.marks if mark.role == "now"]
        assert mark.notes[1:] == ("step 2 of 2, interrupted here", "interrupted here")  # the shorter one where it fits
        run_typed(qtbot, window, "print(x.grad)")
        assert transcript(window).rstrip().splitlines()[-2:][0] == "None"

    assert play([], story) == 0


def test_interrupt_ends_a_pass_that_waits(qtbot):
    def story(window):
        begin(qtbot, window, Breakpoint(op="MeanBackward0"))
        do(window, "interrupt")
        wait_for_prompt(qtbot, window)
        assert not window.session.is_paused
        assert window.pause_bar.text == ""
        assert "KeyboardInterrupt" in transcript(window)
        assert "threading.py" not in transcript(window)  # the frames of the waiting are not the user's
        assert "gate.py" not in transcript(window)

    assert play([], story) == 0


def test_a_kernel_that_is_told_to_be_busy_after_a_pass_waits_is_still_said_to_wait(qtbot):
    """The two messages come different ways: either may be first."""

    def story(window):
        begin(qtbot, window, Breakpoint(op="MeanBackward0"))
        window.session.state_changed.emit("busy")
        assert window.kernel_label.accessibleName().endswith("waiting at a breakpoint")
        assert {"paused", "busy"} <= window.commands.live.conditions()
        do(window, "live_continue")
        wait_for_prompt(qtbot, window)
        assert window.kernel_label.accessibleName().endswith("idle")

    assert play([], story) == 0


def test_switching_it_off_lets_a_waiting_pass_go_on(qtbot):
    def story(window):
        begin(qtbot, window, Breakpoint(op="AddBackward0"))
        window.menus.actions["pause_live"].setChecked(False)
        wait_for_prompt(qtbot, window)
        assert window.pause_bar.text == ""
        run_typed(qtbot, window, "(x * 2).sum().backward()")
        assert not window.session.is_paused

    assert play([], story) == 0


def test_a_running_pass_is_asked_about_the_values_of_its_nodes_too(qtbot):
    def story(window):
        begin(qtbot, window, Breakpoint(condition="value.norm > 1 and op == MulBackward0"))
        assert next_op(window) == "MulBackward0"
        window.view_state.set_breakpoints([])
        do(window, "live_continue")
        wait_for_prompt(qtbot, window)

    assert play([], story) == 0


def test_the_window_can_be_closed_while_a_pass_waits(qtbot):
    def story(window):
        begin(qtbot, window, Breakpoint(op="MeanBackward0"))
        assert window.session.is_paused

    assert play([], story) == 0
