"""Saving and loading what a module has learned."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from .. import grad_mode
from ..ops.table import METHODS
from ..tensor import TENSORS
from .parameter import Parameter


class _IncompatibleKeys(NamedTuple):
    """What a state and a module do not have in common."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys!r}, unexpected_keys={self.unexpected_keys!r})"


class State:
    """The part of `Module` that saves and loads."""

    _version = 1  # of what it saves; written into the state's `_metadata`

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> dict[str, Any]:
        """Parameters and persistent buffers by path; detached, unless `keep_vars`."""
        found: Any = destination
        if found is None:
            found = OrderedDict()
            found._metadata = OrderedDict(self._versions(prefix))
        for path, value, _, _ in self._state(prefix):
            found[path] = value if keep_vars else METHODS["detach"](value)
        return found  # type: ignore[no-any-return]  # a dictionary, with an attribute more

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy a state into the parameters and buffers, or put it in their place with `assign`.

        Raises RuntimeError that lists all that does not fit.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        state = list(self._state(""))
        known = {path for path, _, _, _ in state}
        versioned = getattr(state_dict, "_metadata", None) is not None
        missing = [
            path
            for path, _, _, name in state
            if path not in state_dict and (versioned or name != "num_batches_tracked")
        ]  # a state without metadata may be older than that count
        unexpected = [path for path in state_dict if path not in known]
        errors = []
        for path, value, module, name in state:
            if path in state_dict:
                error = _load(path, value, state_dict[path], module, name, assign)
                errors += [] if error is None else [error]
        for title, paths in (("Unexpected", unexpected), ("Missing", missing)):
            if paths and strict:
                listed = ", ".join(f'"{path}"' for path in paths)
                errors.insert(0, f"{title} key(s) in state_dict: {listed}. ")
        if errors:
            listed = "\n\t".join(errors)
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{listed}")
        return _IncompatibleKeys(missing, unexpected)

    def _versions(self, prefix: str) -> Any:
        """(path, the version of what it saves) of all modules."""
        for path, module in self.named_modules(prefix=prefix.removesuffix("."), remove_duplicate=False):  # type: ignore[attr-defined]  # a Module is Members too
            yield path, {"version": module._version}

    def _state(self, prefix: str) -> Any:
        """(path, tensor, module, name) of all that is saved."""
        for path, module in self.named_modules(prefix=prefix.removesuffix("."), remove_duplicate=False):  # type: ignore[attr-defined]  # a Module is Members too
            held = {**module._parameters, **module._buffers}
            for name, value in held.items():
                if value is not None and name not in module._non_persistent_buffers_set:
                    yield f"{path}.{name}" if path else name, value, module, name


def _load(path: str, value: Any, new: Any, module: Any, name: str, assign: bool) -> str | None:
    """Put `new` into or in place of `value`; a message when it does not fit."""
    if type(new) not in TENSORS:
        return (
            f'While copying the parameter named "{path}", expected torch.Tensor or Tensor-like object from checkpoint '
            f"but received {type(new)}"
        )
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
