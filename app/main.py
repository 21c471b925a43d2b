"""The command line: the window, the export without a window, and the kernel process when this program starts itself.

Nothing here imports Qt before it is known that a window or a picture is wanted. Exit status: 0 done, 1 the user's code
failed, 2 the command or its input is wrong, 3 the picture cannot be written.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .version import __version__

OK, USAGE = 0, 2
FIRST_PICTURE = Path("retrograde-first-look.png")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["--kernel"]:
        from .kernel import main as run_kernel

        run_kernel(arguments[1:])
        return OK
    try:
        if arguments[:1] == ["export"]:
            return _export(_export_parser().parse_args(arguments[1:]))
        return _window(_window_parser().parse_args(arguments))
    except SystemExit as end:  # argparse has said what is wrong, or printed help or version
        return end.code if isinstance(end.code, int) else USAGE


def has_display() -> bool:
    """Whether a window can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="retrograde",
        description="Type PyTorch code, watch its computation graph grow, and step through the real backward pass.",
        epilog="retrograde export INPUT -o OUT draws a picture without a window; see retrograde export --help.",
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a .py or .ipynb to open")
    parser.add_argument("--version", action="version", version=f"retrograde {__version__}")
    return parser


def _export_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="retrograde export", description="Run a document and draw its graph at one step of a backward pass."
    )
    parser.add_argument("input", type=Path, metavar="INPUT", help="a .py or .ipynb to run")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="the picture, .png or .svg")
    parser.add_argument("--pass", dest="pass_number", type=int, metavar="N", help="pass, from 1 (default: the last)")
    parser.add_argument("--step", type=int, metavar="K", help="step, 0 = the seed, -1 = the last (default: the last)")
    themes = ("light", "dark", "high-contrast")  # `ui.theme` is not loaded yet
    parser.add_argument("--theme", choices=themes, default="light", help="colours (default: light)")
    parser.add_argument("--scale", type=float, metavar="S", help="size of the picture (default: PNG 2, SVG 1)")
    return parser


def _export(options: argparse.Namespace) -> int:
    _choose_platform()
    from .headless import export

    return export(options)


def _window(options: argparse.Namespace) -> int:
    if options.file is not None and not has_display():
        _choose_platform()
        from .headless import first_look

        return first_look(options.file, FIRST_PICTURE)
    if not has_display():
        print("retrograde: there is no display. Use: retrograde export INPUT -o OUT", file=sys.stderr)  # noqa: T201
        return USAGE
    from .early_kernel import start_early

    early = start_early()
    from .application import run

    return run(options.file, early)


def _choose_platform() -> None:
    """A picture needs no display."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
