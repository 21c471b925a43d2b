"""`torch.nn.utils.parametrize`: a parameter or buffer that is computed of another by modules, each time it is read.

As in PyTorch the layer gets a class of its own with a property of the tensor's name; what the tensor is computed of
stands in `layer.parametrizations.<name>.original`, or in `original0`, `original1`, ... where it is several tensors.
"""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ....grad_mode import no_grad
from ....nn.container import ModuleDict, ModuleList
from ....nn.parameter import Parameter
from ....tensor import Tensor

_cached: dict[tuple[int, str], Any] = {}
_caching = 0
_UNSAFE = "Registering a parametrization may not change the {0} of the tensor, unless {1}`unsafe` flag is enabled.\n"
_ONE_TENSOR = "When `right_inverse` outputs one tensor, it may not change the dtype.\n"


@contextmanager
def cached() -> Iterator[None]:
    """Within this block each parametrized tensor is computed once."""
    global _caching  # noqa: PLW0603 - blocks may nest
    _caching += 1
    try:
        yield
    finally:
        _caching -= 1
        if not _caching:
            _cached.clear()


class ParametrizationList(ModuleList):
    """The modules that one tensor goes through, and the original that it starts from."""

    def __init__(self, modules: Sequence[Any], original: Any, unsafe: bool = False) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        new = _inverted(self, original)
        if not isinstance(new, (Tensor, Sequence)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got "
                f"{type(new).__name__}"
            )
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if isinstance(new, Tensor) else len(new)
        if isinstance(new, Tensor):
            if new.dtype is not dtype:
                raise ValueError(f"{_ONE_TENSOR}original.dtype: {dtype}\nright_inverse(original).dtype: {new.dtype}")
            _set(original, new)
            _register(self, "original", original)
        else:
            for place, each in enumerate(new):
                if not isinstance(each, Tensor):
                    raise ValueError(
                        "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got element "
                        f"{place} of the sequence with type {type(each).__name__}."
                    )
                kept = Parameter(each, original.requires_grad) if isinstance(original, Parameter) else each
                kept.requires_grad_(original.requires_grad)
                _register(self, f"original{place}", kept)
        if not unsafe:
            _check_same(self(), shape, dtype, "", "unparametrized", "parametrized")

    def right_inverse(self, value: Any) -> None:
        """Set the originals so that the parametrized tensor becomes `value`, as far as the modules can say how."""
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
            if not self.is_tensor:
                self._set_several(value)
                return
            if not isinstance(value, Tensor):
                raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
            original: Any = self.original
            if value.dtype is not original.dtype:
                raise ValueError(
                    f"The tensor returned by `right_inverse` has dtype {value.dtype} while `original` has dtype "
                    f"{original.dtype}"
                )
            _set(original, value)

    def _set_several(self, values: Any) -> None:
        if not isinstance(values, Sequence):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(values).__name__}.")
        if len(values) != self.ntensors:
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of "
                f"length {len(values)}."
            )
        for place, each in enumerate(values):
            original = getattr(self, f"original{place}")
            if original.dtype is not each.dtype:
                raise ValueError(
                    f"Tensor {place} returned by `right_inverse` has dtype {each.dtype} while `original{place}` has "
                    f"dtype {original.dtype}"
                )
            _set(original, each)

    def forward(self) -> Any:
        """The parametrized tensor."""
        originals = ["original"] if self.is_tensor else [f"original{place}" for place in range(self.ntensors)]
        first, *others = list(self)
        made = first(*[getattr(self, name) for name in originals])
        for module in others:
            made = module(made)
        return made


def register_parametrization(module: Any, tensor_name: str, parametrization: Any, *, unsafe: bool = False) -> Any:
    """Let `module.<tensor_name>` be computed by one more parametrization; `unsafe` lets it change shape and dtype."""
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_appended(module, tensor_name, parametrization)
        known = module.parametrizations[tensor_name]
        known.append(parametrization)
        known.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        made = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _give_class(module)
            module.parametrizations = ModuleDict()
        _give_property(module, tensor_name)
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    return module


