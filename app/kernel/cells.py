"""Tells the recorder where each cell begins and ends, through IPython's hooks. Knows IPython and the recorder.

A cell that belongs to a document carries its place in the metadata of the execute request:
`{"retrograde": {"title": "notes.ipynb [3]", "path": "/home/me/notes.ipynb", "first_line": 1}}`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from engine.recording.recorder import Recorder
from engine.trace import Status

from ..protocol.cell_source import source_of
from ..protocol.wire import METADATA_KEY, STOPS_KEY
from .interrupts import deferred_interrupt, interrupt_main_thread

ONCE_MORE = 0.05  # seconds after which an interrupt comes again that came before the cell's code ran


class CellHooks:
    """Keeps the recorder told about the cells of one IPython shell."""

    def __init__(
        self,
        shell: Any,
        recorder: Recorder,
        wake: Callable[[], None],
        take_order: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """`take_order` is given the order that came with a cell: where its passes pause."""
        self._shell = shell
        self._recorder = recorder
        self._wake = wake
        self._take_order = take_order
        self._depth = 0  # a cell may run further cells; they belong to it
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    def _begin(self, info: Any) -> None:
        self._depth += 1
        if self._depth > 1:
            return
        try:
            with deferred_interrupt():
                self._tell_begin(info)
        except KeyboardInterrupt:  # IPython would forget one that comes in a hook; it is meant for the cell
            threading.Timer(ONCE_MORE, interrupt_main_thread).start()

    def _tell_begin(self, info: Any) -> None:
        parent = self._shell.get_parent() or {}
        place = parent.get("metadata", {}).get(METADATA_KEY)
        stops = parent.get("metadata", {}).get(STOPS_KEY)
        if stops:
            self._take_order(stops)
        # Not `execution_count`: newer IPython counts on before this hook, older ones after the cell.
        number = len(self._shell.history_manager.input_hist_parsed)
        source = source_of(info.raw_cell, place if isinstance(place, dict) else {}, number)
        filename = self._shell.compile.get_code_name(info.raw_cell, info.raw_cell, number)
        self._recorder.begin_cell(
            parent.get("header", {}).get("msg_id", ""), number, source, filename, self._shell.user_ns
        )
        self._wake()

    def _end(self, result: Any) -> None:
        if self._depth == 0:  # an empty cell has an end only
            return
        self._depth -= 1
        if self._depth:
            return
        error = result.error_before_exec or result.error_in_exec if result is not None else KeyboardInterrupt()
        try:
            self._recorder.end_cell(status_of(error), error, self._shell.user_ns)
        except KeyboardInterrupt:  # the cell is over, so a late Ctrl+C has nothing left to stop
            self._recorder.end_cell(status_of(error), error, self._shell.user_ns)
        self._wake()
        lost = self._recorder.take_lost()
        if lost:
            print(  # noqa: T201 - shown under the cell it is about
                f"Retrograde: {lost:,} operations of this cell were not recorded: the window did not keep up.",
                file=sys.stderr,
            )


def status_of(error: BaseException | None) -> Status:
    """How a cell ended."""
    if error is None:
        return Status.OK
    return Status.INTERRUPTED if type(error).__name__ in ("KeyboardInterrupt", "CancelledError") else Status.ERROR
