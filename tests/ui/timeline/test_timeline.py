import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from engine.trace import NONE, Trace
from tests.engine.programs import Recording
from tests.traces import chain_trace, linear_trace, seed_trace
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
    return [part.text() for part in (timeline._title, timeline._health, timeline._size) if part.isVisible()]


def test_without_a_pass_it_says_how_to_get_one(keep):
    state, timeline = shown(keep, Trace())
    assert timeline._stack.currentWidget().text() == EMPTY
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


def test_playing_goes_to_the_end_and_stops_there(seed, qtbot):
    state, timeline = seed
    timeline._speed.setCurrentIndex(timeline._speed.count() - 1)
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
    timeline._loop.setChecked(True)
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


def test_with_several_passes_one_can_be_chosen(keep):
    state, timeline = shown(keep, linear_trace())
    assert (state.pass_id, state.position) == (1, 6)
    assert timeline._chooser.isVisible()
    assert not timeline._title.isVisible()
    timeline._chooser.activated.emit(0)
    assert (state.pass_id, state.position) == (0, 6)
    assert timeline._chooser.currentText().startswith("Pass 1")


def test_the_closed_list_of_passes_leaves_their_health_to_the_words_beside_it(keep):
    _, timeline = shown(keep, linear_trace(poison=True))
    assert "NaN or Inf" in timeline._chooser.itemText(0)
    assert "NaN or Inf" not in timeline._chooser.closed_text
    assert "NaN or Inf" in timeline._health.text()


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
    assert timeline._chooser.count() == 2


def test_another_trace_replaces_the_passes(keep):
    state, timeline = shown(keep, linear_trace())
    state.set_trace(seed_trace())
    assert (state.pass_id, state.position) == (0, 5)
    assert timeline._chooser.count() == 1
    state.set_trace(Trace())
    assert state.pass_id == NONE
    assert timeline._stack.currentWidget().text() == EMPTY


def test_a_pass_with_nan_says_so_in_its_header(keep):
    _, timeline = shown(keep, linear_trace(poison=True))
    assert "NaN or Inf from step 2 on" in visible_texts(timeline)


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
