"""The scopes that operations ran in: calls of modules and of the user's functions, turns of loops.

Runs when the recorder drains. Which loop has turned follows from the order of instructions in a call (see `loops`):
what cannot follow in one turn belongs to the next one, of the innermost loop around both. Where an outer loop only
contains an inner one, its item tells (see `calls`). A turn in which nothing happens is not seen, and not counted.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import CodeType
from typing import TYPE_CHECKING

from ..trace import NONE, ScopeKind
from .calls import MOST_CODES, Call
from .loops import CALL_BACK, Loops
from .recorder_columns import Rows
from .source_position import Sites

if TYPE_CHECKING:
    from ..nn.module import Module

MODULE, CALL, ITERATION = map(int, ScopeKind)


class Scopes:
    """The rows of the table `scopes`."""

    def __init__(self, rows: Rows, sites: Sites) -> None:
        self.cell = NONE
        self._namespace: Mapping[str, object] = {}
        self._rows, self._sites = rows, sites
        self._loops: dict[int, tuple[CodeType, Loops]] = {}
        self._module_of: dict[int, int] = {}  # scope of a running call -> the module scope around it
        self._running: dict[int, Module] = {}
        self._paths: dict[int, str] = {}  # of the modules that run: `net.layers.0`
        self._turned: tuple[Call, str] | None = None

    def at(self, call: Call, offset: int, fresh: bool) -> int:
        """The scope of what happens at an instruction; not `fresh` if that still is what happened there before."""
        if call.opened_by is not self:
            self._open_callers(call)
        if fresh:
            self._follow(call, offset)
        return call.current

    def turned(self, call: Call, name: str) -> None:
        """The loop over `name` has turned since the last thing that happened in the call."""
        self._turned = (call, name)

    def resumed(self, call: Call, caller: Call, offset: int, fresh: bool) -> None:
        """A generator goes on, for what may be another turn of its caller's loop."""
        if call.opened_by is not self or call.modules:
            return
        number = self._loops_of(caller.code).number(offset)
        outer = self.at(caller, offset, fresh and number != caller.last)
        if outer != call.outer:
            call.caller, call.offset, call.fresh = caller, offset, False
            call.open, call.last = [], -1
            self._open(call)

    def module_started(self, module: Module, call: Call, offset: int, fresh: bool) -> None:
        """A module is called."""
        parent = self.at(call, offset, fresh)
        around = self._module_of.get(parent, NONE)
        name = self._name_of(module) if around == NONE else path_to(self._running[around], module)
        site = self._sites.at(call.code, offset)
        row = self._add(MODULE, parent, name, type(module).__name__, site.source, site.line)
        self._module_of[row] = row
        self._running[row] = module
        self._paths[row] = ".".join(
            part for part in (self._paths.get(around, ""), name or type(module).__name__) if part
        )
        call.modules.append(call.current)
        call.current = row

    def module_ended(self, call: Call) -> None:
        """The module that was called last from there is done."""
        row, call.current = call.current, call.modules.pop()
        self._running.pop(row, None)
        self._paths.pop(row, None)

    def module_path(self, scope: int) -> str:
        """What the module that runs in a scope is called, `net.layers.0`; "" for none."""
        return self._paths.get(self._module_of.get(scope, NONE), "")

    def begin_cell(self, cell: int, namespace: Mapping[str, object]) -> None:
        """A cell begins, whose names live there; NONE: it ended."""
        self.cell, self._namespace = cell, namespace
        if not self._running:
            self._module_of.clear()

    def _open_callers(self, call: Call) -> None:
        unopened = [call]
        while unopened[-1].caller is not None and unopened[-1].caller.opened_by is not self:
            unopened.append(unopened[-1].caller)
        for one in reversed(unopened):
            self._open(one)

    def _open(self, call: Call) -> None:
        caller, code = call.caller, call.code
        if call.opened_by is not self:  # a frame may outlive a recorder
            call.opened_by, call.open, call.modules, call.last = self, [], [], -1
        outer = NONE if caller is None else self.at(caller, call.offset, call.fresh)
        call.outer = call.row = call.current = outer
        if not code.co_flags & inspect.CO_OPTIMIZED or _is_comprehension(code):
            return
        found = self._sites.file(code.co_filename)
        source, line = (NONE, 0) if found is None else (found[0], code.co_firstlineno + found[1].line_shift)
        call.row = call.current = self._add(CALL, outer, code.co_qualname, "", source, line)

    def _follow(self, call: Call, offset: int) -> None:
        loops = self._loops_of(call.code)
        if not loops.loops:
            return
        number, last = loops.number(offset), call.last
        call.last = number
        turned, self._turned = self._turned, None
        around = loops.around(number)
        shared = 0
        while shared < min(len(around), len(call.open)) and call.open[shared][0] == around[shared]:
            shared += 1
        turning = NONE
        if last != -1 and shared:
            turning = self._turning(call, loops, shared, last, number, turned)
        del call.open[shared if turning == NONE else turning + 1 :]
        if turning != NONE:
            self._turn(call, loops, turning)
        for loop in around[len(call.open) :]:
            call.open.append([loop, -1, NONE])
            self._turn(call, loops, len(call.open) - 1)
        call.current = call.open[-1][2] if call.open else call.row

    def _turning(
        self, call: Call, loops: Loops, shared: int, last: int, number: int, turned: tuple[Call, str] | None
    ) -> int:
        """Which of the shared loops has turned, NONE for none: the one whose item is another, else the innermost."""
        if turned is not None and turned[0] is call:
            for place in range(shared):
                if loops.loops[call.open[place][0]].target == turned[1]:
                    return place
        if loops.can_follow(last, number):
            return NONE
        if last == number and self._calls_back(call, loops, number):
            return NONE
        return shared - 1

    def _turn(self, call: Call, loops: Loops, place: int) -> None:
        loop, turn, _ = call.open[place]
        parent = call.open[place - 1][2] if place else call.row
        found = self._sites.file(call.code.co_filename)
        source, line = (NONE, 0) if found is None else (found[0], loops.loops[loop].line + found[1].line_shift)
        call.open[place][1:] = [turn + 1, self._add(ITERATION, parent, str(turn + 1), "", source, line)]

    def _calls_back(self, call: Call, loops: Loops, number: int) -> bool:
        text = self._sites.at(call.code, loops.offset(number)).text
        return text.partition("(")[0].rpartition(".")[2] in CALL_BACK

    def _loops_of(self, code: CodeType) -> Loops:
        known = self._loops.get(id(code))
        if known is None:
            if len(self._loops) >= MOST_CODES:
                self._loops.clear()
            known = self._loops[id(code)] = (code, Loops(code))
        return known[1]

    def _name_of(self, module: Module) -> str:
        for name, value in list(self._namespace.items()):
            if value is module and not name.startswith("_"):
                return str(name)
        return ""

    def _add(self, kind: int, parent: int, name: str, type_: str, source: int, line: int) -> int:
        string = self._rows.string
        row = self._rows.add("scopes", kind, parent, string(name), string(type_), source, line, self.cell)
        around = self._module_of.get(parent, NONE)
        if around != NONE:
            self._module_of[row] = around
        return row


def path_to(module: Module, wanted: Module) -> str:
    """`layers.0`: where a module keeps another; "" if it does not."""
    for name, child in module._modules.items():
        if child is wanted:
            return str(name)
    for name, child in module.named_modules():
        if child is wanted:
            return str(name)
    return ""


def _is_comprehension(code: CodeType) -> bool:
    return code.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
