import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from ui.icons import FOLDER, icon, names
from ui.theme import DARK, LIGHT, rgb


def inks(drawn, mode=QIcon.Mode.Normal):
    """The colours of the opaque pixels."""
    image = drawn.pixmap(QSize(32, 32), 1.0, mode).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {pixel.getRgb()[:3] for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", names())
def test_every_icon_is_drawn_in_the_colour_of_its_role(qapp, name):
    assert inks(icon(name, DARK, "accent")) == {rgb(DARK.accent)}
    assert inks(icon(name, LIGHT)) == {rgb(LIGHT.text)}


def test_a_disabled_icon_is_fainter(qapp):
    assert inks(icon("play", DARK), QIcon.Mode.Disabled) != inks(icon("play", DARK))


def test_an_unknown_icon_lists_the_known_ones(qapp):
    with pytest.raises(KeyError, match="play"):
        icon("no such icon", DARK)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.svg")), ids=lambda path: path.stem)
def test_icon_files_name_no_colour_of_their_own(path):
    text = path.read_text(encoding="utf-8")
    assert "currentColor" in text
    assert "#" not in text
    assert not any(word in text for word in QColor.colorNames() if f'"{word}"' in text)
