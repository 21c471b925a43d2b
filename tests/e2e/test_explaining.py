"""What the step panel tells about real programs, through the real window and kernel."""

import pytest
from PySide6.QtCore import Qt

from tests.e2e.stories import play, run_typed, wait_for_prompt
from tests.recorded import PROGRAMS
from ui.step_panel import StepPanel
from ui.step_panel.link_label import LinkLabel
from ui.stepping import Grain, Walk, WalkKind


def told(qtbot, window, program, story):
    """`story(panel, state)` once the program has run and the panel has seen its last rows."""
    wait_for_prompt(qtbot, window)
    window.view_state.set_step(-1, 0)
    run_typed(qtbot, window, "import torch\n" + PROGRAMS[program])
    panel = window.panels["step"]
    assert isinstance(panel, StepPanel)
    story(panel, window.view_state)


def explained(qtbot, program, story):
    assert play([], lambda window: told(qtbot, window, program, lambda panel, state: story(panel, state, window))) == 0


def go_to(qtbot, state, op, pass_id=0):
    state.set_step(pass_id, 0)
    steps = state.pass_steps
    position = next(k for k in range(1, steps.count + 1) if state.trace.node(steps.node(k)).op == op)
    state.set_position(position)
    return position


def click_link(panel, text):
    """Follow the first link that reads `text`."""
    for label in panel.findChildren(LinkLabel):
        links = [word for sentence in label._sentences for word in sentence if word.goes is not None]
        for index, word in enumerate(links):
            if word.text == text and not label.isHidden():
                label.linkActivated.emit(str(index))
                return
    raise AssertionError(f"no link reads {text!r}")


def test_hooks_are_shown_with_name_line_and_change(qtbot, qapp):
    def story(panel, state, window):
        go_to(qtbot, state, "MulBackward0")
        assert "tensor hook" in panel.text()
        assert "1 → 2, norm 1.732 → 3.464" in panel.text()
        go_to(qtbot, state, "AccumulateGrad")
        assert "hook after .grad was added to" in panel.text()

    explained(qtbot, "hooks", story)


def test_a_wrong_backward_is_seen_in_its_own_lines(qtbot, qapp):
    def story(panel, state, window):
        go_to(qtbot, state, "CubeBackward")
        assert "return g * 2 * x  # wrong: 3 x ** 2" in panel.text()
        assert "slot 0 sent = [2 4]" in panel.text()

    explained(qtbot, "custom", story)


def test_an_edit_that_breaks_backward_leads_to_both_lines(qtbot, qapp):
    def story(panel, state, window):
        go_to(qtbot, state, "ExpBackward0")
        text = panel.text()
        assert "modified by an inplace operation" in text
        assert "add_ wrote over it in" in text
        assert "What to do: Write the new value to a new tensor" in text
        label = next(word for word in _links(panel) if word.goes.line == 4)  # the import is line 1
        with qtbot.waitSignal(state.line_wanted) as asked:
            click_link(panel, label.text)
        assert window.script._wanted == window.script.listing.place(*asked.args)

    explained(qtbot, "edited", story)


def _links(panel):
    return [w for label in panel.findChildren(LinkLabel) for s in label._sentences for w in s if w.goes is not None]


def test_a_second_backward_leads_to_the_pass_that_freed(qtbot, qapp):
    def story(panel, state, window):
        go_to(qtbot, state, "ExpBackward0", 1)
        assert "Trying to backward through the graph a second time" in panel.text()
        assert "retain_graph=True" in panel.text()
        click_link(panel, "step 2 of pass 1")
        assert (state.pass_id, state.position) == (0, 2)
        assert "Freed by this step: x.exp()." in panel.text()

    explained(qtbot, "second backward", story)


def test_a_second_pass_without_zero_grad_asks_about_it(qtbot, qapp):
    def story(panel, state, window):
        go_to(qtbot, state, "AccumulateGrad", 1)
        assert "before + added = after" in panel.text()
        assert "optimizer.zero_grad()" in panel.text()
        go_to(qtbot, state, "AddBackward0", 1)
        assert "summed over dim 0 (8, 4) → (4,)" in panel.text()

    explained(qtbot, "mlp twice", story)


def test_a_recurrent_net_shows_the_running_sum_of_its_weight(qtbot, qapp):
    def story(panel, state, window):
        state.set_step(0, 0)
        state.set_position(state.step_count - 1)
        assert "49 " in panel.text()
        assert "… " in panel.text()
        assert "step 1" in panel.text()

    explained(qtbot, "rnn", story)


@pytest.mark.parametrize("program", ["double backward", "penalty"])
def test_a_second_layer_links_to_the_first_order_node(qtbot, qapp, program):
    def story(panel, state, window):
        go_to(qtbot, state, "MulBackward0", 1)
        assert "as part of the gradient of PowBackward0" in panel.text()
        differentiated = next(word for word in _links(panel) if word.text.startswith("PowBackward0 (x"))
        click_link(panel, differentiated.text)
        assert state.selection == (differentiated.goes.node,)

    explained(qtbot, program, story)


def test_a_logarithm_of_zero_shows_where_nan_is_made(qtbot, qapp):
    def story(panel, state, window):
        go_to(qtbot, state, "LogBackward0")
        assert "slot 0 g ÷ self = [0 1] ÷ [0 1] = [NaN 1]" in panel.text()

    explained(qtbot, "log of zero", story)


def test_a_forward_error_is_explained_at_the_operation(qtbot, qapp):
    def story(panel, state, window):
        state.set_walk(Walk(WalkKind.FORWARD, len(state.trace.cells) - 1), 2)
        assert "mat1 and mat2 shapes cannot be multiplied" in panel.text()
        assert "Failed at matmul: c @ b" in panel.text()
        assert "self c = 2 (2, 3)" in panel.text()

    explained(qtbot, "forward fails", story)


def test_contributions_arrive_one_by_one_by_key(qtbot, qapp):
    def story(panel, state, window):
        go_to(qtbot, state, "MulBackward0")
        state.set_grain(Grain.CONTRIBUTION)
        window.canvas.setFocus()
        seen = []
        for _ in range(4):
            qtbot.keyClick(window, Qt.Key.Key_Right)
            seen += [line for line in panel.text().splitlines() if line.startswith("arrives at")]
        assert seen
        before = panel.text()
        qtbot.keyClick(window, Qt.Key.Key_Right)
        qtbot.keyClick(window, Qt.Key.Key_Left)
        assert panel.text() == before

    explained(qtbot, "many contributions", story)
