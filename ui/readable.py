"""Colours that can be read: moved towards black or white until they stand out from what is behind them. Knows no Qt."""

from __future__ import annotations

from .theme import Theme, contrast, mix

TEXT_CONTRAST = 4.5  # WCAG 2.2, level AA, for text


def readable(colour: str, background: str, needed: float = TEXT_CONTRAST) -> str:
    """`colour`, or the nearest mix of it with black or white whose contrast with `background` is at least `needed`."""
    if contrast(colour, background) >= needed:
        return colour
    far = max("#ffffff", "#000000", key=lambda end: contrast(end, background))
    for share in range(1, 20):
        moved = mix(colour, far, share / 20)
        if contrast(moved, background) >= needed:
            return moved
    return far


def code_colours(theme: Theme) -> dict[str, str]:
    """Colours of the parts of Python code, by the names `ui/script/highlight.py` gives them."""
    purple, amber = ("#c4a7f5", "#f0a868") if theme.dark else ("#7a3fc2", "#b4510f")
    wanted = {
        "keyword": purple,
        "constant": purple,
        "number": amber,
        "string": theme.accumulate,
        "comment": theme.dim,
        "call": theme.accent,
        "builtin": theme.accent,
        "decorator": purple,
        "magic": theme.dim,
    }
    return {part: readable(colour, theme.panel) for part, colour in wanted.items()}
