"""Parts that all lines of the step panel are made of: how an array is written, small lines. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable

from ..formula.boxes import Box, Face, Fence, Line, Text, row
from ..formula.terms import Style, matrix, minus
from ..short_paths import shorten_paths
from ..values import ShortValue, number, shape

Add = Callable[[list[int]], ShortValue | None]  # the short form of the sum of arrays; None: they are not here
Lookup = Callable[[int], ShortValue | None]  # the short form of an array by its handle; None: not here yet

BIG, SMALL = 1.55, 0.92
LONGEST_TITLE = 22  # characters of an expression that may stand for a tensor in a formula


def value_box(value: ShortValue | None, role: str = "text", *, brief: bool = False) -> Box:
    """An array in few characters; `…` while it is being fetched, norm and shape when it is too big to write."""
    if value is None:
        return mono("…", "dim")
    colour = role if value.finite else "nonfinite"
    if value.cells and not brief:
        return matrix(value.cells, Style.INLINE, role)
    if value.exact and not value.cells:
        return mono(minus(value.text), colour)
    return row(mono(minus(value.text) if not value.cells else "[…]", colour), mono(f" {shape(value.shape)}", "dim"))


def low_box(value: ShortValue | None, role: str = "text") -> Box:
    """As `value_box`, but no higher than a line: matrices are told by norm and shape."""
    if value is None or len(value.cells) < 2 or not value.finite:
        return value_box(value, role)
    return row(mono(f"‖{number(value.norm)}‖", role), mono(f" {shape(value.shape)}", "dim"))


def operand_box(name: str, value: ShortValue | None, role: str = "text") -> Box:
    """An operand in a line of numbers: its elements, or name, shape and norm in brackets: `[w (64, 3) ‖2.1‖]`."""
    if value is None or value.exact or not name:
        return value_box(value, role)
    colour = role if value.finite else "nonfinite"
    inner = row(mono(name, role), mono(f" {shape(value.shape)} ", "dim"), mono(minus(value.text), colour))
    return Fence("[", inner, "]", "dim")


def shortened(title: str) -> str:
    """A title that leaves room for numbers."""
    title = shorten_paths(title, lambda shorter: len(shorter) <= LONGEST_TITLE)
    if len(title) <= LONGEST_TITLE:
        return title
    closing = ")" if title.endswith(")") else ""
    return f"{title[: LONGEST_TITLE - 1 - len(closing)].rstrip()}…{closing}"


def small_line(segments: tuple[Box, ...], head: Box | None = None, shorter: tuple[tuple[Box, ...], ...] = ()) -> Line:
    """A line of code and live numbers."""
    return Line(segments, head, SMALL, Face.MONO, shorter)


def mono(text: str, role: str = "text") -> Text:
    """A text in the monospaced face."""
    return Text(text, Face.MONO, role)


def shape_box(value: ShortValue | None) -> Box:
    """The shape behind a value, where the value does not tell it."""
    # A norm is written together with its shape already.
    told = value is None or not value.shape or not value.exact
    return mono("" if told or value is None else shape(value.shape), "dim")
