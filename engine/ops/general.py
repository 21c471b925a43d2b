"""The general builder: any number of operands, arguments and results, views included. See `build.py` for the quick two.

The function that PyTorch's user calls is written by hand where its signature needs sorting out; it ends in
`call((tensor, ...), (argument, ...))` of the row.
"""

from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from .. import grad_mode, observe
from ..node import Output, SavedResult, next_number, output_numbers
from ..tensor import TENSORS, Tensor, fresh_counter, from_array, from_node
from ..transforms import levels
from ..transforms.carrier import carries, carry
from ..views import make_view
from .layouts import INDICES, GeneralNode, general_class
from .operands import to_arrays
from .table import CALLS, Row, register

Array = npt.NDArray[Any]
Saving = tuple[int, tuple[int, ...]]
Keeping = tuple[int, int, tuple[int, ...]]  # which operand or RESULT; the one slot that needs it, or -1; all of them
RESULT: Final = -1
PLAIN: Final = frozenset((int, float, bool, type(None)))
_new: Final = object.__new__
_ndarray: Final = np.ndarray


class Call(Protocol):
    """Runs a row on operands (tensors, numbers or None) and arguments; `reports` False keeps it from the observer."""

    def __call__(self, operands: tuple[Any, ...], arguments: tuple[Any, ...] = (), reports: bool = True) -> Any: ...  # noqa: D102


def general(row: Row, promote: bool = False) -> Call:
    """Build and register the call of a row. `forward(*operands, *arguments)` gets arrays, numbers and arguments.

    Operands are passed as they are, or, with `promote`, as arrays of their common dtype. A row with `many` returns a
    tuple of tensors. Results that are not floating-point are never tracked.
    """
    node_class = general_class(row) if row.node else None
    many = row.many
    saves = _savings(row, node_class.saved_names) if node_class is not None else ()
    first_described = len(row.constants) + len(row.arguments)
    described = node_class.argument_names[first_described:] if node_class is not None else ()
    indices = tuple(place for place, name in enumerate(row.arguments) if name in INDICES)

    if row.joint or many or described or indices:
        call = _any_call(row, node_class, saves, described, indices, promote)
    else:
        call = _lean_call(row, node_class, saves, promote)
    register(row, call)
    CALLS[row.key] = call
    return call


def _lean_call(row: Row, node_class: type[GeneralNode] | None, saves: tuple[Saving, ...], promote: bool) -> Call:
    """A row with one result whose rules need only inputs, arguments and the result: `_any_call`, inlined."""
    forward, name, view, inputs = row.forward, row.name, row.view, len(row.inputs)
    keeps = tuple((place, slots[0] if len(slots) == 1 and inputs > 1 else RESULT, slots) for place, slots in saves)

    def call(operands: tuple[Any, ...], arguments: tuple[Any, ...] = (), reports: bool = True) -> Any:
        if levels.active and carries(operands):
            return carry(row, lambda: call(operands, arguments, reports), operands, arguments)
        tracked = False
        arrays = []
        for operand in operands:
            if type(operand) in TENSORS:
                arrays.append(operand.array)
                if operand._requires_grad:
                    tracked = True
            else:
                arrays.append(operand)
        made = forward(*(_promoted(row, operands) if promote else arrays), *arguments)
        if type(made) is not _ndarray:
            made = np.asarray(made)
        result = _new(Tensor)
        result.array = made
        result._meta = None
        result._version_counter = fresh_counter() if grad_mode.changes else None
        node: GeneralNode | None = None
        if (
            tracked
            and node_class is not None
            and made.dtype.kind == "f"
            and (packs := grad_mode.changes == 0 or grad_mode.tracking())
        ):
            node = _new(node_class)
            node.extras = None
            if inputs == 1:
                first = operands[0]
                fn = first._fn if type(first) in TENSORS else None
                node.next_edges = (fn if fn is not None or type(first) not in TENSORS else first.edge(),)
            else:
                node.next_edges = tuple([x.edge() if type(x) in TENSORS else None for x in operands[:inputs]])
            node.sequence_number = next_number()  # after `edge()`, which may make a node
            node.output_count = 1
            node.arguments = operands[inputs:] + arguments if len(operands) > inputs else arguments
            node.guards = ()
            node.shape = made.shape
            node.dtype = made.dtype
            result._fn = node
            result._requires_grad = True
            if keeps:
                _keep(node, keeps, operands, result)
                if packs is not True and reports:
                    packs(node)
            else:
                node.saved = node.versions = ()
        else:
            result._fn = None
            result._requires_grad = False
        if view:
            make_view(result, operands[0])
        if observe.observer is not None and reports:
            observe.observer.operation(node, name, tuple(operands), (result,), False)
        return result

    return call


