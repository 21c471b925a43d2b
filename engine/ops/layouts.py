"""Node classes made from rows, in three layouts: one input, two inputs, and any number.

The first two keep everything in slots, which is what makes small operations cheap; the third keeps tuples.
A node saves only what the rules of the tracked inputs need.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Final

import numpy as np

from ..node import FREED, FREED_MESSAGE, Freed, Node, SavedResult
from ..packed import SavedTensor
from ..promotion import of_number
from ..readonly import refuse_writing
from ..saved import as_tensor
from ..tensor import from_array
from .dims import FromEnd
from .table import Gradient, Row

Unpack = Callable[[Node, Any, int], Any]
# Arguments that are tensors, or lists of them, and saved as operands are, where a row does not say which.
TENSOR_ARGUMENTS: Final = frozenset(
    {"index", "indices", "mask", "condition", "target", "weight", "pos_weight", "total_weight", "is_target"}
)
_DESCRIBED: Final = ("_sym_sizes", "_sym_strides")
SCALARS: Final = frozenset(  # numbers that PyTorch keeps as they are; it shows other integers unsigned
    {"alpha", "beta", "exponent", "min", "max", "min_val", "max_val", "p", "value", "threshold", "negative_slope"}
    | {"lambd", "self", "other", "scale", "input_scale", "lower", "upper", "eps", "ord", "correction", "norm"}
)


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

    def saved_items(self) -> list[tuple[str, Any, int]]:
        """See Node."""
        return [(self.saves, self.saved, self.saved_version)] if self.saves else []


class BinaryNode(Node):
    """Two inputs; saves either, or both, or none."""

    __slots__ = ("other_version", "saved_other", "saved_self", "self_version")

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

    def saved_items(self) -> list[tuple[str, Any, int]]:
        """See Node."""
        if not self.saves:
            return []
        first, second = self.row.inputs
        return [(first, self.saved_self, self.self_version), (second, self.saved_other, self.other_version)]


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
        """Free what was saved."""
        self.saved = tuple(None if value is None else FREED for value in self.saved)

    def output_kinds(self) -> tuple[tuple[tuple[int, ...], "np.dtype[Any]"], ...]:
        """See Node."""
        return self.kinds if self.outputs_many else super().output_kinds()

    def change_saved(self, change: Callable[[str, Any], Any]) -> None:
        """See Node."""
        self.saved = tuple(
            None if value is None else change(name, value)
            for name, value in zip(self.saved_names, self.saved, strict=True)
        )

    def saved_items(self) -> list[tuple[str, Any, int]]:
        """See Node; the arguments follow, and are never freed."""
        kept = list(zip(self.saved_names, self.saved, self.versions, strict=True))
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
        to_self, to_other = node.next_edges
        return (
            None if to_self is None else rule0(grad),
            None if to_other is None else rule1(grad),
        )

    def run_crosswise(node: BinaryNode, grad: Any, unpack: Unpack) -> tuple[Any, ...]:
        to_self, to_other = node.next_edges
        return (
            None if to_self is None else rule0(grad, unpack(node, node.saved_other, node.other_version)),
            None if to_other is None else rule1(grad, unpack(node, node.saved_self, node.self_version)),
        )

    def run_with_saved(node: BinaryNode, grad: Any, unpack: Unpack) -> tuple[Any, ...]:
        to_self, to_other = node.next_edges
        if other_first:
            other = unpack(node, node.saved_other, node.other_version)
        this = unpack(node, node.saved_self, node.self_version)
        if not other_first:
            other = unpack(node, node.saved_other, node.other_version)
        return (
            None if to_self is None else run0(grad, this, other),
            None if to_other is None else run1(grad, this, other),
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
    wanted = _needed(row)
    saved_names = _saved_names(row, wanted)
    described = tuple(
        f"{name}_{what}" for name in row.inputs for what in ("shape", "dtype") if f"{name}_{what}" in wanted
    ) + tuple(name for name in row.saves if name.endswith(_DESCRIBED) and name not in row.arguments)
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

    def run(node: GeneralNode, grad: Any, unpack: Unpack) -> tuple[Any, ...]:
        values = [
            *(unpack(node, value, version) for value, version in zip(node.saved, node.versions, strict=True)),
            *node.arguments,
        ]
        first = grad[0] if row.many else grad
        if together is not None and node.next_edges.count(None) < len(node.next_edges) - 1:
            rule, places, takes_all = together
            return tuple(rule(grad if takes_all else first, *[values[place] for place in places]))
        made: list[Any] = []
        for edge, pick in zip(node.next_edges, picks, strict=True):
            if edge is None or pick is None:
                made.append(None)
                continue
            rule, places, takes_all = pick
            made.append(rule(grad if takes_all else first, *[values[place] for place in places]))
        return tuple(made)

    def run_joint(node: GeneralNode, grad: Any, unpack: Unpack) -> tuple[Any, ...]:
        values = [
            *(unpack(node, value, version) for value, version in zip(node.saved, node.versions, strict=True)),
            *node.arguments,
        ]
        assert picks[0] is not None
        rule, places, takes_all = picks[0]
        first = grad[0] if row.many and not takes_all else grad
        return tuple(rule(first, *[values[place] for place in places]))

    def run_underived(node: GeneralNode, _grad: Any, _unpack: Unpack) -> tuple[Any, ...]:
        raise RuntimeError(f"derivative for aten::{node.row.name} is not implemented")

    runs = run_joint if row.joint else run_underived if row.node == "NotImplemented" else run
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


def _needed(row: Row) -> set[str]:
    """What the rules ask for."""
    return {name for gradient in (*row.gradients, row.together) if gradient is not None for name in gradient.needs}


def _saved_names(row: Row, wanted: set[str]) -> tuple[str, ...]:
    """What is saved as tensors are, in PyTorch's order: operands by name, then results."""
    names = sorted(wanted.union(row.saves).intersection(row.inputs + _tensor_arguments(row)))
    return (*names, "result") if "result" in wanted or {"result", *row.results} & set(row.saves) else tuple(names)


