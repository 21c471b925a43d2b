"""What the timeline's header shows is whole where there is room: a width rounded down made of "pass" a "p…s"."""

from PySide6.QtCore import Qt

from ui.flat_combo import CHEVRON, PADDING, FlatCombo
from ui.stepping import Grain
from ui.timeline.walk_list import WalkButton

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
