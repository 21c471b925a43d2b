"""`retrograde export` and `retrograde formats`: from what was typed to a request, and what is said about the result."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import replace

from engine.trace import NONE, Trace
from ui.canvas.shown.shown_graph import View
from ui.theme import THEMES

from ..documents import DocumentError
from ..export import (
    FORMATS,
    ExportError,
    ExportRequest,
    Format,
    Option,
    Page,
    Scope,
    UnfitRequestError,
    UnknownFormatError,
    export,
    format_of,
)
from ..export.metadata import place
from ..export.scopes import found_group, found_nodes
from .headless import CANNOT_WRITE, CODE_FAILED, OK, USAGE, UsageError, application, chosen_step, fail, say
from .inputs import Given, given
from .progress import Progress
from .stored_view import as_shown, in_view

MM = 25.4  # per inch
PRINT_DPI = 300.0  # where a width is given in millimetres and nothing else is said

# What may be typed, and the option of a format that it is for.
_FOR_OPTION = {
    "view": Option.VIEW, "orientation": Option.ORIENTATION, "theme": Option.THEME, "scale": Option.SCALE,
    "width": Option.SCALE, "dpi": Option.DPI, "tile": Option.TILE, "page": Option.PAGE,
    "transparent": Option.BACKGROUND, "title": Option.TITLE, "legend": Option.LEGEND, "panel": Option.PANEL,
    "fps": Option.TIME, "seconds": Option.TIME, "loops": Option.TIME,
}  # fmt: skip


def export_command(options: argparse.Namespace) -> int:
    """Run or open the input, then write what was asked for; returns the exit status."""
    try:
        form = format_of(options.output, options.format)
        request = _looks(options, form)  # before the work, not after it
        positions = _positions(options.step, form)
        _check_scope(options.scope)
        if not options.output.parent.is_dir():
            raise ExportError(f"{options.output} cannot be written: there is no folder {options.output.parent}.")
        with application():
            found = given(options.input)
            if not found.succeeded and not (options.keep_going and len(found.trace.nodes)):
                return CODE_FAILED
            request = _placed(replace(request, trace=found.trace, source=found.title), options, positions, found)
            with Progress(sys.stderr) as progress:
                files = export(options.output, replace(request, progress=progress.show), form)
    except (DocumentError, UsageError, UnfitRequestError, UnknownFormatError) as error:
        return fail(error, USAGE)
    except ExportError as error:
        return fail(error, CANNOT_WRITE)
    shown = str(files[0]) if len(files) == 1 else f"{files[0]} and {len(files) - 1} more files"
    say(f"{shown}: {_described(request, form)}")
    return OK if found.succeeded else CODE_FAILED


def formats_command(_options: argparse.Namespace) -> int:
    """Print the table of formats."""
    widths = [max(len(text) for text in column) for column in zip(*map(_row, FORMATS), strict=True)]
    kind = None
    for form in FORMATS:
        if form.kind is not kind:
            sys.stdout.write(f"{chr(10) if kind else ''}{form.kind.value}\n")
            kind = form.kind
        cells = "  ".join(text.ljust(width) for text, width in zip(_row(form), widths, strict=True))
        sys.stdout.write(f"  {cells.rstrip()}{'' if form.available else f'  (not installed: {form.how})'}\n")
    return OK


def _row(form: Format) -> tuple[str, str, str]:
    return form.id, form.suffix, form.name


def _looks(options: argparse.Namespace, form: Format) -> ExportRequest:
    """What does not depend on the graph. Raises `UsageError`."""
    for name, option in _FOR_OPTION.items():
        if getattr(options, name) not in (None, False) and option not in form.options:
            word = "step-panel" if name == "panel" else name
            raise UsageError(f"--{word} means nothing to {form.name}. Leave it out, or choose another format.")
    scale = form.scale if options.scale is None else options.scale
    for name in ("scale", "dpi", "tile", "fps", "seconds"):
        number = getattr(options, name)
        if number is not None and not 0 < number < 1e6:
            raise UsageError(f"--{name} {number:g} is no size; use a number above 0.")
    width, dpi = _width(options)
    request = ExportRequest(
        Trace(), theme=THEMES[options.theme or "light"], background=not options.transparent, title=options.title or "",
        legend=options.legend, panel=options.panel, scale=scale, width=width, dpi=dpi, tile=options.tile or 0,
        page=Page(options.page or "fit"), orientation=options.orientation or "top-to-bottom",
        view=View[options.view.upper().replace("-", "_")] if options.view else View.TENSORS_AND_FUNCTIONS,
        loops=options.loops or 0,
    )  # fmt: skip
    if options.fps is not None:
        request = replace(request, fps=options.fps)
    return request if options.seconds is None else replace(request, seconds=options.seconds)


def _width(options: argparse.Namespace) -> tuple[int, float]:
    """(pixels, dpi); 0 for what was not asked for."""
    dpi = options.dpi or 0.0
    if options.width is None:
        return 0, dpi
    if options.scale is not None:
        raise UsageError("--scale and --width are two ways to say one thing; use one of them.")
    read = re.fullmatch(r"(\d+(?:\.\d+)?)(px|mm)?", options.width)
    if not read or not float(read[1]) > 0:
        raise UsageError(f"--width {options.width} is no width; write 1600, 1600px or 120mm.")
    if read[2] != "mm":
        return round(float(read[1])), dpi
    dpi = dpi or PRINT_DPI
    return max(1, round(float(read[1]) / MM * dpi)), dpi


def _placed(
    request: ExportRequest, options: argparse.Namespace, positions: tuple[int | None, int | None], found: Given
) -> ExportRequest:
    """With pass, step and scope, which only the record can tell. Raises `UsageError`."""
    shown = as_shown(request, found)
    # What was typed stands above what the session's window showed.
    request = replace(
        shown, view=request.view if options.view else shown.view,
        orientation=request.orientation if options.orientation else shown.orientation,
    )  # fmt: skip
    if found.view and options.pass_number is None and options.step is None:
        return _scoped(request, options.scope, found)
    pass_id, position = chosen_step(found.trace, options.pass_number, positions[1])
    request = replace(request, pass_id=pass_id, position=position, cell=NONE, place=None)
    if positions[0] is not None:
        _, first = chosen_step(found.trace, options.pass_number, positions[0])
        if first > position:
            raise UsageError(f"--step {options.step} runs backwards; write the smaller step first.")
        request = replace(request, steps=(first, position), position=first)
    return _scoped(request, options.scope, found)


def _positions(text: str | None, form: Format) -> tuple[int | None, int | None]:
    """(first, last) of `A:B` and `all`, (None, K) of `K`, (None, None) of nothing."""
    if text is None:
        return None, None
    read = re.fullmatch(r"(?:(-?\d+):)?(-?\d+)", "0:-1" if text == "all" else text)
    if not read:
        raise UsageError(f"--step {text} is no step; write a number, A:B or all.")
    if read[1] is not None and Option.STEPS not in form.options:
        raise UsageError(f"{form.name} holds one step. Use --step K, or another format.")
    return (None if read[1] is None else int(read[1])), int(read[2])


def _check_scope(text: str) -> None:
    name, _, rest = text.partition(":")
    if not (text in ("whole", "view", "selection") or (name in ("group", "selection") and rest)):
        raise UsageError(f"--scope {text} is unknown; write whole, group:NAME, selection:QUERY, view or selection.")


def _scoped(request: ExportRequest, text: str, found: Given) -> ExportRequest:
    name, _, rest = text.partition(":")
    if name == "whole":
        return request
    if name == "group":
        grouping, key = found_group(request.trace, rest, request.walked())
        return replace(request, scope=Scope.GROUP, group=key, shown=replace(request.shown, grouping=grouping))
    if name == "selection" and rest:
        return replace(request, scope=Scope.SELECTION, nodes=found_nodes(request.trace, request.walked(), rest))
    if name == "view":
        return in_view(request, found)
    if not request.nodes:
        raise UsageError("Nothing is selected in this input. Write selection:QUERY to say what you mean.")
    return replace(request, scope=Scope.SELECTION)


def _described(request: ExportRequest, form: Format) -> str:
    if request.steps is None:
        return place(request, request.position)
    first, last = request.steps
    return f"{form.name}, {place(request, last)}, from step {first} on"
