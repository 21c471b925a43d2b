"""The batch of sequences that recurrent layers take packed: `torch.nn.utils.rnn.PackedSequence`."""

from typing import Any, NamedTuple

import numpy as np

from ..tensor import Tensor, from_array


class _Packed(NamedTuple):
    """The fields of a packed batch."""

    data: Any
    batch_sizes: Any
    sorted_indices: Any
    unsorted_indices: Any


class PackedSequence(_Packed):
    """Items (sum of lengths, *) step by step, how many sequences have each step, and how they were sorted."""

    __slots__ = ()

    def __new__(
        cls, data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None
    ) -> "PackedSequence":
        """Also of a pair (data, batch_sizes)."""
        if batch_sizes is None:
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> "PackedSequence":
        """With the data in another dtype."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def cpu(self) -> "PackedSequence":
        """The same: there is no other device."""
        return self

    def double(self) -> "PackedSequence":
        """In float64."""
        return self.to(self.data.double().dtype)

    def float(self) -> "PackedSequence":
        """In float32."""
        return self.to(self.data.float().dtype)

    def long(self) -> "PackedSequence":
        """In int64."""
        return self.to(self.data.long().dtype)

    @property
    def is_cuda(self) -> bool:
        """False."""
        return False

    def is_pinned(self) -> bool:
        """False."""
        return False


def invert_permutation(permutation: Any) -> Tensor | None:
    """The permutation that undoes one."""
    return None if permutation is None else from_array(np.argsort(permutation.array, kind="stable"))


PackedSequence.__module__ = "torch.nn.utils.rnn"
