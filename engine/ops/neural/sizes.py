"""Arguments with one number for each spatial dim: a number for all of them, or a list; and PyTorch's errors."""

from operator import index
from typing import Any

from ...tensor import TENSORS, Tensor
from .windows import Sizes


def spatial(function: str, name: str, position: int, value: Any, dims: int) -> Sizes:
    """A number, repeated for all dims, or a list of them, as a tuple. Raises TypeError for what is no integer."""
    start = f"{function}(): argument '{name}'"
    if not isinstance(value, (tuple, list)):
        if hasattr(value, "__index__") and not isinstance(value, bool):
            return (index(value),) * dims
        raise TypeError(f"{start} (position {position}) must be tuple of ints, not {type(value).__name__}")
    for at, item in enumerate(value):
        if hasattr(item, "__index__"):
            continue
        kind = type(item).__name__
        if at == 0:
            raise TypeError(
                f"{start} (position {position}) must be tuple of ints, but found element of type {kind} at pos 0"
            )
        raise TypeError(
            f"{start} failed to unpack the object at pos {at + 1} with error "
            f'"type must be tuple of ints,but got {kind}"'
        )
    return tuple([index(item) for item in value])


def require_bool(function: str, **values: Any) -> None:
    """Raise PyTorch's TypeError for the first argument that is no bool."""
    for name, value in values.items():
        if not isinstance(value, bool):
            raise TypeError(f"{function}(): argument '{name}' must be bool, not {type(value).__name__}")


def is_sizes(value: Any) -> bool:
    """Whether `value` is a number or a list of numbers."""
    if isinstance(value, (tuple, list)):
        return all(hasattr(item, "__index__") for item in value)
    return hasattr(value, "__index__") and type(value) not in TENSORS


def joined(sizes: Sizes) -> str:
    """The sizes as PyTorch's messages of convolution have them: "5 x 5"."""
    return " x ".join(map(str, sizes))


def batched(function: str, input: Tensor, dims: int) -> bool:
    """Whether there is a batch dim before channels and spatial dims. Raises RuntimeError for another number of dims."""
    ndim = input.array.ndim
    if ndim not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {function}, but got input of size: "
            f"{list(input.array.shape)}"
        )
    return ndim == dims + 2
