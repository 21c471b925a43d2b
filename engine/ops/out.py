"""`out=`: a result written into a tensor that is there already. It has no history, so its operands must have none."""

import warnings
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from .. import grad_mode, observe
from ..tensor import TENSORS, Tensor
from ..types.dtype import C_NAMES
from .inplace import check_memory, check_operands, write_over
from .typed import user_level

_PRODUCTS: Final = frozenset(("mm", "bmm", "mv", "dot", "vdot", "addmm", "addmv", "addbmm", "baddbmm", "matmul"))


def into(op: str, out: Any, operands: tuple[Any, ...], made: Tensor) -> Any:
    """Write `made`, computed of `operands` without a report, into `out`, and return `out`.

    Raises PyTorch's errors for operands with history, for a dtype that cannot hold the result, and for shared memory.
    """
    if type(out) not in TENSORS:
        raise TypeError(f"{op}(): argument 'out' must be Tensor, not {type(out).__name__}")
    _refuse_tracked(op, out, operands)
    if op in _PRODUCTS and out.array.dtype != made.array.dtype:
        raise _other_dtype(op, out, operands, made)
    check_memory(out)
    check_operands(out, operands)
    if out.array.shape != made.array.shape:
        _resize(out, made)
    return write_over(op, out, operands, made)


def _other_dtype(op: str, out: Tensor, operands: tuple[Any, ...], made: Tensor) -> RuntimeError:
    """PyTorch's error where a product would have to be cast to be written, which depends on the kernel."""
    found, wanted = out.dtype.scalar_type, made.dtype.scalar_type
    if op == "matmul":
        dims = [each.array.ndim for each in operands]
        op = "dot" if dims == [1, 1] else "mv" if dims[1] == 1 else "mm"
    if op in ("dot", "vdot"):
        return RuntimeError(f"result dtype {found} does not match input dtype {wanted}")
    if op == "mv":
        return RuntimeError(f"addmv input tensors must have the same dtype, but got {found}, {wanted}, and {wanted}")
    if op == "addbmm":
        return RuntimeError(f"self and mat2 must have the same dtype, but got {found} and {wanted}")
    names = [C_NAMES.get(each.dtype.name, each.dtype.name) for each in (made, out)]
    return RuntimeError(f"Expected out tensor to have dtype {names[0]}, but got {names[1]} instead")


def _refuse_tracked(op: str, out: Any, operands: tuple[Any, ...]) -> None:
    tracked = any(type(each) in TENSORS and each._requires_grad for each in (*operands, out))
    if tracked and grad_mode.is_grad_enabled():
        raise RuntimeError(
            f"{op}(): functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad."
        )


def through(op: str, out: Any, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """Write what a function gives of these arguments into `out`; what is seen is the writing alone.

    Raises NotImplementedError for a function with several results.
    """
    operands = tuple(each for each in (*args, *named.values()) if type(each) in TENSORS)
    if type(out) in TENSORS:
        _refuse_tracked(op, out, operands)
    before, observe.observer = observe.observer, None
    try:
        made = function(*args, **named)
    finally:
        observe.observer = before
    if isinstance(made, tuple):
        raise NotImplementedError(f"{op}(out=...) is not supported by the embedded engine; assign the results")
    return into(op, out, operands, made)


def _resize(out: Tensor, made: Tensor) -> None:
    """Give `out` new memory of the result's shape. Raises NotImplementedError for a view, whose memory others use."""
    if out._base is not None:
        raise NotImplementedError("a view as out= of another shape is not supported by the embedded engine; assign it")
    if out.array.size:
        warnings.warn(
            f"An output with one or more elements was resized since it had shape {list(out.array.shape)}, which does "
            f"not match the required output shape {list(made.array.shape)}. This behavior is deprecated, and in a "
            "future PyTorch release outputs will not be resized unless they have zero elements. You can explicitly "
            "reuse an out tensor t by resizing it, inplace, to zero elements with t.resize_(0).",
            UserWarning,
            stacklevel=user_level(),
        )
    out.array = np.empty(made.array.shape, out.array.dtype)
