"""What can be typed after `retrograde`: the parsers of its commands. Imports no Qt: a wrong word costs nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..version import __version__

THEMES = ("light", "dark", "high-contrast")  # `ui.theme` is not loaded yet
VIEWS = ("tensors-and-functions", "functions", "compact")
INPUT = "a .py, .ipynb or .retro file, or - for a script on standard input"
SCOPES = """\
what --scope takes:
  whole             all of the graph (the default)
  group:NAME        what is in a group, by its title or its path, such as group:encoder.layers.0 or group:Linear
  selection:QUERY   the nodes a search finds, such as selection:op:mul or 'selection:is:leaf line:3-7'
  view, selection   what the window showed or had selected, of a .retro session

exit status: 0 done, 1 the code failed, 2 the command or its input is wrong, 3 the result cannot be written
"""


def window_parser() -> argparse.ArgumentParser:
    """`retrograde [FILE]`."""
    parser = argparse.ArgumentParser(
        prog="retrograde",
        description="Type PyTorch code, watch its computation graph grow, and step through the real backward pass.",
        epilog="Without a window: retrograde export INPUT -o OUT, retrograde run INPUT, retrograde formats; "
        "each has a --help.",
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a .py, .ipynb or .retro file to open")
    parser.add_argument("--version", action="version", version=f"retrograde {__version__}")
    return parser


def export_parser() -> argparse.ArgumentParser:
    """`retrograde export INPUT -o OUT ...`."""
    parser = argparse.ArgumentParser(
        prog="retrograde export",
        description="Run a document, or open a session, and write its graph or its backward pass to a file.",
        epilog=SCOPES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("input", metavar="INPUT", help=INPUT)
    add("-o", "--output", type=Path, required=True, metavar="OUT", help="the file; its suffix says the format")
    add("--format", default="", metavar="F", help="a format of `retrograde formats`, whatever the suffix")
    add("--pass", dest="pass_number", type=int, metavar="N", help="pass, from 1 (default: the last)")
    add("--step", metavar="K", help="0 = the seed, -1 = the last (default); A:B or all for a film or numbered files")
    add("--scope", default="whole", metavar="S", help="whole, group:NAME or selection:QUERY, see below")
    add("--view", choices=VIEWS, help="what the boxes are (default: tensors-and-functions)")
    add("--orientation", choices=("top-to-bottom", "left-to-right"), help="where the data flows")
    add("--theme", choices=THEMES, help="colours (default: light)")
    add("--scale", type=float, metavar="X", help="size: 1 is natural (default: 2 for pixels, else 1)")
    add("--width", metavar="W", help="size instead of --scale: 1600 or 1600px, or 120mm at --dpi")
    add("--dpi", type=float, metavar="D", help="pixels per inch that an image says it has (default with mm: 300)")
    add("--tile", type=int, metavar="N", help="several images of at most N pixels a side")
    add("--page", choices=("fit", "a4"), help="PDF: one page as large as the drawing, or A4 pages (default: fit)")
    add("--transparent", action="store_true", help="no background")
    add("--title", metavar="TEXT", help="a line above the drawing")
    add("--legend", action="store_true", help="with the legend of the pass")
    add("--step-panel", dest="panel", action="store_true", help="with the formula of the step and its numbers")
    add("--fps", type=float, metavar="F", help="film: frames per second")
    add("--seconds", type=float, metavar="T", help="film: how long each step is shown")
    add("--loops", type=int, metavar="N", help="film: how often it plays, 0 = for ever (default)")
    add("--keep-going", action="store_true", help="write the graph so far where the code fails; the status is still 1")
    return parser


def run_parser() -> argparse.ArgumentParser:
    """`retrograde run INPUT`."""
    parser = argparse.ArgumentParser(
        prog="retrograde run", description="Run a document, or open a session, and print its backward passes."
    )
    parser.add_argument("input", metavar="INPUT", help=INPUT)
    parser.add_argument(
        "--json",
        action="store_true",
        help="every step as JSON on standard output; the code's own output goes to stderr",
    )
    return parser


def formats_parser() -> argparse.ArgumentParser:
    """`retrograde formats`."""
    return argparse.ArgumentParser(prog="retrograde formats", description="List what `retrograde export` can write.")
