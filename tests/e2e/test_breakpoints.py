"""Stops for stepping: set on nodes, ops, lines and conditions, visited in both directions."""

from PySide6.QtCore import QPoint, Qt

from tests.e2e.stories import play, run_typed, settled
from ui.breakpoints import Breakpoint

CODE = """
import torch
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()
"""


def select(window, op):
    """Select the first function of that name."""
    trace = window.view_state.trace
    node = next(node for node in range(len(trace.nodes)) if trace.node(node).op == op)
    window.view_state.select([node])
    return node


def do(window, action):
    assert window.menus.actions[action].isEnabled()
    window.menus.actions[action].trigger()


def now(window):
    state = window.view_state
    return state.trace.node(state.steps.node(state.position)).op


def test_a_person_runs_to_a_node_and_back_to_another(qtbot):
    def story(window):
        window.settings.set("reduced_motion", True)
        run_typed(qtbot, window, CODE)
        settled(qtbot, window)
        window.view_state.set_step(0, 0)
        select(window, "AddBackward0")
        do(window, "run_to")
        assert now(window) == "AddBackward0"
        select(window, "MeanBackward0")
        do(window, "run_to")
        assert now(window) == "AddBackward0"
        assert "Run back to it instead" in window.statusBar().currentMessage()
        do(window, "run_back_to")
        assert now(window) == "MeanBackward0"

    assert play([], story) == 0


def test_breakpoints_of_every_kind_stop_the_walk_in_both_directions(qtbot):
    def story(window):
        window.settings.set("reduced_motion", True)
        run_typed(qtbot, window, CODE)
        settled(qtbot, window)
        state = window.view_state
        state.set_step(0, 0)
        select(window, "MulBackward0")
        do(window, "break_at_op")
        do(window, "break_at_line")
        assert [breakpoint.line for breakpoint in state.breakpoints] == [0, 5]
        do(window, "next_breakpoint")
        first = state.position
        do(window, "next_breakpoint")
        assert state.position > first
        assert now(window) == "MulBackward0"
        do(window, "previous_breakpoint")
        assert state.position == first
        do(window, "break_at_line")
        do(window, "break_at_op")
        assert state.breakpoints == ()

        do(window, "break_when")
        panel = window.panels["breakpoints"]
        qtbot.waitUntil(lambda: panel.isVisible())
        qtbot.keyClicks(panel.field, "op == AccumulateGrad")
        qtbot.keyClick(panel.field, Qt.Key.Key_Return)
        do(window, "next_breakpoint")
        assert now(window) == "AccumulateGrad"
        do(window, "next_breakpoint")
        assert "No breakpoint hits after this step" in window.statusBar().currentMessage()
        do(window, "remove_breakpoints")
        assert state.breakpoints == ()

    assert play([], story) == 0


def test_a_click_beside_a_line_sets_a_breakpoint_and_a_second_one_removes_it(qtbot):
    def story(window):
        run_typed(qtbot, window, CODE)
        settled(qtbot, window)
        view, state = window.script.view, window.view_state
        title = window.script.listing.cells[-1].title
        (block,) = window.script.listing.blocks_of(title, "", 5)
        view.reveal(block)
        area = next(area for shown, area in view.visible_blocks() if shown.blockNumber() == block)
        where = QPoint(4, int(area.center().y()))
        qtbot.mouseClick(view._gutter, Qt.MouseButton.LeftButton, pos=where)
        assert state.breakpoints == (Breakpoint(title=title, line=5),)
        assert view.breaks == {block: True}
        qtbot.mouseClick(view._gutter, Qt.MouseButton.LeftButton, pos=where)
        assert state.breakpoints == ()
        assert view.breaks == {}

    assert play([], story) == 0
