"""`torch.nn.utils.rnn`: sequences of different lengths as one tensor, padded or packed."""

from typing import Any

import numpy as np

from ....nn.packed_sequence import PackedSequence, invert_permutation
from ....ops.neural.recurrent.packed import pack_padded, pad_packed
from ....tensor import TENSORS, from_array
from ...names import missing as _missing


def pad_sequence(
    sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Any:
    """Sequences (L, *) stacked along a new dim, the shorter ones filled up with `padding_value`."""
    if type(sequences) in TENSORS:
        sequences = sequences.unbind(0)
    if not isinstance(sequences, (list, tuple)):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    longest = max(sequence.shape[0] for sequence in sequences)
    first = sequences[0]
    trailing = tuple(first.shape[1:])
    shape = (len(sequences), longest, *trailing) if batch_first else (longest, len(sequences), *trailing)
    made: Any = from_array(np.full(shape, padding_value, first.array.dtype))
    for place, sequence in enumerate(sequences):
        length = sequence.shape[0]
        start = longest - length if padding_side == "left" else 0
        row = made.select(0 if batch_first else 1, place).narrow(0, start, length)
        row.copy_(sequence)
    return made


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """The sequences that were padded on the right."""
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [sequence[: int(length)] for sequence, length in zip(padded_sequences, lengths.tolist(), strict=True)]


def pack_padded_sequence(input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> Any:
    """A padded batch, packed. The sequences are sorted by length unless they have to be so already."""
    if type(lengths) not in TENSORS:
        lengths = from_array(np.asarray([int(length) for length in lengths], np.int64))
    lengths = lengths.long()
    sorted_indices = None
    if not enforce_sorted:
        lengths, sorted_indices = lengths.sort(descending=True)
        input = input.index_select(0 if batch_first else 1, sorted_indices)
    data, batch_sizes = pack_padded(input, lengths, batch_first)
    return PackedSequence(data, batch_sizes, sorted_indices)


def pad_packed_sequence(
    sequence: Any, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Any, Any]:
    """The padded batch in its first order, and the lengths."""
    longest = sequence.batch_sizes.array.size
    if total_length is not None:
        if total_length < longest:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {longest}"
            )
        longest = total_length
    lengths: Any
    padded, lengths = pad_packed(sequence.data, sequence.batch_sizes.array, batch_first, padding_value, longest)
    order = sequence.unsorted_indices
    if order is None:
        return padded, lengths
    return padded.index_select(0 if batch_first else 1, order), lengths.index_select(0, order)


def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> Any:
    """Sequences (L, *), packed."""
    lengths = from_array(np.asarray([sequence.shape[0] for sequence in sequences], np.int64))
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: Any) -> list[Any]:
    """The sequences that were packed."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.utils.rnn", name)


__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]
