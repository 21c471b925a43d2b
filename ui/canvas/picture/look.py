"""How boxes and edges look in a theme: one table of styles, and which row of it applies. Knows no Qt.

Kinds differ by border before colour (a leaf's is thick, a constant's and an unwritten `.grad`'s dashed); the state at
a step then changes the border, and the second line says it in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, NodeFlag, NodeKind

from ...naming import Ints
from ...readable import readable
from ...stepping import EdgeState, NodeState
from ...theme import Theme, mix, ramp_colour
from ..shown.shown_graph import GROUP, ShownGraph
from ..shown.story import BROKEN, LEVELS, SIGNED_LEVELS, Story

IDLE = len(NodeState)  # the state of every box while no pass is shown
STATES = IDLE + 1


class Role(IntEnum):
    """Kinds of boxes that look different."""

    TENSOR = 0
    LEAF = 1
    FUNCTION = 2
    ACCUMULATE = 3
    GRAD = 4
    CONSTANT = 5
    FAILED = 6
    GROUP = 7


@dataclass(frozen=True, slots=True)
class BoxStyle:
    """Colours are `#rrggbb`; `far` is what is left of the box where it is a speck."""

    fill: str
    border: str
    width: float
    dashed: bool
    title: str
    second: str
    far: str


@dataclass(frozen=True, slots=True)
class EdgeStyle:
    """A stroke's colour and width in scene units; `gradient`: something travels on it, `against` the data or not."""

    colour: str
    width: float
    dashed: bool = False
    gradient: bool = False
    against: bool = False


class EdgeLooks(NamedTuple):
    """A table of edge styles as columns, for strokes that are prepared many at once."""

    width: NDArray[np.float64]
    dashed: NDArray[np.bool_]
    against: NDArray[np.bool_]
    gradient: NDArray[np.bool_]

    @staticmethod
    def of(styles: Sequence[EdgeStyle]) -> EdgeLooks:
        """The columns of these styles."""
        return EdgeLooks(
            np.array([style.width for style in styles]),
            np.array([style.dashed for style in styles]),
            np.array([style.against for style in styles]),
            np.array([style.gradient for style in styles]),
        )


def roles(graph: ShownGraph, failed_box: int = NONE) -> Ints:
    """`Role` of every box."""
    of_kind = np.zeros(max(*NodeKind, GROUP) + 1, np.int64)
    of_kind[NodeKind.FUNCTION] = Role.FUNCTION
    of_kind[NodeKind.ACCUMULATE] = Role.ACCUMULATE
    of_kind[NodeKind.GRAD] = Role.GRAD
    of_kind[NodeKind.CONSTANT] = Role.CONSTANT
    of_kind[GROUP] = Role.GROUP
    found = of_kind[graph.kind]
    trained = NodeFlag.LEAF | NodeFlag.REQUIRES_GRAD
    leaf = (graph.kind == NodeKind.TENSOR) & ((graph.flags & trained) == trained)
    found[leaf] = Role.LEAF
    found[(graph.flags & NodeFlag.FAILED) != 0] = Role.FAILED
    if failed_box != NONE:
        found[failed_box] = Role.FAILED
    return found


def style_rows(role: Ints, story: Story | None) -> Ints:
    """Row of `box_styles` for every box."""
    state = IDLE if story is None else story.node_state.astype(np.int64)
    return role * STATES + state


def box_styles(theme: Theme) -> list[BoxStyle]:
    """One style per role and state, in the order that `style_rows` counts."""
    styles = [_box_style(theme, role, state) for role in Role for state in range(STATES)]
    return [replace(style, border=_seen(style.border, theme), far=_seen(style.far, theme)) for style in styles]


def _seen(colour: str, theme: Theme) -> str:
    """The colour, or one like it that stands out from the canvas as the theme asks."""
    return readable(colour, theme.background, theme.least)


def _box_style(theme: Theme, role: Role, state: int) -> BoxStyle:
    style = _plain_style(theme, role)
    runs = role in (Role.FUNCTION, Role.ACCUMULATE, Role.GROUP)
    if state == NodeState.NOW and role == Role.FAILED:
        return replace(style, width=3.4)
    if state == NodeState.NOW:
        said = mix(theme.now, theme.text, 0.3)  # as text the colour of now is too light on a light box
        return BoxStyle(style.fill, theme.now, 3.0, False, theme.text, said, theme.now)
    if runs and state in (NodeState.WAITING, NodeState.OUTSIDE):
        title = mix(theme.text, theme.dim, 0.6)
        quiet = mix(style.border, theme.background, 0.55)
        return BoxStyle(style.fill, quiet, style.width, False, title, theme.dim, quiet)
    if runs and state == NodeState.READY:
        return BoxStyle(style.fill, theme.function, 2.0, False, theme.text, theme.accent, theme.function)
    if runs and state == NodeState.DONE:
        return BoxStyle(
            style.fill, theme.accumulate, style.width, False, theme.text, theme.accumulate, theme.accumulate
        )
    if role == Role.GRAD and state == NodeState.DONE:
        return BoxStyle(theme.leaf_fill, theme.leaf, 1.8, False, theme.text, theme.text, theme.leaf)
    return style


