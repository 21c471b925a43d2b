"""What `saved_tensors_hooks` make of saved tensors, and the packing of a new node's. Knows no operation.

A pack hook is given the tensor when it is saved and may return anything; the unpack hook is given that when a backward
pass needs the tensor. What a hook does with its tensor is its own affair: versions are not checked then.
"""

from collections.abc import Callable
from typing import Any, Final

from .. import observe
from ..checks.anomaly import running_node
from ..fired import hook_name, note
from ..grad_mode import switch
from ..node import AccumulateGrad, Freed, Node, Output, SavedResult, output_numbers
from ..tensor import TENSORS, Tensor, from_array, from_node
from ..trace import EventKind
from ..transforms.carrier import attach

Hook = Callable[[Any], Any]

MODIFYING: Final = (
    "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be "
    "modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to "
    "perform in-place operations on the input to a pack hook."
)


class Packed:
    """A saved tensor that a hook packed, and what is needed to give it its place in the graph again."""

    __slots__ = ("content", "edge", "is_result", "number", "packed_by", "requires_grad", "unpack")

    def __init__(
        self, content: Any, packed_by: str, unpack: Hook, source: Tensor, is_result: bool, number: int
    ) -> None:
        self.content = content
        self.packed_by = packed_by  # the name of the pack hook
        self.unpack = unpack
        self.requires_grad = source._requires_grad
        self.is_result = is_result  # of the node's own operation: to keep its edge would be a cycle
        self.number = number
        self.edge = None if is_result else source.edge()

    def unpacked(self) -> Tensor:
        """What the unpack hook gives. Raises TypeError where that is no tensor."""
        tensor = self.unpack(self.content)
        if type(tensor) not in TENSORS:
            raise TypeError(
                "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(tensor).__name__}"
            )
        found: Tensor = tensor
        if observe.observer is not None and running_node() is not None:
            note(EventKind.UNPACKED, self.unpack, None, found, self)
        return found

    def tensor(self, node: Node) -> Tensor:
        """What the unpack hook gives, at the saved tensor's place in the graph."""
        array = self.unpacked().array
        if self.is_result:
            return (
                from_node(array, _edge_of_result(node, array, self.number)) if self.requires_grad else from_array(array)
            )
        made = from_array(array, self.requires_grad)
        if type(self.edge) is AccumulateGrad:
            made.accumulate_at(self.edge)
        else:
            made._fn = self.edge
        return made


def pack(node: Node, value: Any, number: int, pack_hook: Hook, unpack_hook: Hook, detach: bool = False) -> Any:
    """A saved value as the hooks make it: tensors and results are packed, anything else stays as it is.

    Raises RuntimeError when the pack hook writes to its input.
    """
    kind = type(value)
    if kind is tuple:
        done = list(value)
        for place in by_name(node, value):
            done[place] = pack(node, value[place], place, pack_hook, unpack_hook, detach)
        return tuple(done)
    if kind is not SavedResult and kind not in TENSORS:
        return value
    is_result = kind is SavedResult
    source = result_tensor(node, value, number) if is_result else value
    given = from_node(source.array, None, source.version) if detach else source
    before = switch(False)
    try:
        version = given._version
        content = pack_hook(given)
        if given._version != version:
            raise RuntimeError(MODIFYING)
    finally:
        switch(before)
    return Packed(content, hook_name(pack_hook), unpack_hook, source, is_result, number)


def by_name(node: Node, saved: tuple[Any, ...]) -> list[int]:
    """The places of several tensors in PyTorch's order: results with names by these, others as they come."""
    places = list(range(len(saved)))
    names: tuple[str, ...] = getattr(node.row, "results", ())
    if len(names) == len(saved) and any(type(item) in (SavedResult, Packed) for item in saved):
        places.sort(key=names.__getitem__)
    return places


def result_tensor(node: Node, saved: SavedResult, number: int) -> Tensor:
    """A saved result, the node's `number`th, as a tensor with its history, and the tangent that it had."""
    array = saved.array
    made = from_node(array, _edge_of_result(node, array, number), saved._version_counter)
    return carrying(made, saved)


def carrying(tensor: Tensor, saved: SavedResult) -> Tensor:
    """The tensor made of a saved result, with the tangent that the result had."""
    if saved.tangent is not None:
        attach(tensor, saved.tangent)
    return tensor


def _edge_of_result(node: Node, array: Any, number: int) -> Node | Output | None:
    if array.dtype.kind != "f":
        return None
    if not node.outputs_many:
        return node
    untracked = getattr(node.row, "untracked", ())
    output = output_numbers(number + 1, untracked)[number]
    return None if output is None else Output(node, output, array.shape, array.dtype)


class SavedTensor:
    """`grad_fn._raw_saved_<name>`: one saved tensor, for which hooks may be registered."""

    __slots__ = ("_name", "_node", "_place")

    def __init__(self, node: Node, name: str, place: int | None = None) -> None:
        self._node = node
        self._name = name
        self._place = place  # where several are saved under one name

    def register_hooks(self, pack_hook: Hook, unpack_hook: Hook) -> None:
        """Pack this saved tensor now, and unpack it when a pass needs it. Raises RuntimeError where there is none."""
        if not callable(pack_hook) or not callable(unpack_hook):
            raise TypeError(
                "register_hooks(): incompatible function arguments. The following argument types are supported:\n"
                "    1. (self: torch._C._autograd.SavedTensor, arg0: collections.abc.Callable, "
                "arg1: collections.abc.Callable) -> None\n\n"
                f"Invoked with: {self!r}, {pack_hook!r}, {unpack_hook!r}"
            )

        def change(name: str, value: Any) -> Any:
            if name != self._name:
                return value
            place = self._place
            if place is None or type(value) is not tuple:
                return packed(value, 0)
            return (*value[:place], packed(value[place], place), *value[place + 1 :])

        def packed(value: Any, number: int) -> Any:
            if type(value) is Packed:
                raise RuntimeError(
                    "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair "
                    "of hooks is allowed at a time."
                )
            if type(value) is Freed:
                raise RuntimeError(
                    "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of "
                    "the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if "
                    "you need to backward through the graph a second time or if you need to access saved variables "
                    "after calling backward."
                )
            if value is None:
                raise RuntimeError("Calling register_hooks on a saved tensor with value None is forbidden.")
            return pack(self._node, value, number, pack_hook, unpack_hook, detach=True)

        self._node.change_saved(change)


SavedTensor.__module__ = "torch._C._autograd"
