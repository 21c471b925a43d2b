"""What the panel's cards say for programs with something to see, and where their links lead."""

import pytest
from PySide6.QtCore import Qt

from engine.trace import NONE
from tests.engine.programs import record
from tests.recorded import PROGRAMS, position_of, recorded
from tests.traces import seed_trace
from ui.step_panel import StepPanel
from ui.step_panel.link_label import LinkLabel
from ui.stepping import ForwardSteps, Grain, PassSteps, Place, Walk, WalkKind
from ui.theme import DARK, LIGHT
from ui.view_state import ViewState


def panel(keep, trace, position, pass_id=0, kind=WalkKind.PASS):
    state = ViewState(trace)
    made = keep(StepPanel(state))
    made.resize(396, 600)
    made.show()
    state.set_walk(Walk(kind, pass_id), position)
    return state, made


def at(keep, program, op, pass_id=0):
    trace = recorded(program)
    return panel(keep, trace, position_of(trace, op, pass_id), pass_id)[1].text()


def test_hooks_are_told_by_name_and_line_with_what_they_changed(keep):
    text = at(keep, "hooks", "MulBackward0")
    assert "double  tensor hook, In [1], line 3:  1 → 2, norm 1.732 → 3.464" in text
    assert "lambda  pre-hook of the node, In [1], line 6:  changed nothing" in text
    assert "incoming g = 1 → 2 after hooks (3,)" in text
    assert "slot 0 g × other = 2 × 2 = 4 → 5 by a hook" in text


def test_a_custom_function_shows_its_own_lines(keep):
    text = at(keep, "custom", "CubeBackward")
    assert "return g * 2 * x  # wrong: 3 x ** 2" in text
    assert "gradcheck" in text
    assert "slot 0 sent = [2 4]" in text


def test_the_failing_step_shows_both_lines_the_rule_and_the_broken_life(keep):
    text = at(keep, "edited", "ExpBackward0")
    assert "add_ wrote over it in In [1], line 3: version 1." in text
    assert "What to do: Write the new value to a new tensor" in text
    assert "∂L / ∂x = g · " in text
    assert "edited add_ line 3 · refused step 3 (saved at v0, now v1: modified)" in text
    assert "The pass ended here." in text


def test_running_sums_tell_who_sent_what_and_the_sum_so_far(keep):
    _, made = panel(keep, seed_trace(), 3)
    assert "1 2.25 MulBackward0 (y * y), step 3 = 2.25" in made.text()
    assert "2 + 2.25 MulBackward0 (y * y), step 3 = 4.5" in made.text()


def test_at_the_finest_grain_the_panel_follows_each_contribution(keep):
    state, made = panel(keep, seed_trace(), 0)
    state.set_grain(Grain.CONTRIBUTION)
    state.set_place(Place(3, 3, 0))
    assert "arrives at y" not in made.text()
    assert "not handed on yet" in made.text()
    state.go_on()
    assert "arrives at y: 2.25 (2, 2) waits for 1 more" in made.text()
    state.go_on()
    assert "arrives at y: 2.25 + 2.25 = 4.5 (2, 2)" in made.text()
    state.go_back()
    assert "waits for 1 more" in made.text()


def test_a_line_as_one_step_lists_its_nodes(keep):
    state, made = panel(keep, seed_trace(), 0)
    state.set_grain(Grain.LINE)
    state.set_place(Place(2, 3))
    assert "STEPS 2 TO 3 OF 5" in made.text()
    assert "These steps are taken together: 2 MulBackward0 (z), 3 MulBackward0 (y * y)." in made.text()


def test_a_node_of_a_second_layer_says_what_it_differentiates(keep):
    assert "as part of the gradient of PowBackward0 (x**3)." in at(keep, "double backward", "PowBackward0", 1)


def test_what_is_freed_is_told_at_the_step_that_frees_it(keep):
    assert "Freed by this step: y." in panel(keep, seed_trace(), 3)[1].text()
    assert "Freed by this step" not in at(keep, "retained", "ExpBackward0", 0)
    assert "Freed by this step: x.exp()." in at(keep, "retained", "ExpBackward0", 1)


