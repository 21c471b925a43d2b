import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QTreeView, QVBoxLayout, QWidget

from ui.own_keys import OwnKeys

KEYS = ("Up", "Down", "Left", "Right", "Home", "End")


@pytest.fixture
def window(keep, qtbot):
    """A window with a shortcut on every key, and a widget of each kind in it; `pressed` notes what shortcuts took."""
    made = keep(QWidget())
    column = QVBoxLayout(made)
    model = QStandardItemModel(made)
    branch = QStandardItem("branch")
    branch.appendRow(QStandardItem("leaf"))
    model.appendRow(branch)
    tree, box, field, code = QTreeView(), QComboBox(), QLineEdit("text"), QPlainTextEdit("one\ntwo")
    tree.setModel(model)
    tree.setCurrentIndex(model.index(0, 0))
    box.addItems(["first", "second"])
    code.setReadOnly(True)
    code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)
    made.parts = tree, box, field, code
    made.pressed = []
    for part in made.parts:
        column.addWidget(part)
    for key in KEYS:
        QShortcut(QKeySequence(key), made).activated.connect(lambda key=key: made.pressed.append(key))
    OwnKeys(made).keep_in(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def press(widget, key):
    widget.setFocus()
    QTest.keyClick(widget, key)


def test_a_tree_opens_its_branches_although_right_is_a_shortcut(window):
    tree, *_ = window.parts
    press(tree, Qt.Key.Key_Right)
    assert tree.isExpanded(tree.currentIndex())
    press(tree, Qt.Key.Key_Down)
    assert tree.currentIndex().data() == "leaf"
    assert window.pressed == []


def test_a_closed_list_and_a_line_of_code_move_although_down_is_a_shortcut(window):
    _, box, _, code = window.parts
    press(box, Qt.Key.Key_Down)
    press(code, Qt.Key.Key_Down)
    assert box.currentText() == "second"
    assert code.textCursor().blockNumber() == 1
    assert window.pressed == []


def test_a_field_of_one_line_lets_no_shortcut_have_up_and_down(window):
    _, _, field, _ = window.parts
    press(field, Qt.Key.Key_Up)
    press(field, Qt.Key.Key_Down)
    assert window.pressed == []


def test_what_a_widget_has_no_use_for_is_the_windows(window):
    _, box, _, code = window.parts
    press(box, Qt.Key.Key_Right)
    press(code, Qt.Key.Key_Left)
    assert window.pressed == ["Right", "Left"]
