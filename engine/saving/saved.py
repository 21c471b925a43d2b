"""Saved values: how a node's rules get at them again, as arrays or tensors, and PyTorch's errors when they cannot."""

import sys
from typing import Any, Final

from ..checks.anomaly import mode
from ..node import FREED_MESSAGE, Freed, Node, Output, SavedResult, ends, short_name
from ..tensor import TENSORS, Tensor
from ..types.dtype import of_numpy
from .packed import Packed, by_name, result_tensor

HINT: Final = (
    "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
    "torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
ANOMALY_HINT: Final = (
    "Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in "
    "question was changed in there or anywhere later. Good luck!"
)


detached = False  # whether any tensor ever lost its history to `detach_`, so that others need not ask


def as_array(node: Node, saved: Any, version: Any) -> Any:
    """What was saved, as an array (a Python number stays one, None too).

    Raises RuntimeError when it was freed, or changed in place since.
    """
    kind = type(saved)
    if kind is Tensor or kind is SavedResult or kind in TENSORS:
        counter = saved._version_counter
        if detached and kind is not SavedResult:
            _refuse_detached(node, saved)
        if counter is None or counter.value == version:
            return saved.array
        raise RuntimeError(_modified(node, saved, version))
    if kind is Freed:
        raise RuntimeError(FREED_MESSAGE)
    if kind is tuple and type(version) is tuple:  # several results, or a list of operands
        found = list(saved)
        for place in by_name(node, saved):
            found[place] = as_array(node, saved[place], version[place])
        return tuple(found)
    if kind is Packed:
        return saved.unpacked().array
    return saved


def _refuse_detached(node: Node, saved: Any) -> None:
    """Raise PyTorch's RuntimeError for a tensor that was saved with a history which `detach_` then took."""
    if saved._meta is not None and getattr(node, "sequence_number", sys.maxsize) < saved._meta.detached_at:
        raise RuntimeError(
            "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_().This is not supported, "
            "please use out-of-place `.detach()` instead"
        )


def as_tensor(node: Node, saved: Any, version: Any) -> Any:
    """What was saved, as a tensor with its history, for gradients of gradients. Raises as `as_array` does."""
    if type(saved) is tuple and type(version) is tuple:
        found = list(saved)
        for place in by_name(node, saved):
            found[place] = _as_tensor(node, saved[place], version[place], place)
        return tuple(found)
    return _as_tensor(node, saved, version, 0)


def _as_tensor(node: Node, saved: Any, version: Any, place: int) -> Any:
    if type(saved) is Packed:
        return saved.tensor(node)
    as_array(node, saved, version)
    return result_tensor(node, saved, place) if type(saved) is SavedResult else saved


def _modified(node: Node, saved: Any, version: int) -> str:
    array = saved.array
    name = of_numpy(array.dtype).scalar_type
    kind = "CPUBoolType" if name == "Bool" else f"torch.{name}Tensor"
    source: Node | Output | None = node if type(saved) is SavedResult else saved.history()
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
