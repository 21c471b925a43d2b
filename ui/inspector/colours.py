"""Colours of a heat map's cells. Values of one sign run along the theme's ramp, mixed signs diverge from 0. No Qt."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..theme import Theme, contrast, mix, ramp_colour, rgb

LEVELS = 255
NONFINITE = LEVELS  # the entry after the levels
LOW, HIGH = 0.12, 0.66  # the part of the ramp that heat maps use: legible under numbers in both themes

Levels = NDArray[np.int64]


def is_mixed(low: float, high: float) -> bool:
    """Whether an array with these extremes has both signs."""
    return low < 0 < high


def levels(values: NDArray[np.generic], low: float, high: float) -> Levels:
    """Entries of `palette` for `values` of an array whose finite elements lie in low..high.

    Mixed signs: 0 is the middle entry and the larger magnitude reaches the end. One sign: entries grow with magnitude.
    """
    numbers = np.asarray(values, np.float64)
    largest = max(abs(low), abs(high))
    with np.errstate(invalid="ignore", over="ignore"):
        share = numbers / largest if largest > 0 else np.zeros_like(numbers)
        share = (share + 1) / 2 if is_mixed(low, high) else np.abs(share)
        found = np.clip(np.nan_to_num(share) * (LEVELS - 1), 0, LEVELS - 1).round()
    return np.where(np.isfinite(numbers), found, NONFINITE).astype(np.int64)


@lru_cache(maxsize=8)
def palette(theme: Theme, mixed: bool) -> tuple[str, ...]:
    """The colours of all entries, non-finite last."""
    shares = [i / (LEVELS - 1) for i in range(LEVELS)]
    colours = [diverging(theme, 2 * s - 1) if mixed else ramp_colour(theme, LOW + (HIGH - LOW) * s) for s in shares]
    return (*colours, theme.nonfinite)


def diverging(theme: Theme, value: float) -> str:
    """Blue below 0, orange above, the surface's own grey at 0: apart for all kinds of colour vision."""
    middle = mix(theme.background, theme.dim, 0.22)
    end = theme.function if value < 0 else theme.now
    return mix(middle, end, abs(value) ** 0.8)


def ink(colour: str) -> str:
    """Black or white, whichever reads better on `colour`: the better one always has a contrast of 4.5 and more."""
    return max("#000000", "#ffffff", key=lambda text: contrast(text, colour))


@lru_cache(maxsize=8)
def pixels(theme: Theme, mixed: bool) -> NDArray[np.uint32]:
    """The palette as 0xffRRGGBB, to be indexed by `levels`."""
    entries = [rgb(colour) for colour in palette(theme, mixed)]
    return np.array([0xFF000000 | r << 16 | g << 8 | b for r, g, b in entries], np.uint32)
