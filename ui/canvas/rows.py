"""Sorting by style, so that everything of one style is painted together. Pure NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .index import Ints


def by_row(rows: Ints) -> Iterator[tuple[int, Ints]]:
    """(row, indices into `rows` that have it, ascending), rows ascending: later ones are painted over earlier ones."""
    if not len(rows):
        return
    few = rows.astype(np.uint8)  # fewer than 256 styles, which NumPy sorts in linear time
    order = np.argsort(few, kind="stable")
    found, counts = np.unique(few[order], return_counts=True)
    yield from zip(found.tolist(), np.split(order, np.cumsum(counts)[:-1]), strict=True)
