"""What the nodes of a row save, in which order, and the attributes that show it. Knows no layout of nodes."""

from functools import partial
from typing import Any, Final

import numpy as np

from ..node import FREED_MESSAGE, Freed, Node
from ..saving.packed import SavedTensor
from ..saving.saved import as_tensor
from ..tensor import from_array
from .dims import FromEnd
from .table import Row

# Arguments that are tensors, or lists of them, and saved as operands are, where a row does not say which.
TENSOR_ARGUMENTS: Final = frozenset(
    {"index", "indices", "mask", "condition", "target", "weight", "pos_weight", "total_weight", "is_target"}
)
DESCRIBED: Final = ("_sym_sizes", "_sym_strides")
SCALARS: Final = frozenset(  # numbers that PyTorch keeps as they are; it shows other integers unsigned
    {"alpha", "beta", "exponent", "min", "max", "min_val", "max_val", "p", "value", "threshold", "negative_slope"}
    | {"lambd", "self", "other", "scale", "input_scale", "lower", "upper", "eps", "ord", "correction", "norm"}
)


def needed_names(row: Row) -> set[str]:
    """What the rules ask for."""
    return {name for gradient in (*row.gradients, row.together) if gradient is not None for name in gradient.needs}


def saved_names_of(row: Row, wanted: set[str]) -> tuple[str, ...]:
    """What is saved as tensors are, in PyTorch's order: operands by name, then results."""
    names = sorted(wanted.union(row.saves).intersection(row.inputs + _tensor_arguments(row)))
    return (*names, "result") if "result" in wanted or {"result", *row.results} & set(row.saves) else tuple(names)


def _tensor_arguments(row: Row) -> tuple[str, ...]:
    if row.tensors is not None:
        return row.tensors
    return tuple(name for name in row.constants + row.arguments if name in TENSOR_ARGUMENTS)


def shown_names(row: Row) -> tuple[str, ...]:
    """What PyTorch's node shows as `_saved_<name>`."""
    needed = needed_names(row)
    shows = row.saves or tuple(name for name in sorted(needed) if not name.endswith(("_shape", "_dtype")))
    return shows + row.results if "result" in needed and row.many and not row.saves else shows


def attributes(row: Row, name: str) -> dict[str, property]:
    """`_saved_<name>`, and for what is saved as a tensor `_raw_saved_<name>`."""
    if row.many and name in row.results:
        part = row.results.index(name)
        return {
            f"_saved_{name}": property(lambda node: _saved("result", node)[part]),
            f"_raw_saved_{name}": property(lambda node: SavedTensor(node, "result", part)),
        }
    if name.endswith("_sym_strides") and name not in row.arguments:
        return {f"_saved_{name}": property(partial(_saved_strides, name))}
    found = {f"_saved_{name}": property(partial(_saved, name))}
    if name in (*row.inputs, "result", *_tensor_arguments(row)):
        found[f"_raw_saved_{name}"] = property(partial(_raw_saved, name))
    return {} if name == "result" and row.many else found


def _saved(name: str, node: Node) -> Any:
    """What `grad_fn._saved_<name>` shows. Raises RuntimeError once it was freed."""
    for known, saved, version in node.saved_items():
        if known == name:
            value = as_tensor(node, saved, version)
            if name in node.row.inputs and isinstance(value, (int, float)):  # PyTorch saves a number as a 0-d tensor
                return from_array(np.asarray(value))  # of the widest dtype of its kind
            return value if name in SCALARS else shown(value)
    return None


def _saved_strides(name: str, node: Node) -> tuple[int, ...]:
    """What `grad_fn._saved_mat2_sym_strides` shows: in elements, () where nothing was saved."""
    slot = node.row.inputs.index(name.removesuffix("_sym_strides"))
    edge = node.next_edges[slot]
    kept = next(value for known, value, _ in node.saved_items() if known == name)
    if edge is None:
        return ()
    if 0 in edge.shape:  # where NumPy's are zeros
        from .shape.geometry import contiguous_strides

        return contiguous_strides(edge.shape)
    return tuple(stride // edge.dtype.itemsize for stride in kept)


def shown(value: Any) -> Any:
    """A saved value as PyTorch shows it: negative integers as unsigned 64-bit ones, dims as they were given."""
    if type(value) is tuple:
        return tuple([shown(item) for item in value])
    if type(value) is FromEnd:
        return value.given + 2**64
    return value + 2**64 if type(value) is int and value < 0 else value


def _raw_saved(name: str, node: Node) -> SavedTensor | tuple[SavedTensor, ...]:
    """`grad_fn._raw_saved_<name>`: a tuple for a list of tensors."""
    for known, saved, version in node.saved_items():
        if known == name and type(version) is tuple:
            if type(saved) is Freed:
                raise RuntimeError(FREED_MESSAGE)
            return tuple([SavedTensor(node, name, place) for place in range(len(saved))])
    return SavedTensor(node, name)
