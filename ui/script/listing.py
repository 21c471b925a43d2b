"""The cells that the script pane shows, and which rows of the trace they made. Knows no Qt.

cell 1 of 2 ......... header block        A cell is a header, its lines, and an empty block.
x = torch.ones(2) ... first_line          Blocks are numbered over the whole pane,
                                          lines as the trace numbers them.
cell 2 of 2
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from engine.trace import NONE, NodeKind, Status, Trace

NOT_RUN = None


class CodeCell(Protocol):
    """What the pane needs of a document's cell."""

    @property
    def title(self) -> str:
        """What the trace calls it."""

    @property
    def text(self) -> str:
        """Its code."""

    @property
    def heading(self) -> str:
        """A heading above it, or ""."""

    @property
    def first_line(self) -> int:
        """The line of its file that it begins in."""


@dataclass(slots=True)
class ListedCell:
    """One cell of the pane: `block` is its header's, `sources` the rows of the trace it ran as, oldest first."""

    title: str
    text: str
    heading: str = ""
    first_line: int = 1
    path: str = ""
    block: int = 0
    sources: list[int] = field(default_factory=list)
    status: Status | None = NOT_RUN
    number: int = 0
    error_line: int = 0

    @property
    def lines(self) -> list[str]:
        """The code, line by line."""
        return self.text.split("\n")

    @property
    def header(self) -> str:
        """The header's text."""
        return f"{self.title}  ·  {self.heading}" if self.heading else self.title

    @property
    def blocks(self) -> int:
        """How many blocks it takes: header, lines, one empty."""
        return self.text.count("\n") + 3


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the pane (by block) with a range of columns; `end` 0 means the whole line."""

    block: int
    start: int = 0
    end: int = 0


class Listing:
    """All cells of the pane, in order: those of the document, then what else was run."""

    def __init__(self) -> None:
        self.cells: list[ListedCell] = []
        self.document_size = 0
        self._blocks: list[int] = []
        self._of_source: dict[int, ListedCell] = {}
        self._trace: Trace | None = None
        self._sources_read = 0
        self._settled = 0

    def open(self, cells: Iterable[CodeCell], path: str) -> None:
        """Show a document. What was run before and is not of this document is listed again by the next `update`."""
        self.cells, self._blocks = [], []
        for cell in cells:
            self._add(ListedCell(cell.title, cell.text, cell.heading, cell.first_line, path))
        self.document_size = len(self.cells)
        self._forget_trace()

    def update(self, trace: Trace) -> list[ListedCell]:
        """Read what the trace has got since the last call; returns the cells that were added at the end."""
        if trace is not self._trace:
            self._forget_trace()
            self.cells, self._blocks = self.cells[: self.document_size], self._blocks[: self.document_size]
            for cell in self.cells:
                cell.sources, cell.status, cell.number, cell.error_line = [], NOT_RUN, 0, 0
            self._trace = trace
        shown = len(self.cells)
        for source in range(self._sources_read, len(trace.sources)):
            cell = self._cell_for(trace, source) or self._listed(trace, source)
            cell.sources.append(source)
            self._of_source[source] = cell
        self._sources_read = len(trace.sources)
        self._read_runs(trace)
        return self.cells[shown:]

    # -- cells and blocks ----------------------------------------------------------------------------------------

    def cell_at(self, block: int) -> int:
        """The index of the cell that a block belongs to, or NONE in an empty pane."""
        return bisect_right(self._blocks, block) - 1

    def line_at(self, block: int) -> int:
        """The line that a block shows, in the cell's own count; 0 for headers and empty blocks."""
        index = self.cell_at(block)
        if index < 0:
            return 0
        cell = self.cells[index]
        offset = block - cell.block
        return cell.first_line + offset - 1 if 0 < offset < cell.blocks - 1 else 0

    def place_of(self, trace: Trace, node: int) -> Place | None:
        """Where the code that made a node stands; None when that is not known or not shown."""
        row = trace.node(node)
        owner = row.owner if row.line <= 0 and row.owner != NONE else NONE
        row = trace.node(owner) if owner != NONE else row
        place = self.place(row.source, row.line)
        if place is None or row.end_line != row.line:
            return place
        return Place(place.block, row.column, row.end_column)

    def place(self, source: int, line: int) -> Place | None:
        """The block of a source line."""
        cell = self._of_source.get(source)
        if cell is None or not cell.first_line <= line < cell.first_line + cell.blocks - 2:
            return None
        return Place(cell.block + 1 + line - cell.first_line)

    def code_at(self, block: int) -> tuple[str, str, int] | None:
        """(title, path, line) of the code that a block shows; None for headers and empty blocks."""
        line = self.line_at(block)
        cell = self.cells[self.cell_at(block)] if line else None
        return None if cell is None else (cell.title, cell.path, line)

    def blocks_of(self, title: str, path: str, line: int) -> list[int]:
        """The blocks that show a line of the code of that title and path."""
        return [
            cell.block + 1 + line - cell.first_line
            for cell in self.cells
            if (cell.title, cell.path) == (title, path) and cell.first_line <= line < cell.first_line + cell.blocks - 2
        ]

    def nodes_of(self, trace: Trace, block: int) -> list[int]:
        """The tensors and functions that a line made when its cell last ran."""
        index, line = self.cell_at(block), self.line_at(block)
        if index < 0 or line == 0 or not self.cells[index].sources:
            return []
        nodes = trace.nodes
        ends = np.maximum(nodes.end_line, nodes.line)
        here = (nodes.source == self.cells[index].sources[-1]) & (nodes.line <= line) & (ends >= line)
        made = (nodes.kind == NodeKind.TENSOR) | (nodes.kind == NodeKind.FUNCTION)
        return [int(node) for node in np.flatnonzero(here & made & (nodes.line > 0))]

    # -- reading the trace ---------------------------------------------------------------------------------------

    def _forget_trace(self) -> None:
        self._trace = None
        self._of_source = {}
        self._sources_read = self._settled = 0

    def _add(self, cell: ListedCell) -> None:
        last = self.cells[-1] if self.cells else None
        cell.block = last.block + last.blocks if last else 0
        self.cells.append(cell)
        self._blocks.append(cell.block)

    def _cell_for(self, trace: Trace, source: int) -> ListedCell | None:
        """The document's cell that a source is a run of: same file, same title, same code."""
        row = trace.row("sources", source)
        code = row["text"].strip()
        for cell in self.cells[: self.document_size]:
            if cell.path == row["path"] and cell.title == row["title"] and cell.text.strip() == code:
                return cell
        return None

    def _listed(self, trace: Trace, source: int) -> ListedCell:
        row = trace.row("sources", source)
        text = row["text"].rstrip()
        code = text.lstrip("\n")
        cell = ListedCell(row["title"], code, first_line=1 + len(text) - len(code), path=row["path"])
        self._add(cell)
        return cell

    def _read_runs(self, trace: Trace) -> None:
        """Bring number and status up to date. Runs that have ended are read once."""
        settled = True
        for run in range(self._settled, len(trace.cells)):
            row = trace.row("cells", run)
            cell = self._of_source.get(row["source"])
            status = Status(row["status"])
            if cell is not None:
                cell.status, cell.number = status, row["number"]
                cell.error_line = row["error_line"] if row["error_source"] in cell.sources else 0
            settled = settled and status is not Status.RUNNING
            if settled:
                self._settled = run + 1
