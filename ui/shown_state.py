"""Which part of the graph is shown, and how it is gathered into groups. Plain values: knows no trace, no Qt.

Groups are named by keys, texts that stay the same while the trace grows (`ui.grouping` makes them). A key the trace
does not have (any more, or yet) is no error: it means nothing until there is such a group.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Grouping(Enum):
    """What the groups of the graph are; the value is what people call it."""

    NONE = "Nothing"
    BY_MODULE = "Modules"  # one group per call of an nn.Module, inside the one that called it
    BY_CELL = "Cells"
    BY_FUNCTION = "Functions and loops"  # calls of the user's functions, and turns of loops
    BY_BLOCK = "Repeated blocks"  # equal neighbours (layers, turns of a loop) as one "Block ×12"
    BY_NAMESPACE = "Names"  # `encoder.layers.0.weight` belongs to encoder, layers and 0


class Hidden(Enum):
    """What can be left out of the picture; the value is what people call it."""

    CONSTANTS = "Constants"
    NO_GRADIENT = "Nodes without gradient"
    VIEWS_AND_CASTS = "Views and casts"


@dataclass(frozen=True, slots=True)
class ShownState:
    """The groups, which of them are closed, what is hidden, what is lit, and what is shown alone."""

    grouping: Grouping = Grouping.BY_MODULE
    collapsed: frozenset[str] = frozenset()  # keys of groups drawn as one box each
    hidden: frozenset[Hidden] = frozenset()
    lit: frozenset[int] | None = None  # nodes of the trace; what is not lit is dimmed. None: nothing is dimmed
    root: str = ""  # key of the group that is shown alone; "" for all of the graph
    only: frozenset[int] | None = None  # nodes that are shown alone, for a sub-graph; None: all of them
