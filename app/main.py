"""The command line: the window, the export without a window, and the kernel process when this program starts itself.

Nothing here imports Qt before it is known that a window or a picture is wanted. Exit status: 0 done, 1 the user's code
failed, 2 the command or its input is wrong, 3 the picture cannot be written.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .terminal.parsers import export_parser, formats_parser, run_parser, window_parser

OK, USAGE = 0, 2
FIRST_PICTURE = Path("retrograde-first-look.png")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["--kernel"]:
        from .kernel.main import main as run_kernel

        run_kernel(arguments[1:])
        return OK
    try:
        command = _COMMANDS.get(arguments[0]) if arguments else None
        if command is not None:
            parser, run = command
            return run(parser().parse_args(arguments[1:]))
        return _window(window_parser().parse_args(arguments))
    except SystemExit as end:  # argparse has said what is wrong, or printed help or version
        return end.code if isinstance(end.code, int) else USAGE


def has_display() -> bool:
    """Whether a window can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _window(options: argparse.Namespace) -> int:
    if options.file is not None and not has_display():
        _choose_platform()
        from .terminal.headless import first_look

        return first_look(options.file, FIRST_PICTURE)
    if not has_display():
        print("retrograde: there is no display. Use: retrograde export INPUT -o OUT", file=sys.stderr)  # noqa: T201
        return USAGE
    from .kernel.early import start_early

    early = start_early()
    from .application import run

    return run(options.file, early)


def _export(options: argparse.Namespace) -> int:
    _choose_platform()
    from .terminal.export import export_command

    return export_command(options)


def _run(options: argparse.Namespace) -> int:
    _choose_platform()
    from .terminal.run import run_command

    return run_command(options)


def _formats(options: argparse.Namespace) -> int:
    _choose_platform()
    from .terminal.export import formats_command

    return formats_command(options)


def _choose_platform() -> None:
    """A file needs no display, and where there is one its fonts would make the file another."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


_COMMANDS: dict[str, tuple[Callable[[], argparse.ArgumentParser], Callable[[argparse.Namespace], int]]] = {
    "export": (export_parser, _export),
    "run": (run_parser, _run),
    "formats": (formats_parser, _formats),
}
