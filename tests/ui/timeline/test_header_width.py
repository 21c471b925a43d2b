"""What the timeline's header shows is whole where there is room: a width rounded down made of "pass" a "p…s"."""

import pytest
from PySide6.QtCore import Qt

from tests.engine.programs import Recording, record
from ui.cards import ElidedLabel
from ui.flat_combo import CHEVRON, PADDING, FlatCombo
from ui.stepping import Grain
from ui.timeline import Timeline
from ui.timeline.slider import LEAST_NAME, StepSlider
from ui.timeline.walk_list import WalkButton
from ui.view_state import ViewState

TEXTS = [*(grain.value for grain in Grain), "↳ Pass 6   gp.backward()   cell 4, line 22", "Pass 1   ii.iii()", "1×"]
CHROME = 2 * PADDING + CHEVRON


def fits(widget, text):
    """Whether the text is not elided in the width that the widget asks for."""
    width = widget.sizeHint().width() - CHROME
    return widget.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, width) == text


def test_a_combo_asks_for_the_whole_width_of_its_text(qtbot):
    combo = FlatCombo()
    qtbot.addWidget(combo)
    for row, text in enumerate(TEXTS):
        combo.addItem(text)
        combo.setCurrentIndex(row)
        assert fits(combo, text), text


def test_the_title_of_a_pass_asks_for_its_whole_width(qtbot):
    button = WalkButton()
    qtbot.addWidget(button)
    for text in TEXTS:
        button.set_title(text)
        assert fits(button, text), text


def test_how_long_a_pass_took_gives_way_before_how_many_steps_it_has(qtbot):
    made = ElidedLabel()
    qtbot.addWidget(made)
    made.setText("6 steps · 0.152 ms")
    made.shorter = ("6 steps", "")
    texts = []
    for width in range(200, 0, -1):
        made.resize(width, 20)
        texts.append(made.shown())
    assert list(dict.fromkeys(texts)) == ["6 steps · 0.152 ms", "6 steps", ""]


def test_without_shorter_words_a_label_is_elided(qtbot):
    made = ElidedLabel()
    qtbot.addWidget(made)
    made.setText("a long title of something")
    made.resize(60, 20)
    assert made.shown().endswith("…")


@pytest.mark.parametrize("width", [200, 240, 280, 330, 420])
def test_a_step_whose_name_finds_no_room_has_none_rather_than_one_letter_of_it(keep, monkeypatch, width):
    trace = record(
        "long_name_of_a_leaf = torch.ones(2, requires_grad=True)\n(long_name_of_a_leaf * 2).sum().backward()"
    )
    state, painted = ViewState(trace), []
    paint = StepSlider._paint_label
    monkeypatch.setattr(StepSlider, "_paint_label", lambda *a: painted.append(a[2]) or paint(*a))
    timeline = keep(Timeline(state))
    timeline.resize(width + 260, 110)
    timeline.show()
    for position in range(state.step_count + 1):
        state.set_position(position)
        timeline.grab()
    assert painted
    assert all(len(text) > LEAST_NAME for text in painted if text.endswith("…")), set(painted)


def test_a_narrow_timeline_has_its_slider_below_the_buttons_and_as_wide_as_itself(keep, qtbot):
    state = ViewState(record("x = torch.ones(2, requires_grad=True)\n(x * 2).sum().backward()"))
    timeline = keep(Timeline(state))
    timeline.resize(340, 160)
    timeline.show()
    play, slider = timeline._buttons["play"], timeline._slider
    qtbot.waitUntil(lambda: slider.y() > play.geometry().bottom() and slider.width() > 280)
    timeline.resize(720, 160)
    qtbot.waitUntil(lambda: slider.x() > play.geometry().right() and slider.y() < play.geometry().bottom())


@pytest.mark.parametrize("width", [360, 420, 500, 606, 900])
def test_how_a_pass_ended_is_said_in_a_word_where_there_is_no_room_for_more(keep, qtbot, width):
    recording = Recording()
    recording.run("x = torch.ones(2, requires_grad=True)\ny = x.exp()\ny += 1\nlong_name_of_a_loss = y.sum()")
    recording.run("long_name_of_a_loss.backward()")
    timeline = keep(Timeline(ViewState(recording.trace)))
    timeline.resize(width, 140)
    timeline.show()
    header = timeline.header
    qtbot.waitUntil(lambda: header.width() > width - 60)
    assert header.health.shown() in ("stopped by an error", "failed")
    assert header.health.geometry().right() < header.grain.geometry().left()
