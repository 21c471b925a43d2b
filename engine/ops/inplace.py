"""In-place variants: any row's operation written over its first operand, whose history it becomes.

The operation runs out of place first, so a failing one changes nothing; then the memory is overwritten, its version
counts on, and the tensor's grad_fn becomes the new node.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import grad_mode, observe
from ..dtype import of_numpy
from ..node import Node, SavedResult
from ..promotion import can_cast
from ..tensor import Tensor, from_node

from .layouts import repoint_saved
from .operands import require_tensor
from .table import METHODS, PUBLIC, QUIET, TABLE

Array = npt.NDArray[Any]

def inplace(key: str, name: str | None = None) -> Callable[..., Tensor]:
    """Offer the in-place variant of a row built by `unary` or `binary`, as `Tensor.<name>_`."""
    row, quiet = TABLE[key], QUIET[key]
    name = f"{row.name}_" if name is None else name

    def function(input: Tensor, *operands: Any) -> Tensor:
        require_tensor(row.name, "input", 1, input)
        check_writable(input)
        return overwrite(row.name, input, operands, quiet(input, *operands))

    METHODS[name] = function
    if len(row.inputs) == 1:
        PUBLIC[name] = function
    return function

def check_writable(tensor: Tensor) -> None:
    """Raise PyTorch's RuntimeError where autograd or the memory forbids writing to `tensor`."""
    if tensor._requires_grad and grad_mode.is_grad_enabled():
        base = tensor._base
        if base is not None and base._fn is None and base._requires_grad:
            raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.")
        if tensor._fn is None:
            raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
    if 0 in tensor.array.strides and any(
        stride == 0 and size > 1 for stride, size in zip(tensor.array.strides, tensor.array.shape, strict=True)
    ):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
            "Please clone() the tensor before performing the operation."
        )

def overwrite(op: str, tensor: Tensor, operands: tuple[Any, ...], made: Tensor) -> Tensor:
    """Write `made`, computed of `tensor` and `operands`, over `tensor`; its node becomes the tensor's.

    Raises RuntimeError when shape or dtype do not fit, before anything is changed.
    """
    _check_fits(tensor, made.array)
    node = made.grad_fn
    if node is not None:
        _check_history(tensor)
    original = _copy(tensor) if node is not None else None
    write(tensor, made.array)
    if node is not None:
        repoint_saved(node, tensor, original, SavedResult(tensor.array, tensor.version))
        rebase(tensor, node)
    if observe.observer is not None:
        observe.observer.operation(node, op, (tensor, *operands), (tensor,), True)
    return tensor

def write(tensor: Tensor, values: Any) -> None:
    """Overwrite the memory, tell the observer before, and count the version."""
    if observe.observer is not None:
        observe.observer.before_inplace(tensor)
    tensor.array[...] = values
    tensor.version.value += 1

def rebase(tensor: Tensor, node: Node) -> None:
    """Make `node` the history of `tensor`; a kept gradient is from now on that of the new value."""
    old = tensor._fn
    tensor._fn = node
    tensor._requires_grad = True
    if tensor.retains_grad and isinstance(old, Node) and old.extras is not None:
        reference = old.extras.retaining.pop(0, None)
        if reference is not None:
            node.more().retaining[0] = reference

def _check_history(tensor: Tensor) -> None:
    live = [view for view in map(_dereference, tensor.version.views) if view is not None and view is not tensor]
    if tensor._base is not None or live:
        raise NotImplementedError(
            "a tracked in-place operation on a tensor that has views, or is one, is not supported by the embedded "
            "engine; use the out-of-place operation"
        )

def _dereference(reference: "Callable[[], Tensor | None]") -> Tensor | None:
    return reference()

def _check_fits(tensor: Tensor, made: Array) -> None:
    if made.shape != tensor.array.shape:
        raise RuntimeError(
            f"output with shape {list(tensor.array.shape)} doesn't match the broadcast shape {list(made.shape)}"
        )
    wanted, found = tensor.dtype, of_numpy(made.dtype)
    if wanted is not found and not can_cast(found, wanted):
        raise RuntimeError(
            f"result type {found.scalar_type} can't be cast to the desired output type {wanted.scalar_type}"
        )

def _copy(tensor: Tensor) -> Tensor:
    """The tensor as it is before it is overwritten, with its history."""
    return from_node(np.array(tensor.array), tensor._fn)
