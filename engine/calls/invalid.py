"""PyTorch's listing of a call that fits none of a function's signatures.

Follows PyTorch's `torch/csrc/utils/invalid_arguments.cpp`, which reads the printed signatures again, and so takes
"= None" for the name of a parameter: what it says of keywords is kept as it says it.
"""

from typing import Any, NamedTuple

from .kinds import type_name


class Option(NamedTuple):
    """A printed signature read again: the type and the name of each part between commas."""

    kinds: tuple[str, ...]
    names: tuple[str, ...]


def listing(name: str, args: tuple[Any, ...], keywords: dict[str, Any], signatures: list[str]) -> str:
    """The whole message. PyTorch keeps keywords in a hash table, which gives them back in reverse."""
    given = dict(reversed(keywords.items()))
    found = _described(args, given)
    head = f"{name}() received an invalid combination of arguments - "
    if len(signatures) == 1:
        option = _option(signatures[0])
        unmatched = _unmatched(option, given)
        if unmatched:
            return f"{head}got unrecognized keyword arguments: {', '.join(unmatched)}"
        if len(args) + len(given) == len(option.names):
            found = _marked(option, args, given)
        return f"{head}got {found}, but expected {signatures[0]}"
    lines = [f"{head}got {found}, but expected one of:\n"]
    for signature in signatures:
        lines.append(f" * {signature}\n")
        option = _option(signature)
        if len(args) + len(given) != len(option.names):
            continue
        unmatched = _unmatched(option, given)
        if unmatched:
            reason = f"keywords were incorrect: {', '.join(unmatched)}"
        else:
            reason = f"arguments have invalid types: {_marked(option, args, given)}"
        lines.append(f"      didn't match because some of the {reason}\n")
    return "".join(lines)


def _option(signature: str) -> Option:
    parts = [part.rpartition(" ") for part in signature[1:-1].split(", ")]
    return Option(tuple(kind or name for kind, _, name in parts), tuple(name for _, _, name in parts))


def _described(args: tuple[Any, ...], keywords: dict[str, Any]) -> str:
    described = "".join(f"{type_name(each)}, " for each in args)
    described += "".join(f"{name}={type_name(value)}, " for name, value in keywords.items())
    return f"({described[:-2] if args else described})"


def _unmatched(option: Option, keywords: dict[str, Any]) -> list[str]:
    names = option.names[max(0, len(option.names) - len(keywords)) :]
    return [name for name in keywords if name not in names]


def _marked(option: Option, args: tuple[Any, ...], keywords: dict[str, Any]) -> str:
    parts = []
    for number in range(len(args) + len(keywords)):
        by_keyword = number >= len(args)
        name = option.names[number]
        value = keywords[name] if by_keyword else args[number]
        mark = "" if _matches(option.kinds[number], value) else "!"
        parts.append(f"{mark}{f'{name}=' if by_keyword else ''}{_detailed(value)}{mark}")
    joined = ", ".join(parts)
    return f"({joined})" if args else f"({joined}, )"


def _matches(kind: str, value: object) -> bool:
    found = type_name(value)
    if kind in ("float", "int"):
        return found in (("float", "int") if kind == "float" else ("int",))
    return found == kind


def _detailed(value: object) -> str:
    if not isinstance(value, (tuple, list)):
        return type_name(value)
    items = ", ".join(type_name(each) for each in value)
    if isinstance(value, tuple):
        return f"{type_name(value)} of ({items}{',' if len(value) == 1 else ''})"
    return f"{type_name(value)} of [{items}]"
