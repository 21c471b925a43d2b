"""Starts, watches, interrupts and restarts the kernel process with Jupyter's own tools. Knows nothing of recording.

States: starting, idle, busy, dead, restarting. A dead kernel stays dead until somebody restarts it. Input must wait
while the state is starting or restarting: what runs before the kernel's `iopub_welcome` can lose its output. Should
the welcome itself be lost, the output of a question that we ask now and then shows as well that output arrives.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import uuid
import weakref
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_API", "pyside6")

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.utils import ensure_event_loop
from PySide6.QtCore import QObject, QTimer, Signal
from qtconsole.client import QtKernelClient
from qtconsole.manager import QtKernelManager

from ..kernel.early import EarlyKernel
from ..kernel.main import command
from ..kernel.memory import memory_settings
from ..protocol.wire import METADATA_KEY, STOPS_KEY
from .lost_kernel import Request

LOOK_EVERY = 200  # ms between two looks whether the process lives
ASK_EVERY = 250  # ms between two questions to a kernel that starts


class _OwnSpec(KernelSpecManager):  # type: ignore[misc]  # jupyter_client is not checked
    """The one kernel there is; nothing gets installed."""

    def get_kernel_spec(self, kernel_name: str) -> Any:
        return KernelSpec(argv=command(), display_name="Retrograde", language="python", interrupt_mode="signal")


class _Provisioner(LocalProvisioner):  # type: ignore[misc]  # jupyter_client is not checked
    """Takes the process that waits already for the first kernel, and starts one for each further."""

    early: EarlyKernel | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        early, self.early = self.early, None
        if early is not None and early.process.poll() is not None:
            early.cancel()
            early = None
        if early is None:
            return await super().launch_kernel(cmd, **kwargs)
        early.go_on(cmd, kwargs["env"], kwargs.get("cwd"))
        self.process = early.process
        self.pid = self.pgid = early.process.pid  # it leads a process group of its own
        return self.connection_info


class Client(QtKernelClient):  # type: ignore[misc]  # qtconsole has no types
    """Qt's kernel client; the next visible request can carry its place in a document and a chosen id.

    `last` is the last visible request.
    """

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._place: dict[str, Any] = {}
        self._id = ""
        self.last = Request("", "", {})
        self.stops: dict[str, Any] = {}  # the order that says where passes pause, which each visible request carries

    def prepare(self, place: dict[str, Any], request_id: str = "") -> None:
        """What the next visible execute request carries: title, path, first_line, and its id."""
        self._place, self._id = place, request_id

    def execute(
        self,
        code: str,
        silent: bool = False,
        store_history: bool = True,
        user_expressions: dict[str, Any] | None = None,
        allow_stdin: bool | None = None,
        stop_on_error: bool = True,
    ) -> str:
        """Send an execute request, as `KernelClient.execute` does; returns its id.

        `stop_on_error` is not passed on: after an error it makes the kernel throw away whatever comes for a moment,
        also what a person typed since. The session empties its own queue.
        """
        content = {
            "code": code,
            "silent": silent,
            "store_history": store_history,
            "user_expressions": user_expressions or {},
            "allow_stdin": self.allow_stdin if allow_stdin is None else allow_stdin,
            "stop_on_error": False,
        }
        message = self.session.msg("execute_request", content)
        if not silent:
            message["metadata"][METADATA_KEY] = self._place
            message["metadata"][STOPS_KEY] = self.stops
            if self._id:
                message["msg_id"] = message["header"]["msg_id"] = self._id
            self.last = Request(message["header"]["msg_id"], code, self._place)
            self._place, self._id = {}, ""
        self.shell_channel.send(message)
        return str(message["header"]["msg_id"])


class KernelProcess(QObject):
    """One kernel process after another, behind one manager and one client."""

    state_changed = Signal(str)
    message_arrived = Signal(object)  # a message of the iopub channel
    reply_arrived = Signal(object)  # a message of the shell channel
    _stopped = Signal()

    def __init__(self, parent: QObject | None = None, early: EarlyKernel | None = None) -> None:
        super().__init__(parent)
        self.state = ""
        self.exit_code: int | None = None
        self._environment: dict[str, str] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="retrograde-kernel-"))
        self._remove_folder = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self.manager = QtKernelManager(
            autorestart=False,  # no restart without asking, and no loop of them
            connection_file=str(self._folder / "kernel.json"),
            kernel_spec_manager=_OwnSpec(),
            transport="ipc" if os.name == "posix" else "tcp",
            shutdown_wait_time=1.0,
        )
        self.manager.client_factory = Client
        self.manager.kernel_id = uuid.uuid4().hex
        self.manager.provisioner = _Provisioner(
            kernel_id=self.manager.kernel_id, kernel_spec=self.manager.kernel_spec, parent=self.manager
        )
        self.manager.provisioner.early = early
        self.client: Client | None = None
        self._watch = QTimer(self, interval=LOOK_EVERY)
        self._watch.timeout.connect(self._look)
        self._ask = QTimer(self, interval=ASK_EVERY)
        self._ask.timeout.connect(self._ask_kernel)
        self._questions: set[str] = set()
        self._stopping: threading.Thread | None = None
        self._closed = False
        self._stopped.connect(self._start_again)

    def start(self, environment: dict[str, str], folder: str | None = None) -> None:
        """Start the first kernel with these variables besides our own, in `folder`."""
        self._set_state("starting")
        self._launch(environment, folder)
        client = self.client = self.manager.client()
        client.context.reconnect_ivl = 10  # ms; the kernel is not there yet when the channels first try
        client.start_channels(iopub=False)
        client.shell_channel.message_received.connect(self.reply_arrived)
        # Nothing comes between the making of this channel and the connection: a quick kernel's welcome would be lost.
        client.iopub_channel.message_received.connect(self._on_iopub)
        client.iopub_channel.start()
        self._ask.start()  # at a restart the channels are there before the kernel, so nothing is lost

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the running cell."""
        if self.state in ("idle", "busy"):
            self.manager.interrupt_kernel()

    def restart(self, environment: dict[str, str]) -> None:
        """Stop the kernel, politely unless it is busy, and start another one; returns at once."""
        if self.state == "restarting":
            return
        busy = self.state == "busy"
        self._set_state("restarting")
        self._watch.stop()
        self._environment = environment
        self._stopping = threading.Thread(target=self._stop, args=(busy,), name="retrograde-restart", daemon=True)
        self._stopping.start()

    def close(self) -> None:
        """End the kernel and the channels."""
        self._watch.stop()
        self._ask.stop()
        if self.client is not None:
            self.client.stop_channels()
        self._closed = True
        if self._stopping is not None:
            self._stopping.join()  # no kernel follows on the one that it ends
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        else:
            self.manager.cleanup_resources()
        self._remove_folder()

    def _launch(self, environment: dict[str, str], folder: str | None = None) -> None:
        self.exit_code = None
        whole = {**os.environ, **memory_settings(os.environ), **environment}
        self.manager.start_kernel(env=whole, cwd=folder or os.getcwd())
        self._watch.start()

    def _stop(self, now: bool) -> None:
        loop = ensure_event_loop()  # of this thread, which the manager's call would make and leave open
        try:
            self.manager.shutdown_kernel(now=now, restart=True)
        finally:
            loop.close()
        self._stopped.emit()

    def _start_again(self) -> None:
        if self._closed:
            return
        self._launch(self._environment)
        self.manager.kernel_restarted.emit()

    def _look(self) -> None:
        process = self.manager.provisioner.process if self.manager.provisioner else None
        code = process.poll() if process is not None else None
        if code is not None:
            self.exit_code = code
            self._watch.stop()
            self._ask.stop()
            self._set_state("dead")

    def _ask_kernel(self) -> None:
        if self.client is not None and self.state == "starting":
            self._questions.add(self.client.kernel_info())

    def _on_iopub(self, message: dict[str, Any]) -> None:
        kind = message["header"]["msg_type"]
        runs_a_cell = kind == "status" and message["parent_header"].get("msg_type") == "execute_request"
        answer = self.state == "starting" and message["parent_header"].get("msg_id") in self._questions
        if answer or (kind == "iopub_welcome" and self.state in ("starting", "restarting")):
            self._ask.stop()
            self._set_state("idle")
        elif runs_a_cell and self.state in ("idle", "busy"):
            self._set_state("busy" if message["content"]["execution_state"] == "busy" else "idle")
        self.message_arrived.emit(message)

    def _set_state(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
