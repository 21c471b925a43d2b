import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QToolBar, QToolButton

from ui.kernel_label import KernelLabel
from ui.narrow_bar import NarrowBar


@pytest.fixture
def bar(keep):
    """A window whose toolbar has four buttons and the kernel's label."""
    window = keep(QMainWindow())
    made, label = QToolBar(window), KernelLabel("Embedded engine (NumPy)")
    buttons = []
    for text in ("Run cell", "Run all", "Interrupt", "Restart"):
        button = QToolButton(made)
        button.setDefaultAction(QAction(text, made))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.addWidget(button)
        buttons.append(button)
    made.addWidget(label)
    window.addToolBar(made)
    NarrowBar(made, label, buttons)
    label.set_state("idle")
    window.show()
    made.window_, made.label, made.buttons = window, label, buttons
    return made


def words(bar):
    """Whether the engine is named, and whether the buttons have words."""
    styles = {button.toolButtonStyle() for button in bar.buttons}
    return not bar.label._engine.isHidden(), styles == {Qt.ToolButtonStyle.ToolButtonTextBesideIcon}


def test_the_engines_name_gives_way_first_then_the_words_of_the_buttons(qtbot, bar):
    seen = []
    for width in range(900, 150, -30):
        bar.window_.resize(width, 200)
        qtbot.waitUntil(lambda width=width: bar.width() == width)
        seen.append(words(bar))
    assert list(dict.fromkeys(seen)) == [(True, True), (False, True), (False, False)]
    bar.window_.resize(900, 200)
    qtbot.waitUntil(lambda: words(bar) == (True, True))


def test_a_longer_state_finds_its_room(qtbot, bar):
    bar.window_.resize(900, 200)
    needed = next(width for width in range(900, 100, -5) if _fits(qtbot, bar, width) is False) + 5
    bar.window_.resize(needed, 200)
    qtbot.waitUntil(lambda: words(bar) == (True, True))
    bar.label.set_state("paused")
    assert words(bar) == (False, True)
    assert bar.label._text.text() == "waiting at a breakpoint"


def _fits(qtbot, bar, width):
    bar.window_.resize(width, 200)
    qtbot.waitUntil(lambda: bar.width() == width)
    return words(bar) == (True, True)
