"""Long names in little room: of paths the last names stay, since those tell one from another. Knows no Qt."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

GRAD: Final = ".grad"
_PATH: Final = re.compile(r"(?:…\w+|[^\W\d]\w*)(?:\[\d+\])?(?:\.\w+(?:\[\d+\])?)+")


def shorten_paths(text: str, fits: Callable[[str], bool]) -> str:
    """`t(net.layers.0.weight)` as `t(…0.weight)`: of the longest path the first name is left out until the text fits.

    A path that is not the whole text keeps two names at least: `y.sum()` would say little as `…sum()`, `x.grad` as
    `…grad`.
    """
    while not fits(text):
        names = 1 if _PATH.fullmatch(text) and not text.endswith(GRAD) else 2
        paths = [found for found in _PATH.finditer(text) if found.group().count(".") >= names]
        if not paths:
            break
        longest = max(paths, key=lambda found: len(found.group()))
        rest = longest.group().partition(".")[2]
        text = f"{text[: longest.start()]}…{rest}{text[longest.end() :]}"
    return text
