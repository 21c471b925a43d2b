"""`saved_tensors_hooks` and what PyTorch builds of them. The hooks in force belong to a thread."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .. import grad_mode
from ..node import Node
from .packed import pack

Hook = Callable[[Any], Any]


class _Local(threading.local):
    def __init__(self) -> None:
        self.hooks: list[tuple[Hook, Hook]] = []
        self.refusal: str | None = None  # why hooks are disabled


_local = _Local()


def _push(pack_hook: Hook, unpack_hook: Hook) -> None:
    if _local.refusal is not None:
        raise RuntimeError(_local.refusal)
    _local.hooks.append((pack_hook, unpack_hook))
    grad_mode.set_pack(_pack_node)


def _pop() -> None:
    _local.hooks.pop()
    if not _local.hooks:
        grad_mode.set_pack(None)


def _pack_node(node: Node) -> None:
    """Pack what a new node saved with the innermost hooks."""
    hooks = _local.hooks[-1]
    node.change_saved(lambda _name, value: pack(node, value, 0, *hooks))


def innermost() -> tuple[Hook, Hook] | None:
    """The (pack, unpack) hooks that hold for this thread now."""
    return _local.hooks[-1] if _local.hooks else None


class saved_tensors_hooks:  # noqa: N801 - PyTorch's name
    """Tensors that operations save inside go through `pack_hook` then, and through `unpack_hook` in backward."""

    def __init__(self, pack_hook: Hook, unpack_hook: Hook) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        _push(self.pack_hook, self.unpack_hook)

    def __exit__(self, *error: object) -> None:
        _pop()


class save_on_cpu(saved_tensors_hooks):  # noqa: N801 - PyTorch's name
    """Keeps saved tensors on the CPU, where all tensors are here: `pin_memory` changes nothing."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        del pin_memory, device_type
        super().__init__(lambda tensor: tensor, lambda tensor: tensor)


@contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Inside, `saved_tensors_hooks` raise RuntimeError(error_message); so does entering while some are in force."""
    if _local.hooks:
        raise RuntimeError(error_message)
    before, _local.refusal = _local.refusal, error_message
    try:
        yield
    finally:
        _local.refusal = before
