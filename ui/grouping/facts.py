"""What groups are called, and what is said of them: counts, parameters, shapes in and out. Knows no fonts, no Qt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, EdgeKind, NodeFlag, NodeKind, parse_shape

from ..snapshot import Snapshot
from .forest import Bools, Groups, Ints
from .gather import What

MOST_SHAPES = 2  # shapes of inputs, or of outputs, that are spelled out in a box


@dataclass(frozen=True, slots=True)
class Facts:
    """One group in full, for cards. Parameters and ends are nodes of the trace."""

    title: str
    functions: int
    parameters: tuple[int, ...]
    inputs: tuple[int, ...]  # tensors from outside that functions in the group use, parameters apart
    outputs: tuple[int, ...]  # tensors made in the group that are used outside, or by nobody


def title_of(snapshot: Snapshot, groups: Groups, group: int) -> str:
    """`layers.0 (Linear)`, `step()`, `turn 3`, `In [2]`, `encoder`; a run is `Linear ×12`, `Block ×50`."""
    s, row, count = snapshot, int(groups.row[group]), int(groups.count[group])
    what = What(int(groups.what[group]))
    if what is What.CELL:
        source = int(s.cell_source[row])
        title = s.strings[s.source_title[source]] if source != NONE else ""
        return title or f"Cell {int(s.cell_number[row])}"
    if what is What.NAMESPACE:
        return groups.keys[group].rpartition(":")[2].rpartition(".")[2]
    name, kind = s.strings[s.scope_name[row]], What(int(s.scope_kind[row]))
    if what is What.BLOCK:
        return ", ".join(_kind_of(s, groups, child) for child in groups.children(group).tolist())
    if what is What.RUN and groups.what[group + 1] == What.BLOCK:  # the first of what a run folds comes right after it
        return f"Block ×{count}"
    if kind is What.MODULE:
        type_ = s.strings[s.scope_type[row]]
        if what is What.RUN:
            return f"{type_} ×{count}"
        return f"{name} ({type_})" if name else type_
    if kind is What.CALL:
        call = f"{name.rpartition('<locals>.')[2]}()"
        return f"{call} ×{count}" if what is What.RUN else call
    return f"Block ×{count}" if what is What.RUN else f"turn {name}"


def _kind_of(snapshot: Snapshot, groups: Groups, group: int) -> str:
    """`Linear`: what a group is one of."""
    type_ = snapshot.strings[snapshot.scope_type[groups.row[group]]]
    return type_ or title_of(snapshot, groups, group)


def facts(snapshot: Snapshot, groups: Groups, group: int) -> Facts:
    """All there is to say of one group; the snapshot may have grown since the groups were made."""
    inside = np.zeros(len(snapshot.kind), np.bool_)
    inside[groups.members(group)] = True
    box = np.where(inside, 0, NONE)
    ends = _Ends(snapshot, box)
    functions = int((inside & (snapshot.kind == NodeKind.FUNCTION)).sum())
    return Facts(
        title_of(snapshot, groups, group), functions, tuple(ends.parameters[1].tolist()),
        tuple(ends.inputs[1].tolist()), tuple(ends.outputs[1].tolist()),
    )  # fmt: skip


def lines(snapshot: Snapshot, box_of: Ints, boxes: Ints) -> list[tuple[str, str]]:
    """For each of these boxes, all of groups: how many functions and parameters it has, and its shapes in and out."""
    s = snapshot
    number = np.full(int(max(box_of.max(initial=0), boxes.max(initial=0))) + 2, NONE, np.int64)
    number[boxes] = np.arange(len(boxes))
    box = number[box_of]
    ends = _Ends(s, box)
    functions = np.bincount(box[(box != NONE) & (s.kind == NodeKind.FUNCTION)], minlength=len(boxes))
    parameters = np.bincount(ends.parameters[0], minlength=len(boxes))
    ins, outs = _shapes(s, ends.inputs, len(boxes)), _shapes(s, ends.outputs, len(boxes))
    return [
        (_counted(f, p), f"{given} → {made}" if given and made else made and f"→ {made}")
        for f, p, given, made in zip(functions.tolist(), parameters.tolist(), ins, outs, strict=True)
    ]


class _Ends:
    """Pairs (box, node), each once and in order: what goes into boxes, and out of them."""

    def __init__(self, s: Snapshot, box: Ints) -> None:
        used = np.flatnonzero((s.edge_kind == EdgeKind.INPUT) & (s.kind[s.src] == NodeKind.TENSOR))
        src, user = s.src[used].astype(np.int64), box[s.dst[used]]
        trained = NodeFlag.LEAF | NodeFlag.REQUIRES_GRAD
        is_parameter: Bools = (s.flags & NodeFlag.PARAMETER != 0) | ((s.flags & trained) == trained)
        mine = user != NONE
        of_parameter = mine & is_parameter[src]
        self.parameters = _by_name(s, *_pairs(user[of_parameter], src[of_parameter]))
        into = mine & ~is_parameter[src] & (box[src] != user)
        self.inputs = _pairs(user[into], src[into])
        made = np.zeros(len(s.kind), np.bool_)
        made[s.dst[s.edge_kind == EdgeKind.OUTPUT]] = True
        out = (box[src] != NONE) & (box[src] != user) & made[src]
        made[src] = False  # what is left is used by nobody: where nothing else comes out, the last of it does
        made &= ~np.isin(box, box[src[out]]) & (box != NONE)
        left = np.flatnonzero(made)[::-1]
        last = left[np.unique(box[left], return_index=True)[1]]
        self.outputs = _pairs(np.concatenate([box[src[out]], box[last]]), np.concatenate([src[out], last]))


def _pairs(box: Ints, node: Ints) -> tuple[Ints, Ints]:
    width = int(node.max(initial=0)) + 1
    both = np.unique(box * width + node)
    return both // width, both % width


def _by_name(s: Snapshot, box: Ints, node: Ints) -> tuple[Ints, Ints]:
    """A parameter has a new node whenever an optimizer wrote to it: of each name, those of the version with most."""
    order = np.lexsort((node, s.version[node], s.label[node], box))
    box, node = box[order], node[order]
    name = np.stack([box, s.label[node]])
    version = np.concatenate([name, s.version[node][None]])
    first = np.flatnonzero(_changes(version))
    count = np.diff(np.r_[first, len(node)])
    which = np.cumsum(_changes(name)[first]) - 1  # the name of each version
    best = np.lexsort((first, -count, which))
    best = np.sort(best[_changes(which[best][None])])
    kept = np.repeat(np.isin(np.arange(len(first)), best), count)
    box, node = box[kept], node[kept]
    order = np.lexsort((node, box))
    return box[order], node[order]


def _changes(columns: Ints) -> Bools:
    """Where a column is unlike the one before it; the first always is."""
    found = np.ones(columns.shape[1], np.bool_)
    found[1:] = (columns[:, 1:] != columns[:, :-1]).any(axis=0)
    return found


def _shapes(s: Snapshot, pairs: tuple[Ints, Ints], count: int) -> list[str]:
    """Each box's shapes, equal ones once: the first few and how many more there are."""
    box, node = pairs
    start = np.searchsorted(box, np.arange(count + 1))
    shapes = s.shape[node].tolist()
    found: list[str] = []
    spelled: dict[tuple[int, ...], str] = {(): ""}  # many groups are alike
    for first, end in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
        mine = tuple(shapes[first:end])
        if mine not in spelled:
            counts = Counter(mine)
            some = [_shape(s.strings[shape], many) for shape, many in list(counts.items())[:MOST_SHAPES]]
            more = sum(list(counts.values())[MOST_SHAPES:])
            spelled[mine] = ", ".join(some) + (f" and {more} more" if more else "")
        found.append(spelled[mine])
    return found


def _shape(text: str, many: int) -> str:
    sizes = parse_shape(text)
    shape = f"[{', '.join(map(str, sizes))}]" if sizes else "scalar"
    return f"{many} × {shape}" if many > 1 else shape


def _counted(functions: int, parameters: int) -> str:
    words = [f"{functions:,} function{'' if functions == 1 else 's'}"]
    if parameters:
        words.append(f"{parameters:,} parameter{'' if parameters == 1 else 's'}")
    return " · ".join(words)
