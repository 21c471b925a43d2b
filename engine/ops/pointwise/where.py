"""Choosing element by element: where, masked_fill, masked_select, nonzero."""

from typing import Any

import numpy as np

from ...arguments import broadcast_shapes
from ...tensor import TENSORS, Tensor, from_array
from ...transforms.carrier import refuse_sample
from ...types.dtype import C_NAMES, bool_, uint8
from ...types.layout import ordered
from ...types.promotion import can_cast, result_of
from ..inplace import check_fillable, overwrite
from ..operands import require_tensor, scalar_in
from ..single import one
from ..table import FUNCTIONS, Gradient, Row, expose
from ..tools import filled, like, raw, shape, where


def _chosen(self: Any, other: Any, condition: Any, dtype: Any) -> Any:
    mask, yes, no = (
        raw(condition),
        np.asarray(self).astype(dtype, copy=False),
        np.asarray(other).astype(dtype, copy=False),
    )
    made = np.where(mask, yes, no)
    if mask.flags.c_contiguous and yes.flags.c_contiguous and no.flags.c_contiguous:
        return made
    return ordered(made, [mask, yes, no])


_where = one(
    Row(
        "where",
        _chosen,
        ("self", "other"),
        (
            Gradient("where(condition, grad, 0)", lambda grad, condition: keep(grad, condition)),
            Gradient("where(condition, 0, grad)", lambda grad, condition: drop(grad, condition)),
        ),
        node="WhereBackward0",
        arguments=("condition", "dtype"),
    )
)


def _value_in(value: Any, stored: Any) -> Any:
    return scalar_in(value, stored) if stored.kind in "iu" else stored.type(value)


_masked_fill = one(
    Row(
        "masked_fill",
        lambda self, mask, value: np.asarray(np.where(raw(mask), _value_in(value, self.dtype), self), order="C"),
        ("self",),
        (Gradient("masked_fill(grad, mask, 0)", lambda grad, mask: drop(grad, mask)),),
        node="MaskedFillBackward0",
        arguments=("mask", "value"),
    )
)
_masked_fill_tensor = one(
    Row(
        "masked_fill",
        lambda self, value, mask: np.asarray(np.where(raw(mask), value.astype(self.dtype), self), order="C"),
        ("self", "value"),
        (
            Gradient("masked_fill(grad, mask, 0)", lambda grad, mask: drop(grad, mask)),
            Gradient("where(mask, grad, 0).sum()", lambda grad, mask: keep(grad, mask).sum()),
        ),
        node="MaskedFillBackward1",
        overload="Tensor",
        arguments=("mask",),
    )
)


def keep(grad: Any, condition: Any) -> Any:
    """`grad` where the condition holds, else zero."""
    return where(condition, grad, like(np.zeros((), raw(grad).dtype), grad))


def drop(grad: Any, condition: Any) -> Any:
    """Zero where the condition holds, else `grad`."""
    return filled(grad, raw(condition), 0.0)


@expose("where", method=False)
def where_(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """`input` where the condition holds, else `other`; with the condition alone, where it is not zero."""
    require_tensor("where", "condition", 1, condition)
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    if condition.dtype not in (bool_, uint8):
        raise RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{condition.dtype.scalar_type}"
        )
    if (
        type(input) in TENSORS
        and type(other) in TENSORS
        and input.array.dtype is other.array.dtype
        and condition.array.shape == input.array.shape == other.array.shape
    ):  # mostly
        common = input.array.dtype
    else:
        common = result_of((input, other)).numpy
        broadcast_shapes(condition.array.shape, shape(input), shape(other))
    mask = condition if condition.dtype is bool_ else from_array(condition.array != 0)
    return _where((input, other), (mask, common))


@expose("where", function=False)
def where_method(input: Tensor, condition: Tensor, other: Any) -> Any:
    """This tensor where the condition holds, else `other`."""
    return where_(condition, input, other)


@expose("masked_fill")
def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """A copy with `value` where the mask holds; mask and tensor broadcast."""
    return _fill_masked(input, mask, value, True)


@expose("masked_fill_", function=False)
def masked_fill_(self: Tensor, mask: Tensor, value: Any) -> Tensor:
    """Write `value` where the mask holds."""
    check_fillable("masked_fill_", self)
    operands = (value,) if type(value) in TENSORS else ()
    return overwrite("masked_fill", self, operands, _fill_masked(self, mask, value, False))


def _fill_masked(input: Tensor, mask: Tensor, value: Any, reports: bool) -> Tensor:
    require_tensor("masked_fill", "mask", 2, mask)
    if type(value) in TENSORS and value.array.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.array.ndim} "
            "dimension(s)."
        )
    if mask.dtype is not bool_:
        name = C_NAMES.get(mask.dtype.name, mask.dtype.name)
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {name}")
    pair = (mask, input) if reports else (input, mask)  # in place PyTorch looks at the tensor first
    broadcast_shapes(*(each.array.shape for each in pair))  # raises where they do not
    if type(value) not in TENSORS:
        if isinstance(value, complex):
            kind = {"float32": "float", "float64": "double", "int64": "int64_t"}.get(input.dtype.name, input.dtype.name)
            raise RuntimeError(f"value cannot be converted to type {kind} without overflow")
        if not isinstance(value, (int, float, np.number)):
            kind = type(value).__name__
            why = f"\n      didn't match because some of the arguments have invalid types: (Tensor, !{kind}!)\n"
            raise TypeError(
                f"masked_fill() received an invalid combination of arguments - got (Tensor, {kind}), but expected one "
                f"of:\n * (Tensor mask, Tensor value){why} * (Tensor mask, Number value){why}"
            )
        return _masked_fill((input,), (mask, value), reports)
    if value.array.ndim:
        raise RuntimeError(
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.array.ndim} dimension(s)."
        )
    if not can_cast(value.dtype, input.dtype):
        raise RuntimeError(f"value cannot be converted to type {input.dtype.name} without overflow")
    return _masked_fill_tensor((input, value), (mask,), reports)


@expose("nonzero")
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The indices of the elements that are not zero: a row each, or a tensor per dim."""
    refuse_sample(
        input,
        "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over "
        "aten::nonzero. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature.",
    )
    found = np.nonzero(np.atleast_1d(input.array))
    if as_tuple:
        return tuple(from_array(places) for places in found)
    made = np.stack(found).T if input.array.ndim else np.zeros((len(found[0]), 0), np.int64)  # a dim lies together
    return from_array(made)


@expose("argwhere")
def argwhere(input: Tensor) -> Any:
    """As `nonzero`."""
    return nonzero(input)


FUNCTIONS["where"] = where_  # as rules call it
