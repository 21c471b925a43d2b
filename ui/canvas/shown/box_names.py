"""What boxes say when no pass is shown: titles as everywhere, cut to a width, and second lines. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace import NONE, NodeKind

from ...distinct_rows import distinct_rows
from ...naming import Bools, Ints, NodeNames, Texts, name_nodes, numbered
from ...snapshot import Snapshot
from .captions import one_line, tensor_caption, title_line

SECOND_LIMIT = 24  # characters
LEAF_LIMIT = 18  # of a leaf's name in such a line


@dataclass(frozen=True, slots=True)
class BoxNames:
    """Title and second line of every node of a trace, as indices into `texts`."""

    title: Ints
    number: Ints  # of a former name, see `naming`
    second: Ints
    former: Bools
    texts: Texts


def name_boxes(snapshot: Snapshot) -> BoxNames:
    """Titles and second lines, without a pass (see `story` for what a step writes instead)."""
    s, names, texts = snapshot, name_nodes(snapshot), Texts()
    title = texts.map(names.title, names.texts.all, title_line)
    labels = np.where(s.kind == NodeKind.FUNCTION, s.label, 0)
    second = texts.map(labels, s.strings, lambda text: one_line(text, SECOND_LIMIT))
    _describe_tensors(snapshot, second, texts)
    _tell_what_accumulates(snapshot, names, second, texts)
    return BoxNames(title, names.number, second, names.former, texts)


def _describe_tensors(snapshot: Snapshot, second: Ints, texts: Texts) -> None:
    s = snapshot
    rows = np.flatnonzero(s.kind == NodeKind.TENSOR)
    different, inverse = distinct_rows(s.shape[rows], s.dtype[rows], s.flags[rows])
    captions = [texts.add(tensor_caption(s.strings[a], s.strings[b], c)) for a, b, c in different.tolist()]
    second[rows] = np.array(captions, np.int64)[inverse] if captions else 0


def _tell_what_accumulates(snapshot: Snapshot, names: NodeNames, second: Ints, texts: Texts) -> None:
    """`x.grad += g` in the AccumulateGrad that does it."""
    for row in np.flatnonzero((snapshot.kind == NodeKind.ACCUMULATE) & (snapshot.owner != NONE)).tolist():
        owner = int(snapshot.owner[row])
        leaf = numbered(names.texts.all[names.name[owner]], int(names.number[owner]))
        second[row] = texts.add(f"{title_line(leaf, LEAF_LIMIT)}.grad += g")
