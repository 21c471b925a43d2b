"""The script pane: code beside the graph. Shares `ViewState` with the other docks and asks for runs by signals.

The line of this step's node carries the "now" colour and a short note, the lines of selected nodes the accent; a click
on a line selects what it made.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from engine.trace import NONE, Status

from ..breakpoints import Breakpoint
from ..cards import empty_sentence
from ..naming import Names
from ..style import monospace
from ..theme import DARK, Theme
from ..view_state import ViewState
from .code_view import CodeView, Mark
from .listing import CodeCell, ListedCell, Listing, Place

MOST_MARKS = 100  # lines marked for a large selection
EMPTY = "The code of each cell appears here.\nOpen a script or a notebook with Ctrl+O, or type in the console."


class ScriptPane(QWidget):
    """Shows the opened document and every cell that was run."""

    run_requested = Signal(int)  # index of the cell whose run sign was clicked
    note_changed = Signal(str)  # "cell 7 of 13", for the dock's title

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("script")
        self.setAccessibleName("Script")
        self.note = ""
        self.listing = Listing()
        self.view = CodeView(self.listing, self)
        self._state = view_state
        self._own_selection = False
        self._wanted: Place | None = None  # a line that somebody asked to see
        self._empty = empty_sentence(EMPTY)
        self._layout = QStackedLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._empty)
        self._layout.addWidget(self.view)
        self.setFocusProxy(self.view)
        self.set_font_size(0)
        self.set_theme(DARK)
        self.view.line_clicked.connect(self._select_line)
        self.view.margin_clicked.connect(self._toggle_break)
        self.view.run_clicked.connect(self.run_requested)
        self.view.cursorPositionChanged.connect(self._tell_note)
        # Batches come many times a second while a cell runs; the pane follows once per turn of the event loop.
        self._pending = QTimer(self, interval=0, singleShot=True)
        self._pending.timeout.connect(self._on_trace)
        view_state.trace_changed.connect(self._pending.start)
        view_state.step_changed.connect(self._on_step)
        view_state.selection_changed.connect(self._on_selection)
        view_state.line_wanted.connect(self._on_line)
        view_state.breakpoints_changed.connect(self._show_breaks)
        self._on_trace()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.view.set_theme(theme)
        self._empty.setStyleSheet(f"color: {theme.dim};")

    def set_font_size(self, points: float) -> None:
        """The size of the code; 0 is the size of the system's interface font."""
        self.view.set_code_font(monospace(points))

    def open(self, cells: Iterable[CodeCell], path: str) -> None:
        """Show a document's cells; the first one is current."""
        self.listing.open(cells, path)
        self.listing.update(self._state.trace)
        self.view.show_cells(self.listing.cells)
        self._show_or_explain()
        if self.listing.cells:
            self.view.set_current_cell(0)
        self._mark()
        self._tell_note()

    def cell(self, index: int) -> ListedCell:
        """A listed cell."""
        return self.listing.cells[index]

    @property
    def document_cells(self) -> list[ListedCell]:
        """The cells of the opened document, in order."""
        return self.listing.cells[: self.listing.document_size]

    @property
    def current(self) -> int:
        """The index of the current cell, or NONE."""
        return self.view.current_cell() if self.listing.cells else NONE

    def go_to_next(self) -> bool:
        """Make the next cell of the document current; False at the last one."""
        following = self.current + 1
        if not 0 < following < self.listing.document_size:
            return False
        self.view.set_current_cell(following)
        return True

    # -- what others changed -------------------------------------------------------------------------------------

    def _on_trace(self) -> None:
        trace = self._state.trace
        shown = len(self.listing.cells)
        added = self.listing.update(trace)
        if len(self.listing.cells) < shown:  # another trace
            self.view.show_cells(self.listing.cells)
        elif added:
            self.view.append_cells(added)
            if not self.listing.document_size:
                self.view.reveal(added[-1].block + added[-1].blocks - 1)
        self._show_or_explain()
        self._mark()
        self._show_breaks()
        self.view.refresh()
        self._tell_note()

    def _on_step(self) -> None:
        self._wanted = None
        now = self._now()
        place = self.listing.place_of(self._state.trace, now) if now != NONE else None
        if place is not None:
            self.view.reveal(place.block)
        self._mark()

    def _on_selection(self) -> None:
        self._wanted = None
        selected = self._state.selection
        place = self.listing.place_of(self._state.trace, selected[-1]) if selected else None
        if place is not None and not self._own_selection:
            self.view.reveal(place.block)
        self._mark()

    def _on_line(self, source: int, line: int) -> None:
        """Somebody asks to see a line; it is marked until something else is chosen."""
        self._wanted = self.listing.place(source, line)
        if self._wanted is not None:
            self.view.reveal(self._wanted.block)
        self._mark()

    def _select_line(self, block: int) -> None:
        self._own_selection = True
        self._state.select(self.listing.nodes_of(self._state.trace, block))
        self._own_selection = False

    # -- breakpoints ---------------------------------------------------------------------------------------------

    def toggle_break(self) -> bool:
        """Set or remove a breakpoint at the cursor's line; False where there is no code."""
        return self._toggle_break(self.view.textCursor().blockNumber())

    def _toggle_break(self, block: int) -> bool:
        code = self.listing.code_at(block)
        if code is not None:
            title, path, line = code
            self._state.toggle_breakpoints([Breakpoint(title=title, path=path, line=line)])
        return code is not None

    def _show_breaks(self) -> None:
        blocks: dict[int, bool] = {}
        for breakpoint in self._state.breakpoints:
            for block in self.listing.blocks_of(breakpoint.title, breakpoint.path, breakpoint.line):
                blocks[block] = blocks.get(block, False) or breakpoint.enabled
        self.view.set_breaks(blocks)

    # -- marks ---------------------------------------------------------------------------------------------------

    def _now(self) -> int:
        steps = self._state.steps
        return steps.node(self._state.position) if steps is not None else NONE

    def _mark(self) -> None:
        """This step's line wins over selected ones, and both over lines that failed: later marks lie on top."""
        now = self._now_marks()
        written = {mark.place.block for mark in now}  # two notes on one line would lie on each other
        failed = [mark for mark in self._failed_marks() if mark.place.block not in written]
        self.view.set_marks((*failed, *self._selection_marks(), *now))

    def _failed_marks(self) -> list[Mark]:
        marks = []
        for cell in self.listing.cells:
            if cell.status is Status.ERROR and cell.error_line and cell.sources:
                place = self.listing.place(cell.sources[-1], cell.error_line)
                if place is not None:
                    marks.append(Mark(place, "error", ("failed here",)))
        return marks

    def _selection_marks(self) -> list[Mark]:
        places = {}
        for node in self._state.selection[-MOST_MARKS:]:
            place = self.listing.place_of(self._state.trace, node)
            if place is not None:
                places[place.block] = place
        if self._wanted is not None:
            places[self._wanted.block] = self._wanted
        return [Mark(place, "accent") for place in places.values()]

    def _now_marks(self) -> list[Mark]:
        now = self._now()
        place = self.listing.place_of(self._state.trace, now) if now != NONE else None
        if place is None:
            return []
        step = f"step {self._state.position} of {self._state.step_count}"
        steps = self._state.steps
        shortest: tuple[str, ...] = ()
        if steps is not None and steps.failed_at == self._state.position:
            step, shortest = f"{step}, {steps.failed_text}", (steps.failed_text,)
        label = self._state.trace.node(now).label or self._title(now)
        return [Mark(place, "now", (f"{step}: {label}", step, *shortest))]

    def _title(self, node: int) -> str:
        return Names.of(self._state.trace).with_output(node)

    # -- small things --------------------------------------------------------------------------------------------

    def _show_or_explain(self) -> None:
        self._layout.setCurrentWidget(self.view if self.listing.cells else self._empty)

    def _tell_note(self) -> None:
        current, of_document = self.current, self.listing.document_size
        note = f"cell {current + 1} of {of_document}" if 0 <= current < of_document > 1 else ""
        if not note and current != NONE:
            note = self.listing.cells[current].title
        if note != self.note:
            self.note = note
            self.note_changed.emit(note)
