"""Which nodes of a trace a query means, column by column. Knows no Qt.

Texts are compared once per different text, numbers once per node; 100,000 nodes take some milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.trace import NONE, EdgeKind, NodeFlag, NodeKind, Trace, parse_shape

from ..grouping.forest import Groups
from ..grouping.gather import gather
from ..naming import Bools, Ints, Names
from ..shown_state import Grouping
from ..snapshot import Snapshot
from ..stepping import NEVER, PassSteps
from .query import Field, Pattern, Query, Range, Sizes, Term, Text

_FLAG_BITS = {
    "leaf": NodeFlag.LEAF, "param": NodeFlag.PARAMETER, "view": NodeFlag.VIEW, "inplace": NodeFlag.INPLACE,
    "requires_grad": NodeFlag.REQUIRES_GRAD, "retains_grad": NodeFlag.RETAINS_GRAD, "failed": NodeFlag.FAILED,
}  # fmt: skip
_KINDS = {
    "tensor": NodeKind.TENSOR, "function": NodeKind.FUNCTION, "accumulate": NodeKind.ACCUMULATE,
    "grad": NodeKind.GRAD, "constant": NodeKind.CONSTANT,
}  # fmt: skip
_BROKEN = {"nan": ("nans",), "inf": ("infs",), "nonfinite": ("nans", "infs")}


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A text per node: `index` (N,) into `texts`, all of which are used."""

    index: Ints
    texts: list[str]

    def holds(self, value: Text | Pattern, test: Callable[[Text | Pattern, str], bool]) -> Bools:
        """(N,) which nodes have a text that passes the test."""
        said = np.fromiter((test(value, text) for text in self.texts), np.bool_, len(self.texts))
        return said[self.index] if len(said) else np.zeros(len(self.index), np.bool_)


def begins_word(value: Text | Pattern, name: str) -> bool:
    """Whether a name is meant: a part begins where a word of it does, so that `mul` is not AccuMULateGrad."""
    if isinstance(value, Pattern) or value.exact:
        return value.holds(name)
    folded, part = name.casefold(), value.text.casefold()
    at = folded.find(part)
    while at > 0 and not (name[at].isupper() or name[at - 1] in "_."):
        at = folded.find(part, at + 1)
    return at >= 0


def _holds(value: Text | Pattern, text: str) -> bool:
    return value.holds(text)


def text_column(index: NDArray[np.integer], texts: list[str]) -> TextColumn:
    """The column of `texts[index]`."""
    used = np.zeros(len(texts) + 1, np.bool_)
    used[index] = True
    number = np.cumsum(used) - 1
    return TextColumn(number[index], [texts[i] for i in np.flatnonzero(used).tolist()])


