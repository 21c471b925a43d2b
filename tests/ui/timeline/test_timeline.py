import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from engine.trace import NONE, Trace
from tests.engine.programs import Recording
from tests.traces import chain_trace, linear_trace, seed_trace
from ui.breakpoints.model import Breakpoint
from ui.stepping import Grain, Place, Walk, WalkKind
from ui.theme import DARK, LIGHT
from ui.timeline import Timeline
from ui.timeline.player import STEP_MS
from ui.timeline.timeline import EMPTY
from ui.view_state import ViewState


def shown(keep, trace, width=720):
    state = ViewState(trace)
    timeline = keep(Timeline(state))
    timeline.resize(width, 110)
    timeline.show()
    return state, timeline


@pytest.fixture
def seed(keep):
    return shown(keep, seed_trace())


def visible_texts(timeline):
    header = timeline.header
    return [part.text() for part in (header.chooser, header.health, header.amount) if part.isVisible()]


def choose(timeline, name):
    """Open the list of walks and click the first that begins so."""
    timeline.header.chooser.click()
    tree = timeline.header.list.tree
    index = tree.model().index(0, 0)
    while not index.data().startswith(name):
        index = tree.indexBelow(index)
    tree.clicked.emit(index)


def listed(timeline):
    """The names in the list of walks, opened and closed again."""
    timeline.header.chooser.click()
    tree, found = timeline.header.list.tree, []
    index = tree.model().index(0, 0)
    while index.isValid():
        found.append(index.data())
        index = tree.indexBelow(index)
    timeline.header.list.hide()
    return found


def test_without_a_pass_it_says_how_to_get_one(keep):
    state, timeline = shown(keep, Trace())
    assert timeline._sentence.text() == EMPTY
    assert timeline._sentence.isVisible()
    timeline.forward()
    timeline.toggle_play()
    assert state.position == 0
    assert not timeline.player.playing


def test_a_recorded_pass_is_shown_at_its_last_position(seed):
    state, timeline = seed
    assert (state.pass_id, state.position) == (0, 5)
    assert visible_texts(timeline) == ["Pass 1   out.backward()   cell 1, line 6", "5 steps · 0.4 ms"]


def test_a_position_that_is_already_shown_is_kept(keep):
    state = ViewState(seed_trace())
    state.set_step(0, 2)
    keep(Timeline(state))
    assert state.position == 2


def test_first_back_forward_and_last_walk_the_pass(seed):
    state, timeline = seed
    timeline.first()
    assert state.position == 0
    timeline.forward()
    timeline.forward()
    assert state.position == 2
    timeline.back()
    assert state.position == 1
    timeline.last()
    assert state.position == 5
    timeline.forward()
    assert state.position == 5


def test_the_buttons_do_what_the_methods_do_and_rest_at_the_ends(seed, qtbot):
    state, timeline = seed
    buttons = timeline._buttons
    assert not buttons["forward"].isEnabled()
    assert not buttons["last"].isEnabled()
    qtbot.mouseClick(buttons["first"], Qt.MouseButton.LeftButton)
    assert state.position == 0
    assert not buttons["back"].isEnabled()
    qtbot.mouseClick(buttons["forward"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(buttons["forward"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(buttons["back"], Qt.MouseButton.LeftButton)
    assert state.position == 1


def test_a_click_on_the_slider_jumps_and_a_drag_follows(seed, qtbot):
    state, timeline = seed
    slider = timeline._slider
    y = slider.height() // 2
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider._x(2)), y))
    assert state.position == 2
    qtbot.mouseMove(slider, QPoint(round(slider._x(4)), y))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider._x(4)), y))
    assert state.position == 4
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 1, y))
    assert state.position == 5


