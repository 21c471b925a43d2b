"""A dim cut at given places, or into so many parts: tensor_split and its kin. The parts are plain slices."""

from operator import index as as_int
from typing import Any

from ...tensor import TENSORS, Tensor
from ...types.dtype import int64
from ..dims import wrap_dim
from ..operands import require_tensor
from ..table import expose
from .slices import slice_dim

_FORMS = (
    "tensor_split() received an invalid combination of arguments - got ({}), but expected one of:\n"
    " * (tuple of ints indices, int dim = 0)\n * (Tensor tensor_indices_or_sections, int dim = 0)\n"
    " * (int sections, int dim = 0)\n"
)
_MISSING: Any = object()


@expose("tensor_split")
def tensor_split(
    input: Tensor,
    indices_or_sections: Any = _MISSING,
    dim: int = 0,
    *,
    indices: Any = _MISSING,
    sections: Any = _MISSING,
    tensor_indices_or_sections: Any = _MISSING,
) -> tuple[Tensor, ...]:
    """Parts of nearly one size, the first ones larger by one; or parts that end at the given indices."""
    require_tensor("tensor_split", "input", 1, input)
    options = (indices_or_sections, indices, sections, tensor_indices_or_sections)
    given = next((each for each in options if each is not _MISSING), _MISSING)
    if type(given) in TENSORS:
        given = _of_tensor(given)
    if not isinstance(given, (int, tuple, list)) or isinstance(given, bool):
        raise TypeError(_FORMS.format("" if given is _MISSING else type(given).__name__))
    if not input.array.ndim:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    place = int(wrap_dim(dim, input.array.ndim))
    length = input.array.shape[place]
    if isinstance(given, int):
        if given <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {given}")
        size, longer = divmod(length, given)
        starts = [part * size + min(part, longer) for part in range(given + 1)]
        return tuple(slice_dim(input, place, *starts[part : part + 2]) for part in range(given))
    ends = [as_int(end) for end in given]
    found = [slice_dim(input, place, start, end) for start, end in zip([0, *ends[:-1]], ends, strict=False)]
    return (*found, slice_dim(input, place, ends[-1] if ends else 0, length))


def _of_tensor(given: Tensor) -> Any:
    if given.dtype is not int64:
        raise RuntimeError(
            f"tensor_split expected tensor_indices_or_sections to have dtype of long, but got {given.dtype.scalar_type}"
        )
    if given.array.ndim > 1:
        raise RuntimeError(
            "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but "
            f"got a tensor with {given.array.ndim} dims"
        )
    return given.array.tolist()


def _along(name: str, input: Tensor, given: Any, dim: int, least: int) -> tuple[Tensor, ...]:
    require_tensor(name, "input", 1, input)
    if not isinstance(given, (int, tuple, list)):
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got ({type(given).__name__}), but expected one "
            "of:\n * (int sections)\n      didn't match because some of the arguments have invalid types: "
            f"(!{type(given).__name__}!)\n * (tuple of ints indices)\n      didn't match because some of the arguments "
            f"have invalid types: (!{type(given).__name__}!)\n"
        )
    if input.array.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with "
            f"{input.array.ndim} dimensions!"
        )
    if isinstance(given, int) and (given == 0 or input.array.shape[dim] % given):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
            f"{input.array.shape[dim]} is not divisible by the split_size {given}!"
        )
    return tensor_split(input, given, dim)


def _first_of(*given: Any) -> Any:
    """The one way in which the places to split at were given: PyTorch has two names for them, and none."""
    return next((each for each in given if each is not None), None)


@expose("hsplit")
def hsplit(
    input: Tensor, indices_or_sections: Any = None, *, indices: Any = None, sections: Any = None
) -> tuple[Tensor, ...]:
    """Side by side: a vector along its only dim, else along the second."""
    given = _first_of(indices_or_sections, indices, sections)
    return _along("hsplit", input, given, 0 if input.array.ndim == 1 else 1, 1)


@expose("vsplit")
def vsplit(
    input: Tensor, indices_or_sections: Any = None, *, indices: Any = None, sections: Any = None
) -> tuple[Tensor, ...]:
    """One below the other, along the first dim."""
    return _along("vsplit", input, _first_of(indices_or_sections, indices, sections), 0, 2)


@expose("dsplit")
def dsplit(
    input: Tensor, indices_or_sections: Any = None, *, indices: Any = None, sections: Any = None
) -> tuple[Tensor, ...]:
    """One behind the other, along the third dim."""
    return _along("dsplit", input, _first_of(indices_or_sections, indices, sections), 2, 3)