class Matcher:
    """One trace as it is now. `steps` is the pass whose gradients count, None where there is none."""

    def __init__(self, trace: Trace, steps: PassSteps | None = None) -> None:
        self._trace, self._steps = trace, steps
        self._count = len(trace.nodes)

    def find(self, query: Query) -> Ints:
        """The nodes that are meant, ascending; none for a query without terms."""
        if not query.terms:
            return np.zeros(0, np.int64)
        found = np.ones(self._count, np.bool_)
        for term in query.terms:
            holds = self._holds(term)
            found &= ~holds if term.negated else holds
        return np.flatnonzero(found)

    def _holds(self, term: Term) -> Bools:
        value = term.value
        if isinstance(value, Range):
            return self._in_range(term.field, value)
        if isinstance(value, Sizes):
            return self._has_shape(value)
        if term.field is Field.IS:
            return self._is(value.text if isinstance(value, Text) else "")
        if term.field is Field.MODULE:
            return self._in_module(value)
        return self._said(_COLUMNS[term.field], value)

    # -- texts ---------------------------------------------------------------------------------------------------

    def _said(self, columns: tuple[str, ...], value: Text | Pattern) -> Bools:
        found = np.zeros(self._count, np.bool_)
        for column in columns:
            found |= getattr(self, column).holds(value, begins_word if column == "_ops" else _holds)
        return found

    @cached_property
    def _names(self) -> TextColumn:
        nodes = Names.of(self._trace).columns
        return text_column(nodes.name, nodes.texts.all)

    @cached_property
    def _titles(self) -> TextColumn:
        nodes = Names.of(self._trace).columns
        return text_column(nodes.title, nodes.texts.all)

    @cached_property
    def _ops(self) -> TextColumn:
        return text_column(self._trace.nodes.op, self._trace.strings)

    @cached_property
    def _expressions(self) -> TextColumn:
        return text_column(self._trace.nodes.label, self._trace.strings)

    @cached_property
    def _dtypes(self) -> TextColumn:
        return text_column(self._trace.nodes.dtype, self._trace.strings)

    def _in_module(self, value: Text | Pattern) -> Bools:
        """Nodes of calls of modules whose path or class is meant, or of what these call; with their parameters."""
        groups, paths, types = self._modules
        meant = np.fromiter(
            (begins_word(value, a) or begins_word(value, b) for a, b in zip(paths, types, strict=True)),
            np.bool_,
            len(paths),
        )
        for level in groups.levels[1:]:
            meant[level] |= meant[groups.parent[level]]
        inside = groups.of_node != NONE
        inside[inside] = meant[groups.of_node[inside]]
        return np.asarray(inside, np.bool_)

    @cached_property
    def _modules(self) -> tuple[Groups, list[str], list[str]]:
        s = Snapshot.of(self._trace)
        groups = gather(s, Grouping.BY_MODULE)
        paths: list[str] = []
        types = [s.strings[i] for i in s.scope_type[groups.row].tolist()]
        names = [s.strings[i] for i in s.scope_name[groups.row].tolist()]
        for name, parent in zip(names, groups.parent.tolist(), strict=True):
            around = paths[parent] if parent != NONE else ""
            paths.append(f"{around}.{name}" if around and name else name or around)
        return groups, paths, types

    # -- shapes and numbers --------------------------------------------------------------------------------------

    def _has_shape(self, value: Sizes) -> Bools:
        """Only tensors, functions' gradients and leaves' slots have shapes: what has a dtype."""
        column = text_column(self._trace.nodes.shape, self._trace.strings)
        said = np.array([_fits(parse_shape(text), value.sizes) for text in column.texts], np.bool_)
        has = (self._trace.nodes.dtype != 0) & np.isin(self._trace.nodes.kind, _SHAPED)
        return np.asarray(has & said[column.index] if len(said) else has, np.bool_)

    def _in_range(self, field: Field, value: Range) -> Bools:
        nodes, cells = self._trace.nodes, self._trace.cells
        if field is Field.LINE:  # a node's lines must have one in common with those asked for
            first, last = nodes.line, np.maximum(nodes.line, nodes.end_line)
            return (first > 0) & _above(last, value) & _below(first, value)
        if field is Field.CELL:
            known = nodes.cell != NONE
            number = np.full(self._count, NONE, np.int64)
            number[known] = cells.number[nodes.cell[known]]
            return np.asarray(known & _above(number, value) & _below(number, value), np.bool_)
        norms = self._gradient_norms
        return ~np.isnan(norms) & _above(norms, value) & _below(norms, value)

    @cached_property
    def _gradients(self) -> Ints:
        """(N,) the array of the gradient that came to each node in the pass, NONE where none did."""
        found = np.full(self._count, NONE, np.int64)
        steps, trace = self._steps, self._trace
        if steps is None:
            return found
        rows = np.flatnonzero(trace.steps.pass_ == steps.pass_id)
        node = trace.steps.node[rows]
        accumulates = trace.nodes.kind[node] == NodeKind.ACCUMULATE
        found[node] = np.where(accumulates, trace.steps.added[rows], trace.steps.arrived[rows])
        edges = trace.edges
        made = np.flatnonzero(edges.kind == EdgeKind.OUTPUT)
        found[edges.dst[made]] = found[edges.src[made]]
        # A leaf has the gradient that AccumulateGrad added, `.grad` what is in it after that.
        own = node[accumulates]
        leaf = trace.nodes.owner[own]
        found[leaf[leaf != NONE]] = found[own[leaf != NONE]]
        after = np.full(self._count, NONE, np.int64)
        after[node] = trace.steps.after[rows]
        slots = np.flatnonzero(edges.kind == EdgeKind.GRAD)
        written = slots[steps.ran_at[edges.dst[slots]] < NEVER]
        found[edges.src[written]] = after[edges.dst[written]]
        return found

    @cached_property
    def _gradient_norms(self) -> NDArray[np.float64]:
        """(N,) their norms; inf for those with elements that are not finite, NaN where there is no gradient."""
        norms = np.full(self._count, np.nan)
        has = self._gradients != NONE
        handles, arrays = self._gradients[has], self._trace.arrays
        broken = (arrays.nans[handles] > 0) | (arrays.infs[handles] > 0)
        norms[has] = np.where(broken, np.inf, arrays.norm[handles])
        return norms

    # -- what holds for a node -----------------------------------------------------------------------------------

    def _is(self, flag: str) -> Bools:
        nodes = self._trace.nodes
        if flag in _FLAG_BITS:
            return np.asarray(nodes.flags & int(_FLAG_BITS[flag]) != 0, np.bool_)
        if flag in _KINDS:
            return np.asarray(nodes.kind == _KINDS[flag], np.bool_)
        if flag == "former":
            return Names.of(self._trace).columns.former
        return self._is_broken(_BROKEN[flag])

    def _is_broken(self, counts: tuple[str, ...]) -> Bools:
        """The value, or the gradient in the pass, has elements that are not finite."""
        found = np.zeros(self._count, np.bool_)
        for handles in (self._trace.nodes.value, self._gradients):
            known = np.flatnonzero(handles != NONE)
            for count in counts:
                found[known] |= getattr(self._trace.arrays, count)[handles[known]] > 0
        return found


_COLUMNS = {
    Field.ANY: ("_names", "_titles", "_ops", "_expressions"),
    Field.NAME: ("_names", "_titles"),
    Field.OP: ("_ops",),
    Field.DTYPE: ("_dtypes",),
}
_SHAPED = (NodeKind.TENSOR, NodeKind.ACCUMULATE, NodeKind.GRAD)


def _fits(shape: tuple[int, ...], sizes: tuple[int | None, ...]) -> bool:
    return len(shape) == len(sizes) and all(want in (None, size) for size, want in zip(shape, sizes, strict=True))


def _above(numbers: NDArray[np.integer] | NDArray[np.float64], value: Range) -> Bools:
    return np.asarray(numbers > value.low if value.open_low else numbers >= value.low, np.bool_)


def _below(numbers: NDArray[np.integer] | NDArray[np.float64], value: Range) -> Bools:
    return np.asarray(numbers < value.high if value.open_high else numbers <= value.high, np.bool_)
