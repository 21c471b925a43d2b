"""All that the player shows, as plain data: the drawing, the step panels and the legend in both themes, and the marks.

Nothing in it differs from run to run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter

from engine.trace import NONE
from ui.canvas.painting.legend_painter import LegendFacts, LegendPainter
from ui.naming import Names
from ui.stepping import PassSteps
from ui.theme import DARK, HIGH_CONTRAST, LIGHT, Theme
from ui.timeline.marks import StepMarks

from ..errors import ExportError, UnfitRequestError
from ..metadata import SOFTWARE, place
from ..request import ExportRequest
from ..sheet import Sheet
from ..step_panel import PaperPanel
from ..svg import svg_bytes, svg_of, texts_of
from .reel import Reel

PANEL_WIDTH = 400.0
THEMES = (LIGHT, DARK)
ROLES = ("background", "panel", "raised", "line", "text", "dim", "accent", "on_accent", "now", "accumulate", "error")


class Content:
    """Made for one request; `data(positions)` of all positions is what the page holds."""

    def __init__(self, request: ExportRequest) -> None:
        if request.pass_id == NONE:
            raise UnfitRequestError("The HTML player steps through a pass, and none is shown. Call backward() first.")
        self.request = request
        self._steps = PassSteps(request.trace, request.pass_id)
        self._names = Names.of(request.trace)
        bare = replace(request, title="", legend=False, panel=False, scale=1.0, width=0, background=True)
        first = Sheet(replace(bare, theme=LIGHT))
        drawing = first.picture.drawing  # the graph is laid out once for all themes
        themes = THEMES if request.theme in THEMES else (*THEMES, HIGH_CONTRAST)
        self._sheets = {theme.name: Sheet(replace(bare, theme=theme, drawing=drawing)) for theme in themes}
        self.size = first.size

    def data(self, positions: range) -> dict[str, Any]:
        """Everything, for these positions; reports progress."""
        request, steps = self.request, self._steps
        said = self._progress(len(self._sheets) * len(positions))
        themes = {name: self._theme(sheet, positions, said) for name, sheet in self._sheets.items()}
        marks = StepMarks(request.trace, steps, self._names)
        count = [int(position) for position in positions]
        return {
            "software": SOFTWARE,
            "title": request.title or request.source or "Backward pass",
            "call": request.trace.row("passes", request.pass_id)["title"],
            "description": place(request, positions[-1]),
            "size": list(self.size),
            "theme": request.theme.name,
            "seconds": request.seconds,
            "loops": request.loops != 1,
            "positions": count,
            "last": steps.count,
            "labels": [marks.label(position) for position in count],
            "titles": [self._title(position) for position in count],
            "now": [self._now(position) for position in count],
            "accumulations": _within(marks.accumulations.tolist(), count),
            "nonfinite": _within(marks.nonfinite.tolist(), count),
            "failed": _within([marks.failed], count),
            "themes": themes,
        }

    def _progress(self, total: int) -> Iterator[None]:
        for done in range(total):
            self.request.report(0.05 + 0.9 * done / total, f"Painting step {done} of {total}")
            yield
        while True:
            yield

    def _theme(self, sheet: Sheet, positions: range, said: Iterator[None]) -> dict[str, Any]:
        reel, theme = Reel(), sheet.picture.theme
        panel = PaperPanel(self.request.trace, self._steps, sheet.picture.fonts, PANEL_WIDTH)
        panels, texts = Reel(), []
        heights, fonts = [], texts_of(sheet.picture.fonts)
        for position in positions:
            next(said)
            reel.add(svg_bytes(sheet, position, fonts))
            height = panel.height(position)
            painted = self._painted_panel(panel, theme, position, height)
            panels.add(svg_of((PANEL_WIDTH, height), fonts, painted))
            heights.append(round(height))
            texts.append(panel.text(position))
        return {
            "dark": theme.dark,
            "colours": {role: getattr(theme, role) for role in ROLES},
            "graph": reel.data(),
            "panels": panels.data() | {"heights": heights, "width": PANEL_WIDTH, "texts": texts},
            "legend": self._legend(sheet),
        }

    @staticmethod
    def _painted_panel(panel: PaperPanel, theme: Theme, position: int, height: float) -> Callable[[QPainter], None]:
        return lambda painter: panel.paint(painter, theme, position, height)

    def _legend(self, sheet: Sheet) -> str:
        story = sheet.picture.story
        if story is None:
            raise ExportError("The picture shows no pass.")
        font = QFont(sheet.picture.fonts.title)
        font.setBold(False)
        font.setPixelSize(13)
        legend, facts = LegendPainter(font), LegendFacts.of(story.run)
        size = legend.size(facts)
        svg = svg_of(
            (size.width(), size.height()),
            texts_of(sheet.picture.fonts),
            lambda painter: legend.paint(painter, sheet.picture.theme, facts),
        ).decode()
        return svg[svg.index("<svg") :]

    def _title(self, position: int) -> str:
        steps = self._steps
        if position == 0:
            return "The seed, before the first step"
        return f"Step {position:,} of {steps.count:,}: {self._names.with_output(steps.node(position))}"

    def _now(self, position: int) -> list[int] | None:
        """The rectangle of the box that runs, in the sheet's coordinates, for keeping it in view."""
        sheet = self._sheets[LIGHT.name]
        box_of = sheet.picture.drawing.graph.box_of
        node = self._steps.node(position)
        box = int(box_of[node]) if 0 <= node < len(box_of) else NONE
        if box == NONE:
            return None
        rect = QRectF(sheet.picture.rect(box)).translated(sheet.shift)
        return [round(rect.x()), round(rect.y()), round(rect.width()), round(rect.height())]


def _within(marked: list[int], positions: list[int]) -> list[int]:
    there = set(positions)
    return [position for position in marked if position in there]
