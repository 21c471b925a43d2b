"""What the inspector shows of a node: which array, or why there is none, statistics, neighbours. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, EventKind, NodeFlag, NodeKind, Trace

from ..describe import accumulator, consumers, outputs, tensor_of
from ..naming import Names
from ..stepping import NEVER, PassSteps, producer
from ..values import byte_size, number, shape


@dataclass(frozen=True, slots=True)
class Shown:
    """An array by handle (NONE: there is none), and a sentence about it or instead of it."""

    handle: int = NONE
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class SavedItem:
    """One thing that a function saved, or one function that saved a tensor."""

    title: str
    shown: Shown
    node: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the statistics: words, and the nodes they name."""

    label: str
    text: str
    links: tuple[tuple[str, int], ...] = ()


# -- arrays ----------------------------------------------------------------------------------------------------------


def value_of(trace: Trace, steps: PassSteps | None, position: int, node: int, names: Names) -> Shown:
    """The value of a tensor, or of what a function made; `.grad` as it stands at the position."""
    row = trace.node(node)
    if row.kind is NodeKind.CONSTANT:
        return Shown(NONE, f"The Python number {row.label}.")
    if row.kind in (NodeKind.GRAD, NodeKind.ACCUMULATE):
        return _leaf_gradient(trace, steps, position, row.owner, names)
    tensor = tensor_of(trace, node)
    if tensor == NONE:
        return Shown(NONE, "This function failed and made nothing.")
    handle = trace.node(tensor).value
    if handle == NONE:
        return Shown(NONE, f"The value of {names.name(tensor)} was not recorded.")
    return Shown(handle, "" if tensor == node else f"The value of {names.name(tensor)}, which it made.")


def gradient_of(trace: Trace, steps: PassSteps | None, position: int, node: int, names: Names) -> Shown:
    """The sum of what arrived at a tensor's function in the shown pass; for a leaf, `.grad` once it is written."""
    row = trace.node(node)
    if row.kind is NodeKind.CONSTANT:
        return Shown(NONE, "A Python number has no gradient.")
    if row.kind is NodeKind.TENSOR and not row.flags & NodeFlag.REQUIRES_GRAD:
        return Shown(NONE, f"{names.name(node)} does not require grad, so no gradient comes here.")
    if steps is None:
        return Shown(NONE, "No backward pass yet. Gradients appear here once .backward() has run.")
    if row.kind is NodeKind.FUNCTION:
        return _incoming(trace, steps, position, node, 0)
    if row.kind is NodeKind.ACCUMULATE:
        return _incoming(trace, steps, position, node, 0)
    if row.kind is NodeKind.GRAD:
        return _leaf_gradient(trace, steps, position, row.owner, names)
    made_by = producer(trace, node)
    if made_by == NONE:
        return _leaf_gradient(trace, steps, position, node, names)
    slot = next(made.slot for made in outputs(trace, made_by) if made.dst == node)
    found = _incoming(trace, steps, position, made_by, slot)
    if found.handle == NONE or found.sentence or _retains(trace, node):
        return found
    return Shown(found.handle, _not_kept(names.name(node)))


def _retains(trace: Trace, node: int) -> bool:
    asked = trace.events.node[trace.events.kind == EventKind.RETAIN_GRAD]
    return bool(trace.node(node).flags & NodeFlag.RETAINS_GRAD) or bool((asked == node).any())


def _not_kept(title: str) -> str:
    """Why `.grad` of a tensor that is no leaf is None although a gradient came."""
    if title.isidentifier():
        return f"{title}.grad stays None: only leaves keep theirs. {title}.retain_grad() before the pass keeps it."
    return "Not kept in .grad: only leaves keep theirs, and tensors whose retain_grad() was called."


def _leaf_gradient(trace: Trace, steps: PassSteps | None, position: int, leaf: int, names: Names) -> Shown:
    grad = f"{names.name(leaf)}.grad" if leaf != NONE else ".grad"
    node = accumulator(trace, leaf)
    if steps is None or node == NONE or steps.ran_at[node] == NEVER:
        return Shown(NONE, f"{grad} is not written in this pass." if steps is not None else f"{grad} is None.")
    at = int(steps.ran_at[node])
    step = steps.step(at)
    if position >= at:
        return Shown(step["after"])
    if step["before"] != NONE:
        return Shown(step["before"], f"{grad} from before this pass; step {at} adds to it.")
    return Shown(NONE, f"Not yet: {grad} is written at step {at}.")


def _incoming(trace: Trace, steps: PassSteps, position: int, function: int, slot: int) -> Shown:
    flows = trace.flows
    mine = (flows.pass_ == steps.pass_id) & (flows.target == function) & (flows.target_slot == slot)
    rows = np.flatnonzero(mine)
    if not len(rows):
        return Shown(NONE, "No gradient comes here in this pass.")
    last = int(flows.step[rows].max())
    if position < last:
        here = int((flows.step[rows] <= position).sum())
        so_far = f" {here} of {len(rows)} gradients are here." if len(rows) > 1 else ""
        return Shown(NONE, f"Not yet: arrives at step {last}.{so_far}")
    if len(rows) == 1:
        return Shown(int(flows.value[rows[0]]))
    ran = int(steps.ran_at[function])
    if slot == 0 and 1 <= ran <= steps.count:
        return Shown(steps.step(ran)["arrived"])
    return Shown(NONE, f"{len(rows)} gradients arrived; their sum was not recorded.")


