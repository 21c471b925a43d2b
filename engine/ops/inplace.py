"""In-place variants: any row's operation written over its first operand, whose history it becomes.

The operation runs out of place first, so a failing one changes nothing; then the memory is overwritten, its version
counts on, and the tensor's grad_fn becomes the new node.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import grad_mode, observe
from ..arguments import broadcast_shapes
from ..copy_slices import check_creation, rebase_view, set_history
from ..node import SavedResult
from ..saving import mutation
from ..tensor import TENSORS, Tensor
from ..transforms import levels
from ..transforms.carrier import Carrier, check_overwrite, copy_of, overwritten, save_tangents
from ..types.dtype import C_NAMES, of_numpy
from ..types.promotion import can_cast, result_of
from ..version import InferenceVersion
from ..views import geometry, strided
from .layouts import repoint_saved, saves_first_input
from .operands import is_operand, plain_number, require_tensor
from .table import METHODS, PUBLIC, QUIET, TABLE
from .typed import user_level

Array = npt.NDArray[Any]

_SHARED = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
    "location. Please clone() the tensor before performing the operation."
)


def inplace(key: str, name: str | None = None) -> Callable[..., Tensor]:
    """Offer the in-place variant of a row built by `unary` or `binary`, as `Tensor.<name>_`."""
    row, quiet = TABLE[key], QUIET[key]
    name = f"{row.name}_" if name is None else name
    is_operator = name.startswith("__")

    def function(input: Tensor, *operands: Any, **keywords: Any) -> Any:
        if is_operator and type(operands[0]) not in TENSORS and not is_operand(operands[0]):
            return NotImplemented
        require_tensor(row.name, "input", 1, input)
        if keywords:
            operands = _in_order(name, row.inputs[1:], operands, keywords)
        if not row.node:
            check_memory(input)
            return write_over(row.name, input, operands, _made(quiet, input, operands))
        if type(input._version_counter) is InferenceVersion and not grad_mode.local.inference:
            with grad_mode.no_grad():  # PyTorch writes, and raises then
                return write_over(row.name, input, operands, quiet(input, *operands))
        check_writable(input)
        check_operands(input, operands)
        return overwrite(row.name, input, operands, _made(quiet, input, operands))

    METHODS[name] = function
    if len(row.inputs) == 1:
        PUBLIC[name] = function
    return function


def as_operator(function: Callable[..., Tensor]) -> Callable[..., Any]:
    """An in-place method as an operator: NotImplemented, not an error, for operands of unknown type."""

    def operator(input: Tensor, other: Any) -> Any:
        return function(input, other) if is_operand(other) else NotImplemented

    return operator


def _made(quiet: Callable[..., Tensor], input: Tensor, operands: tuple[Any, ...]) -> Tensor:
    try:
        return quiet(input, *operands)
    except NotImplementedError:
        check_result(input, operands)
        raise


def _in_order(name: str, wanted: tuple[str, ...], given: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
    """The operands after the first, of which some came by name. Raises TypeError for a name that is none of theirs."""
    rest = wanted[len(given) :]
    for keyword in keywords:
        if keyword not in rest:
            raise TypeError(f"{name}() got an unexpected keyword argument '{keyword}'")
    missing = [each for each in rest if each not in keywords]
    if missing:
        raise TypeError(f'{name}() missing {len(missing)} required positional arguments: "{", ".join(missing)}"')
    return given + tuple([keywords[each] for each in rest])


def check_writable(tensor: Tensor) -> None:
    """Raise PyTorch's RuntimeError where autograd or the memory forbids writing to `tensor`."""
    check_history(tensor)
    check_memory(tensor)


def check_history(tensor: Tensor) -> None:
    """Raise PyTorch's RuntimeError where autograd forbids writing to `tensor`."""
    if tensor._requires_grad and grad_mode.records():
        base = tensor._base
        if base is not None:
            check_view(tensor, base)
        if tensor.is_leaf:
            raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")


def is_expanded(array: Array) -> bool:
    """Whether elements stand at several places because a dim was expanded. An array without elements has none."""
    return bool(array.size) and any(
        stride == 0 and size > 1 for stride, size in zip(array.strides, array.shape, strict=True)
    )


def check_fillable(name: str, tensor: Tensor) -> None:
    """As `check_writable`, for operations that PyTorch lets write to expanded tensors still, with a warning."""
    check_history(tensor)
    if is_expanded(tensor.array):
        tensor.array.setflags(write=False)  # so that `write` looks
        example = "tensor[mask] = scalar" if name == "masked_fill_" else "tensor[indices] = tensor"
        warnings.warn(
            f"Use of {name} on expanded tensors is deprecated. Please clone() the tensor before performing this "
            f"operation. This also applies to advanced indexing e.g. {example}",
            UserWarning,
            stacklevel=user_level(),
        )


def check_apart(target: Tensor, source: Any) -> None:
    """Raise PyTorch's RuntimeError where `source` is a tensor in the memory that is written to, even the same place."""
    if type(source) not in TENSORS or not (target.array.size and source.array.size):
        return
    one, other = target.array, source.array
    if _is_dense(one) and _is_dense(other) and np.may_share_memory(one, other):
        raise RuntimeError(_SHARED)


def check_memory(tensor: Tensor) -> None:
    """Raise PyTorch's RuntimeError where several elements of `tensor` are one."""
    if is_expanded(tensor.array):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
            "Please clone() the tensor before performing the operation."
        )


