"""Lazy layers: they learn the size of their input from the first one, and are ordinary layers from then on."""

from typing import Any

from ..grad_mode import no_grad
from ..node import RemovableHandle
from .module import Module
from .uninitialized import is_lazy


class LazyModuleMixin(Module):
    """A module whose first call, or loading of a state, gives its parameters their shapes.

    Write `initialize_parameters`, which is called with the first input, and name in `cls_to_become` what the module
    is from then on.
    """

    cls_to_become: type[Module] | None = None
    _load_hook: RemovableHandle
    _initialize_hook: RemovableHandle

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._load_hook = self.register_load_state_dict_pre_hook(_take_shapes)
        self._initialize_hook = self.register_forward_pre_hook(_infer_parameters, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters their shapes, by the first input."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer has no shape yet."""
        return any(is_lazy(held) for held in (*self._parameters.values(), *self._buffers.values()))

    def _materialize(self, shapes: dict[str, tuple[int, ...]]) -> None:
        """Give those of these members a shape that are there."""
        held: dict[str, Any] = self._parameters | self._buffers
        with no_grad():
            for name, shape in shapes.items():
                if held.get(name) is not None:
                    held[name].materialize(shape)


def _infer_parameters(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(f"module {type(module).__name__} has not been fully initialized")
    for hook in ("_initialize_hook", "_load_hook"):
        getattr(module, hook).remove()
        delattr(module, hook)
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become


def _take_shapes(module: Any, state: dict[str, Any], prefix: str, *_told: Any) -> None:
    """Before loading: what has no shape yet takes that of the state."""
    for name, held in (module._parameters | module._buffers).items():
        given = state.get(prefix + name)
        if given is not None and is_lazy(held) and not is_lazy(given):
            held.materialize(given.shape)


LazyModuleMixin.__module__ = "torch.nn.modules.lazy"
