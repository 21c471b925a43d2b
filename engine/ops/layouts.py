"""Node classes made from rows, in three layouts: one input, two inputs, and any number.

The first two keep everything in slots, which is what makes small operations cheap; the third keeps tuples.
A node saves only what the rules of the tracked inputs need.
"""

from collections.abc import Callable
from itertools import repeat
from operator import attrgetter
from typing import Any, ClassVar

import numpy as np

from ..node import FREED, Node, Output, SavedResult
from ..readonly import refuse_writing
from .saving import DESCRIBED, attributes, needed_names, saved_names_of, shown_names
from .table import Gradient, Row

_NUMBERS = frozenset((int, float, bool))
Unpack = Callable[[Node, Any, int], Any]


class UnaryNode(Node):
    """One input; saves the input, or the result, or nothing."""

    __slots__ = ("saved", "saved_version")

    saves: ClassVar[str]  # "self", "result" or ""
    saved: Any
    saved_version: int

    def release(self) -> None:
        """Free what was saved."""
        if self.saves:
            self.saved = FREED

    def change_saved(self, change: Callable[[str, Any], Any]) -> None:
        """See Node."""
        if self.saves:
            self.saved = change(self.saves, self.saved)

    def saved_raw(self) -> Any:
        """See Node."""
        return self.saved if self.saves else None

    def saved_items_of(self, state: Any) -> list[tuple[str, Any, Any]]:
        """See Node."""
        return [(self.saves, state, self.saved_version)] if self.saves else []


class BinaryNode(Node):
    """Two inputs; saves either, or both, or none."""

    __slots__ = ("other_version", "saved_other", "saved_self", "self_version", "to_other", "to_self")

    next_edges = property(attrgetter("to_self", "to_other"))  # slots, not a tuple: less for the garbage collector

    to_self: Node | Output | None
    to_other: Node | Output | None
    saves: ClassVar[bool]
    other_first: ClassVar[bool]  # PyTorch saves in the order of the names, so mostly `other` before `self`
    saved_self: Any
    saved_other: Any
    self_version: int
    other_version: int

    def release(self) -> None:
        """Free what was saved."""
        if self.saves:
            if self.saved_self is not None:
                self.saved_self = FREED
            if self.saved_other is not None:
                self.saved_other = FREED

    def change_saved(self, change: Callable[[str, Any], Any]) -> None:
        """See Node."""
        if not self.saves:
            return
        first, second = self.row.inputs
        if self.other_first and self.saved_other is not None:
            self.saved_other = change(second, self.saved_other)
        if self.saved_self is not None:
            self.saved_self = change(first, self.saved_self)
        if not self.other_first and self.saved_other is not None:
            self.saved_other = change(second, self.saved_other)

    def saved_raw(self) -> Any:
        """See Node."""
        return (self.saved_self, self.saved_other) if self.saves else None

    def saved_items_of(self, state: Any) -> list[tuple[str, Any, Any]]:
        """See Node."""
        if not self.saves:
            return []
        (first, second), (this, other) = self.row.inputs, state
        return [(first, this, self.self_version), (second, other, self.other_version)]


class GeneralNode(Node):
    """Any number of inputs, arguments and outputs."""

    __slots__ = ("arguments", "kinds", "output_count", "saved", "versions")

    saved_names: ClassVar[tuple[str, ...]]  # what `saved` holds, in order
    argument_names: ClassVar[tuple[str, ...]]
    described: ClassVar[tuple[str, ...]]  # the last of them: what is kept of operands, such as `self_shape`
    saved: tuple[Any, ...]
    versions: tuple[Any, ...]  # a tuple for each item that is a tuple
    arguments: tuple[Any, ...]
    kinds: tuple[tuple[tuple[int, ...], "np.dtype[Any]"], ...]  # shape and dtype of each output, where there are many
    output_count: int

    def release(self) -> None:
        """Free what was saved, but for numbers, which PyTorch keeps."""
        self.saved = tuple([value if value is None or type(value) in _NUMBERS else FREED for value in self.saved])

    def output_kinds(self) -> tuple[tuple[tuple[int, ...], "np.dtype[Any]"], ...]:
        """See Node."""
        return self.kinds if self.outputs_many else super().output_kinds()

    def change_saved(self, change: Callable[[str, Any], Any]) -> None:
        """See Node."""
        self.saved = tuple(
            None if value is None else change(name, value)
            for name, value in zip(self.saved_names, self.saved, strict=True)
        )

    def saved_raw(self) -> Any:
        """See Node."""
        return self.saved

    def saved_items_of(self, state: Any) -> list[tuple[str, Any, Any]]:
        """See Node; the arguments follow, and are never freed."""
        kept = list(zip(self.saved_names, state, self.versions, strict=True))
        return kept + [(name, value, 0) for name, value in zip(self.argument_names, self.arguments, strict=True)]


