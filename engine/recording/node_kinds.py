"""What all nodes of a class have in common, as strings of the rows: name, rule, names of slots. Runs when draining."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import NamedTuple

from ..fired import hook_code
from ..functions.function_node import FunctionNode
from ..node import Node
from .recorded_objects import slot_name
from .recorder_columns import Rows


class Kind(NamedTuple):
    """Strings of the rows of all nodes of a class: its name, its rule, the names of its slots as far as known."""

    op: int
    rule: int
    slots: list[int]


class NodeKinds:
    """Writes the tables formulas and definitions, each row when it is first met."""

    def __init__(self, rows: Rows, definition: Callable[[CodeType], tuple[int, int] | None]) -> None:
        self.known: dict[type[Node], Kind] = {}
        self._rows = rows
        self._definition = definition  # (source, line) of code of the user's
        self._formulas: set[str] = set()
        self._definitions: dict[CodeType, str] = {}

    def meet(self, node: Node) -> Kind:
        """The kind of a node whose class is not `known`; each custom function's node may be another."""
        made = Kind(self._rows.string(node.name()), self._rows.string(self._rule(node)), [])
        if not isinstance(node, FunctionNode):
            self.known[type(node)] = made
        return made

    def slot_names(self, node: Node, count: int) -> list[int]:
        """The names of at least so many argument slots, as strings of the rows."""
        kind = self.known.get(type(node))
        names = [] if kind is None else kind.slots
        while len(names) < count:
            names.append(self._rows.string(slot_name(node, len(names))))
        return names

    def _rule(self, node: Node) -> str:
        """The key of the node's formulas, which are sent when it is first met."""
        row = getattr(node, "row", None)
        if row is None:
            return ""
        if isinstance(node, FunctionNode):
            return self._custom_rule(node)
        key: str = row.key
        if key not in self._formulas:
            self._formulas.add(key)
            for slot, gradient in enumerate(row.gradients):
                if gradient is not None:
                    rule, source = self._rows.string(key), self._rows.string(row.inputs[slot])
                    self._rows.add("formulas", rule, slot, source, self._rows.string(gradient.text))
        return key

    def _custom_rule(self, node: FunctionNode) -> str:
        """A name for what a custom function's `backward` does; where that is written is told when it is first met."""
        code = hook_code(node.written_by())
        if code is None:
            return node.name()
        rule = self._definitions.get(code)
        if rule is None:
            rule = self._definitions[code] = f"{node.name()} {len(self._definitions) + 1}"
            found = self._definition(code)
            if found is not None:
                lines = [line for _, _, line in code.co_lines() if line]
                last = found[1] + max(lines, default=code.co_firstlineno) - code.co_firstlineno
                self._rows.add("definitions", self._rows.string(rule), *found, last)
        return rule
