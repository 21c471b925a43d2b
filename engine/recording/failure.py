"""What an exception's traceback tells: the line of the user's cell, the operation that failed.

Reads frames only; knows nothing of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from types import CodeType, FrameType
from typing import NamedTuple

from ..tensor import TENSORS


class FailedCall(NamedTuple):
    """A call into the engine that raised: the operation, its operands by name, and the instruction that called."""

    op: str
    operands: list[tuple[str, object]]
    code: CodeType
    offset: int


def frames(error: BaseException) -> Iterator[tuple[FrameType, int, int]]:
    """(frame, line, instruction offset) from the outermost call to where the exception was raised."""
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno, trace.tb_lasti
        trace = trace.tb_next


def line_of(error: BaseException, is_cell: Callable[[str], bool]) -> tuple[str, int] | None:
    """(filename, line) of the innermost line of a cell, or of the place a SyntaxError points at."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno and is_cell(error.filename):
        return error.filename, error.lineno
    found = [(frame.f_code.co_filename, line) for frame, line, _ in frames(error)]
    return next((place for place in reversed(found) if is_cell(place[0])), None)


def failed_call(error: BaseException, is_engine: Callable[[str], bool]) -> FailedCall | None:
    """The last call from outside into the engine on the way to the exception, if it had tensors as operands."""
    trail = list(frames(error))
    for (caller, _, offset), (called, _, _) in reversed(list(pairwise(trail))):
        if is_engine(called.f_code.co_filename) and not is_engine(caller.f_code.co_filename):
            operands = _operands(called)
            if any(type(value) in TENSORS for _, value in operands):
                return FailedCall(_operation_name(called), operands, caller.f_code, offset)
            return None
    return None


def _operands(frame: FrameType) -> list[tuple[str, object]]:
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 0x04)  # 0x04: it has *arguments
    found: list[tuple[str, object]] = []
    for name in code.co_varnames[:count]:
        value = frame.f_locals.get(name)
        shown = "self" if name == "input" else name
        if isinstance(value, list | tuple):
            found += [(f"{shown}[{place}]", item) for place, item in enumerate(value) if type(item) in TENSORS]
        elif type(value) in TENSORS or type(value) in (int, float):
            found.append((shown, value))
    return found


def _operation_name(frame: FrameType) -> str:
    name = frame.f_locals.get("name")  # the builders' functions know the operation they were built for
    row_name = getattr(frame.f_locals.get("row"), "name", None)
    found = name if isinstance(name, str) else row_name
    if isinstance(found, str):
        return found
    own = frame.f_code.co_name.strip("_").removeprefix("operator_")
    return "backward" if own == "tensor_backward" else own  # there is a function of that name beside the method
