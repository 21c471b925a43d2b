"""The one table of export formats. The dialog, the command line, `retrograde formats` and the tests read it.

A format is its module and its row here. Libraries that only one format needs are imported inside its functions, so
that the table costs nothing to read.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from .atomic import Output
from .errors import ExportError, UnknownFormatError
from .film import mp4
from .film.apng import measure_apng, write_apng
from .film.gif import measure_gif, write_gif
from .film.mp4 import measure_mp4, write_mp4
from .film.webp import measure_webp, write_webp
from .graph_data.dot import measure_dot, write_dot
from .graph_data.mermaid import measure_mermaid, write_mermaid
from .graph_data.tables import measure_csv, write_csv
from .graph_data.through_networkx import (
    measure_gexf,
    measure_graphml,
    measure_json,
    write_gexf,
    write_graphml,
    write_json,
)
from .pdf import measure_pdf, write_pdf
from .player.page import measure_html, write_html
from .png import measure_png, write_png
from .request import ExportRequest
from .sizes import Estimate
from .svg import measure_svg, write_svg


class Kind(Enum):
    """What a format is for; the value is the heading it stands under."""

    STILL = "Picture"
    DATA = "Graph data"
    FILM = "Film of the pass"


class Option(Enum):
    """A part of `ExportRequest` that a format heeds; the value is the command line's word for it."""

    STEP = "step"  # position
    STEPS = "step all"  # several positions: a range in one film, or numbered files
    SCOPE = "scope"
    VIEW = "view"
    ORIENTATION = "orientation"
    THEME = "theme"
    BACKGROUND = "transparent"
    TITLE = "title"
    LEGEND = "legend"
    PANEL = "step-panel"
    SCALE = "scale"  # and width
    DPI = "dpi"
    TILE = "tile"
    PAGE = "page"
    TIME = "fps"  # fps, seconds and loops


GRAPH = frozenset({Option.STEP, Option.SCOPE, Option.VIEW})
DRAWN = GRAPH | {
    Option.STEPS, Option.ORIENTATION, Option.THEME, Option.TITLE, Option.LEGEND, Option.PANEL, Option.SCALE,
}  # fmt: skip

PLAYED = (DRAWN - {Option.STEP, Option.LEGEND, Option.PANEL, Option.SCALE}) | {Option.TIME}
FILMED = (DRAWN - {Option.STEP}) | {Option.TIME}


@dataclass(frozen=True, slots=True)
class Format:
    """One row.

    suffix    with its dot, in small letters
    name      what the dialog calls it
    kind      its heading
    write     works the request off into parts of the output; reports progress through the request, raises ExportError
    measure   the size the result will have, in less time than writing it takes
    options   what of a request matters to it
    scale     the scale it has when nobody chose one
    word      the command line's --format, where the suffix is not enough; "" = the suffix without its dot
    needs     a module that must be installed, "" = none
    how       the line that says how to get it
    """

    suffix: str
    name: str
    kind: Kind
    write: Callable[[Output, ExportRequest], None]
    measure: Callable[[ExportRequest], Estimate]
    options: frozenset[Option] = DRAWN
    scale: float = 1.0
    word: str = ""
    needs: str = ""
    how: str = ""

    @property
    def id(self) -> str:
        """What --format calls it."""
        return self.word or self.suffix.removeprefix(".")

    @property
    def available(self) -> bool:
        """Whether what it needs is installed."""
        return not self.needs or importlib.util.find_spec(self.needs) is not None


FORMATS: tuple[Format, ...] = (
    Format(
        ".png", "PNG image", Kind.STILL, write_png, measure_png, DRAWN | {Option.BACKGROUND, Option.DPI, Option.TILE},
        scale=2.0,
    ),
    Format(".svg", "SVG drawing, text stays text", Kind.STILL, write_svg, measure_svg, DRAWN | {Option.BACKGROUND}),
    Format(
        ".pdf", "PDF document", Kind.STILL, write_pdf, measure_pdf, DRAWN | {Option.BACKGROUND, Option.PAGE},
    ),
    Format(
        ".dot", "DOT for Graphviz", Kind.DATA, write_dot, measure_dot,
        GRAPH | {Option.ORIENTATION, Option.THEME, Option.BACKGROUND, Option.TITLE},
    ),
    Format(
        ".mmd", "Mermaid flowchart", Kind.DATA, write_mermaid, measure_mermaid,
        GRAPH | {Option.ORIENTATION, Option.THEME, Option.TITLE}, word="mermaid",
    ),
    Format(".graphml", "GraphML", Kind.DATA, write_graphml, measure_graphml, GRAPH),
    Format(".gexf", "GEXF for Gephi", Kind.DATA, write_gexf, measure_gexf, GRAPH),
    Format(".json", "Node-link JSON of networkx", Kind.DATA, write_json, measure_json, GRAPH),
    Format(".csv", "CSV tables of nodes, edges and steps", Kind.DATA, write_csv, measure_csv, GRAPH),
    Format(".gif", "Animated GIF", Kind.FILM, write_gif, measure_gif, FILMED),
    Format(".apng", "Animated PNG, without loss", Kind.FILM, write_apng, measure_apng, FILMED),
    Format(".webp", "Animated WebP, without loss", Kind.FILM, write_webp, measure_webp, FILMED),
    Format(".html", "HTML player, one file for any browser", Kind.FILM, write_html, measure_html, PLAYED),
    Format(".mp4", "MP4 video", Kind.FILM, write_mp4, measure_mp4, FILMED, scale=2.0, needs=mp4.NEEDS, how=mp4.HOW),
)  # fmt: skip


def format_of(path: Path | str, word: str = "") -> Format:
    """The format called `word`, else the one that the path's suffix asks for.

    Raises `UnknownFormatError`, which lists the known ones, and `ExportError` where what it needs is not installed.
    """
    suffix = Path(path).suffix.lower()
    found = [row for row in FORMATS if (row.id == word if word else row.suffix == suffix)]
    if not found and word:
        raise UnknownFormatError(f"There is no format {word}; use {', '.join(row.id for row in FORMATS)}")
    if not found:
        listed = ", ".join(dict.fromkeys(row.suffix for row in FORMATS))
        raise UnknownFormatError(
            f"{Path(path).name}: no format writes {suffix or 'files without a suffix'}; use {listed}"
        )
    if not found[0].available:
        raise ExportError(found[0].how)
    return found[0]


def export(path: Path | str, request: ExportRequest, chosen: Format | None = None) -> tuple[Path, ...]:
    """Write the request in the format that `path` asks for, or `chosen`; returns the files. Any thread may call it.

    The files are complete or not there: whatever goes wrong, older ones under these names stay. Needs a
    QGuiApplication, but no display. Raises `ExportError` with a message for the user.
    """
    chosen = chosen or format_of(path)
    if not len(request.trace.nodes):
        raise ExportError("There is nothing to draw yet: run code that makes tensors first.")
    with Output(path) as out:
        chosen.write(out, request)
        request.report(1.0, "Written")
    return out.files
