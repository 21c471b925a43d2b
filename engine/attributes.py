"""Attributes of tensors that few people ask for: `grad_dtype`, the hooks by their inner names, what is always false."""

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from .node import AccumulateGrad
from .ops.table import METHODS
from .tensor import SIZE_WORDS, Tensor
from .types.dtype import dtype, of_numpy

_ALWAYS_FALSE: Final = (
    *("is_ipu", "is_maia", "is_meta", "is_mkldnn", "is_mtia", "is_nested", "is_sparse_csr", "is_vulkan", "is_xla"),
    *("is_xpu", "_has_symbolic_sizes_strides"),
)


def _get_grad_dtype(tensor: Tensor) -> dtype | None:
    """The dtype that `.grad` must have; None where any is allowed."""
    if not tensor.is_leaf:
        raise RuntimeError("grad_dtype can only be accessed on leaf tensors.")
    stored = tensor.grad_stored_dtype()
    return None if stored is None else of_numpy(stored)


def _set_grad_dtype(tensor: Tensor, wanted: object) -> None:
    if wanted is not None and not isinstance(wanted, dtype):
        raise RuntimeError(f"grad_dtype must be a torch.dtype or None, but got {type(wanted).__name__}")
    held = tensor.grad  # of a non-leaf this warns, as in PyTorch
    if not tensor.is_leaf:
        raise RuntimeError("grad_dtype can only be set on leaf tensors.")
    meta = tensor.meta()
    if wanted is not None and held is not None and held.dtype is not wanted:
        name = SIZE_WORDS.get(held.dtype.name, held.dtype.name)
        raise RuntimeError(
            f"Cannot set grad_dtype to '{wanted.scalar_type}' because there is already a gradient with dtype '{name}'. "
            "Please clear the gradient (.grad = None) before changing grad_dtype, or ensure the new grad_dtype matches "
            "the existing gradient's dtype."
        )
    meta.grad_dtype = None if wanted is None else wanted.numpy
    node = None if meta.accumulate is None else meta.accumulate()
    if type(node) is AccumulateGrad:
        node.dtype = meta.grad_dtype


def _hooks(tensor: Tensor) -> "OrderedDict[int, Callable[[Any], Any]] | None":
    """The hooks of the tensor; None where there never was one."""
    hooks = None if tensor._meta is None else tensor._meta.hooks
    return None if hooks is None else OrderedDict(hooks)


def _post_hooks(tensor: Tensor) -> "OrderedDict[int, Callable[[Any], Any]] | None":
    """The hooks that run after a pass added to `.grad`; None where there never was one."""
    hooks = None if tensor._meta is None else tensor._meta.post_hooks
    return None if hooks is None else OrderedDict(hooks)


def _volatile(_tensor: Tensor) -> bool:
    """What a switch of PyTorch 0.3 says now."""
    warnings.warn("volatile was removed (Variable.volatile is always False)", UserWarning, stacklevel=2)
    return False


def _set_volatile(_tensor: Tensor, _wanted: object) -> None:
    warnings.warn(
        "volatile was removed and now has no effect. Use `with torch.no_grad():` instead.", UserWarning, stacklevel=2
    )


METHODS["name"] = property(lambda tensor: None)
METHODS["grad_dtype"] = property(_get_grad_dtype, _set_grad_dtype)
METHODS["_grad"] = property(Tensor.grad.fget, Tensor.grad.fset)  # type: ignore[attr-defined]  # a property
METHODS["_grad_fn"] = property(lambda tensor: tensor.grad_fn)
METHODS["_backward_hooks"] = property(_hooks)
METHODS["_post_accumulate_grad_hooks"] = property(_post_hooks)
METHODS["volatile"] = property(_volatile, _set_volatile)
for _name in _ALWAYS_FALSE:
    METHODS[_name] = property(lambda tensor: False)
