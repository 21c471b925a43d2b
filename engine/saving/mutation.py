"""`allow_mutation_on_saved_tensors`: what was saved is cloned right before its memory is written. Knows no operation.

In-place operations ask `context`; while nobody opened one, that is all they do.
"""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..ops.table import METHODS
from ..tensor import Tensor, from_node
from .saved_hooks import saved_tensors_hooks


class _Handle:
    """What a node keeps in place of a saved tensor."""

    __slots__ = ("__weakref__",)


class MutationContext:
    """The saved tensors of the graphs recorded inside: as they are, or cloned where their memory was written since."""

    def __init__(self) -> None:
        self.cloned: weakref.WeakKeyDictionary[_Handle, Tensor] = weakref.WeakKeyDictionary()
        self.original: weakref.WeakKeyDictionary[_Handle, Tensor] = weakref.WeakKeyDictionary()
        self._handles: dict[int, list[weakref.ref[_Handle]]] = {}  # by the version counter of the memory

    def pack(self, tensor: Tensor) -> _Handle:
        """Stand for a tensor that is saved. Its history is not held, which would be a cycle."""
        counter = tensor.version
        known = self._handles.setdefault(id(counter), [])
        for reference in known:
            handle = reference()
            held = None if handle is None else self.original.get(handle)
            if handle is not None and held is not None and held.array is tensor.array:
                return handle
        handle = _Handle()
        self.original[handle] = from_node(tensor.array, None, counter)
        known.append(weakref.ref(handle))
        return handle

    def unpack(self, handle: _Handle) -> Tensor:
        """The tensor as it was when it was saved. Raises AssertionError outside of the context."""
        found = self.cloned.get(handle, self.original.get(handle)) if context is not None else None
        if found is None:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context"
                "in which the graph was originally recorded."
            )
        return found

    def before_write(self, tensor: Tensor) -> None:
        """Clone what was saved of the memory behind `tensor`."""
        for reference in self._handles.pop(id(tensor._version_counter), ()):
            handle = reference()
            saved = None if handle is None else self.original.get(handle)
            if handle is not None and saved is not None and saved._version_counter is tensor._version_counter:
                self.cloned[handle] = METHODS["clone"](saved)
                del self.original[handle]

    def clear(self) -> None:
        """Forget all saved tensors; their graphs cannot be run backwards any more."""
        self.cloned.clear()
        self.original.clear()
        self._handles.clear()


MutationContext.__name__ = MutationContext.__qualname__ = "_AllowMutationOnSavedContext"
context: MutationContext | None = None


@contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[MutationContext]:
    """Inside, saved tensors may be written in place. Raises RuntimeError inside another such context."""
    global context  # noqa: PLW0603 - read by every write, so it is a plain module attribute
    made = MutationContext()
    with saved_tensors_hooks(made.pack, made.unpack):
        if context is not None:
            raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
        context = made
        try:
            yield made
        finally:
            made.clear()
            context = None


def before_write(tensor: Any) -> None:
    """The memory behind `tensor` is about to be written."""
    if context is not None:
        context.before_write(tensor)