def unary_class(row: Row) -> type[UnaryNode]:
    """The class of the nodes that `row` leaves behind. Its rule may need the input or the result, not both."""
    (gradient,) = row.gradients
    assert gradient is not None
    rule = gradient.rule

    def run_alone(_node: Node, grad: Any, _unpack: Unpack) -> tuple[Any, ...]:
        return (rule(grad),)

    def run_with_saved(node: UnaryNode, grad: Any, unpack: Unpack) -> tuple[Any, ...]:
        return (rule(grad, unpack(node, node.saved, node.saved_version)),)

    if len(gradient.needs) > 1:
        raise ValueError(f"{row.key}: a unary rule needs the input or the result; use the general builder for both")
    run = run_with_saved if gradient.needs else run_alone
    saves = gradient.needs[0] if gradient.needs else ""
    made: type[UnaryNode] = _make(UnaryNode, row, {"run": run, "saves": saves, "keeps": bool(saves)})
    return made


def binary_class(row: Row) -> type[BinaryNode]:
    """The class of the nodes that `row` leaves behind. Its rules may need either input, not the result."""
    (first, second) = row.gradients
    assert first is not None
    assert second is not None
    rule0, rule1 = first.rule, second.rule
    run0, run1 = _binary_rule(row, first), _binary_rule(row, second)
    self_name, other_name = row.inputs
    other_first = other_name < self_name

    def run_alone(node: BinaryNode, grad: Any, _unpack: Unpack) -> tuple[Any, ...]:
        return (
            None if node.to_self is None else rule0(grad),
            None if node.to_other is None else rule1(grad),
        )

    def run_crosswise(node: BinaryNode, grad: Any, unpack: Unpack) -> tuple[Any, ...]:
        return (
            None if node.to_self is None else rule0(grad, unpack(node, node.saved_other, node.other_version)),
            None if node.to_other is None else rule1(grad, unpack(node, node.saved_self, node.self_version)),
        )

    def run_with_saved(node: BinaryNode, grad: Any, unpack: Unpack) -> tuple[Any, ...]:
        if other_first:
            other = unpack(node, node.saved_other, node.other_version)
        this = unpack(node, node.saved_self, node.self_version)
        if not other_first:
            other = unpack(node, node.saved_other, node.other_version)
        return (
            None if node.to_self is None else run0(grad, this, other),
            None if node.to_other is None else run1(grad, this, other),
        )

    saves = bool(first.needs or second.needs)
    run = run_with_saved if saves else run_alone
    if first.needs == (other_name,) and second.needs == (self_name,):
        run = run_crosswise  # as in mul: one call less for the commonest pattern
    members = {"run": run, "saves": saves, "keeps": saves, "other_first": other_first}
    made: type[BinaryNode] = _make(BinaryNode, row, members)
    return made


def _binary_rule(row: Row, gradient: Gradient) -> Callable[[Any, Any, Any], Any]:
    """The rule as a function of the gradient and both inputs."""
    rule, needs = gradient.rule, gradient.needs
    self_name, other_name = row.inputs
    if not needs:
        return lambda grad, _this, _other: rule(grad)
    if needs == (self_name,):
        return lambda grad, this, _other: rule(grad, this)
    if needs == (other_name,):
        return lambda grad, _this, other: rule(grad, other)
    if needs == (self_name, other_name):
        return rule
    raise ValueError(f"{row.key}: a binary rule needs its inputs in order; use the general builder for {needs}")


