"""What became of the tensors that a function saved, in the order it happened, read from the trace. Knows no Qt.

    saved (line 2) ──► edited (line 3) ──► used (step 4) ──► freed (step 4)

The record tells of every write over the memory of a saved tensor, also one through a view, under `no_grad` or by an
optimizer; versions are those that the engine compares when the tensor is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, EventKind, Trace

from ..naming import Names
from ..words import GoTo

MOST_LIVES = 6  # strips at a time; a function that saved more says how many


class Deed(Enum):
    """What happened to a saved tensor."""

    SAVED = "saved"
    PACKED = "packed"  # given to the pack hook `by`
    UNPACKED = "unpacked"
    EDITED = "edited"
    USED = "used"
    FREED = "freed"
    REFUSED = "refused"  # asked for, but it had been written over
    GONE = "gone"  # asked for, but it had been freed
    MORE = "more"  # several of these, left out for room


class When(Enum):
    """Where a moment lies, seen from the step that is shown."""

    PAST = "past"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened; `place` says where in few words, `version` is the tensor's after it."""

    deed: Deed
    place: str
    goes: GoTo
    version: int
    when: When = When.PAST
    by: str = ""  # of an edit the operation, of packing the hook; of other deeds the pass, where it is another one


@dataclass(frozen=True, slots=True)
class Life:
    """One saved tensor. `now` is its version as far as the shown step knows."""

    name: str
    title: str
    tensor: int
    value: int
    version: int
    now: int
    moments: tuple[Moment, ...]

    @property
    def modified(self) -> bool:
        """Whether it was written over since it was saved."""
        return self.now != self.version

    @property
    def check(self) -> str:
        """The version check in words: `saved at v0, now v0: ok`."""
        verdict = "modified" if self.modified else "ok"
        return f"saved at v{self.version}, now v{self.now}: {verdict}"

    def text(self) -> str:
        """All of it in letters."""
        told = (" ".join(part for part in (m.deed.value, m.by, m.place) if part) for m in self.moments)
        return f"{self.name} {self.title} v{self.version}: {' · '.join(told)} ({self.check})"


_DEEDS = {
    int(EventKind.PACKED): Deed.PACKED,
    int(EventKind.UNPACKED): Deed.UNPACKED,
    int(EventKind.SAVED_USED): Deed.USED,
    int(EventKind.SAVED_FREED): Deed.FREED,
    int(EventKind.SAVED_WRITTEN): Deed.EDITED,
    int(EventKind.SAVED_STALE): Deed.REFUSED,
    int(EventKind.SAVED_GONE): Deed.GONE,
}


def lives(trace: Trace, node: int, names: Names, pass_id: int = NONE, position: int = 0) -> tuple[Life, ...]:
    """The tensors that `node` saved, seen from a step of a pass (NONE: from when they were saved)."""
    rows = _rows(trace, node)
    if not len(rows):
        return ()
    events = _events_of(trace, node)
    ended = _end_of(trace, events, pass_id, position)
    return tuple(_life(trace, int(row), events, ended, names, pass_id, position) for row in rows[:MOST_LIVES])


def saved_count(trace: Trace, node: int) -> int:
    """How many tensors a function saved."""
    return len(_rows(trace, node))


def _rows(trace: Trace, node: int) -> NDArray[np.int64]:
    """Rows of the tensors that `node` saved; numbers have no life."""
    saved = trace.saved
    return np.flatnonzero((saved.node == node) & ((saved.value != NONE) | (saved.tensor != NONE)))


def _events_of(trace: Trace, node: int) -> list[int]:
    """Rows of the events that tell of what `node` saved, in order."""
    kinds = np.isin(trace.events.kind, list(_DEEDS))
    return [int(row) for row in np.flatnonzero(kinds & (trace.events.node == node))]


def _end_of(trace: Trace, events: list[int], pass_id: int, position: int) -> int:
    """The last of the events that had happened at the shown step; events are recorded in order."""
    if pass_id == NONE or not events:
        return NONE
    columns = trace.events
    before = [row for row in events if columns.pass_[row] == pass_id and columns.step[row] <= position]
    if before:
        return before[-1]
    mine = np.flatnonzero(columns.pass_ == pass_id)
    if len(mine):
        return int(mine[0]) - 1
    return max((row for row in events if columns.pass_[row] < pass_id), default=NONE)


def _life(trace: Trace, row: int, events: list[int], ended: int, names: Names, pass_id: int, position: int) -> Life:
    saved = trace.row("saved", row)
    tensor, version = saved["tensor"], saved["version"]
    now, moments = version, [_beginning(trace, saved["node"], version)]
    for event in events:
        told = trace.row("events", event)
        deed = _DEEDS[told["kind"]]
        if told["saved"] not in (NONE, row) or (told["saved"] == NONE and deed not in (Deed.FREED, Deed.GONE)):
            continue
        if event <= ended and deed in (Deed.EDITED, Deed.REFUSED):
            now = told["version"]
        here = told["pass_"] == pass_id and told["step"] == position and pass_id != NONE
        when = When.NOW if here else When.PAST if event <= ended else When.LATER
        moments.append(_moment(told, deed, when, pass_id, version))
    title = names.name(tensor) if tensor != NONE else saved["text"] or saved["name"]
    value = saved["value"] if saved["value"] != NONE else int(trace.nodes.value[tensor])
    return Life(saved["name"], title, tensor, value, version, now, tuple(moments))


def _beginning(trace: Trace, node: int, version: int) -> Moment:
    line = int(trace.nodes.line[node])
    return Moment(Deed.SAVED, f"line {line}" if line else "", GoTo(node=node), version)


def _moment(told: Mapping[str, Any], deed: Deed, when: When, pass_id: int, version: int) -> Moment:
    if deed is Deed.EDITED:
        source, line = told["source"], told["line"]
        where = f"line {line}" if line > 0 else ""
        return Moment(deed, where, GoTo(source=source, line=line), told["version"], when, told["name"])
    if deed is Deed.PACKED:
        return Moment(deed, "", GoTo(), version, by=told["name"])
    place = f"step {told['step']:,}"
    if deed is Deed.UNPACKED and told["pass_"] == pass_id:
        return Moment(deed, place, GoTo(pass_id=pass_id, position=told["step"]), version, when, told["name"])
    by = f"pass {told['pass_'] + 1}" if told["pass_"] != pass_id else ""
    reached = told["version"] if deed is Deed.REFUSED else version
    return Moment(deed, place, GoTo(pass_id=told["pass_"], position=told["step"]), reached, when, by)


def fitted(moments: tuple[Moment, ...], most: int) -> tuple[Moment, ...]:
    """At most `most` (3 or more) of the moments: the first, edits, what is now and the end; the rest as one `MORE`."""
    if len(moments) <= most:
        return moments
    last = len(moments) - 1
    weight = {Deed.EDITED: 3, Deed.REFUSED: 3, Deed.GONE: 3, Deed.FREED: 1}
    ranked = sorted(
        range(1, last), key=lambda i: (moments[i].when is not When.NOW, -weight.get(moments[i].deed, 0), -i)
    )
    kept = sorted([0, last, *ranked[: most - 3]])
    gaps = [index for index in range(1, last) if index not in kept]
    found: list[Moment] = []
    for index in sorted([*kept, gaps[0]]):
        if index == gaps[0]:
            found.append(Moment(Deed.MORE, f"{len(gaps):,} more", GoTo(), moments[index].version, moments[index].when))
        else:
            found.append(moments[index])
    return tuple(found)
