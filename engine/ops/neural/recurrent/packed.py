"""Sequences of different lengths packed step by step: packing, padding, and recurrent layers over what is packed.

`batch_sizes` tells how many sequences there still are at each step; the longest come first.
Source: ATen's `PackedSequence.cpp` and `RNN.cpp`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ....tensor import TENSORS, Tensor, from_array
from ...single import several
from ...table import METHODS, PUBLIC, Gradient, Row
from .cells import Cell, Weights, from_input, output_of

Array = npt.NDArray[Any]


def batch_sizes_of(lengths: Array) -> Array:
    """How many sequences have a step, of each step."""
    sizes: Array = (lengths[:, None] > np.arange(lengths[0])).sum(0)
    return sizes


def _places(batch_sizes: Array) -> tuple[Array, Array]:
    """Of each packed item its step and its sequence."""
    steps = np.repeat(np.arange(batch_sizes.size), batch_sizes)
    return steps, np.concatenate([np.arange(size) for size in batch_sizes])


def _pack(input: Array, lengths: Array, batch_first: bool, sizes: tuple[int, ...]) -> tuple[Array, Array]:
    batch_sizes = batch_sizes_of(lengths)
    steps, sequences = _places(batch_sizes)
    return input[(sequences, steps) if batch_first else (steps, sequences)], batch_sizes


def pack_back(grad: Any, sizes: tuple[int, ...], batch_sizes: Any, batch_first: bool) -> Any:
    """Zeros of `sizes` with the gradient where the items were taken."""
    steps, sequences = _places(batch_sizes.array if type(batch_sizes) in TENSORS else batch_sizes)
    places = (sequences, steps) if batch_first else (steps, sequences)
    if type(grad) not in TENSORS:
        made = np.zeros(sizes, grad.dtype)
        made[places] = grad
        return made
    zeros = from_array(np.zeros(sizes, grad.array.dtype))
    return METHODS["index_put"](zeros, tuple(from_array(place) for place in places), grad)


_row = several(
    Row(
        "_pack_padded_sequence",
        _pack,
        ("input",),
        (
            Gradient(
                "pack_back(grads[0], self_sym_sizes, result[1], batch_first)",
                lambda grads, self_sym_sizes, result, batch_first: pack_back(
                    grads[0], self_sym_sizes, result[1], batch_first
                ),
            ),
        ),
        node="PackPaddedSequenceBackward0",
        arguments=("lengths", "batch_first", "self_sym_sizes"),
        many=True,
        results=("result0", "result1"),
        saves=("batch_first", "self_sym_sizes", "result1"),
        untracked=(1,),
    )
)


def pack_padded(input: Tensor, lengths: Tensor, batch_first: bool) -> tuple[Tensor, Tensor]:
    """The items (sum of lengths, *) of a padded batch, and the batch sizes. Raises PyTorch's errors for the lengths."""
    given = lengths.array
    items = input.array.shape[0 if batch_first else 1]
    if not input.array.size:
        raise RuntimeError("Cannot pack empty tensors.")
    if given.size != items:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {given.size} (batch_size={items})"
        )
    if given[-1] <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if (given[1:] > given[:-1]).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you "
            "do not need ONNX exportability."
        )
    longest = input.array.shape[1 if batch_first else 0]
    if given[0] > longest:
        raise RuntimeError(f"Expected sequence length to be at most {longest}, but got {given[0]}")
    data, batch_sizes = _row((input,), (given, batch_first, input.array.shape))
    return data, batch_sizes


def pad_packed(
    data: Any, batch_sizes: Array, batch_first: bool, padding_value: float, total: int
) -> tuple[Any, Tensor]:
    """The padded batch (total, N, *), copied by blocks of steps with the same batch size, and the lengths."""
    count = int(batch_sizes[0])
    made: Any = from_array(np.full((total, count, *data.array.shape[1:]), padding_value, data.array.dtype))
    start = offset = 0
    ends = [at for at in range(1, batch_sizes.size) if batch_sizes[at] != batch_sizes[at - 1]] + [batch_sizes.size]
    for end in ends:
        size = int(batch_sizes[start])
        taken = size * (end - start)
        block = data.narrow(0, offset, taken).view(end - start, size, *data.array.shape[1:])
        made.narrow(0, start, end - start).narrow(1, 0, size).copy_(block)
        start, offset = end, offset + taken
    lengths = (batch_sizes[:, None] > np.arange(count)).sum(0)
    return made.transpose(0, 1) if batch_first else made, from_array(lengths)


def packed_layer(batch_sizes: Array) -> Callable[..., tuple[Any, Any]]:
    """A layer for `run_stack` over packed items (sum of lengths, I)."""

    def layer(cell: Cell, input: Any, state: Any, weights: Weights, backwards: bool) -> tuple[Any, Any]:
        given = from_input(input, weights)
        return (_backwards if backwards else _forwards)(cell, given, batch_sizes, state, weights)

    return layer


def _forwards(cell: Cell, given: Any, batch_sizes: Array, state: Any, weights: Weights) -> tuple[Any, Any]:
    """Sequences that have ended leave the state."""
    outputs, ended, offset = [], [], 0
    last = int(batch_sizes[0])
    for size in map(int, batch_sizes):
        step = given.narrow(0, offset, size)
        offset += size
        if size < last:
            ended.append(_part(state, size, last))
            state, last = _part(state, 0, size), size
        state = cell(step, state, weights)
        outputs.append(output_of(state))
    ended.append(state)
    return PUBLIC["cat"](outputs, 0), _joined(ended[::-1])


def _backwards(cell: Cell, given: Any, batch_sizes: Array, first: Any, weights: Weights) -> tuple[Any, Any]:
    """From the last step on; sequences join where they end."""
    last, offset = int(batch_sizes[-1]), given.array.shape[0]
    state, outputs = _part(first, 0, last), []
    for size in map(int, batch_sizes[::-1]):
        if size > last:
            state, last = _joined([state, _part(first, last, size)]), size
        offset -= size
        state = cell(given.narrow(0, offset, size), state, weights)
        outputs.append(output_of(state))
    return PUBLIC["cat"](outputs[::-1], 0), state


def _part(state: Any, start: int, end: int) -> Any:
    """Some of the sequences' states."""
    if isinstance(state, tuple):
        return tuple(_part(each, start, end) for each in state)
    return state.narrow(0, start, end - start)


def _joined(states: list[Any]) -> Any:
    if isinstance(states[0], tuple):
        return tuple(PUBLIC["cat"](list(each), 0) for each in zip(*states, strict=True))
    return PUBLIC["cat"](states, 0)
