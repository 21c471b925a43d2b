"""What the window shows, as plain data for a session file, and back. The data may be anybody's, or of another version.

Every key is read by itself: what is missing or means nothing keeps its default, and keys of other versions are kept by
whoever writes the file again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeVar

from engine.trace import NONE, Trace
from ui.breakpoints.model import Breakpoint, BreakpointError, from_data
from ui.shown_state import Grouping, Hidden, ShownState
from ui.stepping import Grain, Place, Walk, WalkKind
from ui.view_state import ViewState

VERSION = 1
LARGEST = 2**31 - 1

E = TypeVar("E", bound=Enum)


def view_data(state: ViewState) -> dict[str, Any]:
    """Where a view state stands."""
    walk, place, shown = state.walk, state.place, state.shown
    return {
        "version": VERSION,
        "walk": {"kind": walk.kind.name, "id": walk.id},
        "place": {"first": place.first, "last": place.last, "sent": place.sent},
        "grain": state.grain.name,
        "selection": list(state.selection),
        "grouping": shown.grouping.name,
        "collapsed": sorted(shown.collapsed),
        "hidden": sorted(kind.name for kind in shown.hidden),
        "lit": None if shown.lit is None else sorted(shown.lit),
        "root": shown.root,
        "only": None if shown.only is None else sorted(shown.only),
    }


def show(state: ViewState, data: Mapping[str, Any]) -> None:
    """Bring a view state that has just got its trace to where it stood."""
    state.set_shown(shown_of(data, state.trace))
    state.set_grain(_named(Grain, data.get("grain"), state.grain))
    walk = _walk(data.get("walk"), state.trace)
    if walk is not None:
        state.set_walk(walk, _place(data.get("place")))
    state.select(_nodes(data.get("selection"), state.trace) or ())


def shown_of(data: Mapping[str, Any], trace: Trace) -> ShownState:
    """Groups, closed ones, what is hidden, lit or shown alone."""
    default = ShownState()
    lit, only = (_nodes(data.get(name), trace) for name in ("lit", "only"))
    return ShownState(
        grouping=_named(Grouping, data.get("grouping"), default.grouping),
        collapsed=frozenset(_texts(data.get("collapsed"))),
        hidden=frozenset(kind for kind in Hidden if kind.name in _texts(data.get("hidden"))),
        lit=None if lit is None else frozenset(lit),
        root=_text(data.get("root")),
        only=None if not only else frozenset(only),
    )


def breakpoints_data(state: ViewState) -> list[dict[str, Any]]:
    """The breakpoints as plain data."""
    return [breakpoint.to_data() for breakpoint in state.breakpoints]


def breakpoints_of(data: object, trace: Trace) -> list[Breakpoint]:
    """The breakpoints of a file, without those that mean nothing here."""
    found = []
    for entry in data if isinstance(data, list) else ():
        try:
            found.append(from_data(entry, len(trace.nodes)))
        except BreakpointError:
            continue  # of another version; the rest is still worth having
    return found


def number_in(data: object, name: str, kind: Callable[[Any], Any] = int) -> Any:
    """A number of a mapping that may be none; None where there is none."""
    value = data.get(name) if isinstance(data, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= LARGEST:
        return None
    return kind(value)


def _walk(data: object, trace: Trace) -> Walk | None:
    kind = _named(WalkKind, data.get("kind") if isinstance(data, Mapping) else None, None)
    number = number_in(data, "id")
    if kind is None or number is None:
        return None
    count = len(trace.passes if kind is WalkKind.PASS else trace.cells)
    return Walk(kind, number) if 0 <= number < count or number == NONE else None


def _place(data: object) -> Place:
    first, last = number_in(data, "first"), number_in(data, "last")
    if first is None or last is None or not 0 <= first <= last:
        return Place(LARGEST, LARGEST)  # the end
    return Place(first, last, number_in(data, "sent"))


def _nodes(data: object, trace: Trace) -> list[int] | None:
    if not isinstance(data, list):
        return None
    return [node for node in data if type(node) is int and 0 <= node < len(trace.nodes)]


def _texts(data: object) -> list[str]:
    return [text for text in data if isinstance(text, str)] if isinstance(data, list) else []


def _text(data: object) -> str:
    return data if isinstance(data, str) else ""


def _named(kind: type[E], name: object, default: E | None) -> Any:
    return kind[name] if isinstance(name, str) and name in kind.__members__ else default
