"""`torch.func.vmap`: a function of samples becomes one of batches.

PyTorch runs the function once, with rules that know the batch dim of every operation. Here it runs once per sample,
and the results are stacked: the same numbers for every operation there is, more slowly, and what the function prints or
counts happens once for each sample. `chunk_size` changes nothing. Samples are marked (`carrier.py`), so that what
PyTorch cannot do with a batch (to read a number of it, to branch on it) is refused here too.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..ops.table import CALLS, PUBLIC
from ..random.generator import default_generator
from ..tensor import TENSORS, from_array
from . import levels
from .carrier import mark, samples_of, unmark
from .pytree import Structure, broadcast, flatten, tree_map, unflatten
from .replay import NeedsBatch, Replay


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """A function that applies `func` to each sample of its arguments along `in_dims`, results along `out_dims`."""
    levels.check_mode(randomness)
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        _check_out_dims(func, out_dims)
        batch = Batch(func, in_dims, args)
        found: list[list[Any]] = []
        structure = None
        for _ in batch.rounds(randomness):
            found = []
            for sample in batch.samples(randomness):
                try:
                    outputs = func(*sample, **kwargs)
                except NeedsBatch as needed:
                    batch.wait(needed)
                    continue
                flat, structure = flatten(outputs)
                found.append(flat)
        assert structure is not None
        places = _output_places(func, out_dims, structure)
        joined = [_joined(func, [flat[number] for flat in found], place, batch) for number, place in enumerate(places)]
        return unflatten(joined, structure)

    return wrapper


class Batch:
    """The arguments of one call, and their samples."""

    def __init__(self, func: Callable[..., Any], in_dims: Any, args: tuple[Any, ...]) -> None:
        self.level = 0  # while the samples run
        self.leaves, self.structure = flatten(args)
        self.dims = _input_dims(func, in_dims, args, self.leaves, self.structure)
        self.size = _size(self.leaves, self.dims)

    def rounds(self, randomness: str) -> Iterator[None]:
        """One item for each time that the samples are to run: once, and once more for each call of the whole batch."""
        start = default_generator.position()
        self.replay = Replay(self.size, randomness)
        yield
        while self.replay.finish_round(self.level):
            default_generator.go_to(start)
            yield

    def wait(self, needed: NeedsBatch) -> None:
        """A sample came to a call that wants the whole batch. Raises it again where it is another `vmap`'s."""
        if needed.replay is not self.replay or not self.size:
            raise needed
        self.replay.wait(needed)

    def samples(self, randomness: str) -> Iterator[tuple[Any, ...]]:
        """The arguments for each sample; where there is none, made-up zeros, which tell the shape of the results."""
        start = default_generator.position() if randomness == "same" else None
        with levels.transform(), levels.random_mode(randomness), levels.batch(self.size) as self.level:
            levels.state.replays[self.level] = self.replay
            for number in range(max(self.size, 1)):
                self.replay.begin(number)
                if start is not None:
                    default_generator.go_to(start)
                pairs = zip(self.leaves, self.dims, strict=True)
                yield unflatten([self._sample(leaf, dim, number) for leaf, dim in pairs], self.structure)

    def _sample(self, leaf: Any, dim: int | None, number: int) -> Any:
        if dim is None:
            return leaf
        if self.size:
            made = CALLS["select"]((leaf,), (dim, number, leaf.array.shape))
        else:
            shape = leaf.array.shape
            made = from_array(np.zeros(shape[:dim] + shape[dim + 1 :], leaf.array.dtype))
        mark((made,), samples_of(leaf) | {self.level})
        return made


def _joined(func: Callable[..., Any], values: list[Any], dim: int | None, batch: Batch) -> Any:
    """The results of all samples as one; those that no dim is wanted for must be the same for all."""
    name = name_of(func)
    first = values[0]
    if dim is None:
        if batch.level in samples_of(first):
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        return first
    if type(first) not in TENSORS:
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(first)}. Did you mean to set "
            "out_dims= to None for output?"
        )
    dims = first.array.ndim + 1
    if not -dims <= dim < dims:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-dims}, {dims - 1}], but got {dim})")
    for value in values:
        unmark(value, batch.level)
    if not batch.size:
        shape = list(first.array.shape)
        shape.insert(dim % dims, 0)
        return from_array(np.zeros(shape, first.array.dtype))
    return PUBLIC["stack"](values, dim)


def _size(leaves: list[Any], dims: list[int | None]) -> int:
    sizes = [leaf.array.shape[dim] for leaf, dim in zip(leaves, dims, strict=True) if dim is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if len(set(sizes)) > 1:
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the "
            "mapped dimension"
        )
    return int(sizes[0])


def _input_dims(
    func: Callable[..., Any], in_dims: Any, args: tuple[Any, ...], leaves: list[Any], structure: Structure
) -> list[int | None]:
    """The batch dim of each argument, None for those that every sample gets whole."""
    start = f"vmap({name_of(func)}, in_dims={in_dims}, ...)(<inputs>): "
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{start}expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({name_of(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to "
            "vmap over a function with no inputs. The latter is unsupported."
        )
    dims = broadcast(in_dims, structure)
    if dims is None:
        raise ValueError(
            f"{start}in_dims is not compatible with the structure of `inputs`. in_dims has structure "
            f"{flatten(in_dims)[1]} but inputs has structure {structure}."
        )
    return [_input_dim(start, leaf, dim) for leaf, dim in zip(leaves, dims, strict=True)]


def _input_dim(start: str, leaf: Any, dim: Any) -> int | None:
    if dim is None:
        return None
    if not isinstance(dim, int):
        raise ValueError(
            f"{start}Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
        )
    if type(leaf) not in TENSORS:
        raise ValueError(
            f"{start}Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap over "
            "non-Tensor arguments, please use None as the respective in_dim"
        )
    dims: int = leaf.array.ndim
    if not -dims <= dim < dims:
        raise ValueError(
            f"{start}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {dims} so expected "
            f"in_dim to satisfy -{dims} <= in_dim < {dims}."
        )
    return dim % dims


def _check_out_dims(func: Callable[..., Any], out_dims: Any) -> None:
    def check(dim: Any) -> None:
        if dim is not None and not isinstance(dim, int):
            raise ValueError(
                f"vmap({name_of(func)}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python "
                "collection of ints representing where in the outputs the vmapped dimension should appear."
            )

    tree_map(check, out_dims)


def _output_places(func: Callable[..., Any], out_dims: Any, structure: Structure) -> list[Any]:
    if structure.kind is None and isinstance(out_dims, tuple) and len(out_dims) == 1:
        return list(out_dims)
    places = broadcast(out_dims, structure)
    if places is None:
        raise ValueError(
            f"vmap({name_of(func)}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure "
            f"of `outputs`. out_dims has structure {flatten(out_dims)[1]} but outputs has structure {structure}."
        )
    return places


def name_of(func: Callable[..., Any]) -> str:
    """The function's name as PyTorch's messages have it."""
    if hasattr(func, "__name__"):
        return str(func.__name__)
    if isinstance(func, functools.partial):
        return f"functools.partial({name_of(func.func)}, ...)"
    return repr(func)
