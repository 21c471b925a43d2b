"""Icons: SVG files of `resources/icons`, drawn in a colour of the theme. Many systems' fonts lack such signs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from .theme import Theme, mix

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"
SIZES = (16, 24, 32, 48)  # 16 px at the pixel ratios there are: each one drawn costs start-up time


def names() -> list[str]:
    """Every icon there is."""
    return sorted(path.stem for path in FOLDER.glob("*.svg"))


def icon(name: str, theme: Theme, role: str = "text") -> QIcon:
    """The icon `name` in the theme's colour `role`, faint when disabled. `KeyError` for a name without a file."""
    path = FOLDER / f"{name}.svg"
    if not path.is_file():
        raise KeyError(f"no icon {name!r}; there are {', '.join(names())}")
    text = path.read_text(encoding="utf-8")
    colour = str(getattr(theme, role))
    drawn = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, mix(theme.panel, theme.dim, 0.5))):
        renderer = QSvgRenderer(QByteArray(text.replace("currentColor", ink).encode()))
        for size in SIZES:
            drawn.addPixmap(_pixmap(renderer, size), mode)
    return drawn


def _pixmap(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
