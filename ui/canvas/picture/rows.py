"""Sorting by style, so that everything of one style is painted together. Pure NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .index import Ints

_STYLES = 256  # there are fewer, so that NumPy sorts them in linear time


def in_order(rows: Ints) -> tuple[Ints, list[tuple[int, slice]]]:
    """The order that brings equal rows together, rows ascending, and where in that order each row is.

    Within a row the order stays; later rows are painted over earlier ones.
    """
    few = rows.astype(np.uint8)
    order = np.argsort(few, kind="stable")
    counts = np.bincount(few, minlength=_STYLES)
    ends = np.cumsum(counts)
    found = np.flatnonzero(counts)
    parts = zip(found.tolist(), (ends - counts)[found].tolist(), ends[found].tolist(), strict=True)
    return order, [(row, slice(first, end)) for row, first, end in parts]


def by_row(rows: Ints) -> Iterator[tuple[int, Ints]]:
    """(row, indices into `rows` that have it, ascending), rows ascending."""
    order, parts = in_order(rows)
    for row, part in parts:
        yield row, order[part]