def _tensor_arguments(row: Row) -> tuple[str, ...]:
    if row.tensors is not None:
        return row.tensors
    return tuple(name for name in row.constants + row.arguments if name in TENSOR_ARGUMENTS)


def _make(layout: type[Any], row: Row, members: dict[str, Any]) -> Any:
    members |= {"__slots__": (), "__module__": "torch.autograd.graph", "row": row}
    needed = _needed(row)
    shows = row.saves or tuple(name for name in sorted(needed) if not name.endswith(("_shape", "_dtype")))
    if "result" in needed and row.many and not row.saves:
        shows += row.results
    for name in shows:
        members |= _attributes(row, name)
    members |= {f"_saved_{name}": value for name, value in row.shows}
    members["__new__"] = _refuse_making
    if row.node in ("NotImplemented", "CopyBackwards"):  # nodes that PyTorch writes by hand, in its C++ namespace
        members["name"] = lambda _node: f"torch::autograd::{row.node}"
    made = type(row.node, (layout,), members)
    refuse_writing(made)
    return made


def _attributes(row: Row, name: str) -> dict[str, property]:
    """`_saved_<name>`, and for what is saved as a tensor `_raw_saved_<name>`."""
    if row.many and name in row.results:
        part = row.results.index(name)
        return {
            f"_saved_{name}": property(lambda node: _saved("result", node)[part]),
            f"_raw_saved_{name}": property(lambda node: SavedTensor(node, "result", part)),
        }
    if name.endswith("_sym_strides") and name not in row.arguments:
        return {f"_saved_{name}": property(partial(_saved_strides, name))}
    found = {f"_saved_{name}": property(partial(_saved, name))}
    if name in (*row.inputs, "result", *_tensor_arguments(row)):
        found[f"_raw_saved_{name}"] = property(partial(_raw_saved, name))
    return {} if name == "result" and row.many else found


def _saved(name: str, node: Node) -> Any:
    """What `grad_fn._saved_<name>` shows. Raises RuntimeError once it was freed."""
    for known, saved, version in node.saved_items():
        if known == name:
            value = as_tensor(node, saved, version)
            if name in node.row.inputs and isinstance(value, (int, float)):  # PyTorch saves a number as a 0-d tensor
                return from_array(np.asarray(value, of_number(value).numpy))
            return value if name in SCALARS else shown(value)
    return None


def _saved_strides(name: str, node: Node) -> tuple[int, ...]:
    """What `grad_fn._saved_mat2_sym_strides` shows: in elements, () where nothing was saved."""
    slot = node.row.inputs.index(name.removesuffix("_sym_strides"))
    edge = node.next_edges[slot]
    kept = next(value for known, value, _ in node.saved_items() if known == name)
    if edge is None:
        return ()
    if 0 in edge.shape:  # where NumPy's are zeros
        from .shape.geometry import contiguous_strides

        return contiguous_strides(edge.shape)
    return tuple(stride // edge.dtype.itemsize for stride in kept)


def shown(value: Any) -> Any:
    """A saved value as PyTorch shows it: negative integers as unsigned 64-bit ones, dims as they were given."""
    if type(value) is tuple:
        return tuple([shown(item) for item in value])
    if type(value) is FromEnd:
        return value.given + 2**64
    return value + 2**64 if type(value) is int and value < 0 else value


def _raw_saved(name: str, node: Node) -> SavedTensor | tuple[SavedTensor, ...]:
    """`grad_fn._raw_saved_<name>`: a tuple for a list of tensors."""
    for known, saved, version in node.saved_items():
        if known == name and type(version) is tuple:
            if type(saved) is Freed:
                raise RuntimeError(FREED_MESSAGE)
            return tuple([SavedTensor(node, name, place) for place in range(len(saved))])
    return SavedTensor(node, name)


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
