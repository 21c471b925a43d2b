"""Makes the outline's tree off the UI thread; the newest wish replaces those before it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from engine.trace import NONE, EdgeKind, Trace

from ..grouping.facts import title_of
from ..grouping.forest import Groups
from ..grouping.gather import gather
from ..naming import Bools, Ints
from ..shown_state import Grouping
from ..snapshot import Snapshot
from .model import Content
from .tree import build

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be outlined. `kept` (N,) are the nodes that pass the filter, None without one; with `title`, groups
    that are called so are kept with all that is in them.
    """

    trace: Trace
    snapshot: Snapshot
    grouping: Grouping
    kept: Bools | None = None
    title: str = ""


def outlined(wish: Wish) -> Content:
    """The tree of a wish."""
    s = wish.snapshot
    groups = gather(s, wish.grouping)
    kept = wish.kept
    if kept is not None and wish.title:
        kept = kept | _in_groups_called(s, groups, wish.title)
    return Content(wish.trace, s, groups, build(s, groups, kept), _made_by(s))


def _in_groups_called(snapshot: Snapshot, groups: Groups, title: str) -> Bools:
    wanted = title.casefold()
    said = (wanted in title_of(snapshot, groups, group).casefold() for group in range(len(groups)))
    meant = np.fromiter(said, np.bool_, len(groups))
    for level in groups.levels[1:]:
        meant[level] |= meant[groups.parent[level]]
    found = groups.of_node != NONE
    found[found] = meant[groups.of_node[found]]
    return np.asarray(found, np.bool_)


def _made_by(snapshot: Snapshot) -> Ints:
    found = np.full(len(snapshot.kind), NONE, np.int64)
    output = snapshot.edge_kind == EdgeKind.OUTPUT
    found[snapshot.dst[output]] = snapshot.src[output]
    return found


class _Messenger(QObject):
    """Carries the result to the UI thread; it lives as long as its task, whatever happens to the panel."""

    finished = Signal(object)  # Content, or None when it failed


class _Task(QRunnable):
    def __init__(self, wish: Wish) -> None:
        super().__init__()
        self.messenger, self._wish = _Messenger(), wish
        self.setAutoDelete(False)

    def run(self) -> None:
        """Outline and report."""
        content = None
        try:
            content = outlined(self._wish)
        except Exception:  # the panel keeps what it shows; the log says why
            _log.exception("the outline failed")
        self.messenger.finished.emit(content)


class OutlineJob(QObject):
    """Fulfils one wish at a time."""

    ready = Signal(object)  # Content

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._task: _Task | None = None
        self._waiting: Callable[[], Wish] | None = None

    @property
    def busy(self) -> bool:
        """Whether a tree is being made."""
        return self._task is not None

    def request(self, wish: Callable[[], Wish]) -> None:
        """Make this as soon as possible; it is asked what it is when its turn comes."""
        self._waiting = wish
        if self._task is None:
            self._start()

    def _start(self) -> None:
        wish, self._waiting = self._waiting, None
        if wish is not None:
            self._task = _Task(wish())
            self._task.messenger.finished.connect(self._finish)
            self._pool.start(self._task)

    def _finish(self, content: Content | None) -> None:
        self._task = None
        if content is not None and self._waiting is None:
            self.ready.emit(content)
        self._start()
