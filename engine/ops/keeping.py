"""What the nodes of general rows keep when they are made: operands and results with their versions, and what is only
described, such as shapes. Knows rows and nodes, and runs nothing.
"""

from collections.abc import Callable
from itertools import groupby
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Final

from ..node import SavedResult
from ..tensor import TENSORS, Tensor
from .layouts import GeneralNode
from .table import Row

Saving = tuple[int, int]  # which operand, argument or RESULT; the slot whose gradient alone needs it, or ALWAYS
Describing = tuple[Callable[[Any], Any], int]  # what of an operand, as a tuple; which, or, one by one, ALL of them
RESULT: Final = -1
ALWAYS: Final = -1
ALL: Final = -1
_NOTHING: Final = SimpleNamespace(array=SimpleNamespace(shape=(), dtype=(), strides=()))  # an operand that is no tensor


def describing(row: Row, names: tuple[str, ...]) -> tuple[Describing, ...]:
    """Of names such as `self_shape` what they describe: all of one operand in one go."""
    wanted = []
    for name in names:
        source, what = name.rsplit("_", 1)
        place = ALL if row.joint else row.inputs.index(source.removesuffix("_sym"))
        wanted.append((place, f"array.{'shape' if what == 'sizes' else what}"))
    if row.joint:
        return tuple([(attrgetter(path), ALL) for _, path in wanted])
    return tuple(
        [(_getter([path for _, path in group]), place) for place, group in groupby(wanted, key=lambda each: each[0])]
    )


def _getter(paths: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives these attributes as a tuple."""
    get = attrgetter(*paths)
    return get if len(paths) > 1 else lambda operand: (get(operand),)


def describe(described: tuple[Describing, ...], operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """Shapes, dtypes or strides of operands; of each operand where one rule serves them all."""
    found: tuple[Any, ...] = ()
    for get, place in described:
        if place == ALL:
            found += (tuple(map(get, operands)),)
        else:
            operand = operands[place]
            found += get(operand if type(operand) in TENSORS else _NOTHING)
    return found


def keep(node: GeneralNode, saves: tuple[Saving, ...], given: tuple[Any, ...], result: Tensor) -> None:
    """Keep what the rules of the tracked inputs need, with its version, of a row with one result."""
    saved: list[Any] = []
    versions: list[Any] = []
    edges = node.next_edges
    for place, slot in saves:
        version: Any = 0
        if slot >= 0 and edges[slot] is None:
            saved.append(None)
        elif place == RESULT:
            saved.append(SavedResult(result.array, result.version))
        else:
            value = given[place]
            saved.append(value)
            if type(value) in TENSORS:
                counter = value._version_counter
                if counter is not None:
                    version = counter.value
            elif type(value) is tuple:
                version = tuple([_version(item) for item in value])
        versions.append(version)
    node.saved = tuple(saved)
    node.versions = tuple(versions)


def save_several(
    node: GeneralNode,
    saves: tuple[Saving, ...],
    given: tuple[Any, ...],
    results: tuple[Tensor, ...],
    which: tuple[bool, ...] | None,
) -> None:
    """Keep what the rules of the tracked inputs need, with its version. Of several results those that `which` says."""
    saved: list[Any] = []
    versions: list[Any] = []
    edges = node.next_edges
    for place, slot in saves:
        if slot >= 0 and edges[slot] is None:
            saved.append(None)
            versions.append(0)
        elif place == RESULT:
            wanted = which or (True,) * len(results)
            kept = [SavedResult(x.array, x.version) if want else None for x, want in zip(results, wanted, strict=True)]
            saved.append(kept[0] if which is None else tuple(kept))
            versions.append(0 if which is None else (0,) * len(kept))
        else:
            value = given[place]
            saved.append(value)
            versions.append(tuple([_version(item) for item in value]) if type(value) is tuple else _version(value))
    node.saved = tuple(saved)
    node.versions = tuple(versions)


def savings(row: Row, names: tuple[str, ...]) -> tuple[Saving, ...]:
    """For each saved name which operand or argument it is, or RESULT, and whose gradient alone needs it.

    As in PyTorch, results and what the gradients of several inputs need are saved whichever of them is tracked.
    """
    given = (row.inputs if row.joint else row.inputs + row.constants) + row.arguments
    found = []
    for name in names:
        users = [slot for slot, each in enumerate(row.gradients) if each is not None and name in each.needs]
        alone = name in given and len(users) == 1 and len(row.gradients) > 1
        found.append((given.index(name) if name in given else RESULT, users[0] if alone else ALWAYS))
    return tuple(found)


def _version(operand: Any) -> int:
    return operand._version if type(operand) in TENSORS else 0
