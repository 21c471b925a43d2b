"""The tree for Qt: rows are looked up when they are seen, texts made when painted. It changes only as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from engine.trace import NONE, NodeFlag, NodeKind, Trace, parse_shape

from ..describe import short_op
from ..grouping.facts import title_of
from ..grouping.forest import Groups
from ..naming import Ints, Names
from ..snapshot import Snapshot
from ..theme import DARK, Theme
from ..values import shape
from .tree import Entry, Tree

Index = QModelIndex | QPersistentModelIndex

TITLE, DETAIL = 0, 1  # columns
_TOP = QModelIndex()


@dataclass(frozen=True, slots=True)
class Content:
    """A tree with what its rows are about. `made_by` (N,) is the function that made each tensor."""

    trace: Trace
    snapshot: Snapshot
    groups: Groups
    tree: Tree
    made_by: Ints


class OutlineModel(QAbstractItemModel):
    """Two columns: what a row is called, and what it is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._content: Content | None = None
        self._names: Names | None = None
        self._theme: Theme = DARK

    @property
    def content(self) -> Content | None:
        """What is shown."""
        return self._content

    def show(self, content: Content | None) -> None:
        """Show another tree."""
        self.beginResetModel()
        self._content = content
        self._names = Names.of(content.trace) if content is not None else None
        self.endResetModel()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme

    # -- entries and indices -------------------------------------------------------------------------------------

    def entry(self, index: Index) -> int:
        """The entry of an index, NONE for the invalid one."""
        return int(index.internalId()) if index.isValid() else NONE

    def index_of(self, entry: int) -> QModelIndex:
        """The index of an entry in the first column."""
        if entry == NONE or self._content is None:
            return QModelIndex()
        return self.createIndex(int(self._content.tree.place[entry]), TITLE, entry)

    def index_of_node(self, node: int) -> QModelIndex:
        """The index of the row that stands for a node of the trace; invalid where none does."""
        content = self._content
        if content is None or not 0 <= node < len(content.tree.entry_of):
            return QModelIndex()
        return self.index_of(int(content.tree.entry_of[node]))

    def node(self, index: Index) -> int:
        """The node that a row selects, NONE for a range."""
        entry, content = self.entry(index), self._content
        return NONE if content is None or entry == NONE else content.tree.node(content.groups, entry)

    def key(self, index: Index) -> str:
        """What a row that can be opened is known by while the trace grows; "" for others."""
        entry, content = self.entry(index), self._content
        if content is None or entry == NONE:
            return ""
        kind, ref = content.tree.kind[entry], int(content.tree.ref[entry])
        if kind == Entry.GROUP:
            return content.groups.keys[ref]
        return f"{self.key(index.parent())}/{ref}" if kind == Entry.RANGE else ""

    def entry_with(self, key: str) -> int:
        """The entry known by a key, NONE where there is none (any more)."""
        content = self._content
        if content is None:
            return NONE
        group = content.groups.index(key)
        if group != NONE:
            return int(content.tree.entry_of_group[group])
        around, _, first = key.rpartition("/")
        parent = self.entry_with(around) if around else NONE
        if not first.isdecimal() or (around and parent == NONE):
            return NONE
        rows = (content.tree.child(parent, row) for row in range(content.tree.rows(parent)))
        return next((e for e in rows if self._is_range(e) and content.tree.ref[e] == int(first)), NONE)

    def _is_range(self, entry: int) -> bool:
        return self._content is not None and bool(self._content.tree.kind[entry] == Entry.RANGE)

    # -- Qt's model ----------------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = _TOP) -> QModelIndex:
        """The index of a row."""
        content, above = self._content, self.entry(parent)
        if content is None or not 0 <= row < content.tree.rows(above) or column not in (TITLE, DETAIL):
            return QModelIndex()
        return self.createIndex(row, column, content.tree.child(above, row))

    def parent(self, index: Index | None = None) -> Any:
        """The row around a row; without an argument Qt's parent of this object."""
        if index is None:
            return super().parent()
        entry = self.entry(index)
        return QModelIndex() if self._content is None else self.index_of(self._parent(entry))

    def _parent(self, entry: int) -> int:
        return NONE if entry == NONE or self._content is None else int(self._content.tree.parent[entry])

    def rowCount(self, parent: Index = _TOP) -> int:
        """Rows below a row."""
        if self._content is None or parent.column() > 0:
            return 0
        return self._content.tree.rows(self.entry(parent))

    def columnCount(self, parent: Index = _TOP) -> int:
        """Title and detail."""
        return 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, and a mark in the colour of the kind of a tensor."""
        content, entry = self._content, self.entry(index)
        if content is None or entry == NONE:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._title(content, entry) if index.column() == TITLE else self._detail(content, entry)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._title(content, entry)}, {self._detail(content, entry)}"
        if role == Qt.ItemDataRole.ForegroundRole and (index.column() == DETAIL or self._is_quiet(content, entry)):
            return QColor(self._theme.dim)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == TITLE:
            return self._colour(content, entry)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The columns' names, for screen readers."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return ("Name", "What it is")[section]

    # -- texts and colours ---------------------------------------------------------------------------------------

    def _title(self, content: Content, entry: int) -> str:
        tree, ref = content.tree, int(content.tree.ref[entry])
        if tree.kind[entry] == Entry.GROUP:
            return title_of(content.snapshot, content.groups, ref)
        if tree.kind[entry] == Entry.RANGE:
            return f"{ref + 1:,} – {ref + int(tree.count[entry]):,}"
        return self._names.title(ref) if self._names is not None else ""

    def _detail(self, content: Content, entry: int) -> str:
        """`Mul  (2, 2)` for what an op made, `leaf  (2, 2)`; how many nodes there are in a group."""
        tree, s, ref = content.tree, content.snapshot, int(content.tree.ref[entry])
        if tree.kind[entry] == Entry.GROUP:
            count = int(content.groups.size[ref])
            return f"{count:,} {'node' if count == 1 else 'nodes'}"
        if tree.kind[entry] == Entry.RANGE:
            return ""
        made_by = int(content.made_by[ref])
        if made_by != NONE:
            what = short_op(s.strings[s.op[made_by]])
        elif s.kind[ref] != NodeKind.TENSOR:
            what = "made nothing"
        elif s.flags[ref] & NodeFlag.PARAMETER:
            what = "parameter"
        else:
            what = "leaf" if s.flags[ref] & NodeFlag.REQUIRES_GRAD else ""
        sizes = shape(parse_shape(s.strings[s.shape[ref]])) if s.kind[ref] == NodeKind.TENSOR else ""
        return f"{what}  {sizes}".strip()

    def _is_quiet(self, content: Content, entry: int) -> bool:
        tree, ref = content.tree, int(content.tree.ref[entry])
        former = self._names is not None and tree.kind[entry] == Entry.NODE and self._names.is_former(ref)
        return bool(former or tree.kind[entry] == Entry.RANGE)

    def _colour(self, content: Content, entry: int) -> QColor | None:
        theme, s, ref = self._theme, content.snapshot, int(content.tree.ref[entry])
        if content.tree.kind[entry] != Entry.NODE:
            return None
        made_by = int(content.made_by[ref])
        failed = s.flags[ref] | (s.flags[made_by] if made_by != NONE else 0)
        if failed & NodeFlag.FAILED:
            return QColor(theme.error)
        trained = NodeFlag.LEAF | NodeFlag.REQUIRES_GRAD
        return QColor(theme.leaf if s.flags[ref] & trained == trained else theme.function)