def test_a_forward_walk_shows_operands_result_and_what_is_saved(keep):
    _, made = panel(keep, seed_trace(), 2, kind=WalkKind.FORWARD)
    text = made.text()
    assert "STEP 2 OF 4\nMul   y * y" in text
    assert "self y = 3 (2, 2)" in text
    assert "saved for backward\nself y v0: saved line 4 · used pass 1 step 3" in text


def test_a_forward_failure_shows_message_operands_and_the_next_move(keep):
    _, made = panel(keep, recorded("forward fails"), 2, kind=WalkKind.FORWARD)
    assert "mat1 and mat2 shapes cannot be multiplied" in made.text()
    assert "self c = 2 (2, 3)" in made.text()
    assert "What to do" in made.text()


def test_thousands_of_contributions_are_elided_with_their_count(keep):
    code = "x = torch.ones(2, requires_grad=True)\ny = x * 1\n"
    trace = record(f"{code}torch.stack([y * i for i in range(3000)]).sum().backward()")
    state, made = panel(keep, trace, 2)
    assert "and 2,995 more slots" in made.text()
    state.set_position(state.step_count - 1)
    assert "… 2,994 more" in made.text()
    assert len(made.text()) < 5000


def links(made):
    return [label for label in made.findChildren(LinkLabel) if not label.isHidden()]


def test_every_link_leads_somewhere_that_exists(keep, qtbot):
    for program in PROGRAMS:
        trace = recorded(program)
        for pass_id in range(len(trace.passes)):
            state, made = panel(keep, trace, 0, pass_id)
            for position in range(min(state.step_count, 12) + 1):
                state.set_step(pass_id, position)
                for label in links(made):
                    for goes in label._ways:
                        assert goes.node < len(trace.nodes)
                        assert goes.pass_id < len(trace.passes)
                        assert goes.line <= trace.text(int(trace.sources.text[goes.source])).count("\n") + 1


def test_the_title_leads_to_the_line_and_a_step_to_its_place(keep, qtbot):
    state, made = panel(keep, seed_trace(), 3)
    with qtbot.waitSignal(state.line_wanted) as told:
        made._place.linkActivated.emit("0")
    assert told.args == [0, 4]
    assert state.selection == (state.steps.node(3),)
    reason = next(label for label in links(made) if "one consumer" in label.words())
    reason.linkActivated.emit("1")
    assert state.position == 2


def test_links_are_reached_by_tab_and_chosen_by_enter(keep, qtbot, qapp):
    state, made = panel(keep, seed_trace(), 3)
    label = next(label for label in links(made) if "one consumer" in label.words())
    assert label.textInteractionFlags() & Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    label.setFocus()
    label.focusNextPrevChild(True)
    qtbot.keyClick(label, Qt.Key.Key_Return)
    assert state.selection == (state.steps.node(2),)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("width", [260, 396, 700])
@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_is_cropped(keep, qapp, theme, width, program):
    trace = recorded(program)
    walks = [Walk(WalkKind.PASS, k) for k in range(len(trace.passes))] + [Walk(WalkKind.FORWARD, 0)]
    state, made = panel(keep, trace, 0, NONE)
    made.set_theme(theme)
    made.resize(width, 500)
    qapp.processEvents()
    for walk in walks:
        count = (PassSteps if walk.kind is WalkKind.PASS else ForwardSteps)(trace, walk.id).count
        for position in {0, 1, 2, 3, count // 2, count - 1, count}:
            state.set_walk(walk, max(position, 0))
            assert made._cards.inner.width() <= width
            for view in made._views:
                if view.isVisible():
                    assert view.height() >= view.heightForWidth(view.width())
            for label in links(made):
                if label.wordWrap():
                    assert label.height() >= label.heightForWidth(label.width())


@pytest.mark.parametrize("grain", Grain)
@pytest.mark.parametrize("program", PROGRAMS)
def test_going_back_says_word_for_word_what_was_said(keep, program, grain):
    trace = recorded(program)
    kind = WalkKind.PASS if len(trace.passes) else WalkKind.FORWARD
    state, made = panel(keep, trace, 0, max(len(trace.passes) - 1, 0), kind)
    state.set_grain(grain)
    said = [made.text()]
    while len(said) < 40 and state.go_on():
        said.append(made.text())
    assert len(said) > 1
    for text in reversed(said[:-1]):
        assert state.go_back()
        assert made.text() == text
