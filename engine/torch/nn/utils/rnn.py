"""`torch.nn.utils.rnn`: sequences of different lengths as one tensor; packed ones say what to use instead."""

from typing import Any

import numpy as np

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


def _packs(name: str) -> Any:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(
            f"{name} is not supported by the embedded engine; use pad_sequence and a mask of the lengths"
        )

    function.__name__ = function.__qualname__ = name
    return function


PackedSequence = _packs("PackedSequence")
pack_padded_sequence = _packs("pack_padded_sequence")
pad_packed_sequence = _packs("pad_packed_sequence")
pack_sequence = _packs("pack_sequence")
unpack_sequence = _packs("unpack_sequence")


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.utils.rnn", name)


__all__ = [
    "PackedSequence",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]
