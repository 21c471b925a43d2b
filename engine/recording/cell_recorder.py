"""Cells and their sources as rows: when a cell began, how it ended, where it failed, where code is defined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CodeType

from ..tensor import Tensor
from ..trace import NONE, Status
from .failure import failed_call, line_of
from .graph_recorder import GraphRecorder
from .pass_recorder import PassRecorder
from .recorder_columns import Rows
from .scopes import Scopes
from .source_position import Sites, SourceFile


class Sources:
    """The sources that rows refer to; `sites` knows places in them."""

    def __init__(self, rows: Rows, is_engine: Callable[[str], bool]) -> None:
        self.sites = Sites(self._add)
        self._rows, self._is_engine = rows, is_engine
        self._sources: dict[SourceFile, int] = {}

    def definition(self, code: CodeType) -> tuple[int, int] | None:
        """(source, line) where code of the user's is defined."""
        found = None if self._is_engine(code.co_filename) else self.sites.file(code.co_filename)
        return None if found is None else (found[0], code.co_firstlineno + found[1].line_shift)

    def described(self, row: int) -> tuple[str, str]:
        """Title and path of a source; "" where there is none."""
        source = next((file for file, known in self._sources.items() if known == row), None)
        return ("", "") if source is None else (source.title, source.path)

    def _add(self, source: SourceFile) -> int:
        if source not in self._sources:
            string = self._rows.string
            row = self._rows.add("sources", string(source.title), string(source.text), string(source.path))
            self._sources[source] = row
        return self._sources[source]


class CellRecorder:
    """Writes the row of the cell that runs, and tells graph and scopes whose events follow."""

    def __init__(
        self,
        rows: Rows,
        sites: Sites,
        graph: GraphRecorder,
        passes: PassRecorder,
        scopes: Scopes,
        is_engine: Callable[[str], bool],
    ) -> None:
        self._rows, self._sites, self._is_engine = rows, sites, is_engine
        self._graph, self._passes, self._scopes = graph, passes, scopes
        self._filenames: set[str] = set()  # of cells
        self._begun: tuple[int, int, int, float] = (NONE, 0, 0, 0.0)  # source, number, request, moment

    def begin(
        self,
        request: str,
        number: int,
        source: SourceFile,
        filename: str,
        namespace: Mapping[str, object],
        started: float,
    ) -> None:
        """A cell began at that moment (seconds since the epoch)."""
        row = self._sites.add(filename, source)
        self._filenames.add(filename)
        self._graph.cell = self._rows.new_id("cells")
        self._graph.begin_cell(namespace)
        self._scopes.begin_cell(self._graph.cell, namespace)
        self._begun = (row, number, self._rows.string(request), started)
        self._write(Status.RUNNING, 0.0, None, (NONE, 0, NONE))

    def names(self, named: Mapping[str, Tensor]) -> None:
        """What names mean now."""
        if self._graph.cell != NONE:
            self._graph.update_names(named)

    def end(self, status: Status, error: BaseException | None, named: Mapping[str, Tensor], ended: float) -> None:
        """It ended at that moment, with these names."""
        if self._graph.cell == NONE:
            return  # told twice, because Ctrl+C came while it was told
        self._graph.update_names(named)
        place = (NONE, 0, NONE) if error is None else self._place_of(error)
        self._write(status, ended - self._begun[3], error, place)
        self._passes.failure = None
        self._graph.cell = NONE
        self._graph.begin_cell({})
        self._scopes.begin_cell(NONE, {})

    def _write(self, status: Status, seconds: float, error: BaseException | None, place: tuple[int, int, int]) -> None:
        row, number, request, started = self._begun
        name, message = ("", "") if error is None else (type(error).__name__, str(error))
        self._rows.write(
            "cells", self._graph.cell, row, number, request, status, started, seconds,
            self._rows.string(name), self._rows.string(message), *place,
        )  # fmt: skip

    def _place_of(self, error: BaseException) -> tuple[int, int, int]:
        """(source, line, node) of a failure, as far as they are known."""
        source, line = NONE, 0
        found = line_of(error, self._filenames.__contains__)
        known = None if found is None else self._sites.file(found[0])
        if found is not None and known is not None:
            source, line = known[0], found[1] + known[1].line_shift
        return source, line, self._failed_row(error)

    def _failed_row(self, error: BaseException) -> int:
        if self._passes.failure is not None and self._passes.failure[0] is error:
            return self._passes.failure[1]
        call = failed_call(error, self._is_engine)
        if call is None:
            return NONE
        return self._graph.failed(call.op, call.operands, self._sites.at(call.code, call.offset))
