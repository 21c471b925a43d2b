"""The loops of a code object, read from its instructions: which loop an instruction is in, and what can follow what.

A code object is a flow graph of instructions. Its loops are the natural loops of the graph's back edges (Aho, Sethi,
Ullman, "Compilers", 10.4). An instruction that cannot be reached from another one without a back edge of a loop around
both can only follow it in another turn of such a loop. Knows no frame and no trace.
"""

from __future__ import annotations

import ast
import dis
import linecache
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

NEVER_ON = frozenset({
    "JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "JUMP_NO_INTERRUPT", "JUMP", "JUMP_ABSOLUTE",
    "RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE",
})  # fmt: skip
WAIT = "JUMP_BACKWARD_NO_INTERRUPT"  # to SEND it is the wait for an `await` or `yield from`, which is no loop
# Calls that call back: standing at one of them again need not mean that a loop has turned.
CALL_BACK = frozenset({"list", "tuple", "set", "dict", "sorted", "sum", "min", "max", "any", "all", "reduce", "map"})
_STORES = ("STORE_NAME", "STORE_GLOBAL", "STORE_FAST", "STORE_DEREF")
_BACKWARD = frozenset(code for name, code in dis.opmap.items() if "JUMP_BACKWARD" in name)
_FOR_ITER = dis.opmap["FOR_ITER"]


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop: its line, its instructions, and the name it gives what it loops over ("" where there is none)."""

    line: int
    inside: frozenset[int]
    target: str


class Loops:
    """The loops of one code object, outer ones before inner ones. Instructions are meant by their number."""

    def __init__(self, code: CodeType) -> None:
        instructions = [item for item in dis.get_instructions(code) if item.opname != "CACHE"]
        self._offsets = [item.offset for item in instructions]
        self._stores = [(number, item.argval) for number, item in enumerate(instructions) if item.opname in _STORES]
        self._calling_back = [number for number, item in enumerate(instructions) if item.argval in CALL_BACK]
        self._next = _flow(code, instructions, self._offsets)
        back = _back_edges(self._next)
        self.loops = _natural_loops(code, instructions, self._next, back)
        self._turns = {(source, head): self._innermost(source, head) for source, head in back}
        self._chains: dict[int, tuple[int, ...]] = {}
        self._follows: dict[tuple[int, int], bool] = {}

    def number(self, offset: int) -> int:
        """The instruction at a byte offset, or whose cache entry is there, as while a call runs."""
        return bisect_right(self._offsets, offset) - 1

    def offset(self, instruction: int) -> int:
        """The byte offset of an instruction."""
        return self._offsets[instruction]

    def calls_back(self, loop: Loop) -> bool:
        """Whether something is called in a loop that may call user code several times."""
        return any(number in loop.inside for number in self._calling_back)

    def tells(self, loop: Loop) -> bool:
        """Whether a loop's item is its own: no instruction but the loop's puts something else under the name."""
        return [name for number, name in self._stores if number in loop.inside].count(loop.target) == 1

    def mask(self, loop: Loop, units: int) -> bytes:
        """For each unit of two bytes of the code 1 where it belongs to the loop, else 0."""
        found = bytearray(units)
        for number in loop.inside:
            end = self._offsets[number + 1] // 2 if number + 1 < len(self._offsets) else units
            start = self._offsets[number] // 2
            found[start:end] = b"\1" * (end - start)
        return bytes(found)

    def around(self, instruction: int) -> tuple[int, ...]:
        """The loops an instruction is in, outermost first."""
        chain = self._chains.get(instruction)
        if chain is None:
            found = (number for number, loop in enumerate(self.loops) if instruction in loop.inside)
            chain = self._chains[instruction] = tuple(found)
        return chain

    def can_follow(self, first: int, second: int) -> bool:
        """Whether `second` can run after `first` within the same turn of every loop around both."""
        key = (first, second)
        found = self._follows.get(key)
        if found is None:
            seen, stack = {first}, [first]
            shared = [loop.inside for loop in self.loops if first in loop.inside and second in loop.inside]
            while stack and second not in seen:
                top = stack.pop()
                new = [after for after in self._next[top] if after not in seen]
                new = [after for after in new if self._turns.get((top, after)) not in shared]
                seen.update(new)
                stack += new
            found = self._follows[key] = second != first and second in seen
        return found

    def _innermost(self, source: int, head: int) -> frozenset[int]:
        """The loop that a back edge closes."""
        return [loop.inside for loop in self.loops if source in loop.inside and head in loop.inside][-1]


class Watched:
    """The loops of a code object whose turns the order of instructions does not always tell.

    They have loops inside, which may be all that does something, or calls that may call back several times. `items`
    are, outermost first, the names of their items, which tell that they turn, and their masks; `follows` the pairs of
    offsets met so far of which the second follows the first without a turn of a loop or the entry into a watched one.
    """

    def __init__(self, loops: Loops, items: tuple[tuple[str, bytes], ...]) -> None:
        self.items, self.follows = items, set[tuple[int, int]]()
        self._loops = loops
        self._met: set[tuple[int, int]] = set()

    def met(self, first: int, second: int) -> None:
        """Remember a pair of offsets, if it is such a pair."""
        if (first, second) in self._met:
            return
        self._met.add((first, second))
        entered = any(mask[second // 2] and not mask[first // 2] for _, mask in self.items)
        if not entered and self._loops.can_follow(self._loops.number(first), self._loops.number(second)):
            self.follows.add((first, second))


def watched_loops(code: CodeType) -> Watched | None:
    """What is to be watched of a code object; None if the order of its instructions tells all."""
    instructions = code.co_code[::2]
    if not instructions.count(_FOR_ITER) or not _BACKWARD.intersection(instructions):
        return None
    found = Loops(code)
    items = []
    for loop in found.loops:
        unsure = found.calls_back(loop) or any(other.inside < loop.inside for other in found.loops)
        if unsure and found.tells(loop):
            items.append((loop.target, found.mask(loop, len(instructions))))
    return Watched(found, tuple(items)) if items else None


def _flow(code: CodeType, instructions: list[dis.Instruction], offsets: list[int]) -> list[list[int]]:
    """The instructions that can run after each one; the handlers of exceptions included. Back edges are still in."""
    at = {offset: number for number, offset in enumerate(offsets)}
    following: list[list[int]] = []
    for number, item in enumerate(instructions):
        after = [] if item.opname in NEVER_ON or number + 1 == len(instructions) else [number + 1]
        if item.opcode in dis.hasjrel or item.opcode in dis.hasjabs:
            target = at[item.argval]
            if item.opname != WAIT or instructions[target].opname != "SEND":
                after.append(target)
        following.append(after)
    handlers: Any = getattr(dis.Bytecode(code), "exception_entries", ())
    for entry in handlers:
        for number in range(bisect_right(offsets, entry.start - 1), bisect_right(offsets, entry.end - 1)):
            if at[entry.target] != number:
                following[number].append(at[entry.target])
    return following


def _natural_loops(
    code: CodeType, instructions: list[dis.Instruction], following: list[list[int]], back: list[tuple[int, int]]
) -> tuple[Loop, ...]:
    """The loops, outer ones first."""
    before: list[list[int]] = [[] for _ in following]
    for number, after in enumerate(following):
        for target in after:
            before[target].append(number)
    bodies: dict[int, set[int]] = {}
    for source, head in back:
        body, stack = bodies.setdefault(head, {head}), [source]
        while stack:
            top = stack.pop()
            if top not in body:
                body.add(top)
                stack += before[top]
    ordered = sorted(bodies.items(), key=lambda item: -len(item[1]))
    return _described(code, instructions, ordered)


def _back_edges(following: list[list[int]]) -> list[tuple[int, int]]:
    """Edges to an instruction on the way to them, in a depth-first walk from the entry."""
    found: list[tuple[int, int]] = []
    state = [0] * len(following)  # 1: on the way, 2: done
    stack = [(0, iter(following[0]))] if following else []
    if stack:
        state[0] = 1
    while stack:
        number, rest = stack[-1]
        target = next(rest, None)
        if target is None:
            state[number] = 2
            stack.pop()
        elif state[target] == 1:
            found.append((number, target))
        elif state[target] == 0:
            state[target] = 1
            stack.append((target, iter(following[target])))
    return found


def _described(
    code: CodeType, instructions: list[dis.Instruction], bodies: list[tuple[int, set[int]]]
) -> tuple[Loop, ...]:
    lines = [positions[0] for positions in code.co_positions()]
    line_of = [lines[item.offset // 2] for item in instructions]
    loops: list[Loop] = []
    taken: dict[tuple[int, int], int] = {}  # `while` in the source -> its loop
    for entry, body in reversed(bodies):  # inner ones first
        head = next(i for i in range(entry, len(instructions)) if instructions[i].opname != "EXTENDED_ARG")
        if instructions[head].opname in ("FOR_ITER", "GET_ANEXT", "SEND"):
            loops.append(Loop(line_of[head] or 0, frozenset(body), _target(instructions, head)))
            continue
        spanned = [line for number in body if (line := line_of[number]) is not None]
        first, last = min(spanned, default=code.co_firstlineno), max(spanned, default=code.co_firstlineno)
        found = [place for place in _whiles(code.co_filename) if place[0] <= first and last <= place[1]]
        if found and found[-1] in taken:
            # `continue` goes to the test before the loop, the loop's end to the one behind it: one loop.
            inner = taken[found[-1]]
            loops[inner] = Loop(loops[inner].line, frozenset(body), "")
            continue
        if found:
            taken[found[-1]] = len(loops)
        loops.append(Loop(found[-1][0] if found else first, frozenset(body), ""))
    return tuple(sorted(loops, key=lambda loop: -len(loop.inside)))


def _target(instructions: list[dis.Instruction], head: int) -> str:
    following = instructions[head + 1 : head + 4]
    for item in following:
        if item.opname in _STORES:
            return str(item.argval)
        if item.opname.startswith("STORE_FAST_") and isinstance(item.argval, tuple):
            return str(item.argval[0])
        if item.opname not in ("UNPACK_SEQUENCE", "NOP"):
            break
    return ""


@lru_cache(maxsize=64)
def _whiles_of(text: str) -> tuple[tuple[int, int], ...]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    found = [(node.lineno, node.end_lineno or node.lineno) for node in ast.walk(tree) if isinstance(node, ast.While)]
    return tuple(sorted(found))


def _whiles(filename: str) -> tuple[tuple[int, int], ...]:
    """First and last lines of the `while` loops of a file, in the order of the text."""
    lines = linecache.getlines(filename)
    return _whiles_of("".join(lines)) if lines else ()
