"""Offering functions with PyTorch's argument rules: NumPy's names for `dim` and `keepdim`, no `out`, and its words for
what is missing or no tensor."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Final

from ...tensor import TENSORS
from ..operands import refuse_out, require_tensor
from ..table import expose

_NUMPY_NAMES: Final = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input"}


def offered(
    *names: str, function: bool = True, method: bool = True, numbers: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """Decorator: offer a function of a tensor as `expose` does, its arguments read as PyTorch reads them.

    `numbers` says that `input` may be a number too.
    """

    def decorate(given: Callable[..., Any]) -> Callable[..., Any]:
        made = checked(names[0], given, numbers)
        return expose(*names, function=function, method=method)(made)

    return decorate


def checked(name: str, given: Callable[..., Any], numbers: bool = False) -> Callable[..., Any]:
    """The function with PyTorch's errors for its arguments. Raises TypeError and NotImplementedError (`out`)."""
    parameters = inspect.signature(given).parameters
    positional = [each for each in parameters.values() if each.kind is not each.KEYWORD_ONLY]
    required = [each.name for each in positional if each.default is each.empty and each.kind is not each.VAR_POSITIONAL]
    takes_input = "input" in parameters and not numbers

    @functools.wraps(given)
    def function(*args: Any, **keywords: Any) -> Any:
        if keywords:
            keywords = {_renamed(key, parameters): value for key, value in keywords.items()}
            if "out" not in parameters:
                refuse_out(name, keywords.pop("out", None))
        if len(args) < len(required):
            missing = [each for each in required[len(args) :] if each not in keywords]
            if missing:
                listed = ", ".join(f'"{each}"' for each in missing)
                raise TypeError(f"{name}() missing {len(missing)} required positional arguments: {listed}")
        if takes_input:
            input = args[0] if args else keywords["input"]
            if type(input) not in TENSORS:
                require_tensor(name, "input", 1, input)
        return given(*args, **keywords)

    return function


def _renamed(key: str, parameters: Any) -> str:
    other = _NUMPY_NAMES.get(key)
    return other if other is not None and key not in parameters and other in parameters else key