def general_class(row: Row) -> type[GeneralNode]:
    """The class of the nodes that `row` leaves behind; its rules may ask for anything."""
    wanted = needed_names(row)
    saved_names = saved_names_of(row, wanted)
    described = tuple(
        f"{name}_{what}" for name in row.inputs for what in ("shape", "dtype") if f"{name}_{what}" in wanted
    ) + tuple(name for name in row.saves if name.endswith(DESCRIBED) and name not in row.arguments)
    extras = (() if row.joint else row.constants) + row.arguments
    argument_names = tuple(name for name in extras if name not in saved_names) + described
    unknown = wanted.difference(saved_names, argument_names)
    if unknown:
        raise ValueError(f"{row.key}: rules ask for {sorted(unknown)}, which the row does not have")
    known = saved_names + argument_names
    *picks, together = [
        None if gradient is None else (gradient.rule, tuple(map(known.index, gradient.needs)), gradient.takes_all)
        for gradient in (*row.gradients, row.together)
    ]
    slots = range(len(row.inputs))

    def run(node: GeneralNode, grad: Any, unpack: Unpack) -> tuple[Any, ...]:
        values = [*map(unpack, repeat(node), node.saved, node.versions), *node.arguments]
        first = grad[0] if row.many else grad
        edges = node.next_edges
        if together is not None and edges.count(None) < len(edges) - 1:
            rule, places, takes_all = together
            return tuple(rule(grad if takes_all else first, *[values[place] for place in places]))
        made: list[Any] = []
        for slot in slots:
            pick = picks[slot]
            if edges[slot] is None or pick is None:
                made.append(None)
                continue
            rule, places, takes_all = pick
            made.append(rule(grad if takes_all else first, *[values[place] for place in places]))
        return tuple(made)

    def run_single(node: GeneralNode, grad: Any, unpack: Unpack) -> tuple[Any, ...]:
        """`run` of one input and one output."""
        assert picks[0] is not None
        rule, places, _ = picks[0]
        if not places:
            return (rule(grad),)
        values = [*map(unpack, repeat(node), node.saved, node.versions), *node.arguments]
        return (rule(grad, *[values[place] for place in places]),)

    def run_joint(node: GeneralNode, grad: Any, unpack: Unpack) -> tuple[Any, ...]:
        values = [*map(unpack, repeat(node), node.saved, node.versions), *node.arguments]
        assert picks[0] is not None
        rule, places, takes_all = picks[0]
        first = grad[0] if row.many and not takes_all else grad
        return tuple(rule(first, *[values[place] for place in places]))

    def run_underived(node: GeneralNode, _grad: Any, _unpack: Unpack) -> tuple[Any, ...]:
        name = node.row.name
        raise RuntimeError(f"derivative for {'' if name == 'set_' else 'aten::'}{name} is not implemented")

    is_single = len(row.inputs) == 1 and not row.many and together is None and picks[0] is not None
    runs: Callable[[Any, Any, Unpack], tuple[Any, ...]] = run_joint if row.joint else run_single if is_single else run
    if row.node == "NotImplemented":
        runs = run_underived
    members = {
        "run": runs,
        "keeps": bool(saved_names),
        "saved_names": saved_names,
        "argument_names": argument_names,
        "described": described,
        "outputs_many": row.many,
    }
    made: type[GeneralNode] = _make(GeneralNode, row, members)
    return made


def _make(layout: type[Any], row: Row, members: dict[str, Any]) -> Any:
    members |= {"__slots__": (), "__module__": "torch.autograd.graph", "row": row}
    for name in shown_names(row):
        members |= attributes(row, name)
    members |= {f"_saved_{name}": value for name, value in row.shows}
    members["__new__"] = _refuse_making
    if row.node in ("NotImplemented", "CopyBackwards"):  # nodes that PyTorch writes by hand, in its C++ namespace
        members["name"] = lambda _node: f"torch::autograd::{row.node}"
    made = type(row.node, (layout,), members)
    refuse_writing(made)
    return made


def _refuse_making(kind: type, *_: object) -> Any:
    raise TypeError(f"cannot create '{kind.__name__}' instances")


def saves_first_input(node: Node, tensor: Any) -> bool:
    """Whether the node keeps the operand that an in-place operation is about to overwrite."""
    if isinstance(node, UnaryNode):
        return node.saves == "self"
    if isinstance(node, BinaryNode):
        return bool(node.saves) and node.saved_self is tensor
    if not isinstance(node, GeneralNode) or node.row.joint:
        return False
    first = node.row.inputs[0]
    return any(name == first and value is tensor for name, value in zip(node.saved_names, node.saved, strict=True))


def repoint_saved(node: Node, tensor: Any, original: Any, result: Any) -> None:
    """After an in-place operation: the node keeps the operand's old content, and the operand as its result.

    `tensor` is the operand, `original` a copy from before, `result` the SavedResult over the operand's memory. As in
    PyTorch, only the first input is kept by copy: `x.mul_(x)` fails in backward.
    """
    if isinstance(node, UnaryNode):
        if node.saves == "self":
            node.saved = original
        elif node.saves:
            node.saved, node.saved_version = result, result._version_counter.value
    elif isinstance(node, BinaryNode):
        if node.saves and node.saved_self is tensor:
            node.saved_self = original
            node.self_version = 0
    elif isinstance(node, GeneralNode):
        saved, versions = list(node.saved), list(node.versions)
        for place, (name, value) in enumerate(zip(node.saved_names, node.saved, strict=True)):
            if isinstance(value, SavedResult):
                saved[place], versions[place] = result, result._version_counter.value
            elif name == node.row.inputs[0] and value is tensor:
                saved[place], versions[place] = original, 0
        node.saved, node.versions = tuple(saved), tuple(versions)
