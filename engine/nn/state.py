"""Saving and loading what a module has learned."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .. import grad_mode
from ..ops.table import METHODS
from ..tensor import TENSORS
from .parameter import Parameter
from .state_hooks import StateHooks, hooked, hooks_of, visits
from .uninitialized import is_lazy


class _IncompatibleKeys(NamedTuple):
    """What a state and a module do not have in common."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys!r}, unexpected_keys={self.unexpected_keys!r})"


class State(StateHooks):
    """The part of `Module` that saves and loads."""

    _version = 1  # of what it saves; written into the state's `_metadata`

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> dict[str, Any]:
        """Parameters and persistent buffers by path; detached, unless `keep_vars`."""
        found: Any = destination
        walk = self._walk(prefix)
        if found is None:
            found = OrderedDict()
            found._metadata = OrderedDict([(path, {"version": module._version}) for path, module in walk])
        detach = METHODS["detach"]
        for begins, path, module in visits(walk):
            if begins:
                for hook in hooks_of(module, "_state_dict_pre_hooks"):
                    hook(module, path, keep_vars)
                for name, value in _saved(module):
                    found[path + name] = value if keep_vars or is_lazy(value) else detach(value)
            else:
                local = {"version": module._version}
                for hook in hooks_of(module, "_state_dict_hooks"):
                    returned = hook(module, found, path, local)
                    found = found if returned is None or module is not self else returned
                for hook in hooks_of(module, "_state_dict_post_hooks"):
                    if hook(module, found, path, local) is not None:
                        raise RuntimeError("state_dict post-hook must return None")
        return found  # type: ignore[no-any-return]  # a dictionary, with an attribute more

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy a state into the parameters and buffers, or put it in their place with `assign`.

        Raises RuntimeError that lists all that does not fit.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        metadata = getattr(state_dict, "_metadata", None)
        missing: list[str] = []
        unexpected: list[str] = []
        errors: list[str] = []
        for begins, prefix, module in visits(self._walk("")):
            if not begins:
                for hook in hooks_of(module, "_load_state_dict_post_hooks"):
                    hook(module, _IncompatibleKeys(missing, unexpected))
                continue
            if hooks_of(module, "_load_state_dict_pre_hooks"):
                state_dict = hooked(module, state_dict, prefix, metadata, (missing, unexpected, errors))
            own = dict(_saved(module))
            for name, value in own.items():
                if prefix + name in state_dict:
                    error = _load(prefix + name, value, state_dict[prefix + name], module, name, assign)
                    errors += [] if error is None else [error]
                elif metadata is not None or name != "num_batches_tracked":
                    missing.append(prefix + name)  # a state without metadata may be older than that count
            unexpected += [
                key for key in state_dict if key.startswith(prefix) and _is_unknown(key, prefix, module, own)
            ]
        for title, paths in (("Unexpected", unexpected), ("Missing", missing)):
            if paths and strict:
                listed = ", ".join(f'"{path}"' for path in paths)
                errors.insert(0, f"{title} key(s) in state_dict: {listed}. ")
        if errors:
            listed = "\n\t".join(errors)
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{listed}")
        return _IncompatibleKeys(missing, unexpected)

    def _walk(self, prefix: str) -> list[tuple[str, Any]]:
        return list(self.named_modules(prefix=prefix.removesuffix("."), remove_duplicate=False))  # type: ignore[attr-defined]  # a Module is Members too


def _saved(module: Any) -> Iterator[tuple[str, Any]]:
    """(name, tensor) of a module's own parameters and persistent buffers."""
    for name, value in (module._parameters | module._buffers).items():
        if value is not None and name not in module._non_persistent_buffers_set:
            yield name, value


def _is_unknown(key: str, prefix: str, module: Any, own: dict[str, Any]) -> bool:
    """Whether a key below the module's prefix is neither one of its own nor one for the modules within it."""
    name, dot, _ = key[len(prefix) :].partition(".")
    return name not in (module._modules if dot else own)


def _load(path: str, value: Any, new: Any, module: Any, name: str, assign: bool) -> str | None:
    """Put `new` into or in place of `value`; a message when it does not fit."""
    if type(new) not in TENSORS:
        return (
            f'While copying the parameter named "{path}", expected torch.Tensor or Tensor-like object from checkpoint '
            f"but received {type(new)}"
        )
    if is_lazy(value):
        value.copy_(new)
        return None
    if value.ndim == 0 and new.shape == (1,):
        new = METHODS["__getitem__"](new, 0)
    if new.shape != value.shape:
        return (
            f"size mismatch for {path}: copying a param with shape {new.shape} from checkpoint, the shape in current "
            f"model is {value.shape}."
        )
    if assign:
        if isinstance(value, Parameter):
            new = new if isinstance(new, Parameter) else Parameter(new)
            new.requires_grad_(value.requires_grad)
        setattr(module, name, new)
        return None
    with grad_mode.no_grad():
        METHODS["copy_"](value, new)
    return None