def _plain_style(theme: Theme, role: Role) -> BoxStyle:
    quiet = mix(theme.line, theme.dim, 0.25)
    if role == Role.LEAF:
        return BoxStyle(theme.leaf_fill, theme.leaf, 1.8, False, theme.text, theme.dim, theme.leaf)
    if role == Role.FUNCTION:
        return BoxStyle(theme.function_fill, theme.function, 1.5, False, theme.text, theme.dim, theme.function)
    if role == Role.ACCUMULATE:
        return BoxStyle(theme.accumulate_fill, theme.accumulate, 1.5, False, theme.text, theme.dim, theme.accumulate)
    if role == Role.GRAD:
        fill = mix(theme.leaf_fill, theme.background, 0.4)
        border = mix(theme.leaf, theme.background, 0.35)
        return BoxStyle(fill, border, 1.4, True, mix(theme.text, theme.dim, 0.6), theme.dim, border)
    if role == Role.CONSTANT:
        fill = mix(theme.raised, theme.background, 0.5)
        return BoxStyle(fill, quiet, 1.2, True, theme.dim, theme.dim, quiet)
    if role == Role.GROUP:
        fill = mix(theme.raised, theme.text, 0.05)
        border = mix(theme.dim, theme.text, 0.25)
        return BoxStyle(fill, border, 1.4, False, theme.text, theme.dim, mix(theme.dim, theme.background, 0.2))
    if role == Role.FAILED:
        fill = mix(theme.error, theme.background, 0.88)
        said = mix(theme.error, theme.text, 0.25)
        return BoxStyle(fill, theme.error, 2.4, False, theme.text, said, theme.error)
    return BoxStyle(theme.raised, quiet, 1.2, False, theme.text, theme.dim, mix(theme.line, theme.dim, 0.6))


# -- edges -----------------------------------------------------------------------------------------------------------

DATA, DASHED = 0, 1
PLAIN_ROWS = 2  # data edges, and those of constants
BY_LEVEL = LEVELS + 1 + 2 * SIGNED_LEVELS  # with BROKEN
PAST, FLOWING, LIVE = range(3)  # consumed; travelled and waiting; arriving at "now" or leaving it

_EMPHASIS = np.zeros(len(EdgeState), np.int64)
_EMPHASIS[EdgeState.WAITING] = FLOWING
_EMPHASIS[[EdgeState.ARRIVING, EdgeState.LEAVING]] = LIVE


def edge_rows(graph: ShownGraph, story: Story | None, *, signed: bool = False) -> Ints:
    """Row of `edge_styles` for every edge; rows from `PLAIN_ROWS` on carry a gradient, single numbers `signed`."""
    rows = np.where(graph.constant, DASHED, DATA)
    if story is not None:
        flowing = (
            PLAIN_ROWS
            + _EMPHASIS[story.edge_state] * BY_LEVEL
            + (story.run.signed_level if signed else story.run.level)
        )
        carries = story.travelled & ~graph.constant if story.run.steps.forward else story.travelled
        rows = np.where(carries, flowing, rows)
    return rows


def edge_styles(theme: Theme, *, forward: bool = False) -> list[EdgeStyle]:
    """One style per row of `edge_rows`: data thin and faint, gradients thicker and brighter with their magnitude.

    In a `forward` pass what travels goes with the data.
    """
    faint = mix(theme.line, theme.dim, 0.35)
    styles = [EdgeStyle(faint, 1.2), EdgeStyle(mix(theme.line, theme.dim, 0.2), 1.2, dashed=True)]
    for emphasis in (PAST, FLOWING, LIVE):
        for level in range(BY_LEVEL):
            styles.append(replace(_gradient_style(theme, level, emphasis), against=not forward))
    return [replace(style, colour=_seen(style.colour, theme)) for style in styles]


def _gradient_style(theme: Theme, level: int, emphasis: int) -> EdgeStyle:
    if level > BROKEN:
        positive, half = divmod(level - BROKEN - 1, SIGNED_LEVELS)
        share = half / (SIGNED_LEVELS - 1)
        colour = signed_colour(theme, share if positive else -share, positive=bool(positive))
    else:
        share = 1.0 if level == BROKEN else level / (LEVELS - 1)
        colour = theme.nonfinite if level == BROKEN else ramp_colour(theme, share)
    width = 1.8 + 1.8 * share + (0.9 if emphasis == LIVE else 0.0)
    return EdgeStyle(mix(colour, theme.background, 0.2) if emphasis == PAST else colour, width, gradient=True)


def signed_colour(theme: Theme, value: float, *, positive: bool) -> str:
    """Blue below 0, orange above, paler near it: apart for all kinds of colour vision. `value` is from -1 to 1."""
    return mix(theme.dim, theme.now if positive else theme.function, 0.35 + 0.65 * abs(value))


# -- dimming ---------------------------------------------------------------------------------------------------------

DIM = 0.66  # of the background is mixed into what is not lit: still there, and out of the way


def dimmed_box(style: BoxStyle, theme: Theme) -> BoxStyle:
    """The style of a box that is not lit, while others are."""

    def dim(colour: str) -> str:
        return mix(colour, theme.background, DIM)

    title, second = dim(style.title), dim(style.second)
    return replace(
        style, fill=dim(style.fill), border=dim(style.border), title=title, second=second, far=dim(style.far)
    )


def dimmed_edge(style: EdgeStyle, theme: Theme) -> EdgeStyle:
    """The style of an edge that is not lit, while others are."""
    return replace(style, colour=mix(style.colour, theme.background, DIM))
