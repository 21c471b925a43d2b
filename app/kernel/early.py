"""A kernel process that is started before anything else: it loads its libraries while this process loads Qt.

It waits for one line with its command line, environment and folder, and becomes the first kernel of the session. When
nobody sends the line it ends by itself. Knows nothing of Qt and of Jupyter.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from .isolation import ROOT, is_bundle
from .memory import memory_settings

BOOT = "import sys; sys.path[:0] = [sys.argv.pop(1)]; from app.kernel.main import wait_and_run; wait_and_run()"


class EarlyKernel:
    """The waiting process."""

    def __init__(self) -> None:
        # ipykernel reads the variable when it is imported, and ends with the process it names.
        environment = {**os.environ, **memory_settings(os.environ), "JPY_PARENT_PID": str(os.getpid())}
        self.process = subprocess.Popen(
            [sys.executable, "-c", BOOT, str(ROOT)], stdin=subprocess.PIPE, start_new_session=True, env=environment
        )
        assert self.process.stdin is not None
        self._pipe = self.process.stdin

    def go_on(self, command: Sequence[str], environment: Mapping[str, str], folder: str | None) -> None:
        """Let it run as the kernel that `command` would start."""
        order = {
            "arguments": command[command.index("-f") :],
            "environment": dict(environment),
            "folder": folder or os.getcwd(),
        }
        self._send(json.dumps(order).encode() + b"\n")

    def cancel(self) -> None:
        """Let it end, unless it runs as a kernel already."""
        if self._pipe.closed:
            return
        self._send(b"")
        self.process.wait()

    def _send(self, order: bytes) -> None:
        try:
            self._pipe.write(order)
            self._pipe.close()
        except BrokenPipeError:  # it has died; whoever watches the process will see that
            self.process.poll()


def start_early() -> EarlyKernel | None:
    """Start one where it helps: a bundle and Windows start their kernels in the ordinary way."""
    return EarlyKernel() if os.name == "posix" and not is_bundle() else None
