"""`torch.nn.Module`: parameters, buffers and modules within it found by their names, and the call with its hooks.

Parts of their own: hooks in `hooks.py`, saving and loading in `state.py`, the walk over what a module holds in
`members.py`.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Self

from ..node import RemovableHandle
from ..ops.table import METHODS
from ..tensor import TENSORS, Tensor
from ..types.device import require_cpu
from .buffer import is_buffer
from .call import ForwardHook, call
from .legacy_hooks import BOTH_KINDS
from .members import Members, type_name
from .parameter import Parameter
from .state import State
from .uninitialized import is_lazy


class Module(Members, State):
    """The base class of modules: assign parameters and modules in `__init__`, write `forward`, call the module."""

    training: bool
    _is_full_backward_hook: bool | None  # whether `_backward_hooks` are full ones; None before the first

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs:
            raise TypeError(
                f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
            )
        if args:
            raise TypeError(
                f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"
            )
        keep = super().__setattr__
        keep("training", True)
        for name in ("_parameters", "_buffers", "_modules"):
            keep(name, {})
        keep("_non_persistent_buffers_set", set())
        for name in ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks"):
            keep(name, OrderedDict())
        keep("_is_full_backward_hook", None)

    def forward(self, *inputs: Any) -> Any:
        """Compute the output; to be written by each module."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward` with the hooks before, after and around it."""
        return call(self, args, kwargs)

    # ---- attributes ----

    def __setattr__(self, name: str, value: Any) -> None:
        parameters, modules = self.__dict__.get("_parameters"), self.__dict__.get("_modules")
        buffers = self.__dict__.get("_buffers")
        if isinstance(value, Parameter):
            if parameters is None:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._forget(name, "_buffers", "_modules")
            self.register_parameter(name, value)
        elif parameters is not None and name in parameters:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type_name(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)"
                )
            parameters[name] = None
        elif isinstance(value, Module):
            if modules is None:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._forget(name, "_parameters", "_buffers")
            modules[name] = value
        elif modules is not None and name in modules:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type_name(value)}' as child module '{name}' (torch.nn.Module or None expected)"
                )
            modules[name] = None
        elif is_buffer(value):
            self._forget(name, "_parameters", "_modules")
            self.register_buffer(name, value, value.persistent)
        elif buffers is not None and name in buffers:
            if value is not None and type(value) not in TENSORS:
                raise TypeError(
                    f"cannot assign '{type_name(value)}' as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None "
                    "expected)"
                )
            buffers[name] = value
        else:
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        for kind in ("_parameters", "_buffers", "_modules"):
            held = self.__dict__.get(kind, {})
            if name in held:
                return held[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        for kind in ("_parameters", "_buffers", "_modules"):
            held = self.__dict__.get(kind, {})
            if name in held:
                del held[name]
                self._non_persistent_buffers_set.discard(name)
                return
        super().__delattr__(name)

    def _forget(self, name: str, *kinds: str) -> None:
        self.__dict__.pop(name, None)
        for kind in kinds:
            self.__dict__[kind].pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    # ---- modes and gradients ----

    def train(self, mode: bool = True) -> Self:
        """Set the training mode of this module and all in it."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Leave the training mode."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set `requires_grad` of every parameter."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients of every parameter, or fill them with zeros."""
        for parameter in self.parameters():
            gradient = parameter.grad
            if gradient is None:
                continue
            if set_to_none:
                parameter.grad = None
                continue
            if gradient.grad_fn is not None:
                METHODS["detach_"](gradient)
            else:
                gradient.requires_grad_(False)
            METHODS["zero_"](gradient)

    def apply(self, fn: Callable[["Module"], Any]) -> Self:
        """Call `fn` with every module within, then with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert floating-point parameters and buffers, as `Tensor.to` does."""
        return self._converted(lambda tensor: METHODS["to"](tensor, *args, **kwargs))

    def double(self) -> Self:
        """Convert floating-point parameters and buffers to float64."""
        return self._converted(METHODS["double"])

    def float(self) -> Self:
        """Convert floating-point parameters and buffers to float32."""
        return self._converted(METHODS["float"])

    def half(self) -> Self:
        """Refused, as every tensor of float16 is: raises NotImplementedError."""
        return self._converted(METHODS["half"])

    def bfloat16(self) -> Self:
        """Refused, as every tensor of bfloat16 is: raises NotImplementedError."""
        return self._converted(METHODS["bfloat16"])

    def type(self, dst_type: Any) -> Self:
        """Convert all parameters and buffers, those of whole numbers too."""
        return self._converted(lambda tensor: METHODS["type"](tensor, dst_type), every=True)

    def cpu(self) -> Self:
        """The module itself: it is on the CPU."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """Refused: raises PyTorch's AssertionError."""
        require_cpu("cuda")
        return self

    def _converted(self, change: Callable[[Tensor], Tensor], every: bool = False) -> Self:
        for module in self.modules():
            for parameter in module.__dict__["_parameters"].values():
                if parameter is None or not (every or parameter.dtype.is_floating_point):
                    continue
                gradient = parameter.grad
                parameter.grad = None
                parameter.data = change(parameter.data)
                if gradient is not None:
                    parameter.grad = change(gradient.data).requires_grad_(gradient.requires_grad)
            buffers = module.__dict__["_buffers"]
            for name, buffer in buffers.items():
                if buffer is None or not (every or buffer.dtype.is_floating_point):
                    continue
                if is_lazy(buffer):
                    buffer.data = change(buffer.data)
                else:
                    buffers[name] = change(buffer)
        return self

    # ---- hooks ----

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before `forward`; what it returns replaces the arguments."""
        return _register(self._forward_pre_hooks, ForwardHook(hook, with_kwargs, False), prepend)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after `forward`; what it returns replaces the output."""
        return _register(self._forward_hooks, ForwardHook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` before the module's backward; it may return other gradients."""
        return _register(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` after the module's backward; it may return other grad_input."""
        self._use_backward_hooks(full=True)
        return _register(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """PyTorch's deprecated hook, which sees the gradients of the module's last operation only."""
        self._use_backward_hooks(full=False)
        return _register(self._backward_hooks, hook, False)

    def _use_backward_hooks(self, full: bool) -> None:
        if self._is_full_backward_hook is not None and self._is_full_backward_hook is not full:
            raise RuntimeError(BOTH_KINDS)
        object.__setattr__(self, "_is_full_backward_hook", full)

    # ---- repr ----

    def extra_repr(self) -> str:
        """What stands in the brackets of the repr besides the modules within."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr().split("\n") if self.extra_repr() else []
        children = [f"({name}): " + repr(module).replace("\n", "\n  ") for name, module in self._modules.items()]
        if len(extra) == 1 and not children:
            return f"{self._get_name()}({extra[0]})"
        lines = extra + children
        return f"{self._get_name()}(" + ("\n  " + "\n  ".join(lines) + "\n" if lines else "") + ")"

    def __dir__(self) -> list[str]:
        held = [*self._parameters, *self._modules, *self._buffers]
        return sorted(name for name in {*dir(type(self)), *self.__dict__, *held} if not name[0].isdigit())


Module.__module__ = "torch.nn.modules.module"


def _register(hooks: "OrderedDict[int, Any]", hook: Any, prepend: bool) -> RemovableHandle:
    handle = RemovableHandle(hooks, hook)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle
