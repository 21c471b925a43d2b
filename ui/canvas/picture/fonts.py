"""The canvas's fonts, in pixels of the scene, and how wide a text is in them.

Sizes are in pixels, never points: a point is another length on every device that a picture is exported to. Hinting is
off, so that a text is as wide at every zoom as it was measured. One `Fonts` belongs to one thread.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QRawFont

TITLE_SIZE = 14
SECOND_SIZE = 12
SMALL_SIZE = 11


def _font(system: QFontDatabase.SystemFont, size: int, *, bold: bool = False, italic: bool = False) -> QFont:
    # The family that is really used, so that an exported file names a font and not an alias of this machine.
    alias = QFontDatabase.systemFont(system)
    font = QFont(QRawFont.fromFont(alias).familyName() or alias.family())
    font.setPixelSize(size)
    font.setBold(bold)
    font.setItalic(italic)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setKerning(False)
    return font


class Fonts:
    """`title` for names and ops, `second` for the line under them, `number` and `small` beside edges."""

    def __init__(self) -> None:
        interface, fixed = QFontDatabase.SystemFont.GeneralFont, QFontDatabase.SystemFont.FixedFont
        self.title = _font(interface, TITLE_SIZE, bold=True)
        self.former = _font(interface, TITLE_SIZE, italic=True)
        self.second = _font(fixed, SECOND_SIZE)
        self.number = _font(fixed, SECOND_SIZE, bold=True)
        self.small = _font(fixed, SMALL_SIZE)
        self._metrics = {
            id(f): QFontMetricsF(f) for f in (self.title, self.former, self.second, self.number, self.small)
        }
        self._widths: dict[tuple[int, str], float] = {}
        self._sized: dict[int, QFont] = {}
        self.fitted: dict[tuple[str, float], str] = {}  # what is left of titles in some room, see `box_texts`

    def width(self, font: QFont, text: str) -> float:
        """Advance of `text` in scene units; `font` is one of this object's."""
        key = (id(font), text)
        if key not in self._widths:
            self._widths[key] = self._metrics[id(font)].horizontalAdvance(text)
        return self._widths[key]

    def title_width(self, text: str) -> float:
        """Width of a box's first line, in whichever face is wider."""
        return max(self.width(self.title, text), self.width(self.former, text))

    def second_width(self, text: str) -> float:
        """Width of a box's second line."""
        return self.width(self.second, text)

    def elided_title(self, text: str, room: float) -> str:
        """`text` with its end left out so that it is at most `room` wide in the title's font."""
        elided = self._metrics[id(self.title)].elidedText(text, Qt.TextElideMode.ElideRight, room)
        return elided if elided == text or len(elided) < 2 else elided[:-1].rstrip(" .(") + "…"

    def title_of_size(self, size: int) -> QFont:
        """The title's font at another size; without hinting a text grows in proportion to it."""
        if size not in self._sized:
            self._sized[size] = QFont(self.title)
            self._sized[size].setPixelSize(size)
        return self._sized[size]
