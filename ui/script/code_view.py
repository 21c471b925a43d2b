"""Shows code with line numbers, cell headers and marked lines. Knows the listing; knows nothing of traces or sessions.

Only visible lines are coloured and painted, so that 10,000 lines cost no more than forty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from engine.trace import Status

from ..readable import code_colours, readable
from ..style import card
from ..theme import DARK, Theme, mix
from .gutter import SPACE, Gutter
from .highlight import opened_by_line, parts
from .listing import ListedCell, Listing, Place

_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

# Qt begins a new line at these, Python does not.
_ONE_LINE = str.maketrans(dict.fromkeys("\x0b\x0c\r\x85\u2028\u2029", " "))


@dataclass(frozen=True, slots=True)
class Mark:
    """A line to make stand out. `role` is a colour of the theme; `notes` are said behind it, the first that fits."""

    place: Place
    role: str
    notes: tuple[str, ...] = ()


class CodeView(QPlainTextEdit):
    """The text of a `Listing`; read it, select it, copy it, click on it."""

    line_clicked = Signal(int)  # block
    margin_clicked = Signal(int)  # block whose number was clicked
    run_clicked = Signal(int)  # index of the cell
    menu_asked = Signal(QPoint)  # a menu for the line of the cursor, at this point of the screen

    def __init__(self, listing: Listing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.listing = listing
        self.theme: Theme = DARK
        self.marks: tuple[Mark, ...] = ()
        self.breaks: dict[int, bool] = {}  # blocks with a breakpoint, and whether it is enabled
        self._open_quotes: list[str] = []
        self._pressed: QPoint | None = None
        self._gutter = Gutter(self)
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.document().setDocumentMargin(4)
        flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        self.setTextInteractionFlags(flags)
        self.updateRequest.connect(self._on_update_request)
        self.cursorPositionChanged.connect(self._gutter.update)

    def set_code_font(self, font: QFont) -> None:
        """Write code in this font."""
        self.setFont(font)
        self.setTabStopDistance(4.0 * self.fontMetrics().horizontalAdvance(" "))
        self._set_margins()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """A menu is about the line under the pointer, which becomes the cursor's unless text is selected."""
        if event.reason() == QContextMenuEvent.Reason.Mouse and not self.textCursor().hasSelection():
            self.setTextCursor(self.cursorForPosition(event.pos()))
        self.menu_asked.emit(event.globalPos())

    # -- what is shown -------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.theme = theme
        self._formats = {kind: _format(colour) for kind, colour in code_colours(theme).items()}
        on_accent = readable(theme.on_accent, theme.accent)
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {card(theme)}; color: {theme.text}; border: none;"
            f" selection-background-color: {theme.accent}; selection-color: {on_accent}; }}"
        )
        self._forget_colours()
        self.viewport().update()
        self._gutter.update()

    def show_cells(self, cells: list[ListedCell]) -> None:
        """Replace the text by these cells."""
        self._open_quotes = _open_quotes(cells)
        self.setPlainText(_text(cells))
        self._set_margins()

    def append_cells(self, cells: list[ListedCell]) -> None:
        """Add cells at the end; what is seen stays where it is."""
        if not self._open_quotes:
            self.show_cells(cells)
            return
        self._open_quotes += _open_quotes(cells)
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText("\n" + _text(cells))
        self._set_margins()

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        """Mark these lines and no others."""
        if marks != self.marks:
            self.marks = marks
            self.viewport().update()
            self._gutter.update()

    def set_breaks(self, breaks: dict[int, bool]) -> None:
        """Show breakpoints at these blocks, and no others; the value says whether it is enabled."""
        if breaks != self.breaks:
            self.breaks = breaks
            self._gutter.update()

    def refresh(self) -> None:
        """Paint again after the state of cells changed."""
        self.viewport().update()
        self._gutter.update()

    def reveal(self, block: int) -> None:
        """Scroll so that a block is in view; nothing moves when it is."""
        first = self.firstVisibleBlock().blockNumber()
        rows = max(self.viewport().height() // max(self.fontMetrics().height(), 1), 1)
        if not first <= block < first + rows - 1:
            self.verticalScrollBar().setValue(max(block - rows // 3, 0))

    def current_cell(self) -> int:
        """The index of the cell that the cursor is in, or NONE."""
        return self.listing.cell_at(self.textCursor().blockNumber())

    def set_current_cell(self, index: int) -> None:
        """Put the cursor at the head of a cell and show it."""
        block = self.listing.cells[index].block
        self.setTextCursor(QTextCursor(self.document().findBlockByNumber(block)))
        self.reveal(block)

    # -- Qt ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bands below the text and notes above it."""
        self._colour_visible()
        painter = QPainter(self.viewport())
        for block, area in self.visible_blocks():
            self._paint_background(painter, block, area)
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for block, area in self.visible_blocks():
            self._paint_foreground(painter, block, area)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the gutter as high as the text."""
        super().resizeEvent(event)
        self._set_margins()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where, to tell a click from a selection."""
        super().mousePressEvent(event)
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click without a selection means the line."""
        super().mouseReleaseEvent(event)
        if self._pressed is not None and not self.textCursor().hasSelection():
            self.line_clicked.emit(self.cursorForPosition(self._pressed).blockNumber())
        self._pressed = None

    def visible_blocks(self) -> Iterator[tuple[QTextBlock, QRectF]]:
        """Blocks in view with their areas in the viewport."""
        block = self.firstVisibleBlock()
        offset = self.contentOffset()
        area = self.blockBoundingGeometry(block).translated(offset)
        bottom = self.viewport().height()
        while block.isValid() and area.top() <= bottom:
            yield block, QRectF(0, area.top(), self.viewport().width(), area.height())
            top = area.bottom()
            block = block.next()
            area = self.blockBoundingRect(block).translated(offset.x(), top)

    # -- painting ------------------------------------------------------------------------------------------------

    def _paint_background(self, painter: QPainter, block: QTextBlock, area: QRectF) -> None:
        surface = card(self.theme)
        cell = self.cell_headed_by(block.blockNumber())
        if cell is not None:
            painter.fillRect(area, self._header_surface)
        for mark in self.marks:
            if mark.place.block == block.blockNumber():
                colour = getattr(self.theme, mark.role)
                painter.fillRect(area, QColor(mix(surface, colour, 0.16)))
                if mark.place.end > mark.place.start:
                    painter.fillRect(self._columns(block, area, mark.place), QColor(mix(surface, colour, 0.34)))

    def _columns(self, block: QTextBlock, area: QRectF, place: Place) -> QRectF:
        line = block.layout().lineAt(0)
        length = len(block.text())
        left, right = (_x(line, min(column, length)) + self.contentOffset().x() for column in (place.start, place.end))
        return QRectF(left - 1, area.top() + 1, right - left + 2, area.height() - 2)

    def _paint_foreground(self, painter: QPainter, block: QTextBlock, area: QRectF) -> None:
        cell = self.cell_headed_by(block.blockNumber())
        if cell is not None:
            self._paint_state(painter, cell, area)
        for mark in self.marks:
            if mark.notes and mark.place.block == block.blockNumber():
                self._paint_note(painter, block, area, mark)

    @property
    def _header_surface(self) -> QColor:
        return QColor(mix(card(self.theme), self.theme.line, 0.45))

    def _paint_state(self, painter: QPainter, cell: ListedCell, area: QRectF) -> None:
        """At the right end of a header: `In [7]` and a dot that tells how the cell ended."""
        dot = area.height() * 0.4
        x = area.right() - SPACE - dot
        circle = QRectF(x, area.center().y() - dot / 2, dot, dot)
        number = f"In [{cell.number}]" if cell.number and not cell.title.startswith("In [") else ""
        right = x - SPACE - self.fontMetrics().horizontalAdvance(number)
        self._elide_header(painter, cell, area, right - SPACE)
        painter.setPen(QColor(self.theme.dim))
        painter.drawText(QRectF(right, area.top(), x - SPACE - right, area.height()), _MIDDLE, number)
        role = {Status.OK: "accumulate", Status.RUNNING: "accent", Status.ERROR: "error", Status.DIED: "error"}
        colour = QColor(getattr(self.theme, role.get(cell.status, "dim") if cell.status is not None else "dim"))
        painter.setPen(colour)
        painter.setBrush(colour if cell.status is not None else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)

    def _elide_header(self, painter: QPainter, cell: ListedCell, area: QRectF, right: float) -> None:
        """Where the header would run into what stands at its right end, it ends in an ellipsis before that."""
        left = self.document().documentMargin() + self.contentOffset().x()
        if left + self.fontMetrics().horizontalAdvance(cell.header) <= right:
            return
        painter.fillRect(area, self._header_surface)
        room = QRectF(left, area.top(), max(right - left, 0.0), area.height())
        text = self.fontMetrics().elidedText(cell.header, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.setPen(QColor(self.theme.dim))
        painter.drawText(room, _MIDDLE, text)

    def _paint_note(self, painter: QPainter, block: QTextBlock, area: QRectF, mark: Mark) -> None:
        """Say the note behind the line; where it does not fit, behind the next one."""
        for sign, row, place in (("←", block, area), ("↑", block.next(), area.translated(0, area.height()))):
            if not row.isValid() or self.cell_headed_by(row.blockNumber()) is not None:
                continue
            width = row.layout().lineAt(0).naturalTextWidth() if row.layout().lineCount() else 0.0
            left = width + self.document().documentMargin() + self.contentOffset().x() + 2 * SPACE
            for note in mark.notes:
                if left + self.fontMetrics().horizontalAdvance(f"{sign} {note}") <= area.right() - SPACE:
                    colour = getattr(self.theme, mark.role)
                    painter.setPen(QColor(readable(colour, mix(card(self.theme), colour, 0.16))))
                    painter.drawText(place.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, f"{sign} {note}")
                    return

    def cell_headed_by(self, block: int) -> ListedCell | None:
        """The cell whose header a block is."""
        index = self.listing.cell_at(block)
        if index < 0 or self.listing.cells[index].block != block:
            return None
        return self.listing.cells[index]

    # -- colours of code -----------------------------------------------------------------------------------------

    def _colour_visible(self) -> None:
        for block, _ in self.visible_blocks():
            if block.userState() != 1:
                block.setUserState(1)
                block.layout().setFormats(self._ranges(block))

    def _ranges(self, block: QTextBlock) -> list[QTextLayout.FormatRange]:
        number = block.blockNumber()
        if self.cell_headed_by(number) is not None:
            return [_range(0, len(block.text()), _format(self.theme.dim))]
        opened = self._open_quotes[number] if number < len(self._open_quotes) else ""
        found = parts(block.text(), opened)
        return [_range(part.start, part.end - part.start, self._formats[part.kind]) for part in found]

    def _forget_colours(self) -> None:
        block = self.document().begin()
        while block.isValid():
            block.setUserState(-1)
            block = block.next()

    # -- gutter --------------------------------------------------------------------------------------------------

    def _on_update_request(self, area: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def _set_margins(self) -> None:
        last = max((cell.first_line + cell.blocks for cell in self.listing.cells), default=1)
        width = self.fontMetrics().horizontalAdvance("9" * max(len(str(last)), 2)) + 3 * SPACE
        self.setViewportMargins(width, 0, 0, 0)
        self._gutter.setGeometry(0, 0, width, self.contentsRect().height())


def _x(line: Any, column: int) -> float:
    """The x of a column; PySide returns it with the column, as C++ takes that by reference."""
    found = line.cursorToX(column)
    return float(found[0] if isinstance(found, tuple) else found)


def _text(cells: list[ListedCell]) -> str:
    return "\n".join(f"{cell.header}\n{cell.text}\n" for cell in cells).translate(_ONE_LINE)


def _open_quotes(cells: list[ListedCell]) -> list[str]:
    return [quotes for cell in cells for quotes in ["", *opened_by_line(cell.lines), ""]]


def _format(colour: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(colour))
    return made


def _range(start: int, length: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, form
    return made
