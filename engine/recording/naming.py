"""What the user's code calls a tensor: a variable, a parameter of a module that a variable holds, or an element.

Asked at the end of a cell, and when a parameter is first used; never while an operation runs.
"""

import re
import weakref
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from ..nn.module import Module
from ..nn.parameter import Parameter
from ..nn.uninitialized import is_lazy
from ..tensor import TENSORS, Tensor

MOST_ELEMENTS: Final = 64  # of a list or dictionary; in longer ones the tensors stay without a name
MOST_SEARCHES: Final = 20  # of the modules, in one cell: parameters that no variable leads to are asked for again
NOT_THE_USERS: Final = frozenset({"In", "Out"})  # IPython's own
_PATH: Final = re.compile(r"[^\W\d]\w*(\.\w+|\[[^\]]*\])*")


def is_name(label: str) -> bool:
    """Whether a label reads as a name (`w`, `net.fc1.weight`, `params[0]`), not as an expression."""
    return _PATH.fullmatch(label) is not None


def named_tensors(namespace: Mapping[str, object]) -> dict[str, Tensor]:
    """The tensors that the user can name, each variable first, then what modules and containers hold beside.

    What a lazy module has not given a shape yet is none of them.
    """
    shown = [(name, value) for name, value in list(namespace.items()) if not name.startswith("_")]
    found = {name: value for name, value in shown if isinstance(value, Tensor)}
    seen = {id(tensor) for tensor in found.values()}
    for name, value in shown:
        for path, tensor in _inside(name, value):
            if id(tensor) not in seen:
                seen.add(id(tensor))
                found[path] = tensor
    return {path: tensor for path, tensor in found.items() if not is_lazy(tensor)}


class ParameterNames:
    """Finds what a parameter is called through the modules of a namespace."""

    def __init__(self) -> None:
        self.namespace: Mapping[str, object] = {}
        self._paths: dict[int, tuple[weakref.ref[Tensor], str]] = {}
        self._searches = 0  # in this cell

    def of(self, tensor: Tensor) -> str:
        """The name, such as `net.fc1.weight`; "" where no variable holds a module with this parameter."""
        if not isinstance(tensor, Parameter):
            return ""
        known = self._paths.get(id(tensor))
        if (known is None or known[0]() is not tensor) and self._searches < MOST_SEARCHES:
            self._search()
            known = self._paths.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else ""

    def begin(self, namespace: Mapping[str, object]) -> None:
        """A cell begins (or, with an empty namespace, ended)."""
        self.namespace = namespace
        self._paths.clear()
        self._searches = 0

    def _search(self) -> None:
        self._searches += 1
        try:
            for name, value in list(self.namespace.items()):
                if isinstance(value, Module) and not name.startswith("_"):
                    for path, tensor in _inside(name, value):
                        self._paths.setdefault(id(tensor), (weakref.ref(tensor), path))
        except RuntimeError:  # the user's thread adds parameters just now; the next search finds them
            return


def _inside(name: str, value: object) -> Iterator[tuple[str, Tensor]]:
    """The tensors that a variable's value holds, with what one would write to get them."""
    if isinstance(value, Module):
        for path, tensor in chain(value.named_parameters(), value.named_buffers()):
            yield f"{name}.{path}", tensor
    elif name in NOT_THE_USERS or type(value) not in (list, tuple, dict):
        return
    elif isinstance(value, (list, tuple)) and len(value) <= MOST_ELEMENTS:
        for place, item in enumerate(value):
            if type(item) in TENSORS:
                yield f"{name}[{place}]", item
    elif isinstance(value, dict) and len(value) <= MOST_ELEMENTS:
        for key, item in list(value.items()):
            if type(item) in TENSORS and isinstance(key, (str, int)):
                yield f"{name}[{key!r}]", item
