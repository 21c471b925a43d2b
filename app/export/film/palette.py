"""The 255 colours of a film, and which of them stands for each colour that is painted.

The commonest colours are kept exactly, so that surfaces and lines keep theirs; Pillow chooses the others. Pillow's own
mapping to a palette rounds colours first, and would miss the exact ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .frames import Pixels, rgb

COUNT = 255
KEPT = 100  # colours that are kept exactly
_ALL = 1 << 24


class Palette:
    """Made from some frames of a film. `colours`: (255, 3) bytes, `indices` maps pixels."""

    def __init__(self, some: list[Pixels]) -> None:
        from PIL import Image

        pixels = np.concatenate([part.ravel() for part in some]) & (_ALL - 1)
        found, counts = np.unique(pixels, return_counts=True)
        ordered = found[np.argsort(-counts, kind="stable")]
        kept, rest = ordered[:KEPT], ordered[KEPT:]
        chosen = [rgb(kept[None])[0]]
        if len(rest):
            shared = Image.fromarray(rgb(rest[None])).quantize(COUNT - KEPT).getpalette("RGB") or []
            chosen.append(np.array(shared, np.uint8).reshape(-1, 3))
        colours = np.concatenate(chosen)[:COUNT]
        self.colours = np.pad(colours, ((0, COUNT - len(colours)), (0, 0)), "edge")
        self._index = np.zeros(_ALL, np.uint8)
        self._known = np.zeros(_ALL, np.bool_)
        self._index[kept], self._known[kept] = np.arange(len(kept)), True

    def indices(self, pixels: Pixels) -> NDArray[np.uint8]:
        """The nearest colour of each pixel, by Euclidean distance in RGB."""
        colours = pixels & (_ALL - 1)
        new = np.unique(colours[~self._known[colours]])
        for start in range(0, len(new), 4096):
            part = new[start : start + 4096]
            away = rgb(part[None])[0].astype(np.int32)[:, None] - self.colours.astype(np.int32)
            self._index[part] = np.argmin((away * away).sum(axis=2), axis=1)
        self._known[new] = True
        found: NDArray[np.uint8] = self._index[colours]
        return found
