"""Texts in an SVG as QSvgGenerator writes it, made so that they look the same everywhere.

The generator names one font family and leaves a text's width to chance. Here every text gets a substitute of its kind
for machines without the font, and the width it was laid out with, so that whatever font stands in, it fits its box.
A text that is alone in its group loses it: the group says everything twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from PySide6.QtGui import QFont, QFontMetricsF

_TEXT = re.compile(
    r'<text fill="([^"]*)" fill-opacity="([^"]*)" stroke="none" xml:space="preserve" x="([^"]*)" y="([^"]*)" '
    r'font-family="([^"]*)" font-size="([^"]*)" font-weight="([^"]*)" font-style="([^"]*)" *\n >([^<]*)</text>'
)
_ALONE = re.compile(
    r'<g fill="[^"]*"[^>]*?transform="matrix\(([^)]*)\)"\s*font-family="[^>]*>\s*<text ([^>]*>[^<]*</text>)\s*</g>\n*'
)
_EMPTY = re.compile(r"<g [^>]*>\s*</g>\n*")
_FAMILY = re.compile(r'font-family="([^",]+)"')
_GROUP_END = "</g>\n\n"
_PIECE = 500_000  # characters, which take some milliseconds
_PLAIN = "1,0,0,1,0,0"


class SvgTexts:
    """Mends the texts of one file. `generic` says what kind a family is: sans-serif, serif or monospace."""

    def __init__(self, generic: Mapping[str, str]) -> None:
        self._generic = generic
        self._metrics: dict[tuple[str, str, str, str], QFontMetricsF] = {}
        self._widths: dict[tuple[str, str, str, str, str], float] = {}

    def mended(self, svg: str) -> str:
        """The file with its texts as they should be."""
        return "".join(map(self._mended, _pieces(svg)))

    def _mended(self, svg: str) -> str:
        svg = _ALONE.sub(_ungrouped, _TEXT.sub(self._text, svg))
        return _FAMILY.sub(self._with_substitute, _EMPTY.sub("", svg))

    def _text(self, found: re.Match[str]) -> str:
        fill, opacity, x, y, family, size, weight, style, text = found.groups()
        said = [f'x="{x}" y="{y}" fill="{fill}"']
        if opacity != "1":
            said.append(f'fill-opacity="{opacity}"')
        said.append(f'font-family="{family}" font-size="{size}"')
        if weight != "400":
            said.append(f'font-weight="{weight}"')
        if style != "normal":
            said.append(f'font-style="{style}"')
        width = self._width(family, size, weight, style, text)
        if width > 0:
            said.append(f'textLength="{width:.2f}" lengthAdjust="spacingAndGlyphs"')
        return f'<text {" ".join(said)} stroke="none" xml:space="preserve">{text}</text>'

    def _width(self, family: str, size: str, weight: str, style: str, text: str) -> float:
        key = (family, size, weight, style, text)
        if key not in self._widths:
            self._widths[key] = self._metrics_of(*key[:4]).horizontalAdvance(unescape(text))
        return self._widths[key]

    def _metrics_of(self, family: str, size: str, weight: str, style: str) -> QFontMetricsF:
        key = (family, size, weight, style)
        if key not in self._metrics:
            font = QFont(unescape(family))
            font.setPixelSize(max(1, round(float(size))))
            font.setBold(int(weight) > 500)
            font.setItalic(style == "italic")
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            font.setKerning(False)
            self._metrics[key] = QFontMetricsF(font)
        return self._metrics[key]

    def _with_substitute(self, found: re.Match[str]) -> str:
        return f'font-family="{found[1]}, {self._generic.get(unescape(found[1]), "sans-serif")}"'


def _pieces(svg: str) -> Iterator[str]:
    """The file in pieces that end with a group. A pattern keeps all other threads waiting until it is through."""
    start = 0
    while start < len(svg):
        end = svg.find(_GROUP_END, start + _PIECE)
        end = len(svg) if end < 0 else end + len(_GROUP_END)
        yield svg[start:end]
        start = end


def _ungrouped(found: re.Match[str]) -> str:
    """A text that is alone in its group, with the group's place."""
    matrix, text = found.groups()
    return f"<text {text}\n" if matrix == _PLAIN else f'<text transform="matrix({matrix})" {text}\n'
