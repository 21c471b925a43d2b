"""Whose saved tensors some memory belongs to, and why a pass refused what a node had saved.

An in-place write anywhere on the memory of a saved tensor, by whatever view, makes autograd refuse it later. So memory
is known by the object that owns it. Knows no rows beyond those it is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from numpy.typing import NDArray

from ..node import FREED_MESSAGE, Node, SavedResult
from ..tensor import TENSORS
from .array_store import memory_owner
from .recorded_objects import NodeEntry, SavedRow

MODIFIED = "modified by an inplace operation"


class SavedMemory:
    """The saved rows by the memory behind them, for as long as their nodes have them."""

    def __init__(self) -> None:
        self._saved: dict[int, list[tuple[NodeEntry, SavedRow]]] = {}

    def add(self, array: NDArray[Any], entry: NodeEntry, saved: SavedRow) -> None:
        """`entry`'s node keeps this array as `saved`; that it does keeps the owner's id its own."""
        self._saved.setdefault(id(memory_owner(array)), []).append((entry, saved))

    def of(self, array: NDArray[Any]) -> Iterator[tuple[NodeEntry, SavedRow]]:
        """What is saved of the memory behind `array` now."""
        for entry, saved in self._saved.get(id(memory_owner(array)), ()):
            if entry() is not None and saved in entry.saved:
                yield entry, saved

    def sweep(self) -> None:
        """Forget what nobody has any more."""
        for key, known in list(self._saved.items()):
            living = [pair for pair in known if pair[0]() is not None and pair[0].saved]
            if living:
                self._saved[key] = living
            else:
                del self._saved[key]


class Refusal(NamedTuple):
    """Why a node's step failed: its saved values were freed before, or memory was written since."""

    gone: bool
    stale: tuple[tuple[str, int], ...]  # (name, version found), in the order in which the node asks for them


def refusal_of(error: BaseException | None, node: Node | None) -> Refusal | None:
    """The refusal behind the error of a pass that ended at `node`; None for any other error.

    To be asked at once: the versions are those of now.
    """
    if node is None or not isinstance(error, RuntimeError):
        return None
    message = str(error)
    if FREED_MESSAGE in message:
        return Refusal(True, ())
    if MODIFIED not in message:
        return None
    return Refusal(False, tuple(_stale(node)))


def _stale(node: Node) -> Iterator[tuple[str, int]]:
    for name, value, version in node.saved_items():
        several = type(value) is tuple and type(version) is tuple
        items = zip(value, version, strict=True) if several else ((value, version),)
        for place, (item, its) in enumerate(items):
            counter = item._version_counter if type(item) in TENSORS or type(item) is SavedResult else None
            if counter is not None and counter.count != its:
                yield (f"{name}[{place}]" if several else name), counter.count
