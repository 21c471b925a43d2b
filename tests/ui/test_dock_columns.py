import pytest
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from engine.trace import Trace
from ui.dock_columns import LEAST, DockColumns
from ui.docks import DockTitle, add_docks, arrange, fill
from ui.view_state import ViewState

Area = Qt.DockWidgetArea


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.setCentralWidget(QWidget())
    add_docks(made, ViewState(Trace()))
    made.columns = DockColumns(made)
    arrange(made)
    return made


def width(window, name):
    return window.findChild(QDockWidget, name).width()


def resize(window, wide, high):
    window.resize(wide, high)
    QApplication.processEvents()


def drag_separator(window, x, to):
    """Drag the separator at x with the mouse, as the window system would report it."""
    handle, y = window.windowHandle(), window.height() // 4
    left = Qt.MouseButton.LeftButton
    QTest.mouseMove(handle, QPoint(x, y))
    QTest.mousePress(handle, left, Qt.KeyboardModifier.NoModifier, QPoint(x, y))
    QTest.mouseMove(handle, QPoint((x + to) // 2, y))
    QTest.mouseMove(handle, QPoint(to, y))
    QTest.mouseRelease(handle, left, Qt.KeyboardModifier.NoModifier, QPoint(to, y))
    QApplication.processEvents()


def test_columns_keep_their_share_of_the_window_at_every_size(window):
    window.show()
    least = window.findChild(QDockWidget, "inspector").minimumSizeHint().width()
    assert least >= 280
    for wide, high in ((1280, 800), (2560, 1440), (1000, 700), (1600, 1000)):
        resize(window, wide, high)
        assert width(window, "script") == width(window, "console") == max(round(wide * 0.27), 260)
        assert width(window, "step") == width(window, "inspector") == max(round(wide * 0.255), least)


def test_no_column_is_narrower_than_its_texts_need(window):
    window.show()
    resize(window, 600, 500)
    assert width(window, "script") >= LEAST[Area.LeftDockWidgetArea]
    assert width(window, "inspector") >= LEAST[Area.RightDockWidgetArea]


def test_a_column_that_was_dragged_keeps_the_share_it_was_given(window):
    window.show()
    resize(window, 1280, 800)
    edge = width(window, "script")
    drag_separator(window, edge, edge + 160)
    dragged = width(window, "script")
    assert dragged > edge + 100
    resize(window, 1600, 800)
    assert width(window, "script") == pytest.approx(dragged / 1280 * 1600, abs=2)
    window.columns.reset()
    QApplication.processEvents()
    assert width(window, "script") == round(1600 * 0.27)


def test_restored_widths_are_taken_over_when_the_window_is_shown(window):
    window.show()
    resize(window, 1280, 800)
    edge = width(window, "script")
    drag_separator(window, edge, edge + 160)
    dragged, layout = width(window, "script"), window.saveState()
    window.hide()
    window.columns.reset()
    assert window.restoreState(layout)
    window.columns.adopt()
    window.show()
    QApplication.processEvents()
    assert width(window, "script") == dragged


def test_a_note_that_is_too_long_for_a_title_ends_in_an_ellipsis(qtbot):
    class Panel(QWidget):
        note_changed = Signal(str)
        note = "a long note " * 20

    dock, title = QDockWidget(), DockTitle("Script")
    qtbot.addWidget(dock)
    dock.setTitleBarWidget(title)
    fill(dock, Panel())
    dock.resize(260, 200)
    dock.show()
    dock.grab()
    note = title.findChild(QWidget, "dock-note")
    name = title.findChild(QWidget, "dock-name")
    assert note.geometry().left() >= name.geometry().right()
    assert note.geometry().right() <= title.width()
    assert note.toolTip() == Panel.note
