"""Colours by role, in light, dark and high contrast. Code names roles, never literal colours. Pure data: knows no Qt.

Contrast is a promise kept by tests: text >= 4.5:1 on its surfaces, the ramp >= 3:1 against the canvas at both ends;
in high contrast 7:1 and 4.5:1, and every line and border >= 3:1 (WCAG 2.2, levels AA and AAA).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

RGB = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """One palette. Colours are `#rrggbb`; `ramp` runs from the smallest to the largest gradient magnitude."""

    name: str
    dark: bool
    background: str  # the canvas
    panel: str
    raised: str  # buttons, boxes of intermediate tensors
    line: str
    text: str
    dim: str
    accent: str
    on_accent: str
    leaf: str
    leaf_fill: str
    function: str
    function_fill: str
    accumulate: str
    accumulate_fill: str
    now: str
    error: str
    ramp: tuple[str, ...]
    nonfinite: str  # gradients that are NaN or infinite
    least: float = 1.0  # contrast that borders, strokes and specks of the picture have with the canvas


DARK = Theme(
    name="dark",
    dark=True,
    background="#16181d",
    panel="#1d2026",
    raised="#272c35",
    line="#343a45",
    text="#e6e8ec",
    dim="#9aa3b2",
    accent="#6ea8fe",
    on_accent="#10131a",
    leaf="#f0b429",
    leaf_fill="#30281a",
    function="#7aa2f7",
    function_fill="#1f2940",
    accumulate="#4cc38a",
    accumulate_fill="#183126",
    now="#ff9f43",
    error="#ff6b6b",
    ramp=("#8a6cf0", "#6688f2", "#3fa3e0", "#2fbbb7", "#3fcf8e", "#8edb4b", "#d9e32f", "#fbe723"),
    nonfinite="#ff5fa2",
)

LIGHT = Theme(
    name="light",
    dark=False,
    background="#f6f7f9",
    panel="#ffffff",
    raised="#ffffff",
    line="#d6dae1",
    text="#1c2024",
    dim="#5b6472",
    accent="#2463d6",
    on_accent="#ffffff",
    leaf="#b7791f",
    leaf_fill="#fff4df",
    function="#2f5bd0",
    function_fill="#eaf0ff",
    accumulate="#18794e",
    accumulate_fill="#e5f5ec",
    now="#b84407",
    error="#c62828",
    ramp=("#4b1d78", "#46367f", "#3b5488", "#2c6f8c", "#21878a", "#279b6b", "#5f9b2c", "#a58400"),
    nonfinite="#c2185b",
)

HIGH_CONTRAST = Theme(
    name="high-contrast",
    dark=True,
    background="#000000",
    panel="#000000",
    raised="#141414",
    line="#9a9a9a",
    text="#ffffff",
    dim="#d8d8d8",
    accent="#66d3ff",
    on_accent="#000000",
    leaf="#ffc83d",
    leaf_fill="#211800",
    function="#9ec1ff",
    function_fill="#001233",
    accumulate="#62e6a6",
    accumulate_fill="#00210f",
    now="#ffa64d",
    error="#ff9c9c",
    ramp=("#b39dff", "#93b0ff", "#62c4ff", "#45dcd6", "#58eaa6", "#a9f060", "#e8f24e", "#fff15c"),
    nonfinite="#ff9ad2",
    least=3.0,
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK, HIGH_CONTRAST)}


def rgb(colour: str) -> RGB:
    """`#rrggbb` as three bytes."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """`first` with `share` (0-1) of `second` mixed in."""
    pairs = zip(rgb(first), rgb(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ramp_position(norm: float, smallest: float, largest: float) -> float:
    """Where a gradient norm stands on the log ramp locked to a pass's range, 0 to 1. A single magnitude stands at 1."""
    if not norm > 0 or not largest > smallest:
        return 0.0 if not norm > 0 else 1.0
    share = (math.log(norm) - math.log(smallest)) / (math.log(largest) - math.log(smallest))
    return min(max(share, 0.0), 1.0)


def ramp_colour(theme: Theme, position: float) -> str:
    """The ramp's colour at `position` (0-1)."""
    scaled = min(max(position, 0.0), 1.0) * (len(theme.ramp) - 1)
    index = min(int(scaled), len(theme.ramp) - 2)
    return mix(theme.ramp[index], theme.ramp[index + 1], scaled - index)


def _luminance(colour: str) -> float:
    def linear(byte: int) -> float:
        share = byte / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(byte) for byte in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
