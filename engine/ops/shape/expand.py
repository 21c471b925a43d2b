"""Dims of length 1 repeated without copying: `expand` and what PyTorch builds of it."""

from typing import Any

import numpy.typing as npt

from ...arguments import broadcast_shapes, check_size, one_of
from ...tensor import Tensor
from ...types.dtype import of_numpy
from ..operands import require_tensors
from ..single import one
from ..table import Gradient, Row, expose
from ..tools import spread, sum_to

_expand = one(
    Row(
        "expand",
        lambda self, size, self_sym_sizes: self.view() if self.shape == size else spread(self, size),
        ("self",),
        (Gradient("sum_to(grad, self_sym_sizes)", lambda grad, self_sym_sizes: sum_to(grad, self_sym_sizes)),),
        node="ExpandBackward0",
        arguments=("size", "self_sym_sizes"),
        view=True,
    )
)


@expose("expand", function=False)
def expand(input: Tensor, *sizes: Any, size: Any = None, implicit: bool = False) -> Tensor:
    """Dims of length 1 repeated without copying; -1 keeps a length. Raises RuntimeError where that is impossible."""
    size = sizes if size is None else one_of("expand", "size", sizes, size)
    wanted = expanded_size(input.array, check_size("expand", size))
    return _expand((input,), (wanted, input.array.shape))


def expanded_size(array: npt.NDArray[Any], wanted: tuple[int, ...]) -> tuple[int, ...]:
    """`wanted` with the lengths that -1 stands for. Raises RuntimeError where the array cannot be expanded to it."""
    own = array.shape
    extra = len(wanted) - len(own)
    if extra < 0:
        kind = of_numpy(array.dtype).scalar_type
        raise RuntimeError(
            f"expand(torch.{kind}Tensor{{{list(own)}}}, size={list(wanted)}): the number of sizes provided "
            f"({len(wanted)}) must be greater or equal to the number of dimensions in the tensor ({len(own)})"
        )
    full = list(wanted)
    for place in range(len(wanted) - 1, -1, -1):
        length = wanted[place]
        current = 1 if place < extra else own[place - extra]
        if length == -1:
            if place < extra:
                raise RuntimeError(
                    f"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {place}"
                )
            full[place] = current
        elif current not in (1, length):
            raise RuntimeError(
                f"The expanded size of the tensor ({length}) must match the existing size ({current}) at non-singleton "
                f"dimension {place}.  Target sizes: {list(wanted)}.  Tensor sizes: {list(own)}"
            )
    return tuple(full)


@expose("expand_as", function=False)
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """`expand` to the shape of another tensor."""
    return expand(input, other.array.shape)


@expose("broadcast_to")
def broadcast_to(input: Tensor, *size: Any, **named: Any) -> Tensor:
    """`expand`, as NumPy names it."""
    return expand(input, check_size("broadcast_to", (named["size"],) if "size" in named else size))


@expose("broadcast_tensors", method=False)
def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """All tensors expanded to their common shape."""
    require_tensors(tensors)
    shape = broadcast_shapes((), *(tensor.array.shape for tensor in tensors))
    return tuple(tensor if tensor.array.shape == shape else expand(tensor, shape) for tensor in tensors)
