"""Hooks of a module's state: around saving it and around loading it. Knows not what a state holds."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..node import RemovableHandle

Hook = Callable[..., Any]
Walk = list[tuple[str, Any]]  # (path, module), each module before those within it


class StateHooks:
    """The part of `Module` that holds these hooks; a module without any holds nothing."""

    def register_state_dict_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before the module's state is saved."""
        return self._keep_hook("_state_dict_pre_hooks", hook)

    def register_state_dict_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` with what was saved; it may change it in place."""
        return self._keep_hook("_state_dict_post_hooks", hook)

    def _register_state_dict_hook(self, hook: Hook) -> RemovableHandle:
        """As the one above; what the hook returns, unless None, is the state of the module that is saved."""
        return self._keep_hook("_state_dict_hooks", hook)

    def register_load_state_dict_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call a hook before the module's state is loaded.

        As `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)`.
        """
        return self._keep_hook("_load_state_dict_pre_hooks", hook)

    def register_load_state_dict_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` after the module's state was loaded."""
        return self._keep_hook("_load_state_dict_post_hooks", hook)

    def _keep_hook(self, kind: str, hook: Hook) -> RemovableHandle:
        if kind not in self.__dict__:
            object.__setattr__(self, kind, OrderedDict())
        return RemovableHandle(self.__dict__[kind], hook)


def hooks_of(module: Any, kind: str) -> Sequence[Hook]:
    """The hooks of one kind."""
    held = module.__dict__.get(kind)
    return list(held.values()) if held else ()


def visits(walk: Walk) -> Iterator[tuple[bool, str, Any]]:
    """(whether it begins, prefix, module) twice for each module: before and after those within it."""
    open_ones: Walk = []
    for path, module in walk:
        prefix = f"{path}." if path else ""
        while open_ones and not prefix.startswith(open_ones[-1][0]):
            yield (False, *open_ones.pop())
        open_ones.append((prefix, module))
        yield True, prefix, module
    while open_ones:
        yield (False, *open_ones.pop())


def hooked(module: Any, state: Any, prefix: str, metadata: Any, told: tuple[list[str], ...]) -> Any:
    """The state as the module's hooks before loading leave it; they may add to the lists of keys and errors."""
    own: Any = OrderedDict((key, value) for key, value in state.items() if key.startswith(prefix))
    local = {} if metadata is None else metadata.get(prefix.removesuffix("."), {})
    for hook in hooks_of(module, "_load_state_dict_pre_hooks"):
        hook(module, own, prefix, local, True, *told)
    return OrderedDict((key, value) for key, value in state.items() if not key.startswith(prefix)) | own