def _keep(node: GeneralNode, keeps: tuple[Keeping, ...], operands: tuple[Any, ...], result: Tensor) -> None:
    """Keep what the rules of the tracked inputs need, with its version, of a row with one result."""
    saved: list[Any] = []
    versions: list[int] = []
    edges = node.next_edges
    for place, slot, slots in keeps:
        version = 0
        if slot >= 0:
            wanted = edges[slot] is not None
        else:
            wanted = len(edges) == 1 or any(edges[slot] is not None for slot in slots)
        if not wanted:
            saved.append(None)
        elif place == RESULT:
            saved.append(SavedResult(result.array, result.version))
        else:
            operand = operands[place]
            saved.append(operand)
            counter = operand._version_counter if type(operand) in TENSORS else None
            version = 0 if counter is None else counter.value
        versions.append(version)
    node.saved = tuple(saved)
    node.versions = tuple(versions)


def _any_call(
    row: Row,
    node_class: type[GeneralNode] | None,
    saves: tuple[Saving, ...],
    described: tuple[str, ...],
    indices: tuple[int, ...],
    promote: bool,
) -> Call:
    """A row of any kind."""
    forward, many, inputs = row.forward, row.many, len(row.inputs)

    def call(operands: tuple[Any, ...], arguments: tuple[Any, ...] = (), reports: bool = True) -> Any:
        if levels.active and carries(operands):
            return carry(row, lambda: call(operands, arguments, reports), operands, arguments)
        arrays = (
            _promoted(row, operands)
            if promote
            else [operand.array if type(operand) in TENSORS else operand for operand in operands]
        )
        made = forward(arrays, *arguments) if row.joint else forward(*arrays, *arguments)
        node: GeneralNode | None = None
        if (
            node_class is not None
            and (many or made.dtype.kind == "f")
            and (packs := grad_mode.changes == 0 or grad_mode.tracking())
        ):
            for operand in operands:
                if type(operand) in TENSORS and operand._requires_grad:
                    assert node_class is not None
                    node = _new(node_class)
                    _record(node, operands if row.joint else operands[:inputs])
                    node.arguments = (() if row.joint else operands[inputs:]) + arguments
                    node.guards = _guards(arguments, indices) if indices else ()
                    if described:
                        node.arguments += tuple([_describe(row, name, operands) for name in described])
                    break
        results = _wrap_many(node, made, row.untracked) if many else (_wrap(node, made),)
        if node is not None:
            if saves:
                _save(row, saves, node, operands, results)
                if packs is not True and reports:
                    packs(node)  # type: ignore[operator]  # not True, not False, so a function
            else:
                node.saved = node.versions = ()
        if row.view:
            for result in results:
                make_view(result, operands[0], row.many)
        if observe.observer is not None and reports:
            observe.observer.operation(node, row.name, tuple(operands), results, False)
        return results if many else results[0]

    return call


def _promoted(row: Row, operands: tuple[Any, ...]) -> list[Any]:
    """The operands in their common dtype; those left out stay None, and numbers beside floats stay numbers."""
    first = operands[0]
    if type(first) is Tensor and first.array.dtype.kind == "f" and all(type(x) in PLAIN for x in operands[1:]):
        return [first.array, *operands[1:]]
    arrays = iter(to_arrays(row, *(operand for operand in operands if operand is not None)))
    return [None if operand is None else next(arrays) for operand in operands]


