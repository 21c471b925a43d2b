"""Nested tuples, lists and dictionaries, flattened to their leaves and put together again. Knows no tensors.

Anything else, None too, is a leaf, as in `torch.utils._pytree`.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from ..types.size import Size

_NODES: Final = (tuple, list, dict, OrderedDict, Size)


class Structure:
    """How a nested value is built around its leaves."""

    __slots__ = ("children", "context", "kind")

    def __init__(self, kind: type | None, context: Any, children: "list[Structure]") -> None:
        self.kind = kind  # None: a leaf
        self.context = context  # a dictionary's keys, a named tuple's class
        self.children = children

    @property
    def leaves(self) -> int:
        """The number of leaves."""
        return 1 if self.kind is None else sum(child.leaves for child in self.children)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Structure):
            return NotImplemented
        return (self.kind, self.context, self.children) == (other.kind, other.context, other.children)

    def __hash__(self) -> int:
        return hash((self.kind, len(self.children)))

    def __repr__(self) -> str:
        return self._text(0)

    def _text(self, indent: int) -> str:
        if self.kind is None:
            return "*"
        separator = ",\n" + " " * (indent + 2)
        inside = separator.join(child._text(indent + 2) for child in self.children)
        return f"TreeSpec({self.kind.__name__}, {self.context}, [{inside}])"

    def pretty(self) -> str:
        """The structure with a `*` for each leaf, as Python writes it."""
        return repr(unflatten([_Star()] * self.leaves, self))


class _Star:
    def __repr__(self) -> str:
        return "*"


def flatten(tree: Any) -> tuple[list[Any], Structure]:
    """The leaves from left to right, and the structure."""
    leaves: list[Any] = []
    return leaves, _flatten(tree, leaves)


def unflatten(leaves: Sequence[Any], structure: Structure) -> Any:
    """The nested value of that structure with these leaves."""
    return _build(iter(leaves), structure)


def tree_map(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same structure with `function` of each leaf."""
    leaves, structure = flatten(tree)
    return unflatten([function(leaf) for leaf in leaves], structure)


def broadcast(prefix: Any, structure: Structure) -> list[Any] | None:
    """A value for each leaf of `structure`, where a leaf of `prefix` stands for all below; None if it does not fit."""
    found: list[Any] = []
    return found if _spread(prefix, structure, found) else None


def _spread(prefix: Any, structure: Structure, found: list[Any]) -> bool:
    kind = _kind(prefix)
    if kind is None:
        found.extend([prefix] * structure.leaves)
        return True
    items, context = _items(prefix, kind)
    if kind is not structure.kind or context != structure.context or len(items) != len(structure.children):
        return False
    return all(_spread(item, child, found) for item, child in zip(items, structure.children, strict=True))


def _flatten(tree: Any, leaves: list[Any]) -> Structure:
    kind = _kind(tree)
    if kind is None:
        leaves.append(tree)
        return Structure(None, None, [])
    items, context = _items(tree, kind)
    return Structure(kind, context, [_flatten(item, leaves) for item in items])


def _kind(tree: Any) -> type | None:
    if type(tree) in _NODES:
        return type(tree)
    named = hasattr(type(tree), "_fields") or hasattr(type(tree), "n_fields")  # the latter are torch.return_types
    return type(tree) if isinstance(tree, tuple) and named else None


def _items(tree: Any, kind: type) -> tuple[list[Any], Any]:
    return (list(tree.values()), list(tree)) if issubclass(kind, dict) else (list(tree), None)


def _build(leaves: Iterator[Any], structure: Structure) -> Any:
    if structure.kind is None:
        return next(leaves)
    items = [_build(leaves, child) for child in structure.children]
    if issubclass(structure.kind, dict):
        return structure.kind(zip(structure.context, items, strict=True))
    make: Callable[..., Any] = structure.kind
    return make(*items) if hasattr(make, "_fields") else make(items)
