"""A film of vectors: the SVG of every position, taken apart into elements that are stored once each.

The pictures come from the same paint code as the screen's (`svg_bytes`); a step changes few elements, so a position is
kept as the edits that lead to it from the one before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from ..errors import ExportError

Edit = list[Any]  # [place, how many elements go, [what comes]]

_PART = re.compile(r"<g ([^>]*?)>(.*?)</g>|(<text\b.*?</text>)", re.DOTALL)
_ELEMENT = re.compile(r"<text\b.*?</text>|<[a-z][^>]*?/>", re.DOTALL)
_FONT = re.compile(r'\s*font-[a-z]+="[^"]*"')
_STROKE = re.compile(r'\s*(?:stroke-[a-z]+|stroke-opacity|fill-opacity)="(?:1|square|bevel)"(?=\s|$)')
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class Reel:
    """`elements` are SVG texts; `first` the indices of those of the first position, in the order of painting."""

    elements: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    edits: list[list[Edit]] = field(default_factory=list)  # per further position
    _index: dict[tuple[str, int], int] = field(default_factory=dict)
    _last: list[int] | None = None

    def add(self, svg: bytes) -> None:
        """The next position. Raises `ExportError` for an SVG of another make than QSvgGenerator's."""
        now = self._indices(_elements(svg.decode()))
        if self._last is None:
            self.first = now
        else:
            self.edits.append(_edits(self._last, now))
        self._last = now

    def data(self) -> dict[str, Any]:
        """Plain data for the page."""
        return {"elements": self.elements, "first": self.first, "edits": self.edits}

    def _indices(self, found: list[str]) -> list[int]:
        """Equal elements of one position are different ones: the page holds each only once."""
        indices, seen = [], dict.fromkeys(found, 0)
        for text in found:
            key = (text, seen[text])
            seen[text] += 1
            if key not in self._index:
                self._index[key] = len(self.elements)
                self.elements.append(text)
            indices.append(self._index[key])
        return indices


def _elements(svg: str) -> list[str]:
    """Every element that is painted, with its attributes; without what is not seen."""
    start = svg.index("<g ")
    body = svg[svg.index(">", start) + 1 : svg.rindex("</g>")]
    found: list[str] = []
    for attributes, content, text in _PART.findall(body):
        if "<g" in content:
            raise ExportError("The drawing has nested groups, which the HTML player cannot show. Export SVG instead.")
        found += [text] if text else [_compact(attributes, element) for element in _ELEMENT.findall(content)]
    if _PART.sub("", body).strip():
        raise ExportError("The drawing could not be taken apart for the HTML player. Export SVG instead.")
    return found


def _compact(attributes: str, element: str) -> str:
    """What says nothing goes: fonts of lines, values that the root has already."""
    if not element.startswith("<text"):
        attributes = _FONT.sub("", attributes)
    attributes = _SPACE.sub(" ", _STROKE.sub("", attributes)).strip()
    element = element.replace('vector-effect="none" ', "").replace('fill-rule="evenodd" ', "")
    return f"<g {attributes}>{element}</g>"


def _edits(before: list[int], now: list[int]) -> list[Edit]:
    """What changes, from the end to the front, so that places stay true while edits are made one by one."""
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    found = [[i, j - i, now[k:m]] for kind, i, j, k, m in matcher.get_opcodes() if kind != "equal"]
    return found[::-1]


def played(reel: Reel, position: int) -> list[str]:
    """The elements of a position, counted from the first one, as the page shows them."""
    indices = list(reel.first)
    for edits in reel.edits[:position]:
        for place, gone, new in edits:
            indices[place : place + gone] = new
    return [reel.elements[index] for index in indices]