def overwrite(op: str, tensor: Tensor, operands: tuple[Any, ...], made: Tensor) -> Tensor:
    """Write `made`, computed of `tensor` and `operands`, over `tensor`; its node becomes the tensor's.

    Raises RuntimeError when shape or dtype do not fit, before anything is changed.
    """
    if type(made) is not Carrier and type(tensor) is not Carrier:
        return _overwrite(op, tensor, operands, made)
    check_overwrite(op, tensor, made)
    with levels.paused():
        _overwrite(op, tensor, operands, made)
    overwritten(tensor, made)
    save_tangents(made.grad_fn, (tensor,))
    return tensor


def _overwrite(op: str, tensor: Tensor, operands: tuple[Any, ...], made: Tensor) -> Tensor:
    _check_fits(tensor, made.array, "" if any(type(each) in TENSORS for each in operands) else op)
    check_operands(tensor, operands)
    node = made.grad_fn
    if node is None:
        if tensor._requires_grad and grad_mode.records():
            raise NotImplementedError(
                f"{op} in place on a tensor that requires grad is not supported by the embedded engine; use {op} itself"
            )
        return write_over(op, tensor, operands, made)
    base = tensor._base
    if base is not None:
        check_view(tensor, base)
    original = copy_of(tensor) if saves_first_input(node, tensor) else None
    write(tensor, made.array)
    repoint_saved(node, tensor, original, SavedResult(tensor.array, tensor.version))
    if grad_mode.local.pack is not None:
        grad_mode.local.pack(node)
    if base is not None:
        rebase_view(tensor, node, op, operands)
        return tensor
    set_history(tensor, node)
    if observe.observer is not None:
        observe.observer.operation(node, op, (tensor, *operands), (tensor,), True)
    tensor.version.outdate_views()
    return tensor


def write_over(op: str, tensor: Tensor, operands: tuple[Any, ...], made: Tensor) -> Tensor:
    """Write `made` over `tensor`, whose history stays what it is. Raises RuntimeError when it does not fit."""
    _check_fits(tensor, made.array)
    write(tensor, made.array)
    if observe.observer is not None:
        observe.observer.operation(None, op, (tensor, *operands), (tensor,), True)
    return tensor


def write(tensor: Tensor, values: Any) -> None:
    """Overwrite the memory, tell the observer before, and count the version."""
    if mutation.context is not None:
        mutation.context.before_write(tensor)
    if observe.observer is not None:
        observe.observer.before_inplace(tensor)
    array = tensor.array
    if not array.size:
        tensor.version.bump()
        return
    if not array.flags.writeable and (tensor._base is not None or is_expanded(array)):
        # NumPy's broadcast views, whose overlaps were checked
        expanded = is_expanded(array)
        array = strided(array, geometry(tensor, tensor))
        if expanded:
            _write_expanded(array, values)
            tensor.version.bump()
            return
    array[...] = values
    tensor.version.bump()


def _write_expanded(array: Array, values: Array) -> None:
    """Write those of `values` that differ from what stands at several places, in order: the last one stays."""
    changed = (values != array) | np.isnan(values)
    array[changed] = values[changed]


def check_view(view: Tensor, base: Tensor) -> None:
    """Raise PyTorch's RuntimeError for views that a tracked operation must not be written to."""
    check_creation(view, "is being")
    if view._requires_grad and base.is_leaf:
        raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.")


def check_operands(tensor: Tensor, operands: tuple[Any, ...]) -> None:
    """Raise PyTorch's RuntimeError where an operand is another part of the memory that is written to."""
    for operand in operands:
        if type(operand) in TENSORS and operand._version_counter is tensor._version_counter is not None:
            check_overlap(tensor.array, operand.array)


def check_overlap(target: Array, source: Array) -> None:
    """Raise PyTorch's RuntimeError where `source` is another part of the memory that is written to."""
    same_place = target.__array_interface__["data"][0] == source.__array_interface__["data"][0]
    if same_place and target.ndim == source.ndim and _steps(target) == _steps(source):
        return
    if not (_is_dense(target) and _is_dense(source)):  # PyTorch does not look closer either
        return
    if np.may_share_memory(target, source):
        raise RuntimeError(_SHARED)


def _steps(array: Array) -> list[tuple[int, int]]:
    """The lengths and strides of the dims that have more than one index: the others say nothing about the memory."""
    return [(size, step) for size, step in zip(array.shape, array.strides, strict=True) if size != 1]


def _is_dense(array: Array) -> bool:
    return bool(array.flags.c_contiguous or array.flags.f_contiguous)


def check_result(tensor: Tensor, operands: tuple[Any, ...]) -> None:
    """Raise PyTorch's RuntimeError where the result could not be written over `tensor`.

    Asked after a kernel was found missing: PyTorch tells of shapes and dtypes first.
    """
    check_history(tensor)
    given = (tensor, *[each for each in operands if each is not None])
    size = broadcast_shapes(*[each.array.shape for each in given if type(each) in TENSORS])
    common = result_of([plain_number(each) for each in given])
    _check_fits(tensor, np.empty(size, common.numpy))


def _check_fits(tensor: Tensor, made: Array, op: str = "") -> None:
    if made.shape != tensor.array.shape:
        raise RuntimeError(
            f"output with shape {list(tensor.array.shape)} doesn't match the broadcast shape {list(made.shape)}"
        )
    wanted, found = tensor.dtype, of_numpy(made.dtype)
    if wanted is not found and not can_cast(found, wanted):
        raise RuntimeError(
            f"result type {found.scalar_type} can't be cast to the desired output type "
            f"{C_NAMES.get(wanted.name, wanted.name) if op.startswith('clamp') else wanted.scalar_type}"
        )
