"""Turns what nodes save into rows, and in-place writes over it into events. Runs when the recorder drains.

Knows tensors by the entries that `graph_recorder` has of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..backward import BackwardRun
from ..copy_slices import CopySlices
from ..node import Freed, Node, SavedResult
from ..ops.layouts import GeneralNode
from ..saving.packed import Packed
from ..tensor import TENSORS, Tensor
from ..trace import NONE, EventKind
from ..version import writes_of
from .recorded_arrays import RecordedArrays
from .recorded_objects import NodeEntry, SavedRow, TensorEntry
from .recorder_columns import Rows
from .saved_memory import SavedMemory
from .source_position import Site


class SavedRecorder:
    """The rows of the table saved."""

    def __init__(self, rows: Rows, arrays: RecordedArrays, known: Callable[[Tensor], TensorEntry | None]) -> None:
        self.memory = SavedMemory()
        self.passes: list[BackwardRun] = []  # that began, and whose end did not become a row yet
        self._rows = rows
        self._arrays = arrays
        self._known = known  # the newest row of a tensor

    def save(self, node: Node, entry: NodeEntry) -> None:
        """What a new node keeps for its gradients, also where a pass has freed it since."""
        keeper = node.inner if type(node) is CopySlices else node
        items: list[tuple[str, Any, Any]] = keeper.saved_items()
        for run in tuple(self.passes):  # one that ran since may have freed it: the pass has what was there before
            raw = run.released.get(node)
            if raw is not None:
                items = keeper.saved_items_of(raw)
        arguments = keeper.argument_names if isinstance(keeper, GeneralNode) else ()
        for name, value, version in items:
            stays = name in arguments and type(value) not in TENSORS  # a dim or the like, which no pass frees
            if type(value) is tuple and type(version) is tuple:
                for number, (item, its) in enumerate(zip(value, version, strict=True)):
                    self._add(entry, f"{name}[{number}]", item, its, number, stays)
            else:
                self._add(entry, name, value, version, 0, stays)

    def _add(self, entry: NodeEntry, name: str, value: Any, version: int, number: int, stays: bool) -> None:
        tensor = handle = NONE
        text = ""
        if value is None or type(value) is Freed:
            return
        if type(value) is SavedResult:
            tensor, handle = entry.output_row(number), self._arrays.handle(value.array)
        elif type(value) in TENSORS:
            known = self._known(value)
            tensor = NONE if known is None else known.row
            same = known is not None and known.version == version == writes_of(value)
            handle = known.value if same and known is not None else self._arrays.handle(value.array)
        elif type(value) is Packed:
            handle = self._arrays.handle(value.content if type(value.content) in TENSORS else None)
            text = f"packed by {value.packed_by}"
        else:
            text = str(value)
        string = self._rows.string
        row = self._rows.add("saved", entry.row, string(name), tensor, handle, version, string(text))
        if stays:
            return
        saved = SavedRow(row, string(name), version)
        entry.saved += (saved,)
        if type(value) in TENSORS or type(value) is SavedResult:
            self.memory.add(value.array, entry, saved)
        if type(value) is Packed:
            entry.packed = {**(entry.packed or {}), id(value): saved}
            self._rows.add(
                "events", int(EventKind.PACKED), entry.row, NONE, 0, string(value.packed_by), NONE, handle, row,
                version, NONE, 0, NONE,
            )  # fmt: skip

    def written(self, tensor: Tensor, op: str, site: Site, place: tuple[int, int]) -> None:
        """`op` wrote over the memory behind a tensor, in the step `place` if any: whose saved values were those?."""
        name = op if "." in op or op.endswith("_") else f"{op}_"
        for entry, saved in self.memory.of(tensor.array):
            self._rows.add(
                "events", int(EventKind.SAVED_WRITTEN), entry.row, *place, self._rows.string(name), NONE, NONE,
                saved.row, tensor.version.count, site.source, site.line, NONE,
            )  # fmt: skip
