"""Parts of a graph by name: groups by their titles, nodes by a search. Knows no file."""

from __future__ import annotations

from engine.trace import Trace
from ui.grouping.facts import title_of
from ui.grouping.gather import gather
from ui.search.match import Matcher
from ui.search.query import parse
from ui.shown_state import Grouping
from ui.snapshot import Snapshot
from ui.stepping import PassSteps, Steps

from .errors import UnfitRequestError

# Where a group is looked for, in this order.
_WAYS = (Grouping.BY_MODULE, Grouping.BY_FUNCTION, Grouping.BY_NAMESPACE, Grouping.BY_BLOCK, Grouping.BY_CELL)
_LISTED = 8  # titles that an error names


def found_group(trace: Trace, name: str, steps: Steps | None = None) -> tuple[Grouping, str]:
    """The kind and the key of the group called so: by title, name, class, path or key.

    Of several the first that has part in `steps`: a layer is a group for each time it was called.
    """
    snapshot = Snapshot.of(trace)
    seen: dict[str, None] = {}
    for grouping in _WAYS:
        groups = gather(snapshot, grouping)
        titles = [title_of(snapshot, groups, group) for group in range(len(groups))]
        short, classes = ([title.partition(" (")[k].removesuffix(")") for title in titles] for k in (0, 2))
        paths = [".".join(short[outer] for outer in groups.path(group)) for group in range(len(groups))]
        columns = (titles, short, classes, paths, groups.keys)
        meant = [group for group in range(len(groups)) if name in [column[group] for column in columns]]
        if meant:
            parts = [g for g in meant if steps is not None and groups.inside(g)[steps.node_at].any()]
            return grouping, groups.keys[(parts or meant)[0]]
        seen |= dict.fromkeys(titles)
    listed = ", ".join(list(seen)[:_LISTED]) or "none at all"
    raise UnfitRequestError(f"There is no group {name}. There are: {listed}{' …' if len(seen) > _LISTED else ''}")


def found_nodes(trace: Trace, steps: Steps | None, text: str) -> frozenset[int]:
    """The nodes that a search finds. Raises `UnfitRequestError` where it finds none, or cannot be understood."""
    query = parse(text)
    if query.problem:
        raise UnfitRequestError(f"selection:{text}: {query.problem}")
    nodes = Matcher(trace, steps if isinstance(steps, PassSteps) else None).find(query)
    if not len(nodes):
        raise UnfitRequestError(f"selection:{text} finds nothing. See Edit > Find for what can be searched.")
    return frozenset(nodes.tolist())
