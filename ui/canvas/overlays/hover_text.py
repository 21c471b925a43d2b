"""What the hover card says about a node, as lines of plain text. Knows no Qt and no colours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.trace import NONE, EdgeKind, NodeFlag, NodeKind, Trace

from ...describe import Link, inputs
from ...naming import Names
from ...snapshot import Snapshot
from ...stepping import NodeState, Steps, producer
from ...values import number
from ..shown.captions import gradient_caption, one_line
from ..shown.made_as import expressions

_FLAG_WORDS = (
    (NodeFlag.LEAF, "leaf"),
    (NodeFlag.PARAMETER, "parameter"),
    (NodeFlag.REQUIRES_GRAD, "requires grad"),
    (NodeFlag.RETAINS_GRAD, "retains grad"),
    (NodeFlag.VIEW, "view"),
    (NodeFlag.INPLACE, "written in place"),
    (NodeFlag.FAILED, "failed"),
)
_LONGEST = 400  # characters of an expression
_MOST_SLOTS = 8  # that are told one by one


class Card(NamedTuple):
    """A title and rows of (what, value)."""

    title: str
    rows: list[tuple[str, str]]


def describe(trace: Trace, node: int, steps: Steps | None, position: int) -> Card:
    """The node's names, op, shape, dtype, value, gradient at this step and source line."""
    view = trace.node(node)
    names = Names.of(trace)
    title = names.title(node)
    rows: list[tuple[str, str]] = []
    if view.kind is NodeKind.TENSOR:
        if names.is_former(node):
            rows.append(("was", f"{view.label}, a name that has been given up or means another tensor now"))
        elif view.label and view.label != title:
            rows.append(("made as", " ".join(view.label.split())[:_LONGEST]))
        made_by = producer(trace, node)
        if made_by != NONE:
            rows.append(("by", trace.text(int(trace.nodes.op[made_by]))))
        elif not rows:
            made_as = expressions(Snapshot.of(trace), np.array([node]))[0]
            rows += [("made as", made_as)] if made_as not in ("", title) else []
    elif view.kind in (NodeKind.FUNCTION, NodeKind.ACCUMULATE):
        if view.label:
            rows.append(("from", " ".join(view.label.split())[:_LONGEST]))
    elif view.kind is NodeKind.CONSTANT:
        rows.append(("kind", "Python number"))
    if view.kind is NodeKind.ACCUMULATE and view.owner != NONE:
        rows.append(("adds to", f"{names.name(view.owner)}.grad"))
    if view.dtype:
        rows.append(("shape", f"({', '.join(map(str, view.shape))}{',' if len(view.shape) == 1 else ''}) {view.dtype}"))
    words = [word for flag, word in _FLAG_WORDS if view.flags & flag]
    if words and view.kind is NodeKind.TENSOR:
        rows.append(("is", ", ".join(words)))
    if view.value != NONE:
        rows.append(("value", statistics(trace, view.value)))
    if steps is not None:
        rows += _gradient_rows(trace, node, view.kind, steps, position)
    if view.kind is NodeKind.FUNCTION:
        rows += _slot_rows(trace, node, names, steps, position)
    if view.line > 0:
        rows.append(("line", _source_line(trace, view.source, view.line)))
    return Card(title, rows)


def statistics(trace: Trace, handle: int) -> str:
    """An array's content in one line."""
    a = trace.array(handle)
    broken = [f"{count} {word}" for count, word in ((a.nans, "NaN"), (a.infs, "inf")) if count]
    word = gradient_caption(a._replace(nans=0, infs=0))
    text = (
        word
        if not word.startswith("‖")
        else (f"{number(a.min)} … {number(a.max)}, mean {number(a.mean)}, norm {number(a.norm)}")
    )
    if not broken and a.min == a.max and a.shape:
        text = f"{word} everywhere"
    return ", ".join([text, *broken])


def _gradient_rows(trace: Trace, node: int, kind: NodeKind, steps: Steps, position: int) -> list[tuple[str, str]]:
    """The gradient of a tensor, or what arrived at a function, as far as it has come at this step."""
    if node >= len(steps.ran_at):
        return []
    runner = producer(trace, node) if kind is NodeKind.TENSOR else node
    state = NodeState(int(steps.node_states(position)[node]))
    if kind in (NodeKind.CONSTANT, NodeKind.GRAD) or runner == NONE or state is NodeState.OUTSIDE:
        return []
    if state is NodeState.WAITING:
        missing = int(steps.waits_for(position)[runner])
        return [("gradient", f"{missing} of {len(steps.arrivals(runner))} not arrived yet")]
    ran = int(steps.ran_at[runner])
    if not 1 <= ran <= steps.count:
        return []
    return [("gradient", statistics(trace, steps.step(ran)["arrived"]))]


def _slot_rows(trace: Trace, function: int, names: Names, steps: Steps | None, position: int) -> list[tuple[str, str]]:
    """The operands of a function, with the gradients that have gone back to them: all that may stand beside edges."""
    operands = inputs(trace, function)
    if not 2 <= len(operands) <= _MOST_SLOTS:
        return []
    rows: list[tuple[str, str]] = []
    for link in operands:
        sent = _sent(trace, link, steps, position) if steps is not None else ""
        told = one_line(names.title(link.src)) + (f", gradient {sent}" if sent else "")
        twice = link.name in (name for name, _ in rows)
        rows.append((f"slot {link.slot}" if twice or not link.name else link.name, told))
    return rows


def _sent(trace: Trace, operand: Link, steps: Steps, position: int) -> str:
    """What has gone back to an operand; to a leaf it goes over the edge of its AccumulateGrad."""
    if steps.forward:
        return ""
    edges = trace.edges
    mine = (edges.dst == operand.dst) & (edges.slot == operand.slot) & (edges.kind != EdgeKind.OUTPUT)
    rows = np.flatnonzero(mine[: len(steps.edge_value)])
    rows = rows[(steps.edge_value[rows] != NONE) & (steps.sent_at[rows] <= position)]
    return gradient_caption(trace.array(int(steps.edge_value[rows[0]]))) if len(rows) else ""


def _source_line(trace: Trace, source: int, line: int) -> str:
    if source == NONE:
        return str(line)
    row = trace.row("sources", source)
    lines = row["text"].splitlines()
    text = lines[line - 1].strip() if line <= len(lines) else ""
    return f"{line} of {row['title']}: {text}"[:_LONGEST]
