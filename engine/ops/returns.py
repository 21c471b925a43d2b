"""Results with names, such as `x.max(dim)`: tuples that print as `torch.return_types.max(values=..., indices=...)`."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, Final

RETURN_TYPES: Final[dict[str, type[tuple[Any, ...]]]] = {}  # of torch.return_types, by name


def named(name: str, *fields: str) -> type[tuple[Any, ...]]:
    """The result type of that name, made of one sequence of its fields: `values` and `indices` unless given."""
    if name in RETURN_TYPES:
        return RETURN_TYPES[name]
    fields = fields or ("values", "indices")
    members: dict[str, Any] = {field: property(itemgetter(place)) for place, field in enumerate(fields)}
    members |= {"__new__": _new, "__repr__": _repr, "__slots__": (), "__module__": "torch.return_types"}
    members |= {"__match_args__": fields, "n_fields": len(fields), "n_sequence_fields": len(fields)}
    made = RETURN_TYPES[name] = type(name, (tuple,), members | {"n_unnamed_fields": 0})
    return made


def _new(kind: Any, items: Iterable[Any], _names: object = None) -> Any:
    found = tuple(items)
    if len(found) != kind.n_fields:
        raise TypeError(
            f"torch.return_types.{kind.__name__}() takes a {kind.n_fields}-sequence ({len(found)}-sequence given)"
        )
    return tuple.__new__(kind, found)


def _repr(result: Any) -> str:
    kind = type(result)
    parts = ",\n".join(f"{name}={value!r}" for name, value in zip(kind.__match_args__, result, strict=True))
    return f"torch.return_types.{kind.__name__}(\n{parts})"
