"""The dialog itself: formats on the left, the chosen one's options in the middle, what will come out on the right."""

from __future__ import annotations

import glob
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QFont, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..export import FORMATS, ExportCancelledError, Format, Kind
from .fields import Fields, Offer
from .pane import PreviewPane
from .preview import PreviewJob, Seen
from .size_text import size_text
from .writing import Writing


class ExportDialog(QDialog):
    """Exports what a window offers. `written` names the files; `copy_asked` has the request for the clipboard."""

    written = Signal(tuple)
    copy_asked = Signal(object)  # the request

    def __init__(self, offer: Offer, proposed: Callable[[str], Path], chosen: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._proposed = proposed
        self._job, self._writing = PreviewJob(self), Writing(self)
        self._seen = Seen()
        self.formats = self._format_list(chosen)
        form = QWidget()
        rows = QFormLayout(form)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setVerticalSpacing(10)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        self.fields = Fields(offer, rows)
        self.fields.title.setMinimumWidth(self.fontMetrics().averageCharWidth() * 34)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.preview = PreviewPane(self)
        self.progress = QProgressBar()
        self.progress.setTextVisible(True)
        self.progress.hide()
        self._build(form)
        self._connect()
        self._follow_format()
        metrics = self.fontMetrics()
        room = parent.screen().availableSize()
        self.resize(min(metrics.averageCharWidth() * 190, room.width()), min(metrics.height() * 42, room.height()))

    @property
    def format(self) -> Format:
        """The chosen row of the table."""
        found: Format = self.formats.currentItem().data(Qt.ItemDataRole.UserRole)
        return found

    # -- building ------------------------------------------------------------------------------------------------

    def _format_list(self, chosen: str) -> QListWidget:
        made = QListWidget()
        made.setAccessibleName("Format")
        bold = QFont(made.font())
        bold.setBold(True)
        kind: Kind | None = None
        for row in FORMATS:
            if row.kind is not kind:
                kind = row.kind
                head = QListWidgetItem(row.kind.value)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                head.setFont(bold)
                head.setForeground(self.palette().text())
                made.addItem(head)
            item = QListWidgetItem(f"   {row.name}")
            item.setData(Qt.ItemDataRole.UserRole, row)
            item.setToolTip(row.suffix if row.available else row.how)
            if not row.available:
                item.setForeground(self.palette().placeholderText())
            made.addItem(item)
            if row.id == chosen or made.currentItem() is None:
                made.setCurrentItem(item)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setSpacing(1)
        made.setFixedWidth(made.sizeHintForColumn(0) + 28)
        return made

    def _build(self, form: QWidget) -> None:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(form)
        scroll.setFixedWidth(self._widest_form(form) + scroll.verticalScrollBar().sizeHint().width())
        self.buttons = QDialogButtonBox()
        self.save = QPushButton("Export…")
        self.save.setDefault(True)
        self.copy = QPushButton("Copy image")
        self.buttons.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        self.cancel = self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.cancel.setIcon(QIcon())  # Fusion's is drawn for another theme
        right = QVBoxLayout()
        right.addWidget(self.preview, 1)
        right.addWidget(self.note)
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addWidget(self.formats)
        across.addWidget(scroll)
        across.addLayout(right, 1)
        below = QHBoxLayout()
        below.addWidget(self.progress, 1)
        below.addWidget(self.buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addLayout(across, 1)
        column.addLayout(below)

    def _widest_form(self, form: QWidget) -> int:
        """Of all formats, so that nothing moves when another is chosen."""
        widest = 0
        for row in FORMATS:
            self.fields.show_for(row)
            widest = max(widest, form.sizeHint().width())
        return widest

    def _connect(self) -> None:
        self.formats.currentItemChanged.connect(self._follow_format)
        self.fields.changed.connect(self.refresh)
        self.preview.resized.connect(self.refresh)
        self._job.begun.connect(self._show_begun)
        self._job.ready.connect(self._show)
        self.save.clicked.connect(self._ask_path)
        self.copy.clicked.connect(lambda: self.copy_asked.emit(self.fields.request(self.format)))
        self.cancel.clicked.connect(self.reject)
        self._writing.progressed.connect(self._show_progress)
        self._writing.done.connect(self._finish)
        self._writing.failed.connect(self._show_failure)

    # -- following -----------------------------------------------------------------------------------------------

    def _follow_format(self) -> None:
        if self.formats.currentItem() is None or self.formats.currentItem().data(Qt.ItemDataRole.UserRole) is None:
            return
        self.fields.show_for(self.format)
        self.copy.setEnabled(self.format.kind is Kind.STILL)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the preview of what is chosen now."""
        form = self.format
        if not form.available:
            self._job.stop()
            self._show(Seen(problem=form.how))
            return
        room = self.preview.room
        if not room.isEmpty():
            self._job.ask(form, self.fields.request(form), room, self.devicePixelRatioF())

    def _show_begun(self) -> None:
        self.save.setEnabled(not self._writing.busy)

    def _show(self, seen: Seen) -> None:
        self._seen = seen
        self.preview.show_seen(seen)
        estimate = seen.estimate
        said = [size_text(estimate, self.fields.request(self.format).dpi)] if estimate is not None else []
        said += [seen.problem] if seen.problem else [estimate.note] if estimate is not None and estimate.note else []
        self.note.setText("\n".join(text for text in said if text))
        self.save.setEnabled(not seen.problem and not self._writing.busy)

    # -- writing -------------------------------------------------------------------------------------------------

    def _ask_path(self) -> None:
        form = self.format
        name, _ = QFileDialog.getSaveFileName(
            self, "Export", str(self._proposed(form.suffix)), f"{form.name} (*{form.suffix})"
        )
        if name:
            path = Path(name)
            self.write(path if path.suffix else path.with_suffix(form.suffix))

    def write(self, path: Path) -> None:
        """Write what is chosen; the dialog closes when it is done."""
        estimate = self._seen.estimate
        if estimate is not None and estimate.files > 1 and not self._may_replace(path):
            return
        self._job.stop()
        self._set_busy(True)
        self._writing.start(path, self.fields.request(self.format), self.format)

    def _may_replace(self, path: Path) -> bool:
        """Several files have names of their own, for which the file dialog did not ask."""
        there = list(path.parent.glob(f"{glob.escape(path.stem)}-*{path.suffix}"))
        if not there:
            return True
        text = f"{there[0].name} and its like are there already. Replace those that have the same names?"
        return QMessageBox.question(self, "Export", text) == QMessageBox.StandardButton.Yes

    def _set_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.progress.setRange(0, 0)
        for part in (self.formats, self.save, self.copy, self.preview):
            part.setEnabled(not busy)
        self.fields.set_enabled(not busy)

    def _show_progress(self, share: float, what: str) -> None:
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(1000 * share))
        self.progress.setFormat(f"{what}  %p%")

    def _finish(self, files: tuple[Path, ...]) -> None:
        self._set_busy(False)
        self.written.emit(files)
        self.accept()

    def _show_failure(self, error: Exception) -> None:
        self._set_busy(False)
        self._follow_format()
        self.note.setText(str(error))
        if isinstance(error, ExportCancelledError):
            self.refresh()

    def reject(self) -> None:
        """Cancel what is being written, else close."""
        if self._writing.busy:
            self._writing.cancel()
            return
        self._job.stop()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """As with Cancel; what is being written ends first."""
        if self._writing.busy:
            self._writing.cancel()
            event.ignore()
            return
        self._job.stop()
        super().closeEvent(event)
