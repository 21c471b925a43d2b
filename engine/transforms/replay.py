"""The `vmap` staticmethod of custom functions, where `vmap` runs sample by sample.

Such a staticmethod wants the whole batch. So when a sample comes to one, its run stops there; when all samples have
come, the staticmethod is called once, and every sample runs again from its start, with its part of the result in place
of the call. What the samples print or count happens once more for each such call.
"""

from typing import Any, NamedTuple

import numpy as np

from ..tensor import TENSORS, Tensor, from_array
from . import levels
from .carrier import mark, samples_of, unmark
from .pytree import broadcast, flatten


class VmapInfo(NamedTuple):
    """What the staticmethod is told."""

    batch_size: int
    randomness: str


class NeedsBatch(BaseException):
    """A sample came to a call that wants the whole batch. Not for users' `except Exception`."""

    def __init__(self, replay: "Replay", function: Any, args: tuple[Any, ...]) -> None:
        super().__init__("a vmap staticmethod wants the whole batch")
        self.replay = replay
        self.function = function
        self.args = args


class _Done(NamedTuple):
    """A call that was made for the whole batch."""

    function: Any
    args: tuple[np.ndarray[Any, Any], ...]  # stacked
    outputs: list[Any]
    dims: list[int | None]
    several: bool


class Replay:
    """The calls of one `vmap` that were made for the whole batch, in the order in which the samples come to them."""

    def __init__(self, size: int, randomness: str) -> None:
        self._info = VmapInfo(size, randomness)
        self._done: list[_Done] = []
        self._waiting: list[NeedsBatch] = []
        self._sample = self._position = 0

    def begin(self, sample: int) -> None:
        """That sample runs from its start."""
        self._sample, self._position = sample, 0

    def wait(self, needed: NeedsBatch) -> None:
        """The sample came to a call that is not done yet."""
        if self._waiting and self._waiting[0].function is not needed.function:
            raise NotImplementedError("vmap over samples that call different functions is not supported")
        self._waiting.append(needed)

    def finish_round(self, level: int) -> bool:
        """Make the call that all samples wait for. False where none waits: the samples are through."""
        if not self._waiting:
            return False
        waiting, self._waiting = self._waiting, []
        if len(waiting) != self._info.batch_size:
            raise NotImplementedError("vmap over samples of which only some call a function is not supported")
        function = waiting[0].function
        columns = list(zip(*(needed.args for needed in waiting), strict=True))
        batched = [any(level in samples_of(item) for item in column) for column in columns]
        args = tuple([_stacked(column, level) if b else column[0] for column, b in zip(columns, batched, strict=True)])
        returned = function.vmap(self._info, tuple([0 if b else None for b in batched]), *args)
        outputs, dims, several = _checked(returned)
        arrays = tuple([arg.array for arg, b in zip(args, batched, strict=True) if b])
        self._done.append(_Done(function, arrays, outputs, dims, several))
        return True

    def outputs(self, function: Any, args: tuple[Any, ...], level: int) -> Any:
        """This sample's part of what the call gave. Raises NeedsBatch where it was not made yet."""
        if self._position == len(self._done):
            raise NeedsBatch(self, function, args)
        call = self._done[self._position]
        self._position += 1
        mine = [arg.array for arg in args if level in samples_of(arg)]
        pairs = zip(mine, call.args, strict=False)
        if call.function is not function or not all(_same(item, batch[self._sample]) for item, batch in pairs):
            raise NotImplementedError(
                f"the vmap staticmethod of {function.__name__} after random numbers, or after anything that changes "
                "from run to run, is not supported by the embedded engine; use generate_vmap_rule=True"
            )
        made = tuple([self._part(output, dim) for output, dim in zip(call.outputs, call.dims, strict=True)])
        return made if call.several else made[0]

    def _part(self, output: Any, dim: int | None) -> Any:
        if type(output) not in TENSORS or dim is None:
            return output
        return from_array(np.take(output.array, self._sample, axis=dim))


def replay_for(args: tuple[Any, ...]) -> tuple[Replay, int]:
    """The replay of the innermost `vmap` that some argument is a sample of, and its level."""
    level = max(max(samples_of(arg), default=0) for arg in args)
    return levels.state.replays[level], level


def _stacked(column: tuple[Any, ...], level: int) -> Tensor:
    made = from_array(np.stack([item.array for item in column]))
    mark((made,), samples_of(column[0]) - {level})
    unmark(made, level)
    return made


def _same(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def _checked(returned: Any) -> tuple[list[Any], list[int | None], bool]:
    """The outputs, the batch dim of each, and whether they are a tuple. Raises RuntimeError in PyTorch's words."""
    start = (
        "Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure compatible "
        "with the output. "
    )
    if not isinstance(returned, tuple):
        raise RuntimeError(f"{start}Got a {type(returned)} instead")
    if len(returned) != 2:
        raise RuntimeError(f"{start}Got {len(returned)} returns instead")
    output, out_dims = returned
    outputs, structure = flatten(output)
    dims = broadcast(out_dims, structure)
    if dims is None:
        raise RuntimeError(
            "The autograd.Function's vmap staticmethod returned an incompatible (output, out_dims) tuple. Expected "
            f"out_dims={out_dims} to be compatible with the structure of `output`. out_dims has structure "
            f"{flatten(out_dims)[1]} but output has structure {structure}. For more details, please see "
            "https://pytorch.org/docs/main/notes/extending.func.html"
        )
    return outputs, dims, isinstance(output, tuple)
