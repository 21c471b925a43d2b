"""Runs `foreign` and waits for it, ready to end it. Knows no layout."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("foreign.py")
_TURN = 0.03  # s between two looks whether somebody still waits


class ProcessError(Exception):
    """The program ended without an answer; the text is what it said last."""


def run(task: dict[str, Any], check: Callable[[], None]) -> dict[str, Any]:
    """The answer of `foreign` to `task`; `check` is called all the while and may raise, which ends the program.

    Raises `ProcessError` when it cannot be started or ends without an answer.
    """
    if getattr(sys, "frozen", False):  # then `sys.executable` is this application and no Python
        raise ProcessError("this build brings no Python that could run it; an installation with pip does")
    command = [sys.executable, "-P", str(PROGRAM)]
    hidden = int(getattr(subprocess, "CREATE_NO_WINDOW", 0))
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, creationflags=hidden) as process:
        try:
            output, complaint = _talk(process, json.dumps(task).encode(), check)
        except BaseException:
            process.kill()
            raise
    try:
        found = json.loads(output)
    except ValueError:
        said = complaint.decode(errors="replace").strip().splitlines()
        raise ProcessError(said[-1] if said else f"it ended with {process.returncode}") from None
    return dict(found)


def _talk(process: subprocess.Popen[bytes], sent: bytes, check: Callable[[], None]) -> tuple[bytes, bytes]:
    unsent: bytes | None = sent
    while True:
        check()
        try:
            return process.communicate(unsent, timeout=_TURN)
        except subprocess.TimeoutExpired:
            unsent = None  # it is on its way
