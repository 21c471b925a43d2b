"""The general builder: any number of operands, arguments and results, views included. See `build.py` for the quick two.

The function that PyTorch's user calls is written by hand where its signature needs sorting out; it ends in
`call((tensor, ...), (argument, ...))` of the row.
"""

import sys
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from .. import grad_mode, observe
from ..node import Output, SavedResult, next_number, output_numbers
from ..tensor import ORDINARY, TENSORS, Tensor, fresh_counter, from_array, from_node
from ..transforms import levels
from ..transforms.carrier import carries, carry
from ..types.layout import ordered
from ..version import Version
from ..views import make_view
from .keeping import ALWAYS, RESULT, Describing, Saving, describe, describing, keep, save_several, savings
from .layouts import GeneralNode, general_class
from .operands import broadcast_error_of, number_of, require_broadcastable, to_arrays
from .table import CALLS, Row, register

Array = npt.NDArray[Any]
PLAIN: Final = frozenset((int, float, bool, type(None)))
_new: Final = object.__new__
_ndarray: Final = np.ndarray
_asarray: Final = np.asarray
_F32: Final = np.dtype(np.float32)
_ALL_OF_THEM: Final = sys.maxsize
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
    saves = savings(row, node_class.saved_names) if node_class is not None else ()
    described = describing(row, node_class.described) if node_class is not None else ()
    extras = (() if row.joint else row.constants) + row.arguments
    plain = tuple(place for place, name in enumerate(extras) if node_class and name in node_class.argument_names)

    if row.many:
        call = _any_call(row, node_class, saves, described, plain, promote)
    else:
        picked = None if len(plain) == len(extras) else plain
        call = _lean_call(row, node_class, saves, described, picked, promote)
        is_plain = not (row.joint or row.constants or promote or described)
        if len(row.inputs) == 1 and is_plain and node_class is not None:
            call = _single_call(row, node_class, saves, picked, call)
    register(row, call)
    CALLS[row.key] = call
    return call


def _single_call(
    row: Row, node_class: type[GeneralNode], saves: tuple[Saving, ...], plain: tuple[int, ...] | None, rare: Call
) -> Call:
    """A row with one input and one result, as views and reductions are: `_lean_call`, which is `rare`, inlined."""
    forward, name, view = row.forward, row.name, row.view
    saves_input = saves == ((0, ALWAYS),)
    saves_result = saves == ((RESULT, ALWAYS),)

    def call(operands: tuple[Any, ...], arguments: tuple[Any, ...] = (), reports: bool = True) -> Any:
        source = operands[0]
        if type(source) not in ORDINARY:
            return rare(operands, arguments, reports)
        try:
            made = forward(source.array, *arguments)
        except TypeError as error:
            return call(*_with_numbers(operands, 1, arguments, error), reports)
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
            node.arguments = arguments if plain is None else tuple([arguments[place] for place in plain])
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
                    keep(node, saves, operands + arguments, result)
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
    plain: tuple[int, ...] | None,
    promote: bool,
) -> Call:
    """A row with one result: `_any_call`, inlined. `plain` is None where all constants and arguments are."""
    forward, name, view, joint = row.forward, row.name, row.view, row.joint
    inputs = _ALL_OF_THEM if joint else len(row.inputs)
    # NumPy's own order will do for one operand; those of `addr` do not broadcast together.
    orders = promote and len(row.inputs) > 1 and row.name != "addr"

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
        if promote:
            arrays = _promoted(row, operands)
        try:
            made = forward(arrays, *arguments) if joint else forward(*arrays, *arguments)
        except ValueError as error:
            if not promote:
                raise
            raise broadcast_error_of(arrays, error) from None
        except NotImplementedError:
            if promote:
                require_broadcastable(operands)
            raise
        except TypeError as error:
            return call(*_with_numbers(operands, inputs, arguments, error), reports)
        if type(made) is not _ndarray:
            made = np.asarray(made)
        elif orders and made.ndim > 1:
            for array in arrays:
                if type(array) is _ndarray and not array.flags.c_contiguous:
                    made = ordered(made, arrays)
                    break
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
            extras = operands[inputs:] + arguments if len(operands) > inputs else arguments
            node.arguments = extras if plain is None else tuple([extras[place] for place in plain])
            if described:
                node.arguments += describe(described, operands)
            node.shape = made.shape
            node.dtype = made.dtype
            result._fn = node
            result._requires_grad = True
            if saves:
                keep(node, saves, (operands, *arguments) if joint else operands + arguments, result)
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
        try:
            made = forward(arrays, *arguments) if row.joint else forward(*arrays, *arguments)
        except TypeError as error:
            return call(*_with_numbers(operands, len(operands) if row.joint else inputs, arguments, error), reports)
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
                        node.arguments += describe(described, operands)
                    break
        results = _wrap_many(node, made, row.untracked) if many else (_wrap(node, made),)
        if node is not None:
            if saves:
                given = (operands, *arguments) if row.joint else operands + arguments
                save_several(node, saves, given, results, saved_results if many else None)
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


def _with_numbers(
    operands: tuple[Any, ...], inputs: int, arguments: tuple[Any, ...], error: TypeError
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Operands and arguments with numbers for the 0-d tensors that stand for them; raises `error` where none does.

    Asked for only after an operation failed, so that those with plain numbers do not pay for it.
    """
    numbers = operands[:inputs] + tuple([number_of(each) for each in operands[inputs:]])
    plain = tuple([number_of(each) for each in arguments])
    if all(one is other for one, other in zip(numbers + plain, operands + arguments, strict=True)):
        raise error
    return numbers, plain


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


def _wrap(node: GeneralNode | None, made: Array | np.generic) -> Tensor:
    array = made if type(made) is np.ndarray else np.asarray(made)
    if node is None:
        return from_array(array)
    node.shape = array.shape
    node.dtype = array.dtype
    return from_node(array, node)


def _wrap_many(node: GeneralNode | None, made: tuple[Array, ...], untracked: tuple[int, ...]) -> tuple[Tensor, ...]:
    arrays = [array if type(array) is _ndarray else _asarray(array) for array in made]
    if node is None:
        return tuple([from_array(array) for array in arrays])
    node.output_count = len(arrays) - len(untracked)
    node.shape = ()
    node.dtype = _F32
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
        [
            from_node(array, Output(node, number, array.shape, array.dtype))
            if array.dtype.kind == "f"
            else from_array(array)
            for number, array in enumerate(arrays)
        ]
    )
