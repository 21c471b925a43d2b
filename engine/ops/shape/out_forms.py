"""`out=` for the functions of shape and indexing that have it in PyTorch: the result is written into a given tensor.

Wraps what the other modules of this folder offer as `torch.<name>`, so it comes after them.
"""

import functools
from collections.abc import Callable
from typing import Any, Final

from ... import observe
from ...arguments import of_sequence
from ...tensor import TENSORS
from ..out import into
from ..table import PUBLIC
from . import copies, gather, join, rearrange, take

_OFFERED: Final = (
    copies,
    gather,
    join,
    rearrange,
    take,
)  # modules that have to be there before their names are wrapped
_JOINED: Final = ("cat", "concat", "concatenate", "stack", "hstack", "vstack", "row_stack", "dstack", "column_stack")
_PICKED: Final = (
    "gather",
    "index_select",
    "masked_select",
    "take",
    "take_along_dim",
    "nonzero",
    "tril",
    "triu",
    "diag",
)
_COPIED: Final = tuple(name for name in PUBLIC if name.endswith("_copy"))


def _tensors(given: tuple[Any, ...]) -> tuple[Any, ...]:
    """The tensors among arguments, also those in lists."""
    found: list[Any] = []
    for each in given:
        found += [item for item in (each if isinstance(each, (tuple, list)) else (each,)) if type(item) in TENSORS]
    return tuple(found)


def _with_out(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def offered(*args: Any, out: Any = None, **named: Any) -> Any:
        if out is None:
            return function(*args, **named)
        before, observe.observer = observe.observer, None  # what is seen is the writing
        try:
            made = function(*args, **named)
        finally:
            observe.observer = before
        if isinstance(made, tuple):
            raise NotImplementedError(f"{name}(out=...) is not supported by the embedded engine; assign the results")
        operands = _tensors((*args, *named.values())) if made.array.dtype.kind == "f" else ()
        return into(name, out, operands, made)

    return offered


for _name in (*_JOINED, *_PICKED, *_COPIED):
    PUBLIC[_name] = _with_out(_name, PUBLIC[_name])

_SEQUENCES: Final = {"flip": "dims", "tile": "dims", "permute": "dims", "broadcast_to": "size", "reshape": "shape"}
for _name, _keyword in _SEQUENCES.items():
    PUBLIC[_name] = of_sequence(_name, _keyword, PUBLIC[_name])
