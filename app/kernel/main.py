"""The kernel process: IPython's kernel with the embedded engine behind `import torch` and the recorder plugged in.

Started by the window (`app/session/kernel_process.py`) as a child process; never imports Qt. User code runs here only.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from functools import partial
from typing import Any

from .isolation import PACKAGE, ROOT, hide_own_modules, is_bundle, load_everything, own_root_first

BOOT = "import sys; sys.path[:0] = [sys.argv.pop(1)]; from app.kernel.main import main; main()"


def command() -> list[str]:
    """The command line that starts a kernel, also from the wheel and from a frozen bundle (`--kernel`)."""
    if is_bundle():
        return [sys.executable, "--kernel", "-f", "{connection_file}"]
    return [sys.executable, "-c", BOOT, str(ROOT), "-f", "{connection_file}"]


def main(arguments: list[str] | None = None) -> None:
    """Run a kernel until it is shut down. `arguments` are ipykernel's (`-f CONNECTION_FILE`)."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # or a warning about it shows in the console
    own_root_first()
    from ipykernel.kernelapp import IPKernelApp

    application = IPKernelApp.instance()
    application.initialize(sys.argv[1:] if arguments is None else arguments)
    stop = prepare(application.shell)
    try:
        application.start()
    finally:
        stop()


def wait_and_run() -> None:
    """Load the libraries, then run as the kernel that one line on standard input describes (`early.py`)."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    own_root_first()
    import ipykernel.kernelapp
    import ipykernel.zmqshell  # noqa: F401

    import engine.recording.recorder
    import engine.torch  # noqa: F401

    line = sys.stdin.readline()
    if not line:
        return
    order = json.loads(line)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    main(order["arguments"])


def prepare(shell: Any) -> Any:
    """Plug engine, recorder and magics into an IPython shell; returns what ends the recording."""
    import engine.torch
    from engine import observe
    from engine.recording.recorder import Recorder

    from ..protocol.wire import Address
    from .cells import CellHooks
    from .gate import Gate
    from .magics import install_matplotlib_magic
    from .memory import forget_settings
    from .sender import Sender
    from .torch_import import TorchFinder
    from .tracebacks import hide_frames_below

    forget_settings(os.environ)
    address = Address.from_environment()
    stop = _nothing
    if address is not None:
        recorder = Recorder(address.start, address.budget)
        sender = Sender(recorder, address)
        recorder.flush = sender.flush
        gate = Gate(recorder, sender.tell, partial(setattr, observe, "gate"))
        sender.orders = gate.take
        CellHooks(shell, recorder, sender.wake, gate.take)
        observe.observer = recorder
        os.register_at_fork(after_in_child=lambda: vars(observe).update(observer=None, gate=None))
        sender.start()
        stop = sender.close
    install_matplotlib_magic(shell)
    hide_frames_below(shell, *(os.path.join(ROOT, folder) for folder in ("engine", "app")))
    if is_bundle():
        load_everything(engine)
    hide_own_modules()
    TorchFinder(f"{PACKAGE}.engine.torch").install()
    gc.freeze()  # what was loaded until now stays; the collector need not look at it again and again
    sys.path[:] = ["", *(entry for entry in sys.path if entry != "")]
    return stop


def _nothing() -> None:
    """What ends a recording that never began: nothing."""


if __name__ == "__main__":
    main()
