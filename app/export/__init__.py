"""Still pictures of the graph as files: the table of formats, and the one way to write any of them.

A format is its module and its row here; dialogs, the command line and the tests read the table. What is written is the
picture's bounds plus a margin, painted by the same code as the screen: never cropped, never silently shrunk.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.trace import NONE, Trace
from ui.canvas.layout import Orientation
from ui.canvas.picture import Picture
from ui.canvas.shown_graph import View
from ui.theme import LIGHT, Theme

from .errors import ExportError, UnknownFormatError
from .frame import MARGIN, framed
from .png import png_bytes
from .svg import svg_bytes


@dataclass(frozen=True, slots=True)
class Format:
    """How pictures with a suffix are written; `write` takes the picture and the scale, and returns the file's bytes."""

    suffix: str
    name: str
    write: Callable[[Picture, float], bytes]


FORMATS: tuple[Format, ...] = (
    Format(".png", "PNG image", png_bytes),
    Format(".svg", "SVG drawing, text stays text", svg_bytes),
)


def format_of(path: Path | str) -> Format:
    """The format that a path's suffix asks for. Raises `UnknownFormatError`, which lists the known ones."""
    suffix = Path(path).suffix.lower()
    for known in FORMATS:
        if known.suffix == suffix:
            return known
    listed = ", ".join(known.suffix for known in FORMATS)
    raise UnknownFormatError(f"{Path(path).name}: no format writes {suffix or 'files without a suffix'}; use {listed}")


def export_image(
    path: Path | str,
    trace: Trace,
    *,
    pass_id: int = NONE,
    position: int = 0,
    theme: Theme = LIGHT,
    view: View = View.TENSORS_AND_FUNCTIONS,
    orientation: Orientation = "top-to-bottom",
    scale: float = 1.0,
) -> Path:
    """Lay the trace out and write it at `position` of a pass. Needs a QGuiApplication, but no display.

    Raises `UnknownFormatError`, `ExportError` (nothing to draw, too large, cannot be written) and `IndexError` for a
    pass that is not there.
    """
    format_of(path)  # before the work, not after it
    picture = Picture.of_trace(
        trace, pass_id=pass_id, position=position, theme=theme, view=view, orientation=orientation
    )
    return export_picture(path, picture, scale=scale)


def export_picture(path: Path | str, picture: Picture, *, theme: Theme | None = None, scale: float = 1.0) -> Path:
    """Write a picture as it is laid out, for example the canvas's own; selection and pointer leave no trace in it.

    The file is complete or not there: whatever goes wrong, an older one under that name stays. Raises as
    `export_image` does.
    """
    chosen, path = format_of(path), Path(path)
    if not len(picture.drawing.rects):
        raise ExportError("There is nothing to draw yet: run code that makes tensors first.")
    return _replace(path, chosen.write(picture.copy(theme or picture.theme), scale))


def _replace(path: Path, content: bytes) -> Path:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ExportError(f"{path} cannot be written: {error.strerror}. Choose another place.") from error
    return path


__all__ = [
    "FORMATS",
    "MARGIN",
    "ExportError",
    "Format",
    "UnknownFormatError",
    "export_image",
    "export_picture",
    "format_of",
    "framed",
]
