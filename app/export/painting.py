"""A painter that always ends: Qt ends the program where a device goes away under a painter that is still at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QPaintDevice, QPainter


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter on `device`, ended whatever happens."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()
