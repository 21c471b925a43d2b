"""Calling a module: forward hooks before and after `forward`, and the two nodes that backward hooks hang on.

x ── BackwardHookFunction ── forward ── BackwardHookFunction ── y      the input's node runs the hooks, with what
                                                                        the output's node saw
"""

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import grad_mode, observe
from ..functions.function import Function
from ..node import Node
from ..tensor import TENSORS
from . import legacy_hooks

if TYPE_CHECKING:
    from .module import Module


class ForwardHook(NamedTuple):
    """A hook with what it asked for."""

    hook: Callable[..., Any]
    with_kwargs: bool
    always: bool


def call(module: "Module", args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`module(*args, **kwargs)`."""
    observer = observe.observer
    started = None if observer is None else observer.module_started(module)
    try:
        if not (
            module._forward_pre_hooks or module._forward_hooks or module._backward_pre_hooks or module._backward_hooks
        ):
            return module.forward(*args, **kwargs)
        called: set[int] = set()
        state = _Call(module, args, kwargs)
        try:
            return state.run(called)
        except Exception:
            state.run_left(called)
            raise
    finally:
        if observer is not None:
            observer.module_ended(started)


class _Call:
    """One call of a module that has hooks."""

    def __init__(self, module: "Module", args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.module = module
        self.args = args
        self.kwargs = kwargs
        self.result: Any = None

    def run(self, called: set[int]) -> Any:
        """The output; `called` gets the hooks that always run and did."""
        module = self.module
        backward = list(module._backward_hooks.values())
        legacy: list[Callable[..., Any]] = []
        if module._is_full_backward_hook is False:
            backward, legacy = legacy, backward
        before_backward = list(module._backward_pre_hooks.values())
        for entry in list(module._forward_pre_hooks.values()):
            self._run_pre_hook(entry)
        watch = None
        if backward or before_backward:
            watch = BackwardHook(module, backward, before_backward)
            self.args = watch.setup_input_hook(self.args)
        self.result = module.forward(*self.args, **self.kwargs)
        for number, entry in list(module._forward_hooks.items()):
            if entry.always:
                called.add(number)
            self._run_hook(entry)
        if watch is not None:
            if type(self.result) not in TENSORS and not isinstance(self.result, tuple):
                warnings.warn(
                    "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but "
                    f"received {type(self.result)}",
                    UserWarning,
                    stacklevel=4,
                )
            self.result = watch.setup_output_hook(self.result)
        if legacy:
            legacy_hooks.attach(module, legacy, self.args, self.result)
        return self.result

    def run_left(self, called: set[int]) -> None:
        """After an exception: the hooks that always run and did not yet."""
        for number, entry in list(self.module._forward_hooks.items()):
            if not entry.always or number in called:
                continue
            try:
                self._run_hook(entry)
            except Exception as error:  # a hook may raise anything; the first exception is the one to report
                warnings.warn(
                    "module forward hook with ``always_call=True`` raised an exception that was silenced as another "
                    f"error was raised in forward: {error}",
                    UserWarning,
                    stacklevel=4,
                )

    def _run_pre_hook(self, entry: ForwardHook) -> None:
        if not entry.with_kwargs:
            returned = entry.hook(self.module, self.args)
            if returned is not None:
                self.args = returned if isinstance(returned, tuple) else (returned,)
            return
        returned = entry.hook(self.module, self.args, self.kwargs)
        if returned is None:
            return
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise RuntimeError(
                f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {returned}."
            )
        self.args, self.kwargs = returned

    def _run_hook(self, entry: ForwardHook) -> None:
        given = (self.args, self.kwargs) if entry.with_kwargs else (self.args,)
        returned = entry.hook(self.module, *given, self.result)
        if returned is not None:
            self.result = returned


class BackwardHookFunction(Function):
    """Passes tensors on, so that there is a node to hang hooks on."""

    @staticmethod
    def forward(ctx: Any, *args: Any) -> Any:
        """The tensors as they are."""
        ctx.mark_non_differentiable(*[arg for arg in args if not arg.requires_grad])
        return args

    @staticmethod
    def backward(ctx: Any, *args: Any) -> Any:
        """The gradients as they are."""
        return args


class BackwardHook:
    """Brings a module's grad_output and grad_input together and calls its backward hooks with both."""

    def __init__(
        self, module: "Module", user_hooks: list[Callable[..., Any]], user_pre_hooks: list[Callable[..., Any]]
    ) -> None:
        self.module = module
        self.user_hooks = user_hooks
        self.user_pre_hooks = user_pre_hooks
        self.grad_outputs: Any = None
        self.inputs = 0
        self.input_places: list[int] | None = None  # of the tensors among the inputs; None where none requires grad
        self.outputs = 0
        self.output_places: list[int] | None = None

    def setup_input_hook(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, with a node in front of the module."""
        made, self.input_places = _through_a_node(args, self._after_module)
        self.inputs = len(args)
        return made

    def setup_output_hook(self, result: Any) -> Any:
        """The output, with a node behind the module."""
        listed = result if isinstance(result, tuple) else (result,)
        made, self.output_places = _through_a_node(listed, self._before_module)
        self.outputs = len(listed)
        return made if isinstance(result, tuple) else made[0]

    def _after_module(self, grad_input: tuple[Any, ...], _grad_output: Any) -> Any:
        if self.grad_outputs is None:  # the gradient did not come through the module's output
            return None
        assert self.input_places is not None
        found: Any = _spread(self.input_places, grad_input, self.inputs)
        for hook in self.user_hooks:
            returned = hook(self.module, found, self.grad_outputs)
            if returned is None:
                continue
            if len(returned) != len(found):
                raise RuntimeError(
                    "Backward hook returned an invalid number of grad_input, "
                    f"got {len(returned)}, but expected {len(found)}"
                )
            found = returned
        self.grad_outputs = None
        return tuple(found[place] for place in self.input_places)

    def _before_module(self, _grad_input: Any, grad_output: tuple[Any, ...]) -> Any:
        assert self.output_places is not None
        self.grad_outputs = _spread(self.output_places, grad_output, self.outputs)
        for hook in self.user_pre_hooks:
            returned = hook(self.module, self.grad_outputs)
            if returned is None:
                continue
            if len(returned) != len(self.grad_outputs):
                raise RuntimeError(
                    "Backward pre hook returned an invalid number of grad_output, "
                    f"got {len(returned)}, but expected {len(self.grad_outputs)}"
                )
            self.grad_outputs = returned
        passed = self.grad_outputs
        if self.input_places is None:
            self._run_without_inputs()
        return tuple(passed[place] for place in self.output_places)

    def _run_without_inputs(self) -> None:
        """No input requires grad, so nothing will run after the module."""
        warnings.warn(
            "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs "
            "require gradients. See "
            "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module."
            "register_full_backward_hook for more details.",
            UserWarning,
            stacklevel=5,
        )
        for hook in self.user_hooks:
            returned = hook(self.module, (None,) * self.inputs, self.grad_outputs)
            if returned is not None and not (isinstance(returned, tuple) and all(item is None for item in returned)):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always return None or None for "
                    "all gradients."
                )
        self.grad_outputs = None


def _through_a_node(values: tuple[Any, ...], hook: Callable[..., Any]) -> tuple[tuple[Any, ...], list[int] | None]:
    """The values with their tensors behind a BackwardHookFunction, and which those are; None if nothing is tracked."""
    places = [place for place, value in enumerate(values) if type(value) in TENSORS]
    if not grad_mode.is_grad_enabled() or not any(values[place].requires_grad for place in places):
        return values, None
    tensors = BackwardHookFunction.apply(*[values[place] for place in places])
    nodes: list[Node] = [tensor.grad_fn for tensor in tensors if tensor.grad_fn is not None]
    nodes[0].register_hook(hook)
    made = list(values)
    for place, tensor in zip(places, tensors, strict=True):
        made[place] = tensor
    if type(values) is tuple:
        return tuple(made), places
    named: Any = type(values)
    return named(*made), places


def _spread(places: list[int], values: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    found: list[Any] = [None] * count
    for place, value in zip(places, values, strict=True):
        found[place] = value
    return tuple(found)