def test_the_wheel_goes_one_step_a_notch(seed):
    state, timeline = seed
    slider = timeline._slider
    timeline.first()
    for turn, expected in ((-120, 1), (-120, 2), (120, 1)):
        event = QWheelEvent(
            QPointF(50, 20), slider.mapToGlobal(QPointF(50, 20)), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(slider, event)
        assert state.position == expected


def test_arrow_keys_on_the_slider_step(seed, qtbot):
    state, timeline = seed
    qtbot.keyClick(timeline._slider, Qt.Key.Key_Left)
    assert state.position == 4
    qtbot.keyClick(timeline._slider, Qt.Key.Key_Home)
    assert state.position == 0


def test_space_plays_and_pauses_where_the_slider_has_the_keys(seed, qtbot):
    _, timeline = seed
    timeline.activateWindow()
    qtbot.mouseClick(timeline._buttons["first"], Qt.MouseButton.LeftButton)
    assert timeline.focusWidget() is timeline._slider
    qtbot.keyClick(timeline._slider, Qt.Key.Key_Space)
    assert timeline.player.playing
    qtbot.keyClick(timeline._slider, Qt.Key.Key_Space)
    assert not timeline.player.playing


def test_playing_goes_to_the_end_and_stops_there(seed, qtbot):
    state, timeline = seed
    timeline.header.speed.setCurrentIndex(timeline.header.speed.count() - 1)
    positions = []
    state.step_changed.connect(lambda: positions.append(state.position))
    with qtbot.waitSignal(timeline.player.playing_changed, check_params_cb=lambda playing: not playing):
        timeline.toggle_play()
    assert positions == [0, 1, 2, 3, 4, 5]


def test_play_becomes_pause_while_it_plays(seed):
    _, timeline = seed
    timeline.first()
    timeline.toggle_play()
    assert timeline.player.playing
    assert timeline._buttons["play"].accessibleName() == "Pause"
    timeline.toggle_play()
    assert not timeline.player.playing
    assert timeline._buttons["play"].accessibleName() == "Play"


def test_stepping_by_hand_stops_the_playing(seed):
    _, timeline = seed
    timeline.first()
    timeline.toggle_play()
    timeline.forward()
    assert not timeline.player.playing


def test_a_loop_begins_again_at_the_end(seed):
    state, timeline = seed
    timeline.header.loop.setChecked(True)
    timeline.player.play()
    for expected in (1, 2, 3, 4, 5, 0, 1):
        timeline.player.advance()
        assert state.position == expected
    assert timeline.player.playing


def test_the_speed_sets_the_time_between_steps(seed):
    _, timeline = seed
    timeline.player.set_speed(0.25)
    assert timeline.player.interval == 4 * STEP_MS
    timeline.player.set_speed(16)
    assert timeline.player.interval == round(STEP_MS / 16)


def test_the_list_of_walks_chooses_a_pass(keep):
    state, timeline = shown(keep, linear_trace())
    assert (state.pass_id, state.position) == (1, 6)
    choose(timeline, "Pass 1")
    assert (state.pass_id, state.position) == (0, 6)
    assert timeline.header.chooser.text().startswith("Pass 1")


def test_the_list_of_walks_has_each_cells_forward_pass(keep):
    state, timeline = shown(keep, linear_trace())
    choose(timeline, "Forward")
    assert state.walk == Walk(WalkKind.FORWARD, 0)
    assert (state.position, state.pass_id) == (4, NONE)
    assert timeline.header.amount.text().startswith("4 operations")
    timeline.first()
    timeline.forward()
    assert state.trace.node(state.steps.node(state.position)).op == "MmBackward0"


def test_a_pass_with_nan_leads_to_where_it_was_born_and_lights_the_way(keep, qtbot):
    state, timeline = shown(keep, linear_trace(poison=True))
    assert timeline.header.nonfinite.text() == "First NaN/Inf: step 2"
    qtbot.mouseClick(timeline.header.nonfinite, Qt.MouseButton.LeftButton)
    assert state.position == 2
    lit = {state.trace.node(node).label or state.trace.node(node).kind.name for node in state.shown.lit}
    assert {"w", "b", "GRAD", "ACCUMULATE"} <= lit
    assert "x" not in lit


def test_a_pass_without_nan_has_no_such_button(seed):
    _, timeline = seed
    assert not timeline.header.nonfinite.isVisible()


def test_up_and_down_change_the_grain_and_the_control_shows_it(seed):
    state, timeline = seed
    timeline.finer()
    assert (state.grain, timeline.header.grain.currentText()) == (Grain.CONTRIBUTION, "contribution")
    timeline.finer()
    assert state.grain is Grain.CONTRIBUTION
    for expected in (Grain.NODE, Grain.LINE, Grain.PASS, Grain.PASS):
        timeline.coarser()
        assert state.grain is expected
    timeline.header.grain.activated.emit(0)
    assert state.grain is Grain.CONTRIBUTION


def test_contributions_are_stepped_one_by_one_and_back(seed):
    state, timeline = seed
    state.set_position(2)
    timeline.finer()
    there = []
    for _ in range(4):
        timeline.forward()
        there.append(state.place)
    assert there == [Place(3, 3, 0), Place(3, 3, 1), Place(3, 3), Place(4, 4, 0)]
    back = []
    for _ in range(3):
        timeline.back()
        back.append(state.place)
    assert back == there[2::-1]


def test_a_pass_at_a_time_goes_on_to_other_passes(keep):
    state, timeline = shown(keep, linear_trace())
    state.set_grain(Grain.PASS)
    timeline.back()
    assert (state.pass_id, state.position) == (1, 0)
    timeline.back()
    assert (state.pass_id, state.place) == (0, Place(1, 6))
    assert timeline._buttons["forward"].isEnabled()
    timeline.forward()
    assert (state.pass_id, state.place) == (1, Place(1, 6))
    assert not timeline._buttons["forward"].isEnabled()


def test_playing_backwards_goes_to_the_seed_and_stops_there(seed, qtbot):
    state, timeline = seed
    timeline.player.set_speed(16)
    positions = []
    state.step_changed.connect(lambda: positions.append(state.position))
    with qtbot.waitSignal(timeline.player.playing_changed, check_params_cb=lambda playing: not playing):
        timeline._buttons["reverse"].click()
        assert timeline._buttons["reverse"].accessibleName() == "Pause"
    assert positions == [4, 3, 2, 1, 0]


def test_playing_turns_round_without_a_stop(seed):
    _, timeline = seed
    timeline.toggle_reverse()
    timeline.toggle_play()
    assert timeline.player.playing
    assert not timeline.player.backwards
    timeline.toggle_play()
    assert not timeline.player.playing


def test_a_loop_played_backwards_begins_again_at_the_end(seed):
    state, timeline = seed
    timeline.header.loop.setChecked(True)
    timeline.player.play(backwards=True)
    for expected in (4, 3, 2, 1, 0, 5, 4):
        timeline.player.advance()
        assert state.position == expected


def test_breakpoints_are_marked_as_soon_as_they_are_set(seed):
    state, timeline = seed
    state.set_breakpoints([Breakpoint(op="MulBackward0")])
    assert timeline._slider._marks.hits.tolist() == [2, 3]
    state.set_breakpoints([])
    assert timeline._slider._marks.hits.tolist() == []


def test_a_backward_that_fails_is_shown_at_the_step_that_failed(keep):
    recording = Recording()
    recording.run("x = torch.ones(3, requires_grad=True)\ny = x.exp()\nz = y * y\ny.add_(1)\nz.sum().backward()")
    state, timeline = shown(keep, recording.trace)
    assert (state.pass_id, state.position, state.steps.failed_at) == (0, 2, 2)
    assert state.trace.node(state.steps.node(2)).op == "MulBackward0"
    assert timeline.header.health.text() == "stopped by an error"
    timeline.back()
    assert state.position == 1


def test_an_operation_that_fails_is_shown_at_its_step(keep):
    recording = Recording()
    state, timeline = shown(keep, recording.trace)
    recording.run("x = torch.ones(3, 2, requires_grad=True)\ny = x.exp()\nz = y @ y")
    state.trace_grew()
    assert state.walk == Walk(WalkKind.FORWARD, 0)
    assert state.position == state.steps.failed_at == 2
    assert timeline.header.health.text() == "stopped by an error"


def test_where_only_operations_ran_their_forward_pass_is_offered(keep):
    recording = Recording()
    recording.run("x = torch.ones(2, requires_grad=True)\ny = x * 2", title="cell 1")
    state, timeline = shown(keep, recording.trace)
    assert timeline._sentence.isVisible()
    assert timeline._offer.text() == "Step through the forward pass of cell 1"
    timeline._offer.click()
    assert (state.walk, state.position) == (Walk(WalkKind.FORWARD, 0), 0)
    assert not timeline._sentence.isVisible()


def test_gradients_that_the_budget_dropped_are_said_to_be_gone(keep):
    recording = Recording(budget=4096)
    recording.run("x = torch.ones(512, requires_grad=True)\nfor _ in range(4):\n    (x.exp() * 2).sum().backward()")
    _, timeline = shown(keep, recording.trace)
    choose(timeline, "Pass 1")
    assert timeline.header.dropped.isVisible()


def test_a_new_pass_is_shown_at_its_end_and_an_old_one_is_not_shown_again(keep):
    recording = Recording()
    recording.run("x = torch.ones(2, requires_grad=True)\ny = (x * x).sum()\ny.backward(retain_graph=True)")
    state, timeline = shown(keep, recording.trace)
    timeline.first()
    recording.run("z = x + 1")
    state.trace_grew()
    assert (state.pass_id, state.position) == (0, 0)
    recording.run("y.backward()")
    state.trace_grew()
    assert (state.pass_id, state.position) == (1, state.step_count)
    passes = [name for name in listed(timeline) if name.startswith("Pass")]
    assert passes == ["Pass 1   y.backward(retain_graph=True)", "Pass 2   y.backward()"]


def test_another_trace_replaces_the_passes(keep):
    state, timeline = shown(keep, linear_trace())
    state.set_trace(seed_trace())
    assert (state.pass_id, state.position) == (0, 5)
    assert len(listed(timeline)) == 2
    state.set_trace(Trace())
    assert state.pass_id == NONE
    assert timeline._sentence.isVisible()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("width", [380, 720, 1600])
@pytest.mark.parametrize("make", [seed_trace, lambda: chain_trace(2000)], ids=["seed", "chain"])
def test_the_slider_is_filled_in_the_now_colour_up_to_the_position(keep, theme, width, make):
    state, timeline = shown(keep, make(), width)
    timeline.set_theme(theme)
    state.set_position(state.step_count // 2)
    slider = timeline._slider
    image = slider.grab().toImage()
    y = 22

    def colour(position):
        return image.pixelColor(round(slider._x(position)), y).name()

    assert colour(state.position) == theme.now
    assert colour(state.position * 0.5) == theme.now
    assert colour((state.position + state.step_count) / 2 + 0.2) != theme.now


def test_after_forward_mode_it_says_why_there_is_no_pass(keep):
    recording = Recording()
    recording.run("x = torch.ones(2)")
    state, timeline = shown(keep, recording.trace)
    told = []
    timeline.said.connect(told.append)
    recording.run("y, t = torch.func.jvp(torch.sin, (x,), (x,))")
    state.trace_grew()
    recording.run("z = x + 1")
    state.trace_grew()
    (text,) = told
    assert text.startswith("Forward mode ran in In [2] (jvp, dual numbers)")
    assert "no backward pass" in text
    assert timeline._sentence.text() == text


def test_a_session_opened_after_forward_mode_says_so_where_steps_would_be(keep):
    recording = Recording()
    recording.run("y, t = torch.func.jvp(torch.sin, (torch.ones(2),), (torch.ones(2),))")
    _, timeline = shown(keep, recording.trace)
    assert timeline._sentence.text().startswith("Forward mode ran in In [1]")
