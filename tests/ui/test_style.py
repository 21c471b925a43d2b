import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox

from ui.style import MARKS, style_sheet
from ui.theme import THEMES, contrast


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_a_checked_box_has_a_tick_that_stands_out(keep, theme):
    box = keep(QCheckBox())
    box.setStyleSheet(style_sheet(theme))
    box.setChecked(True)
    box.show()
    image = box.grab().toImage()
    middle = image.height() // 2
    colours = [image.pixelColor(x, y).name() for x in range(4, 12) for y in range(middle - 4, middle + 4)]
    assert max(contrast(colour, theme.accent) for colour in colours) >= 4.5
    assert QColor(theme.accent).name() in colours


def test_the_marks_that_style_sheets_name_are_there():
    assert {path.name for path in MARKS.iterdir()} == {"check-black.svg", "check-white.svg"}
