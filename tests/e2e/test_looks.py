"""What a person chooses about looks: a theme in which everything can be read, another layout from the menu."""

from collections import Counter

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel

from tests.e2e.stories import play, run_typed, settled
from ui.cards import ElidedLabel
from ui.theme import THEMES, contrast

SEED = """import torch
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()"""


def legibility(window, image, widget):
    """The contrast of the strokes of a widget's text with what is behind most of it, in a picture of the window."""
    seen = widget.visibleRegion().boundingRect()
    corner = widget.mapTo(window, seen.topLeft())
    columns = range(corner.x(), min(corner.x() + seen.width(), image.width()))
    rows = range(corner.y(), min(corner.y() + seen.height(), image.height()))
    colours = Counter(image.pixelColor(x, y).name() for x in columns for y in rows)
    behind = colours.most_common(1)[0][0]
    return max(contrast(colour, behind) for colour in colours)


def said(widget):
    """The text that stands there: a label without room for any of its texts leaves it out."""
    return (widget.shown() if isinstance(widget, ElidedLabel) else widget.text()).strip()


@pytest.mark.parametrize("theme", THEMES)
def test_every_label_and_button_can_be_read_in_every_theme(qtbot, qapp, theme):
    def story(window):
        window.settings.set("theme", theme)
        run_typed(qtbot, window, SEED)
        settled(qtbot, window)
        window.area.search.open()
        parts = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
        shown = [part for part in parts if part.isVisible() and part.isEnabled() and said(part)]
        assert len(shown) > 20
        image = window.grab().toImage()
        needed = 7.0 if theme == "high-contrast" else 4.0  # smooth strokes one pixel wide never reach their full colour
        whole = [part for part in shown if part.visibleRegion().boundingRect().size() == part.size()]
        faint = {part.text(): round(legibility(window, image, part), 1) for part in whole}
        assert {text: found for text, found in faint.items() if found < needed} == {}

    assert play([], story) == 0


def test_another_layout_is_chosen_in_the_menu(qtbot, qapp):
    def story(window):
        run_typed(qtbot, window, SEED)
        settled(qtbot, window)
        menu = window.menus.choices["layout"]
        menu.aboutToShow.emit()
        entries = {action.text(): action for action in menu.actions()}
        assert [text for text, action in entries.items() if action.isChecked()] == ["Layered"]
        entries["Circle"].trigger()
        settled(qtbot, window)
        assert window.canvas.picture.drawing.kind == "circular"
        menu.aboutToShow.emit()
        assert [action.text() for action in menu.actions() if action.isChecked()] == ["Circle"]

    assert play([], story) == 0
