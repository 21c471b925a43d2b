"""The general builder: any number of operands, arguments and results, views included. See `build.py` for the quick two.

The function that PyTorch's user calls is written by hand where its signature needs sorting out; it ends in
`call((tensor, ...), (argument, ...))` of the row.
"""

from collections.abc import Callable
from itertools import groupby
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from .. import grad_mode, observe
from ..node import Output, SavedResult, next_number, output_numbers
from ..tensor import ORDINARY, TENSORS, Tensor, fresh_counter, from_array, from_node
from ..transforms import levels
from ..transforms.carrier import carries, carry
from ..version import Version
from ..views import make_view
from .layouts import GeneralNode, general_class
from .operands import to_arrays
from .table import CALLS, Row, register

Array = npt.NDArray[Any]
Saving = tuple[int, int]  # which operand, argument or RESULT; the slot whose gradient alone needs it, or ALWAYS
Describing = tuple[Callable[[Any], tuple[Any, ...]], int]  # what of an operand; which
RESULT: Final = -1
ALWAYS: Final = -1
ALL: Final = -1
PLAIN: Final = frozenset((int, float, bool, type(None)))
_new: Final = object.__new__
_ndarray: Final = np.ndarray
_asarray: Final = np.asarray
_NOTHING: Final = SimpleNamespace(array=SimpleNamespace(shape=(), dtype=(), strides=()))  # an operand that is no tensor
_UNWRITTEN: Final = (0,)  # the version of the one thing saved


class Call(Protocol):
    """Runs a row on operands (tensors, numbers or None) and arguments; `reports` False keeps it from the observer."""

    def __call__(self, operands: tuple[Any, ...], arguments: tuple[Any, ...] = (), reports: bool = True) -> Any: ...  # noqa: D102


def general(row: Row, promote: bool = False) -> Call:
    """Build and register the call of a row. `forward(*operands, *arguments)` gets arrays, numbers and arguments.

    Operands are passed as they are, or, with `promote`, as arrays of their common dtype. A row with `many` returns a
    tuple of tensors. Results that are not floating-point are never tracked.
    """
    node_class = general_class(row) if row.node else None
    saves = _savings(row, node_class.saved_names) if node_class is not None else ()
    described = _describing(row, node_class.described) if node_class is not None else ()
    extras = (() if row.joint else row.constants) + row.arguments
    plain = tuple(place for place, name in enumerate(extras) if node_class and name in node_class.argument_names)

    if row.joint or row.many or (node_class is not None and len(plain) < len(extras)):
        call = _any_call(row, node_class, saves, described, plain, promote)
    else:
        call = _lean_call(row, node_class, saves, described, promote)
        if len(row.inputs) == 1 and not row.constants and not promote and node_class is not None and not described:
            call = _single_call(row, node_class, saves, call)
    register(row, call)
    CALLS[row.key] = call
    return call


def _single_call(row: Row, node_class: type[GeneralNode], saves: tuple[Saving, ...], rare: Call) -> Call:
    """A row with one input and one result, as views and reductions are: `_lean_call`, which is `rare`, inlined."""
    forward, name, view = row.forward, row.name, row.view
    saves_input = saves == ((0, ALWAYS),)
    saves_result = saves == ((RESULT, ALWAYS),)

    def call(operands: tuple[Any, ...], arguments: tuple[Any, ...] = (), reports: bool = True) -> Any:
        source = operands[0]
        if type(source) not in ORDINARY:
            return rare(operands, arguments, reports)
        made = forward(source.array, *arguments)
        if type(made) is not _ndarray:
            made = _asarray(made)
        result = _new(Tensor)
        result.array = made
        result._meta = None
        result._version_counter = None
        node: GeneralNode | None = None
        if (
            source._requires_grad
            and (packs := grad_mode.changes == 0 or grad_mode.tracking())
            and made.dtype.kind == "f"
        ):
            node = _new(node_class)
            node.shape = made.shape
            node.dtype = made.dtype
            node.extras = None
            edge = source._fn
            node.next_edges = (edge if edge is not None else source.edge(),)
            node.sequence_number = next_number()  # after `edge()`, which may make a node
            node.output_count = 1
            node.arguments = arguments
            result._fn = node
            result._requires_grad = True
            if not saves:
                node.saved = node.versions = ()
            else:
                if saves_input:
                    counter = source._version_counter
                    node.saved = (source,)
                    node.versions = _UNWRITTEN if counter is None else (counter.value,)
                elif saves_result:
                    counter = result._version_counter = Version()
                    node.saved = (SavedResult(made, counter),)
                    node.versions = _UNWRITTEN
                else:
                    _keep(node, saves, operands, result)
                if packs is not True and reports:
                    packs(node)
        else:
            result._fn = None
            result._requires_grad = False
            if grad_mode.changes:
                result._version_counter = fresh_counter()
        if view:
            make_view(result, source)
        if observe.observer is not None and reports:
            observe.observer.operation(node, name, operands, (result,), False)
        return result

    return call


def _lean_call(
    row: Row,
    node_class: type[GeneralNode] | None,
    saves: tuple[Saving, ...],
    described: tuple[Describing, ...],
    promote: bool,
) -> Call:
    """A row with one result that saves only inputs and the result: `_any_call`, inlined."""
    forward, name, view, inputs = row.forward, row.name, row.view, len(row.inputs)

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
                node.next_edges = tuple(
                    [
                        (x._fn or x.edge()) if type(x) in TENSORS and x._requires_grad else None
                        for x in operands[:inputs]
                    ]
                )
            node.sequence_number = next_number()  # after `edge()`, which may make a node
            node.output_count = 1
            node.arguments = operands[inputs:] + arguments if len(operands) > inputs else arguments
            if described:
                node.arguments += _describe(described, operands)
            node.shape = made.shape
            node.dtype = made.dtype
            result._fn = node
            result._requires_grad = True
            if saves:
                _keep(node, saves, operands, result)
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


