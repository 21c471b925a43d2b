"""The verbs for taking the graph along: the export dialog, a file at once, the clipboard."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QImage

from engine.trace import NONE

from ..background import Background
from ..paths import resources

if TYPE_CHECKING:
    from ..export import ExportRequest, Scope
    from ..export_dialog import ExportDialog
    from ..window.main_window import MainWindow


class ExportCommands(QObject):
    """One method per action, as in `Commands`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._work = Background(self)
        self._last_format = ""
        self.dialog: ExportDialog | None = None

    def export(self) -> None:
        """Open the export dialog."""
        from ..export_dialog import ExportDialog
        from ..export_dialog.fields import Offer

        request = self.request()
        if request is None:
            return
        offer = Offer(request, self._scopes(request), self._window.view_state.step_count)
        self.dialog = dialog = ExportDialog(offer, self.proposed, self._last_format, self._window)
        dialog.written.connect(self._tell_written)
        dialog.copy_asked.connect(self._copy)
        dialog.finished.connect(self._forget)
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the graph as the canvas shows it; the suffix says the format."""
        from ..export import export, format_of

        request = self.request()
        if request is None:
            return

        def write() -> tuple[Path, ...]:
            form = format_of(path)
            return export(path, replace(request, scale=form.scale), form)

        self._work.run(write, self._tell_written, self._tell)

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        request = self.request()
        if request is not None:
            self._copy(request)

    def proposed(self, suffix: str) -> Path:
        """Beside the document, under its name; an example's folder is the program's own and not for pictures."""
        document = self._window.commands.document
        if document is None:
            return Path(f"graph{suffix}")
        path = document.path.resolve()
        return Path(f"{path.stem}{suffix}") if resources() in path.parents else path.with_suffix(suffix)

    def request(self) -> ExportRequest | None:
        """What the canvas shows, as a request; None while it is empty."""
        from ..export import ExportRequest

        picture, state = self._window.canvas.picture, self._window.view_state
        if picture is None:
            return None
        drawing, document = picture.drawing, self._window.commands.document
        seen, box_of = self._window.canvas.graph.seen(), drawing.graph.box_of
        chosen = picture.selected
        return ExportRequest(
            state.trace, state.pass_id, cell=state.walk.id if state.pass_id == NONE else NONE,
            position=state.position, place=state.place, signed=picture.signed, view=drawing.graph.view,
            orientation=self._window.canvas.orientation, shown=drawing.shown, layout=drawing.kind, drawing=drawing,
            theme=picture.theme, source=document.title if document is not None else "",
            nodes=frozenset(np.flatnonzero(np.isin(box_of, chosen)).tolist()) if len(chosen) else frozenset(),
            group=self._group(), area=(seen.left(), seen.top(), seen.right(), seen.bottom()),
        )  # fmt: skip

    # -- helpers -------------------------------------------------------------------------------------------------

    def _group(self) -> str:
        """The key of the selected closed group, or of the one around the selection; "" for none."""
        folding = self._window.canvas.folding
        path = folding.path(folding.selected_box) if folding.selected_box != NONE else []
        return folding.groups.keys[path[-1]] if path and folding.groups is not None else ""

    def _scopes(self, request: ExportRequest) -> dict[Scope, str]:
        from ..export import Scope

        found = {Scope.WHOLE: "Whole graph", Scope.VIEW: "What is in view"}
        if request.nodes:
            count = len(request.nodes)
            found[Scope.SELECTION] = f"Selection ({count:,} node{'' if count == 1 else 's'})"
        folding = self._window.canvas.folding
        if request.group and folding.groups is not None:
            found[Scope.GROUP] = f"Group {folding.title(folding.groups.index(request.group))}"
        return found

    def _copy(self, request: ExportRequest) -> None:
        from ..export.clipboard import image_of

        self._work.run(partial(image_of, request), self._to_clipboard, self._tell)

    def _to_clipboard(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self._window.say("The picture is on the clipboard.")

    def _tell_written(self, files: tuple[Path, ...]) -> None:
        more = f" and {len(files) - 1} more files" if len(files) > 1 else ""
        self._window.say(f"Written: {files[0]}{more}")

    def _tell(self, error: Exception) -> None:
        self._window.notice.say(str(error))

    def _forget(self) -> None:
        if self.dialog is not None:
            self._last_format = self.dialog.format.id
            self.dialog.deleteLater()
        self.dialog = None
