"""What a formula is made of before it has a size: boxes after TeX's idea. Pure data; knows no fonts and no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Face(Enum):
    """Which of the four faces a text is set in."""

    ITALIC = "italic"  # variables
    ROMAN = "roman"  # numbers, operators, names of functions
    MONO = "mono"  # code and live numbers
    MONO_BOLD = "mono bold"


@dataclass(frozen=True, slots=True)
class Text:
    """Letters in one face; `role` names a colour of the theme."""

    text: str
    face: Face = Face.ROMAN
    role: str = "text"


@dataclass(frozen=True, slots=True)
class Space:
    """Empty width in em."""

    em: float


@dataclass(frozen=True, slots=True)
class Row:
    """Boxes side by side on one baseline."""

    parts: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """`above` over `below`."""

    above: Box
    below: Box


@dataclass(frozen=True, slots=True)
class Script:
    """A base with a superscript, a subscript, or both."""

    base: Box
    sup: Box | None = None
    sub: Box | None = None


@dataclass(frozen=True, slots=True)
class Fence:
    """Brackets that grow with what they hold: `(`, `[`, `{`, `|`, `‖` or nothing at either side."""

    left: str
    inner: Box
    right: str
    role: str = "text"


@dataclass(frozen=True, slots=True)
class Radical:
    """A square root."""

    inner: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells: a matrix (centred columns) or the cases of a condition (left-aligned)."""

    rows: tuple[tuple[Box, ...], ...]
    centred: bool = True


Box = Text | Space | Row | Fraction | Script | Fence | Radical | Grid


def row(*parts: Box) -> Row:
    """Boxes side by side."""
    return Row(parts)


def plain(box: Box) -> str:
    """The box in one line of letters, for tool tips, screen readers and tests."""
    match box:
        case Text(text=text):
            return text
        case Space(em=em):
            return " " if em >= 0.15 else ""
        case Row(parts=parts):
            return "".join(map(plain, parts))
        case Fraction(above=above, below=below):
            return f"{_grouped(above)} / {_grouped(below)}"
        case Script(base=base, sup=sup, sub=sub):
            lower = f"_{_grouped(sub)}" if sub is not None else ""
            upper = f"^{_grouped(sup)}" if sup is not None else ""
            return f"{plain(base)}{lower}{upper}"
        case Fence(left=left, inner=inner, right=right):
            return f"{left}{plain(inner)}{right}"
        case Radical(inner=inner):
            return f"√{_grouped(inner)}"
        case Grid(rows=rows):
            return "; ".join(" ".join(map(plain, cells)) for cells in rows)


def _grouped(box: Box) -> str:
    text = plain(box)
    return f"({text})" if " " in text else text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of mathematics: `head` (its label), then segments; the line may break before each of them.

    `shorter` are other ways to say it, for when a segment alone is too wide: the first that fits is shown.
    """

    segments: tuple[Box, ...]
    head: Box | None = None
    scale: float = 1.0
    face: Face = Face.ROMAN
    shorter: tuple[tuple[Box, ...], ...] = ()

    def plain(self) -> str:
        """The line in letters."""
        parts = ([self.head] if self.head is not None else []) + list(self.segments)
        return " ".join(plain(part).strip() for part in parts)