def _keep(node: GeneralNode, saves: tuple[Saving, ...], operands: tuple[Any, ...], result: Tensor) -> None:
    """Keep what the rules of the tracked inputs need, with its version, of a row with one result."""
    saved: list[Any] = []
    versions: list[int] = []
    edges = node.next_edges
    for place, slot in saves:
        version = 0
        if slot >= 0 and edges[slot] is None:
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
    described: tuple[Describing, ...],
    plain: tuple[int, ...],
    promote: bool,
) -> Call:
    """A row of any kind. `plain` are the places of the constants and arguments that are not saved as tensors are."""
    forward, many, inputs = row.forward, row.many, len(row.inputs)
    saved_results = tuple(not row.saves or name in row.saves for name in row.results)

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
                    extras = arguments if row.joint else operands[inputs:] + arguments
                    node.arguments = tuple([extras[place] for place in plain])
                    if described:
                        node.arguments += _describe(described, operands)
                    break
        results = _wrap_many(node, made, row.untracked) if many else (_wrap(node, made),)
        if node is not None:
            if saves:
                given = (operands, *arguments) if row.joint else operands + arguments
                _save(node, saves, given, results, saved_results if many else None)
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
    if type(first) in ORDINARY and first.array.dtype.kind == "f" and all(type(x) in PLAIN for x in operands[1:]):
        return [first.array, *operands[1:]]
    arrays = iter(to_arrays(row, *(operand for operand in operands if operand is not None)))
    return [None if operand is None else next(arrays) for operand in operands]


def _record(node: GeneralNode, inputs: tuple[Any, ...]) -> None:
    node.extras = None
    node.next_edges = tuple([x.edge() if type(x) in TENSORS else None for x in inputs])
    node.sequence_number = next_number()  # after `edge()`, which may make a node
    node.output_count = 1


def _describing(row: Row, names: tuple[str, ...]) -> tuple[Describing, ...]:
    """Of names such as `self_shape` what they describe: all of one operand in one go."""
    wanted = []
    for name in names:
        source, what = name.rsplit("_", 1)
        place = ALL if row.joint else row.inputs.index(source.removesuffix("_sym"))
        wanted.append((place, f"array.{'shape' if what == 'sizes' else what}"))
    return tuple(
        [(_getter([path for _, path in group]), place) for place, group in groupby(wanted, key=lambda each: each[0])]
    )


def _getter(paths: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives these attributes as a tuple."""
    get = attrgetter(*paths)
    return get if len(paths) > 1 else lambda operand: (get(operand),)


def _describe(described: tuple[Describing, ...], operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """Shapes, dtypes or strides of operands; of each operand where one rule serves them all."""
    found: tuple[Any, ...] = ()
    for get, place in described:
        if place == ALL:
            found += tuple(zip(*map(get, operands), strict=True))
        else:
            operand = operands[place]
            found += get(operand if type(operand) in TENSORS else _NOTHING)
    return found


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
    node.output_count = len(arrays) - len(untracked)
    node.shape = ()
    node.dtype = np.dtype(np.float32)
    node.kinds = tuple(
        [(x.shape, x.dtype) for place, x in enumerate(arrays) if x.dtype.kind == "f" and place not in untracked]
    )
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
    node: GeneralNode,
    saves: tuple[Saving, ...],
    given: tuple[Any, ...],
    results: tuple[Tensor, ...],
    which: tuple[bool, ...] | None,
) -> None:
    """Keep what the rules of the tracked inputs need, with its version. Of several results those that `which` says."""
    saved: list[Any] = []
    versions: list[Any] = []
    edges = node.next_edges
    for place, slot in saves:
        if slot >= 0 and edges[slot] is None:
            saved.append(None)
            versions.append(0)
        elif place == RESULT:
            wanted = which or (True,) * len(results)
            kept = [SavedResult(x.array, x.version) if want else None for x, want in zip(results, wanted, strict=True)]
            saved.append(kept[0] if which is None else tuple(kept))
            versions.append(0 if which is None else (0,) * len(kept))
        else:
            value = given[place]
            saved.append(value)
            versions.append(tuple([_version(item) for item in value]) if type(value) is tuple else _version(value))
    node.saved = tuple(saved)
    node.versions = tuple(versions)


def _savings(row: Row, names: tuple[str, ...]) -> tuple[Saving, ...]:
    """For each saved name which operand or argument it is, or RESULT, and whose gradient alone needs it.

    As in PyTorch, results and what the gradients of several inputs need are saved whichever of them is tracked.
    """
    given = (row.inputs if row.joint else row.inputs + row.constants) + row.arguments
    found = []
    for name in names:
        users = [slot for slot, each in enumerate(row.gradients) if each is not None and name in each.needs]
        alone = name in given and len(users) == 1 and len(row.gradients) > 1
        found.append((given.index(name) if name in given else RESULT, users[0] if alone else ALWAYS))
    return tuple(found)


def _version(operand: Any) -> int:
    return operand._version if type(operand) in TENSORS else 0
