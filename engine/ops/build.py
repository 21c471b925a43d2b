"""Builders: from a row to the function that computes, records and reports it. One builder per arity.

`unary` and `binary` are the fast path, about 0.5 us over the bare ufunc: slots stored one by one, no keyword, no
closure per call, no dictionary. `general` (in `ops/general.py`) serves every other shape of operation.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .. import grad_mode, observe
from ..calls.parser import check
from ..node import SavedResult, next_number
from ..tensor import ORDINARY, TENSORS, Tensor, fresh_counter, from_array
from ..transforms.carrier import carries, carry
from ..types.layout import ordered
from ..version import Version
from .layouts import binary_class, unary_class
from .operands import broadcast_error, is_operand, prepare, require_broadcastable, to_arrays
from .table import QUIET, TABLE, Row, register
from .unusual import ABSENT, PLACED, unusual

Function = Callable[..., Any]

NUMBERS: Final = frozenset((int, float, bool))
_F32: Final = np.dtype(np.float32)
_F64: Final = np.dtype(np.float64)
_ndarray: Final = np.ndarray
_asarray: Final = np.asarray
_new: Final = object.__new__
_MOST_NUMBERS: Final = 1024
_GIVES_ARRAYS: Final = np.lib.NumpyVersion(np.__version__) >= "2.3.0"  # whether ufuncs know `out=...`
_FLOATS: Final[dict[float, Any]] = {}
_DOUBLES: Final[dict[float, Any]] = {}


def unary(row: Row) -> Function:
    """Build and register the function of a row with one tensor input."""
    if not row.node:
        build = _untracked_unary
    elif row.gradients[0] is not None and row.gradients[0].needs == ("result",):
        build = _unary_saving_result
    else:
        build = _unary
    function = build(row, True)
    QUIET[row.key] = build(row, False)
    PLACED[function] = partial(build, row, True)
    register(row, function)
    return function


def binary(row: Row) -> Function:
    """Build and register the function of a row with two inputs, tensors or numbers, that broadcast."""
    build = _binary if row.node else _untracked_binary
    function = build(row, True)
    QUIET[row.key] = build(row, False)
    PLACED[function] = partial(build, row, True)
    register(row, function)
    return function


def operator(key: str) -> Function:
    """The function of a binary row as an operator: NotImplemented, not an error, for operands of unknown type."""
    row = TABLE[key]
    return (_binary if row.node else _untracked_binary)(row, True, is_operator=True)


def _gives_arrays(row: Row) -> bool:
    """Whether the row computes with a ufunc, which then can be asked for a 0-d array where NumPy makes a scalar.

    That takes half the time of making an array of the scalar.
    """
    return _GIVES_ARRAYS and type(row.forward) is np.ufunc


def _unary(row: Row, reports: bool, place: str = "") -> Function:
    forward, name = row.forward, row.name
    node_class = unary_class(row)
    is_ufunc = _gives_arrays(row)
    saves = bool(node_class.saves)

    def function(input: Any = ABSENT, /, *rest: Any, **named: Any) -> Any:
        if (type(input) is not Tensor and type(input) not in ORDINARY) or rest or named:
            if rest or named or type(input) not in TENSORS:
                return unusual(row, function, place, (input, *rest), named)
            if carries((input,)):
                return carry(row, lambda: function(input), (input,))
        array = input.array
        dtype = array.dtype
        if dtype is not _F32 and dtype is not _F64:
            array = prepare(row, array)
        if is_ufunc:
            made = forward(array) if array.ndim else forward(array, out=...)
        else:
            made = forward(array)
            if type(made) is not _ndarray:
                made = _asarray(made)
            elif not array.flags.c_contiguous:
                made = ordered(made, [array])
        result = _new(Tensor)
        result.array = made
        result._meta = None
        result._version_counter = None
        if input._requires_grad and (packs := grad_mode.changes == 0 or grad_mode.tracking()):
            node = _new(node_class)
            node.shape = made.shape
            node.dtype = made.dtype
            node.extras = None
            edge = input._fn
            node.next_edges = (edge if edge is not None else input.edge(),)
            node.sequence_number = next_number()  # after `edge()`, which may make a node
            if saves:
                node.saved = input
                counter = input._version_counter
                node.saved_version = 0 if counter is None else counter.value
            result._fn = node
            result._requires_grad = True
            if packs is not True and reports:
                packs(node)
        else:
            node = None
            result._fn = None
            result._requires_grad = False
            if grad_mode.changes:
                result._version_counter = fresh_counter()
        if observe.observer is not None and reports:
            observe.observer.operation(node, name, (input,), (result,), False)
        return result

    function.__name__ = function.__qualname__ = name
    return function


def _unary_saving_result(row: Row, reports: bool, place: str = "") -> Function:
    forward, name = row.forward, row.name
    node_class = unary_class(row)
    is_ufunc = _gives_arrays(row)

    def function(input: Any = ABSENT, /, *rest: Any, **named: Any) -> Any:
        if (type(input) is not Tensor and type(input) not in ORDINARY) or rest or named:
            if rest or named or type(input) not in TENSORS:
                return unusual(row, function, place, (input, *rest), named)
            if carries((input,)):
                return carry(row, lambda: function(input), (input,))
        array = input.array
        dtype = array.dtype
        if dtype is not _F32 and dtype is not _F64:
            array = prepare(row, array)
        if is_ufunc:
            made = forward(array) if array.ndim else forward(array, out=...)
        else:
            made = forward(array)
            if type(made) is not _ndarray:
                made = _asarray(made)
            elif not array.flags.c_contiguous:
                made = ordered(made, [array])
        result = _new(Tensor)
        result.array = made
        result._meta = None
        result._version_counter = None
        if input._requires_grad and (packs := grad_mode.changes == 0 or grad_mode.tracking()):
            node = _new(node_class)
            node.shape = made.shape
            node.dtype = made.dtype
            node.extras = None
            edge = input._fn
            node.next_edges = (edge if edge is not None else input.edge(),)
            node.sequence_number = next_number()  # after `edge()`, which may make a node
            counter = result._version_counter = Version()
            node.saved = SavedResult(made, counter)
            node.saved_version = 0
            result._fn = node
            result._requires_grad = True
            if packs is not True and reports:
                packs(node)
        else:
            node = None
            result._fn = None
            result._requires_grad = False
            if grad_mode.changes:
                result._version_counter = fresh_counter()
        if observe.observer is not None and reports:
            observe.observer.operation(node, name, (input,), (result,), False)
        return result

    function.__name__ = function.__qualname__ = name
    return function


def _untracked_unary(row: Row, reports: bool, place: str = "") -> Function:
    forward, name = row.forward, row.name

    def function(input: Any = ABSENT, /, *rest: Any, **named: Any) -> Any:
        if (type(input) is not Tensor and type(input) not in ORDINARY) or rest or named:
            if rest or named or type(input) not in TENSORS:
                return unusual(row, function, place, (input, *rest), named)
            if carries((input,)):
                return carry(row, lambda: function(input), (input,))
        array = input.array
        made = forward(prepare(row, array))
        if not array.flags.c_contiguous and type(made) is _ndarray:
            made = ordered(made, [array])
        result = _untracked(made)
        if observe.observer is not None and reports:
            observe.observer.operation(None, name, (input,), (result,), False)
        return result

    function.__name__ = function.__qualname__ = name
    return function


def _binary(row: Row, reports: bool, place: str = "", is_operator: bool = False) -> Function:
    forward, name = row.forward, row.name
    node_class = binary_class(row)
    is_ufunc = _gives_arrays(row)
    numbers = NUMBERS if name != "sub" else NUMBERS - {bool}  # PyTorch refuses to subtract a bool
    saves = node_class.saves
    first, second = row.gradients
    assert first is not None
    assert second is not None
    self_name, other_name = row.inputs
    self_for_self, self_for_other = self_name in first.needs, self_name in second.needs
    other_for_self, other_for_other = other_name in first.needs, other_name in second.needs

    def function(input: Any = ABSENT, other: Any = ABSENT, /, *rest: Any, **named: Any) -> Any:
        if rest or named or other is ABSENT:
            return unusual(row, function, place, (input, other, *rest), named)
        if (type(other) is Tensor or type(other) in ORDINARY) and (type(input) is Tensor or type(input) in ORDINARY):
            left = input.array
            right = other.array
            self_tracked = input._requires_grad
            other_tracked = other._requires_grad
            self_counter = input._version_counter
            other_counter = other._version_counter
            dtype = left.dtype
            if dtype is not right.dtype or (dtype is not _F32 and dtype is not _F64):
                left, right = to_arrays(row, input, other)
            mixed = True  # NumPy may choose another order than PyTorch
        elif type(other) in numbers and (type(input) is Tensor or type(input) in ORDINARY):
            left = input.array
            self_tracked = input._requires_grad
            other_tracked = False
            self_counter = input._version_counter
            other_counter = None
            mixed = False
            dtype = left.dtype
            if dtype is _F32:
                right = _FLOATS.get(other)
                if right is None:
                    right = _number(_FLOATS, _F32, other)
            elif dtype is _F64:
                right = _DOUBLES.get(other)
                if right is None:
                    right = _number(_DOUBLES, _F64, other)
            else:
                left, right = to_arrays(row, input, other)
        else:
            if is_operator and not is_operand(other):
                return NotImplemented
            if carries((input, other)):
                return carry(row, lambda: function(input, other), (input, other))
            if place:
                check(place, (input, other), named)
            left, right = to_arrays(row, input, other)
            mixed = True
            self_tracked, self_counter = _state(input)
            other_tracked, other_counter = _state(other)
        try:
            if left.ndim:
                made = forward(left, right)
                if mixed and not left.flags.c_contiguous:
                    made = ordered(made, [left, right])
            elif is_ufunc:
                made = forward(left, right, out=...)
            else:
                made = forward(left, right)
                if type(made) is not _ndarray:
                    made = _asarray(made)
        except ValueError as error:
            raise broadcast_error(left, right, error) from None
        except NotImplementedError:
            require_broadcastable((input, other))
            raise
        result = _new(Tensor)
        result.array = made
        result._meta = None
        result._version_counter = None
        if (self_tracked or other_tracked) and (packs := grad_mode.changes == 0 or grad_mode.tracking()):
            node = _new(node_class)
            node.shape = made.shape
            node.dtype = made.dtype
            node.extras = None
            if self_tracked:
                edge = input._fn
                node.to_self = edge if edge is not None else input.edge()
            else:
                node.to_self = None
            if other_tracked:
                edge = other._fn
                node.to_other = edge if edge is not None else other.edge()
            else:
                node.to_other = None
            node.sequence_number = next_number()  # after `edge()`, which may make a node
            if saves:
                if (other_tracked and self_for_other) or (self_tracked and self_for_self):
                    node.saved_self = input
                    node.self_version = 0 if self_counter is None else self_counter.value
                else:
                    node.saved_self = None
                    node.self_version = 0
                if (self_tracked and other_for_self) or (other_tracked and other_for_other):
                    node.saved_other = other
                    node.other_version = 0 if other_counter is None else other_counter.value
                else:
                    node.saved_other = None
                    node.other_version = 0
            result._fn = node
            result._requires_grad = True
            if packs is not True and reports:
                packs(node)
        else:
            node = None
            result._fn = None
            result._requires_grad = False
            if grad_mode.changes:
                result._version_counter = fresh_counter()
        if observe.observer is not None and reports:
            observe.observer.operation(node, name, (input, other), (result,), False)
        return result

    function.__name__ = function.__qualname__ = name
    return function


def _number(known: dict[float, Any], dtype: Any, value: float) -> Any:
    """A Python number as a 0-d array, which NumPy takes in half the time; zeros have signs, so they are not kept."""
    made = _asarray(value, dtype)
    if value:
        if len(known) >= _MOST_NUMBERS:
            known.clear()
        known[value] = made
    return made


def _state(operand: Any) -> tuple[bool, Version | None]:
    """Whether an operand is tracked, and its version counter."""
    return (operand._requires_grad, operand._version_counter) if type(operand) in TENSORS else (False, None)


def _untracked_binary(row: Row, reports: bool, place: str = "", is_operator: bool = False) -> Function:
    forward, name = row.forward, row.name
    takes_floats = row.promotes != "integer"

    def function(input: Any = ABSENT, other: Any = ABSENT, /, *rest: Any, **named: Any) -> Any:
        if rest or named or other is ABSENT:
            return unusual(row, function, place, (input, other, *rest), named)
        if takes_floats and type(input) in ORDINARY and type(other) in NUMBERS and input.array.dtype is _F32:
            left, right = input.array, other
            mixed = False
        else:
            if is_operator and not is_operand(other):
                is_array = name == "eq" and type(other) is _ndarray  # the one operator that takes arrays
                return function(input, from_array(other)) if is_array else NotImplemented
            if carries((input, other)):
                return carry(row, lambda: function(input, other), (input, other))
            if place:
                check(place, (input, other), named)
            left, right = to_arrays(row, input, other)
            mixed = not left.flags.c_contiguous
        try:
            made = forward(left, right)
        except ValueError as error:
            raise broadcast_error(left, right, error) from None
        except NotImplementedError:
            require_broadcastable((input, other))
            raise
        if mixed and type(made) is _ndarray:
            made = ordered(made, [left, right])
        result = _untracked(made)
        if observe.observer is not None and reports:
            observe.observer.operation(None, name, (input, other), (result,), False)
        return result

    function.__name__ = function.__qualname__ = name
    return function


def _untracked(made: npt.NDArray[Any] | np.generic) -> Tensor:
    result = _new(Tensor)
    result.array = made if type(made) is _ndarray else _asarray(made)
    result._fn = None
    result._requires_grad = False
    result._meta = None
    result._version_counter = fresh_counter() if grad_mode.changes else None
    return result