def is_parametrized(module: Any, tensor_name: str | None = None) -> bool:
    """Whether this tensor of the module, or any, is parametrized."""
    found = getattr(module, "parametrizations", None)
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(module: Any, tensor_name: str, leave_parametrized: bool = True) -> Any:
    """Make the tensor an ordinary one again: as it is now, or, where asked for, as the original is."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    known = module.parametrizations[tensor_name]
    if known.is_tensor:
        original = known.original
        if leave_parametrized:
            with no_grad():
                _set(original, getattr(module, tensor_name))
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Any) -> type:
    """The class of the module that its user wrote."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def _inverted(modules: Any, original: Any) -> Any:
    new = original
    with no_grad():
        for module in reversed(list(modules)):
            if hasattr(module, "right_inverse"):
                try:
                    new = module.right_inverse(new)
                except NotImplementedError:
                    continue
    return new


def _set(original: Any, value: Any) -> None:
    if value is not original:
        original.data = value.detach()


def _register(module: Any, name: str, value: Any) -> None:
    register = module.register_parameter if isinstance(value, Parameter) else module.register_buffer
    register(name, value)


def _check_same(made: Any, shape: Any, dtype: Any, the: str, before: str, after: str) -> None:
    if not isinstance(made, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(made).__name__}.")
    if made.dtype is not dtype:
        raise ValueError(f"{_UNSAFE.format('dtype', the)}{before}{'.' if the else ' '}dtype: {dtype}\n"
                         f"{after}{'.' if the else ' '}dtype: {made.dtype}")  # fmt: skip
    if made.shape != shape:
        raise ValueError(f"{_UNSAFE.format('shape', the)}{before}{'.' if the else ' '}shape: {shape}\n"
                         f"{after}{'.' if the else ' '}shape: {made.shape}")  # fmt: skip


def _check_appended(module: Any, tensor_name: str, parametrization: Any) -> None:
    own = f"module.{tensor_name}"
    value = getattr(module, tensor_name)
    made = parametrization(value)
    _check_same(made, value.shape, value.dtype, "the ", own, f"parametrization({own})")
    if not hasattr(parametrization, "right_inverse"):
        return
    try:
        back = parametrization.right_inverse(made)
    except NotImplementedError:
        return
    if not isinstance(back, Tensor):
        raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
    for what in ("dtype", "shape"):
        if getattr(back, what) != getattr(value, what):
            raise ValueError(
                f"The tensor returned by parametrization.right_inverse must have the same {what} as {own}, unless the "
                f"`unsafe` flag is enabled.\n{own}.{what}: {getattr(value, what)}\n"
                f"returned {what}: {getattr(back, what)}"
            )


def _give_class(module: Any) -> None:
    kind = type(module)

    def refuse(_self: Any) -> Any:
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(). See:\n"
            "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
            "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
        )

    def copied(self: Any, memo: dict[int, Any]) -> Any:
        replica = self.__new__(type(self))
        memo[id(self)] = replica
        replica.__dict__ = copy.deepcopy(self.__dict__, memo)
        return replica

    members: dict[str, Any] = {"__getstate__": refuse}
    if not hasattr(kind, "__deepcopy__"):
        members["__deepcopy__"] = copied
    module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), members)


def _give_property(module: Any, tensor_name: str) -> None:
    def read(self: Any) -> Any:
        parametrization = self.parametrizations[tensor_name]
        if not _caching:
            return parametrization()
        key = (id(self), tensor_name)
        if key not in _cached:
            _cached[key] = parametrization()
        return _cached[key]

    def write(self: Any, value: Any) -> None:
        self.parametrizations[tensor_name].right_inverse(value)

    setattr(type(module), tensor_name, property(read, write))


__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "type_before_parametrizations",
]
