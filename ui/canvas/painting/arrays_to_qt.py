"""NumPy arrays as Qt's drawing calls take them: thousands of lines or rectangles in one call, without a Python loop."""

from __future__ import annotations

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from ..picture.index import Floats


def draw_lines(painter: QPainter, lines: Floats) -> None:
    """(k, 4) as x1 y1 x2 y2. Qt reads the array's memory, which lives until the call is over."""
    lines = np.ascontiguousarray(lines, np.float64)
    if len(lines):
        painter.drawLines(shiboken6.wrapInstance(lines.ctypes.data, QLineF), len(lines))


def draw_rects(painter: QPainter, rects: Floats) -> None:
    """(k, 4) as left, top, width, height."""
    rects = np.ascontiguousarray(rects, np.float64)
    if len(rects):
        painter.drawRects(shiboken6.wrapInstance(rects.ctypes.data, QRectF), len(rects))
