"""Breakpoints in words, as the list and the sentences about them say it."""

from __future__ import annotations

from engine.trace import NONE, Trace

from ..naming import Names
from .hits import sources_of
from .model import Breakpoint


def title(trace: Trace, breakpoint: Breakpoint) -> str:
    """`MulBackward0 (z)`, `every MulBackward0`, `cell 1, line 4`, `norm > 1e3`, `every MulBackward0 when nan`."""
    parts = []
    if breakpoint.node != NONE and breakpoint.node < len(trace.nodes):
        parts.append(Names.of(trace).with_output(breakpoint.node))
    if breakpoint.op:
        parts.append(f"every {breakpoint.op}")
    if breakpoint.line:
        parts.append(f"{breakpoint.title}, line {breakpoint.line}")
    where = ", ".join(parts)
    return f"{where} when {breakpoint.condition}" if where and breakpoint.condition else where or breakpoint.condition


def detail(trace: Trace, breakpoint: Breakpoint) -> str:
    """More about it, for the tool tip: the code of a line, the expression of a node."""
    if breakpoint.line:
        sources = sources_of(trace, breakpoint)
        lines = trace.text(int(trace.sources.text[sources[-1]])).split("\n") if len(sources) else []
        return lines[breakpoint.line - 1].strip() if breakpoint.line <= len(lines) else ""
    if breakpoint.node != NONE and breakpoint.node < len(trace.nodes):
        return trace.text(int(trace.nodes.label[breakpoint.node]))
    return ""


def hit_count(count: int) -> str:
    """`never`, `once`, `12 times`."""
    return {0: "never", 1: "once"}.get(count, f"{count:,} times")