def saved_items(trace: Trace, node: int, names: Names) -> list[SavedItem]:
    """What a function saved for its backward; for a tensor, the functions that saved it."""
    if int(trace.nodes.kind[node]) == NodeKind.TENSOR:
        return _savers(trace, node, names)
    items = []
    for row in np.flatnonzero(trace.saved.node == node):
        saved = trace.row("saved", int(row))
        tensor, handle = saved["tensor"], saved["value"]
        if tensor == NONE:
            shown = Shown(handle, "" if handle != NONE else f"{saved['name']} is the number {saved['text']}.")
            items.append(
                SavedItem(f"{saved['name']} = {saved['text']}" if saved["text"] else saved["name"], shown, NONE)
            )
            continue
        handle = handle if handle != NONE else trace.node(tensor).value
        title = f"{saved['name']}: {names.name(tensor)}, version {saved['version']}"
        items.append(SavedItem(title, Shown(handle, "" if handle != NONE else "Its value was not recorded."), tensor))
    return items


def _savers(trace: Trace, tensor: int, names: Names) -> list[SavedItem]:
    by: dict[int, list[str]] = {}
    for row in np.flatnonzero(trace.saved.tensor == tensor):
        by.setdefault(int(trace.saved.node[row]), []).append(trace.text(int(trace.saved.name[row])))
    handle = trace.node(tensor).value
    shown = Shown(handle, "" if handle != NONE else "Its value was not recorded.")
    return [SavedItem(f"by {names.with_output(fn)} as {' and '.join(words)}", shown, fn) for fn, words in by.items()]


# -- statistics ------------------------------------------------------------------------------------------------------


def statistics(trace: Trace, handle: int) -> list[Fact]:
    """Shape and statistics of an array, which stay even when its elements were given up."""
    if handle == NONE:
        return []
    a = trace.array(handle)
    facts = [Fact("shape", f"{shape(a.shape)}  {a.dtype}")]
    if 0 not in a.shape:
        facts += [
            Fact("norm", number(a.norm, 6)),
            Fact("mean ± std", f"{number(a.mean, 5)} ± {number(a.std, 5)}"),
            Fact("min … max", f"{number(a.min, 5)} … {number(a.max, 5)}"),
            Fact("zeros / non-finite", f"{a.zeros:,} / {a.nans + a.infs:,}"),
        ]
    return [*facts, Fact("size", byte_size(a.nbytes))]


def neighbours(trace: Trace, node: int, names: Names) -> list[Fact]:
    """Who made the tensor, and which slots it goes into."""
    tensor = tensor_of(trace, node)
    facts = []
    if tensor not in (NONE, node):
        facts.append(Fact("tensor", "", ((names.name(tensor), tensor),)))
    if tensor == NONE:
        return facts
    made_by = producer(trace, tensor)
    line = trace.node(tensor).line
    where = f"line {line}" if line else ""
    if made_by != NONE:
        facts.append(Fact("producer", where, ((names.name(made_by), made_by),)))
    else:
        facts.append(Fact("producer", f"leaf, {where}" if where else "leaf"))
    slots: dict[int, list[int]] = {}
    for use in consumers(trace, tensor):
        slots.setdefault(use.dst, []).append(use.slot)
    links = tuple((f"{names.name(fn)} ({slot_words(numbers)})", fn) for fn, numbers in list(slots.items())[:6])
    rest = f"and {len(slots) - 6} more" if len(slots) > 6 else ""
    facts.append(Fact("consumers", rest if links else "none", links))
    return facts


def slot_words(slots: list[int]) -> str:
    """`slot 1`, `slots 0, 1`."""
    return f"slot{'s' if len(slots) > 1 else ''} {', '.join(map(str, sorted(slots)))}"


def gradient_norms(trace: Trace, steps: PassSteps) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Norm of the gradient that each position starts from: the seed at 0, what arrived at step k. NaN: not finite."""
    rows = np.flatnonzero(trace.steps.pass_ == steps.pass_id)
    seeds = np.flatnonzero((trace.flows.pass_ == steps.pass_id) & (trace.flows.step == 0))
    handles = np.concatenate([trace.flows.value[seeds[:1]], trace.steps.arrived[rows]])
    norms = np.full(len(handles), np.nan)
    known = handles != NONE
    kept = handles[known]
    broken = (trace.arrays.nans[kept] > 0) | (trace.arrays.infs[kept] > 0)
    norms[known] = np.where(broken, np.nan, trace.arrays.norm[kept])
    return norms if len(seeds) else np.concatenate([[np.nan], norms])
