"""What the File menu does: open, save, recent files, sessions to recover, and the question before something is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from ..background import Background
from ..documents import Document, open_document
from ..paths import resources, state_folder
from ..saving.recovery import Leftover, leftovers
from ..store import SUFFIX

if TYPE_CHECKING:
    from ..window.main_window import MainWindow

OPEN_FILTER = f"Python, notebooks and sessions (*.py *.ipynb *{SUFFIX})"
SAVE_FILTER = f"Retrograde sessions (*{SUFFIX})"


class FileCommands(QObject):
    """The verbs of one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._opening, self._looking = Background(self), Background(self)
        self.document: Document | None = None
        self.leftovers: list[Leftover] = []

    # -- open ----------------------------------------------------------------------------------------------------

    def open_file(self) -> None:
        """Ask for a file and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", self._folder(), OPEN_FILTER)
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a document or a session; the present one stays until the new one has been read whole."""
        if path.suffix.lower() == SUFFIX:
            self.ask_to_save("open another session", lambda: self._window.files.open(path))
        else:
            self._opening.run(lambda: open_document(path), self._show_document, self._tell)

    def recent(self, menu: QMenu) -> None:
        """The files opened last."""
        for name in self._window.settings.texts("recent_files"):
            menu.addAction(name).triggered.connect(partial(self._open_named, name))

    def recover(self, menu: QMenu) -> None:
        """Sessions that did not end as they should."""
        for leftover in self.leftovers:
            menu.addAction(leftover.title).triggered.connect(partial(self._recover, leftover))

    def look_for_leftovers(self) -> None:
        """Offer the newest session that did not end as it should."""
        self._looking.run(partial(leftovers, autosave_folder()), self._offer, self._tell)

    def forget_leftover(self, path: Path) -> None:
        """It has been recovered, and a newer copy is there."""
        self.leftovers = [leftover for leftover in self.leftovers if leftover.path != path]
        self._window.follow()

    def _offer(self, found: list[Leftover]) -> None:
        self.leftovers = found
        self._window.follow()
        if found:
            text = f"The last session did not end as it should: {found[0].title}."
            self._window.notice.offer(text, "Recover", partial(self._recover, found[0]))

    def _recover(self, leftover: Leftover, *_: object) -> None:
        files = self._window.files
        self.ask_to_save("recover another session", lambda: files.recover(leftover))

    # -- save ----------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the session to its file; ask for one where it has none."""
        files = self._window.files
        if files.path is None:
            self.save_as()
        else:
            files.save_to(files.path)

    def save_as(self) -> None:
        """Ask for a file and write the session to it."""
        path = self._asked_path()
        if path is not None:
            self._window.files.save_to(path)

    def _asked_path(self) -> Path | None:
        listed = [Path(cell.path) for cell in self._window.script.document_cells if cell.path]
        known = self._window.files.path or (listed[0] if listed else Path("session"))
        proposed = Path(self._folder()) / f"{known.stem}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save session", str(proposed), SAVE_FILTER)
        if not name:
            return None
        path = Path(name)
        return path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX)

    def before_end(self, before: str, then: Callable[[], object]) -> None:
        """As `ask_to_save`; a file that is being written is waited for first."""
        if self._window.files.saving:
            self._after_saving(lambda: self.ask_to_save(before, then))
        else:
            self.ask_to_save(before, then)

    def ask_to_save(self, before: str, then: Callable[[], object]) -> None:
        """Do something that lets the session go; ask first when there is something unsaved in it."""
        files = self._window.files
        if not files.asks():
            then()
            return
        box = QMessageBox(self._window)
        box.setObjectName("save-question")
        box.setWindowTitle("Save the session?")
        what = f" of {self.document.title}" if self.document is not None else ""
        box.setText(f"Save {'the session' + what if files.path is None else files.path.name} before you {before}?")
        box.setInformativeText("What ran since it was last saved is lost otherwise.")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        for button in box.buttons():
            button.setIcon(QIcon())  # Fusion's are drawn for another theme

        def decided(button: int) -> None:
            box.deleteLater()
            if button == buttons.Discard.value:
                files.forget_changes()
                then()
            elif button == buttons.Save.value:
                self._save_first(then)

        box.finished.connect(decided)
        box.open()

    def _save_first(self, then: Callable[[], object]) -> None:
        files = self._window.files
        path = files.path or self._asked_path()
        if path is not None:
            self._after_saving(then)
            files.save_to(path)

    def _after_saving(self, then: Callable[[], object]) -> None:
        files = self._window.files

        def go_on(succeeded: bool) -> None:
            files.saved.disconnect(go_on)
            if succeeded:
                then()

        files.saved.connect(go_on)

    # -- helpers -------------------------------------------------------------------------------------------------

    def _folder(self) -> str:
        path = self._window.files.path or (self.document.path.resolve() if self.document is not None else None)
        return "" if path is None or resources() in path.parents else str(path.parent)

    def _open_named(self, name: str, *_: object) -> None:
        self.open_path(Path(name))

    def _show_document(self, document: Document) -> None:
        window = self._window
        self.document = document
        path = document.path.resolve()
        window.script.open(document.cells, str(path))
        window.retitle()
        if resources() not in path.parents:
            window.settings.remember_file(path)
        window.notice.dismiss()
        window.show_dock("script")
        window.follow()

    def _tell(self, error: Exception) -> None:
        self._window.notice.say(str(error))


def autosave_folder() -> Path:
    """Where the copies of running sessions are."""
    return state_folder() / "autosave"
