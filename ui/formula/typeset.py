"""Boxes on a painter: fonts for the four faces, their metrics, and ink. Of the typesetter only this knows Qt."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QPainterPath, QPen

from ..theme import Theme
from .boxes import Face
from .layout import FenceInk, Placed, RuleInk, TextInk

# Book faces with a true italic, the best first; the last resort is the system's serif.
MATH_FAMILIES = (
    "STIX Two Text", "Latin Modern Roman", "Cambria", "TeX Gyre Termes", "Times New Roman", "Liberation Serif",
    "Nimbus Roman", "Times", "DejaVu Serif",
)  # fmt: skip

KEPT_WIDTHS = 4000  # texts whose widths are kept


@cache
def math_family() -> str:
    """The first book face this machine has; foundry suffixes (`Nimbus Roman [urw]`) count as the face."""
    known = QFontDatabase.families()
    for wanted in MATH_FAMILIES:
        for family in known:
            if family == wanted or family.startswith(f"{wanted} ["):
                return family
    return "serif"


def font(face: Face, size: float) -> QFont:
    """The font of a face at `size` pixels per em."""
    if face in (Face.MONO, Face.MONO_BOLD):
        made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        made.setBold(face is Face.MONO_BOLD)
    else:
        made = QFont(math_family())
        made.setStyleHint(QFont.StyleHint.Serif)
        made.setItalic(face is Face.ITALIC)
    made.setPixelSize(max(1, round(size)))
    return made


class FontMetrics:
    """`layout.Metrics` from Qt's fonts. The same words come again at every step, so that widths are kept."""

    def __init__(self) -> None:
        self._known: dict[tuple[Face, int], QFontMetricsF] = {}
        self._widths: dict[tuple[str, Face, int], float] = {}

    def width(self, text: str, face: Face, size: float) -> float:
        """Advance width; an italic's last letter leans over it, so its overhang is added."""
        key = (text, face, max(1, round(size)))
        width = self._widths.get(key)
        if width is None:
            metrics = self._of(face, size)
            width = metrics.horizontalAdvance(text)
            if face is Face.ITALIC and text:
                width += max(0.0, -metrics.rightBearing(text[-1])) + 0.02 * size
            if len(self._widths) >= KEPT_WIDTHS:
                self._widths.clear()
            self._widths[key] = width
        return width

    def ascent(self, face: Face, size: float) -> float:
        """The height of capitals and figures with a little air: font ascents leave room for stacked accents."""
        return min(self._of(face, size).ascent(), 0.80 * size)

    def descent(self, face: Face, size: float) -> float:
        """The depth of letters like g."""
        return min(self._of(face, size).descent(), 0.24 * size)

    def axis(self, face: Face, size: float) -> float:
        """Half the height of a small letter, where the minus lies."""
        return self._of(face, size).xHeight() * 0.56

    def _of(self, face: Face, size: float) -> QFontMetricsF:
        key = (face, max(1, round(size)))
        if key not in self._known:
            self._known[key] = QFontMetricsF(font(face, size))
        return self._known[key]


def paint(painter: QPainter, placed: Placed, origin: QPointF, theme: Theme) -> None:
    """Paint `placed` with its baseline starting at `origin`; text stays text."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for ink in placed.inks:
        colour = QColor(getattr(theme, ink.role))
        x, y = origin.x() + ink.x, origin.y() + ink.y
        match ink:
            case TextInk():
                painter.setFont(font(ink.face, ink.size))
                painter.setPen(colour)
                painter.drawText(QPointF(x, y), ink.text)
            case RuleInk():
                painter.fillRect(QRectF(x, y, ink.width, ink.height), colour)
            case FenceInk():
                pen = QPen(colour, 1.2 if ink.kind == "√" else max(1.1, ink.width * 0.2))
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.setPen(pen)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(_fence(ink.kind, QRectF(x, y, ink.width, ink.height)))
    painter.restore()


def _fence(kind: str, r: QRectF) -> QPainterPath:
    path = QPainterPath()
    left, right, top, bottom = r.left(), r.right(), r.top(), r.bottom()
    middle = (top + bottom) / 2
    if kind in (")", "]", "}"):
        left, right = right, left
    if kind in "()":
        path.moveTo(right, top)
        path.cubicTo(left, top + r.height() * 0.25, left, bottom - r.height() * 0.25, right, bottom)
    elif kind in "[]":
        _polyline(path, (right, top), (left, top), (left, bottom), (right, bottom))
    elif kind in "{}":
        spine, curl = (left + right) / 2, r.width() / 2
        path.moveTo(right, top)
        path.quadTo(spine, top, spine, top + curl)
        path.lineTo(spine, middle - curl)
        path.quadTo(spine, middle, left, middle)
        path.quadTo(spine, middle, spine, middle + curl)
        path.lineTo(spine, bottom - curl)
        path.quadTo(spine, bottom, right, bottom)
    elif kind == "‖":
        for x in (left + r.width() * 0.15, right - r.width() * 0.15):
            _polyline(path, (x, top), (x, bottom))
    elif kind in "⌊⌋":
        if kind == "⌋":
            left, right = right, left
        _polyline(path, (left, top), (left, bottom), (right, bottom))
    elif kind == "√":
        half = r.height() * 0.5
        _polyline(
            path,
            (left, middle),
            (left + r.width() * 0.2, bottom - half * 0.85),
            (left + r.width() * 0.5, bottom),
            (right, top),
        )
    else:
        _polyline(path, (r.center().x(), top), (r.center().x(), bottom))
    return path


def _polyline(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
