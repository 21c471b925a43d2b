"""PyTorch's TypeErrors for arguments of a wrong type, for functions that are made of other operations.

A function's own computation would fail too, but in the words of what it is made of. Its arguments are looked at when
it has failed, which costs nothing while all is well; numbers and flags that would pass unnoticed are looked at before.
"""

import os
import sys
from collections.abc import Callable, Container
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

from ..arguments import type_name
from ..tensor import TENSORS

_ENGINE: Final = f"{Path(__file__).parents[1]}{os.sep}"
F = TypeVar("F", bound=Callable[..., Any])


def user_level() -> int:
    """The `stacklevel` at which the caller's warning names the line of the user."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_ENGINE):
        frame, level = frame.f_back, level + 1
    return level


def _is_int(value: Any) -> bool:
    return not isinstance(value, bool) and (hasattr(value, "__index__") or _is_number_tensor(value, "iu"))


def _is_float(value: Any) -> bool:
    return isinstance(value, (int, float)) or hasattr(value, "__float__")


def _is_number_tensor(value: Any, kinds: str) -> bool:
    return type(value) in TENSORS and value.array.ndim == 0 and value.array.dtype.kind in kinds


_HOLDS: Final[dict[str, Callable[[Any], bool]]] = {
    "Tensor": lambda value: type(value) in TENSORS,
    "int": _is_int,
    "float": _is_float,
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
}
# Types that are taken without a closer look.
_PLAIN: Final[dict[str, Container[type]]] = {
    "Tensor": TENSORS,
    "int": {int},
    "float": {float, int},
    "bool": {bool},
    "str": {str},
}


def typed(name: str, signature: str, before: bool = False, direct: bool = False) -> Callable[[F], F]:
    """Decorator: tell of wrong types as PyTorch's function `name` does.

    `signature` lists its parameters in PyTorch's order as `name:type`, where `Tensor?` may be None and `-` is not
    looked at. With `before` they are looked at before the call; `direct` says that no function of PyTorch's Python
    side stands before it, which would pass everything by position.
    """
    wanted = [tuple(each.split(":")) for each in signature.split()]

    def decorate(function: F) -> F:
        names = function.__code__.co_varnames
        plain = {parameter: _PLAIN.get(kind, ()) for parameter, kind in wanted if kind != "-"}
        by_place = [plain.get(each) for each in names[: function.__code__.co_argcount]]

        def is_plain(args: tuple[Any, ...], keywords: dict[str, Any]) -> bool:
            for value, types in zip(args, by_place, strict=False):
                if types is not None and type(value) not in types:
                    return False
            return not keywords or all(type(value) in plain.get(key, ()) for key, value in keywords.items())

        def check(args: tuple[Any, ...], keywords: dict[str, Any]) -> None:
            given = dict(zip(names, args, strict=False)) | keywords
            for position, (parameter, kind) in enumerate(wanted, 1):
                if parameter not in given or kind == "-":
                    continue
                value = given[parameter]
                if value is None and kind.endswith("?"):
                    continue
                plain = kind.rstrip("?")
                if not _HOLDS[plain](value):
                    place = "" if direct and parameter in keywords else f" (position {position})"
                    raise TypeError(f"{name}(): argument '{parameter}'{place} must be {plain}, not {type_name(value)}")

        @wraps(function)
        def call(*args: Any, **keywords: Any) -> Any:
            if before:
                if not is_plain(args, keywords):
                    check(args, keywords)
                return function(*args, **keywords)
            try:
                return function(*args, **keywords)
            except (AttributeError, TypeError, ValueError, IndexError):
                check(args, keywords)
                raise

        return call  # type: ignore[return-value]  # same parameters

    return decorate
