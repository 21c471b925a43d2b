"""The bars that come and go above the docks take the keyboard from nobody."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPushButton, QToolBar

from ui.notice_bar import NoticeBar
from ui.pause_bar import PauseBar
from ui.style import style_sheet
from ui.theme import LIGHT, mix


@pytest.fixture
def window(keep, qtbot):
    """A notice bar, then a tool bar with a button that must not be pressed by accident, and a field to type in."""
    made = keep(QMainWindow())
    made.notice, made.pause, tools = NoticeBar(made), PauseBar(made), QToolBar(made)
    made.restart, made.field = QPushButton("Restart"), QLineEdit()
    tools.addWidget(made.restart)
    for bar in (made.notice, made.pause, tools):
        made.addToolBar(bar)
        made.addToolBarBreak()
    made.setCentralWidget(made.field)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.field.setFocus()
    return made


def button(bar, text):
    return next(found for found in bar.findChildren(QPushButton) if found.text() == text)


def test_a_click_on_a_notice_leaves_the_keyboard_where_it_was(qtbot, window):
    window.notice.say("Something happened.")
    qtbot.mouseClick(button(window.notice, "Close"), Qt.MouseButton.LeftButton)
    assert not window.notice.isVisible()
    assert window.field.hasFocus()


def test_a_notice_that_was_answered_by_keyboard_gives_it_back(qtbot, window):
    done = []
    window.notice.say("The kernel ended.", "Again", lambda: done.append(1))
    answer = button(window.notice, "Again")
    answer.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(answer, Qt.Key.Key_Space)
    assert done == [1]
    assert window.field.hasFocus()


def test_the_bar_of_a_waiting_pass_gives_the_keyboard_back_too(window):
    window.pause.say("waits")
    window.pause.buttons["Step"].setFocus(Qt.FocusReason.TabFocusReason)
    window.pause.hide()
    assert window.field.hasFocus()


def test_a_notice_is_one_line_high_as_soon_as_the_window_is_wide_enough(qtbot, window):
    window.resize(500, 300)
    window.notice.say("Short.")
    qtbot.waitUntil(lambda: window.notice.width() >= 480)
    low = window.notice.height()
    window.notice.say("Something went wrong inside Retrograde, and this sentence is too long for a narrow window.")
    qtbot.waitUntil(lambda: window.notice.height() > low)
    window.resize(1400, 300)
    qtbot.waitUntil(lambda: window.notice.height() == low)


def test_an_offer_does_not_look_like_trouble_and_trouble_after_it_does(window):
    window.setStyleSheet(style_sheet(LIGHT))

    def ground():
        return window.notice.grab().toImage().pixelColor(4, window.notice.height() // 2).name()

    window.notice.offer("A session can be recovered.", "Recover", print)
    assert ground() == mix(LIGHT.panel, LIGHT.accent, 0.12)
    window.notice.say("The file cannot be read.")
    assert ground() == mix(LIGHT.panel, LIGHT.error, 0.14)
