"""`torch.autograd.forward_ad`: dual tensors, a value with a tangent, and the level in which they live.

How tangents go through operations is in `tangents.py`, how tensors carry them in `carrier.py`.
"""

from contextlib import ContextDecorator
from typing import Any, NamedTuple

from .. import observe
from ..ops.table import METHODS
from ..tensor import TENSORS, Tensor
from . import levels
from .carrier import attach, forget_tangents, primal_of, tangent_of

_NO_LEVEL = "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
_NOT_LAST = "Trying to exit a forward AD level that was not the last one that was created. This is not supported."


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` returns; `tangent` is None for a tensor that has none."""

    primal: Tensor
    tangent: Tensor | None


def enter_dual_level() -> int:
    """Open the level and return its number, 0. Raises RuntimeError when it is open."""
    return levels.open_dual()


def exit_dual_level(*, level: int | None = None) -> None:
    """Close the level; all tangents are forgotten. Raises RuntimeError when it is not open."""
    current = -1 if levels.dual is None else levels.dual
    if level is not None and level != current:
        raise RuntimeError(_NOT_LAST)
    if current < 0:
        raise RuntimeError("Dual level must be a positive number.")
    levels.close_dual()
    forget_tangents()


def make_dual(tensor: Any, tangent: Any, *, level: int | None = None) -> Tensor:
    """A view of `tensor` that has `tangent`. Raises in PyTorch's words where that cannot be."""
    current = level if level is not None else -1 if levels.dual is None else levels.dual
    if current < 0:
        raise RuntimeError(_NO_LEVEL)
    if not tensor.is_floating_point():
        raise ValueError(f"Expected primal to be floating point or complex, but got: {tensor.dtype}")
    if not tangent.is_floating_point():
        raise ValueError(f"Expected tangent to be floating point or complex, but got: {tangent.dtype}")
    if levels.dual is None or current != levels.dual:
        raise RuntimeError("Invalid level given to _make_dual")
    if tangent_of(tensor) is not None:
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level "
            f"{current} is not supported."
        )
    check_tangent(tensor, tangent, current)
    made: Tensor = METHODS["view"](tensor, tensor.array.shape)
    attach(made, tangent)
    if observe.observer is not None:
        observe.observer.tangent_made()
    return made


def check_tangent(tensor: Tensor, tangent: Tensor, level: int = 0) -> None:
    """Raise PyTorch's RuntimeError unless `tangent` can be the tangent of `tensor`."""
    if tangent_of(tangent) is not None:
        raise RuntimeError(
            f"Setting a forward grad that itself has a forward gradient at the same level{level} is not supported."
        )
    if tensor.array.shape != tangent.array.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
            f"supported. Tensor is of size {list(tensor.array.shape)} while the given forward gradient is of size "
            f"{list(tangent.array.shape)}."
        )


def unpack_dual(tensor: Any, *, level: int | None = None) -> UnpackedDualTensor:
    """A view of the tensor's value, and its tangent."""
    current = level if level is not None else -1 if levels.dual is None else levels.dual
    if current < 0:
        return UnpackedDualTensor(tensor, None)
    if current != 0:
        raise RuntimeError("Invalid level given to _fw_primal")
    if type(tensor) not in TENSORS:
        raise TypeError(f"_unpack_dual(): argument 'dual' (position 1) must be Tensor, not {type(tensor).__name__}")
    return UnpackedDualTensor(primal_of(tensor, True), tangent_of(tensor))


class dual_level(ContextDecorator):  # noqa: N801 - PyTorch's name
    """Context manager and decorator: the level is open inside."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *exception: object) -> None:
        exit_dual_level()