def _record(node: GeneralNode, inputs: tuple[Any, ...]) -> None:
    node.extras = None
    node.next_edges = tuple([x.edge() if type(x) in TENSORS else None for x in inputs])
    node.sequence_number = next_number()  # after `edge()`, which may make a node
    node.output_count = 1


def _guards(arguments: tuple[Any, ...], places: tuple[int, ...]) -> tuple[tuple[Tensor, int], ...]:
    """The tensors among the arguments, each with its version."""
    found: list[Any] = []
    for place in places:
        found += arguments[place] if isinstance(arguments[place], tuple) else (arguments[place],)
    return tuple([(each, _version(each)) for each in found if type(each) in TENSORS])


def _describe(row: Row, name: str, operands: tuple[Any, ...]) -> Any:
    """`self_shape` or `self_dtype` of an operand; of each operand where one rule serves them all."""
    source, what = name.rsplit("_", 1)
    if row.joint:
        return tuple(getattr(x.array, what) for x in operands)
    operand = operands[row.inputs.index(source)]
    return getattr(operand.array, what) if type(operand) in TENSORS else ()


def _wrap(node: GeneralNode | None, made: Array | np.generic) -> Tensor:
    array = made if type(made) is np.ndarray else np.asarray(made)
    if node is None:
        return from_array(array)
    node.shape = array.shape
    node.dtype = array.dtype
    return from_node(array, node)


def _wrap_many(node: GeneralNode | None, made: tuple[Array, ...], untracked: tuple[int, ...]) -> tuple[Tensor, ...]:
    arrays = tuple(np.asarray(array) for array in made)
    if node is None:
        return tuple(from_array(array) for array in arrays)
    node.output_count = len(arrays)
    node.shape = ()
    node.dtype = np.dtype(np.float32)
    # The tensors hold these, not the node: an Output points at its node, and the other way would be a cycle.
    if untracked:
        numbers = output_numbers(len(arrays), untracked)
        return tuple(
            from_array(array) if number is None else from_node(array, Output(node, number, array.shape, array.dtype))
            for array, number in zip(arrays, numbers, strict=True)
        )
    return tuple(
        from_node(array, Output(node, number, array.shape, array.dtype))
        if array.dtype.kind == "f"
        else from_array(array)
        for number, array in enumerate(arrays)
    )


def _save(
    row: Row, saves: tuple[Saving, ...], node: GeneralNode, operands: tuple[Any, ...], results: tuple[Tensor, ...]
) -> None:
    """Keep what the rules of the tracked inputs need, with its version."""
    saved: list[Any] = []
    versions: list[Any] = []
    edges = node.next_edges
    for place, slots in saves:
        if len(edges) > 1 and not row.joint and all(edges[slot] is None for slot in slots):
            saved.append(None)
            versions.append(0)
        elif place == RESULT:
            kept = tuple([SavedResult(result.array, result.version) for result in results])
            saved.append(kept if row.many else kept[0])
            versions.append((0,) * len(kept) if row.many else 0)
        elif row.joint:
            saved.append(operands)
            versions.append(tuple([_version(operand) for operand in operands]))
        else:
            operand = operands[place]
            saved.append(operand)
            versions.append(_version(operand))
    node.saved = tuple(saved)
    node.versions = tuple(versions)


def _savings(row: Row, names: tuple[str, ...]) -> tuple[Saving, ...]:
    """For each saved name which operand it is, or RESULT, and whose gradients need it."""
    return tuple(
        (
            row.inputs.index(name) if name in row.inputs else RESULT,
            tuple(slot for slot, each in enumerate(row.gradients) if each is not None and name in each.needs),
        )
        for name in names
    )


def _version(operand: Any) -> int:
    return operand._version if type(operand) in TENSORS else 0
