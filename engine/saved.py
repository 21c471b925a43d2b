"""Saved values: how a node's rules get at them again, as arrays or tensors, and PyTorch's errors when they cannot."""

from collections.abc import Iterable
from typing import Any, Final

from .checks.anomaly import mode
from .dtype import of_numpy
from .node import FREED_MESSAGE, Freed, Node, Output, SavedResult, ends, output_numbers, short_name
from .packed import Packed
from .tensor import TENSORS, Tensor, from_array, from_node
from .transforms.carrier import attach

HINT: Final = (
    "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
    "torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
ANOMALY_HINT: Final = (
    "Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in "
    "question was changed in there or anywhere later. Good luck!"
)


def as_array(node: Node, saved: Any, version: Any) -> Any:
    """What was saved, as an array (a Python number stays one, None too).

    Raises RuntimeError when it was freed, or changed in place since.
    """
    kind = type(saved)
    if kind in TENSORS or kind is SavedResult:
        counter = saved._version_counter
        if counter is None or counter.value == version:
            return saved.array
        raise RuntimeError(_modified(node, saved, version))
    if kind is Freed:
        raise RuntimeError(FREED_MESSAGE)
    if kind is tuple and type(version) is tuple:  # several results, or a list of operands
        return tuple(as_array(node, item, its) for item, its in zip(saved, version, strict=True))
    if kind is Packed:
        return saved.unpacked().array
    return saved


def as_tensor(node: Node, saved: Any, version: Any) -> Any:
    """What was saved, as a tensor with its history, for gradients of gradients. Raises as `as_array` does."""
    if type(saved) is Packed:
        return saved.tensor(node)
    if type(saved) is tuple and any(type(item) is Packed for item in saved):
        return tuple(item.tensor(node) if type(item) is Packed else item for item in saved)
    as_array(node, saved, version)
    if type(saved) is SavedResult:
        return carrying(from_node(saved.array, node, saved._version_counter), saved)
    if type(saved) is tuple and type(version) is tuple:
        numbers: Iterable[int | None] = range(len(saved))
        if type(saved[0]) is SavedResult and node.row.untracked:
            numbers = output_numbers(len(saved), node.row.untracked)
        return tuple(_output_tensor(node, item, number) for item, number in zip(saved, numbers, strict=True))
    return saved


def _output_tensor(node: Node, saved: Any, number: int | None) -> Any:
    if type(saved) is not SavedResult:
        return saved
    array = saved.array
    if number is None or array.dtype.kind != "f":
        return from_array(array)
    made = from_node(array, Output(node, number, array.shape, array.dtype), saved._version_counter)
    return carrying(made, saved)


def carrying(tensor: Tensor, saved: SavedResult) -> Tensor:
    """The tensor made of a saved result, with the tangent that the result had."""
    if saved.tangent is not None:
        attach(tensor, saved.tangent)
    return tensor


def _modified(node: Node, saved: "Tensor | SavedResult", version: int) -> str:
    array = saved.array
    name = of_numpy(array.dtype).scalar_type
    kind = "CPUBoolType" if name == "Bool" else f"torch.{name}Tensor"
    source: Node | Output | None = node if type(saved) is SavedResult else saved.history()  # type: ignore[union-attr]  # a Tensor
    maker = ""
    if source is not None:
        maker_node, number = ends(source)
        maker = f", which is output {number} of {short_name(maker_node)}," if maker_node is not None else ""
    counter = saved._version_counter
    now = 0 if counter is None else counter.value
    return (
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{kind} {list(array.shape)}]{maker} is at version {now}; expected version {version} instead. "
        + (ANOMALY_HINT if mode.enabled else HINT)
    )
