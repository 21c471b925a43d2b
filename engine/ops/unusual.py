"""Calls of quick functions that are not just their operands: by keyword, with `out`, or wrong.

The quick functions of `build.py` look for operands by position only; whatever else comes they hand over to this module.
"""

from collections.abc import Callable
from typing import Any, Final

from ..calls.parser import check, is_known
from ..calls.signature import NUMPY_NAMES
from .operands import require_tensor
from .out import into
from .table import QUIET, Row

ABSENT: Final = object()  # stands where an operand was left out
PLACED: Final[dict[Callable[..., Any], Callable[[str], Callable[..., Any]]]] = {}  # quick function -> itself, placed


def placed(name: str, function: Callable[..., Any]) -> Callable[..., Any] | None:
    """A quick function once more, as the one of that full name ("torch.add", "torch.Tensor.add"): it refuses wrong
    calls as PyTorch's function of that name does. None for other functions and names.
    """
    build = PLACED.get(function)
    return None if build is None or not is_known(name) else build(name)


def unusual(row: Row, function: Callable[..., Any], place: str, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """What `function` of that row gives for such a call; `place` is its full name, or "" where the engine calls."""
    given = tuple([each for each in args if each is not ABSENT])
    if place:
        check(place, given, named)
    out = named.pop("out", None)
    names = ("input", *row.inputs[1:], *row.constants)
    for name in names[len(given) :]:
        for known in (name, *NUMPY_NAMES.get(name, ())):
            if known in named:
                given += (named.pop(known),)
                break
    if named or len(given) != len(names):
        raise TypeError(f"{row.name}() takes {', '.join(names)}")
    if len(names) == 1:
        require_tensor(row.name, "input", 1, given[0])
    if out is not None:
        return into(row.name, out, given, QUIET[row.key](*given))
    return function(*given)
