"""The session of a window as a file: what is open, whether it changed since, saving it and opening another one.

Reading and writing happen in threads; the window's session is replaced only by one that was read whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.trace import Batch

from ..background import Background
from ..documents import cells_from_data, cells_to_data
from ..session.array_collector import ArrayCollector
from ..store import Contents, Growth, StoredSession, open_session, save_session
from .autosave import Autosave, remove
from .canvas_data import canvas_data, show_canvas
from .file_lock import FileLock
from .recovery import Leftover
from .view_data import breakpoints_data, breakpoints_of, show, view_data

if TYPE_CHECKING:
    from ..window.main_window import MainWindow

MIB = 1 << 20
NOT_RESTORED = "This session comes from a file: its variables are not restored; run its cells again to go on with them."


class SessionFiles(QObject):
    """One for each window."""

    changed = Signal()  # the path, or whether there is something to save
    opened = Signal()  # a session was opened, or could not be
    saved = Signal(bool)  # whether it succeeded
    copied = Signal()  # the copy for a crash is up to date, but for what came while it was written

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.path: Path | None = None
        self.opening = self.saving = False
        self._lock: FileLock | None = None
        self._changes = self._saved_changes = 0
        self._kept: dict[str, Any] = {}  # parts of the file that this version may not know
        self._reading, self._writing = Background(self), Background(self)
        self._autosave: Autosave | None = None
        self._folder: Path | None = None
        self._recovered: list[tuple[Path, FileLock]] = []  # copies to remove when there is a newer one
        window.settings.changed.connect(self._on_setting)
        window.session.cell_finished.connect(self._on_cell)

    @property
    def modified(self) -> bool:
        """Whether something ran that is not in a file."""
        return self._changes != self._saved_changes

    @property
    def name(self) -> str:
        """What the window calls the session."""
        if self.path is not None:
            return self.path.name
        document = self._window.commands.document
        return document.title if document is not None else "Unsaved session" if self.modified else ""

    def forget_changes(self) -> None:
        """Nothing that ran so far needs to be saved."""
        self._saved_changes = self._changes
        self.changed.emit()

    def asks(self) -> bool:
        """Whether a person must be asked before the session is let go."""
        return self.modified and self._window.settings.boolean("ask_to_save")

    def conditions(self) -> set[str]:
        """Which conditions of the table of actions hold."""
        held = {
            "session": len(self._window.session.trace.cells) > 0,
            "leftovers": bool(self._window.commands.leftovers),
        }
        return {name for name, holds in held.items() if holds}

    def close(self) -> None:
        """The window ends as it should: no copy is needed, and the file is free for others."""
        if self._autosave is not None:
            self._autosave.end()
        self._remove_recovered()
        self._let_go()

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @property
    def copy(self) -> Path | None:
        """The copy for a crash, once there is one."""
        return self._autosave.path if self._autosave is not None else None

    # -- copies --------------------------------------------------------------------------------------------------

    def keep_copies(self, folder: Path) -> None:
        """Keep a copy of the session in this folder while the window is open, as far as the settings want it."""
        self._folder = folder
        settings = self._window.settings
        if not settings.boolean("autosave"):
            return
        self._autosave = Autosave(
            self._window.session, folder, self.parts, self.info,
            largest=settings.integer("autosave_size") * MIB, parent=self,
        )  # fmt: skip
        self._autosave.stopped.connect(self._window.notice.say)
        self._autosave.written.connect(self._on_copied)

    def _on_setting(self, name: str) -> None:
        if name not in ("autosave", "autosave_size") or self._folder is None:
            return
        if self._autosave is not None:
            self._autosave.end()
            self._autosave = None
        self._window.session.transcript.replace(self._window.session.transcript.entries)  # a new copy begins with all
        self.keep_copies(self._folder)

    def _on_copied(self) -> None:
        self._remove_recovered()
        self.copied.emit()

    def _remove_recovered(self) -> None:
        for path, lock in self._recovered:
            remove(path)
            lock.release()
            self._window.commands.filing.forget_leftover(path)
        self._recovered = []

    # -- opening -------------------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Open a session file in this window; what is there stays until the file has been read whole."""
        self._read(path, lambda stored: self._take_file(path, stored))

    def recover(self, leftover: Leftover) -> None:
        """Open the copy of a session that did not end as it should, as one that was not saved."""
        lock = FileLock(leftover.path)
        if not lock.take():
            self._window.notice.say("Another window has recovered this session already.")
            return
        self._read(leftover.path, lambda stored: self._take_copy(stored, leftover, lock))

    def _read(self, path: Path, take: Callable[[StoredSession], object]) -> None:
        self.opening = True

        def done(stored: StoredSession) -> None:
            self.opening = False
            take(stored)
            self.opened.emit()

        def failed(error: Exception) -> None:
            self.opening = False
            self._window.notice.say(str(error))
            self.opened.emit()

        self._reading.run(lambda: open_session(path), done, failed)

    def _take_file(self, path: Path, stored: StoredSession) -> None:
        self._show(stored)
        self._let_go()
        lock = FileLock(path.resolve())
        if lock.take():
            self.path, self._lock = path.resolve(), lock
            self._window.settings.remember_file(path)
        else:
            self.path = None
            text = (
                f"{path.name} is open in another window ({lock.holder()}). This is a copy: save it under another name."
            )
            self._window.notice.say(text, "Save as…", self._window.commands.filing.save_as)
        self.forget_changes()

    def _take_copy(self, stored: StoredSession, leftover: Leftover, lock: FileLock) -> None:
        self._show(stored)
        self._let_go()
        self.path = None
        self._changes += 1
        self._recovered.append((leftover.path, lock))
        if self._autosave is not None:
            self._autosave.save()  # and when that is written, the old copy can go
        self.changed.emit()
        self._window.say("The session is recovered. Save it to keep it.")

    def _show(self, stored: StoredSession) -> None:
        window, trace = self._window, stored.trace
        window.notice.dismiss()
        self._kept = stored.parts
        document = stored.parts.get("document")
        cells = cells_from_data(document)
        window.commands.filing.document = None
        window.session.replace(trace, stored.arrays, stored.transcript)
        window.view_state.set_trace(trace)
        show(window.view_state, stored.view)
        shown = window.view_state.shown
        window.view_state.set_shown(replace(shown, only=None))
        window.view_state.set_breakpoints(breakpoints_of(stored.parts.get("breakpoints"), trace))
        show_canvas(window, stored.parts.get("canvas"))
        path = document.get("path") if isinstance(document, dict) else ""
        if shown.only is not None:
            window.area.tabs.open("Sub-graph", shown.only)
        window.script.open(cells, path if isinstance(path, str) else "")
        window.show_transcript(stored.transcript, NOT_RESTORED)
        window.follow()

    # -- saving --------------------------------------------------------------------------------------------------

    def save_to(self, path: Path) -> None:
        """Write the session; `saved` follows. Cells that end meanwhile are not in the file."""
        if self.saving:
            self._window.say("The session is being saved.")
            return
        path, lock = path.resolve(), self._lock
        if lock is None or path != self.path:
            lock = FileLock(path)
            if not lock.take():
                self._window.notice.say(
                    f"{path.name} is open in another window ({lock.holder()}). Choose another name."
                )
                self.saved.emit(False)
                return
        self.saving = True
        held, changes = lock, self._changes
        arrays, contents, gone = self._contents()
        self._window.say(f"Saving {path.name} …")
        stored = self._window.session.arrays.stored
        same = stored is not None and stored.path.resolve() == path

        def done(written: Path) -> None:
            self.saving = False
            if self._lock is not held:
                self._let_go()
                self._lock = held
            self.path, self._saved_changes = written, changes
            self._window.settings.remember_file(written)
            lost = gone + arrays.missing
            rest = f"; the values of {lost:,} arrays are gone, their statistics are saved" if lost else ""
            self._window.say(f"Saved: {written}{rest}")
            self.changed.emit()
            self.saved.emit(True)

        def failed(error: Exception) -> None:
            self.saving = False
            if self._lock is not held:
                held.release()
            self._window.notice.say(str(error))
            self.saved.emit(False)

        release = stored.release if stored is not None and same else None
        self._writing.run(lambda: save_session(path, contents, before_move=release), done, failed)

    def parts(self) -> dict[str, Any]:
        """What belongs to the session besides record and transcript. Keys of other versions stay."""
        window = self._window
        document = window.commands.document
        listed = window.script.document_cells
        path = str(document.path.resolve()) if document is not None else listed[0].path if listed else ""
        known: dict[str, Any] = {
            "view": view_data(window.view_state),
            "canvas": canvas_data(window),
            "breakpoints": breakpoints_data(window.view_state),
            "document": {"path": path, "cells": cells_to_data(listed)},
        }
        for name, value in known.items():
            before = self._kept.get(name)
            if isinstance(before, dict) and isinstance(value, dict):
                known[name] = {**before, **value}
        return {**self._kept, **known}

    def info(self) -> dict[str, str]:
        """A few words about the session for who looks for it."""
        trace = self._window.session.trace
        nodes, cells = len(trace.nodes), len(trace.cells)
        contents = f"{nodes:,} {'node' if nodes == 1 else 'nodes'}, {cells:,} {'cell' if cells == 1 else 'cells'}"
        document = self._window.commands.document
        path = self.path or (document.path if document is not None else "")
        return {"path": str(path), "contents": contents}

    def _contents(self) -> tuple[ArrayCollector, Contents, int]:
        """What to write, and how many arrays are nowhere any more."""
        session = self._window.session
        access, stored = session.arrays, session.arrays.stored
        handles = stored.handles if stored is not None else frozenset[int]()
        fetched = [handle for handle in access.live() if handle not in handles]
        arrays = ArrayCollector(access, fetched, self)
        gone = access.large_count() - len(fetched) - len(handles)
        parts = (stored.parts(handle) for handle in sorted(handles)) if stored is not None else ()
        batch = Growth().take(session.trace) or Batch()
        contents = Contents(
            batch, session.transcript.entries, self.parts(), self.info(), arrays, chain.from_iterable(parts)
        )
        return arrays, contents, gone

    def _on_cell(self, _row: int) -> None:
        self._changes += 1
        self.changed.emit()
