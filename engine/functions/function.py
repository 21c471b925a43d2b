"""`torch.autograd.Function`: operations whose forward and backward a person writes in Python.

The context that `forward` and `backward` get is the node itself, as in PyTorch: `y.grad_fn` is a `MyFunctionBackward`
whose attributes are those that were set on `ctx`. What `apply` does is in `function_call.py`.
"""

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any, ClassVar, Final

from .. import grad_mode
from ..node import Node, Output, next_number
from ..ops.table import METHODS
from ..tensor import TENSORS, from_node
from ..transforms import levels
from .function_call import apply, bind
from .function_forward import check_vmap
from .function_node import FunctionNode

__all__ = ["BackwardCFunction", "Function", "FunctionCtx", "FunctionMeta", "InplaceFunction", "once_differentiable"]

MODULE: Final = "torch.autograd.function"


class FunctionCtx:
    """What `forward` and `setup_context` may ask of their context."""

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (or None) for `backward`, which finds them in `ctx.saved_tensors`."""
        self.to_save = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Keep tensors (or None) for `jvp`, which finds them in `ctx.saved_tensors`."""
        for tensor in tensors:
            if tensor is not None and type(tensor) not in TENSORS:
                raise AssertionError(
                    "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes "
                    "on ctx."
                )
        self.saved_for_forward = tensors

    def mark_dirty(self, *args: Any) -> None:
        """Name the inputs that `forward` changed in place; it must return them."""
        self.dirty_tensors = args

    def mark_shared_storage(self, *pairs: Any) -> None:
        """Do nothing but warn, as in PyTorch: tensors that share memory are found without being told."""
        warnings.warn(
            "`mark_shared_storage` is deprecated. Tensors with shared storages are automatically tracked. Note that "
            "calls to `set_()` are not tracked",
            FutureWarning,
            stacklevel=2,
        )

    def mark_non_differentiable(self, *args: Any) -> None:
        """Name the outputs that have no gradient."""
        self.non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (the default) or None for outputs that nobody used."""
        self.materialize_grads = value


class BackwardCFunction(FunctionNode, FunctionCtx):
    """The node of a custom function, and its context."""

    _forward_cls: ClassVar[Any]

    def _get_user_fn(self) -> Callable[..., Any]:
        backward, vjp = self._forward_cls.backward, self._forward_cls.vjp
        if backward is not Function.backward and vjp is not Function.vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only "
                "implement one of them."
            )
        found: Callable[..., Any] = vjp if vjp is not Function.vjp else backward
        return found

    def apply(self, *args: Any) -> Any:
        """Call the person's `backward` (or `vjp`) with the gradients of the outputs."""
        if getattr(self._forward_cls, "boxed_grads_call", False):
            return self._get_user_fn()(self, list(args))
        return self._get_user_fn()(self, *args)

    def written_by(self) -> Any:
        """See FunctionNode."""
        return self._get_user_fn()

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """See FunctionNode; once only where the function says `clear_saved_tensors_on_access`."""
        if not self._forward_cls.clear_saved_tensors_on_access:
            return super().saved_tensors
        if self._taken:
            raise RuntimeError(
                "saved_tensors can only be accessed once when clear_saved_tensors_on_access=True is set on the "
                "autograd.Function. Either access saved_tensors only once, or set clear_saved_tensors_on_access=False."
            )
        found = super().saved_tensors
        self._taken = bool(self._kept)
        self._kept = ()
        return found

    def _input_names(self) -> tuple[str, ...]:
        """The names of forward's parameters: those that took tensors, then those that took something else."""
        names = list(inspect.signature(self._forward_cls.forward).parameters)
        if self._forward_cls.setup_context is Function.setup_context:
            names = names[1:]
        known = [names[place] if place < len(names) else "" for place in range(len(self._takes_gradient))]
        pairs = list(zip(known, self._takes_gradient, strict=True))
        return tuple([name for name, takes in pairs if takes] + [name for name, takes in pairs if not takes])

    def apply_jvp(self, *args: Any) -> Any:
        """Call the person's `jvp` with the tangents of the inputs."""
        return self._forward_cls.jvp(self, *args)


class FunctionMeta(type):
    """Gives each Function the class of its nodes: `MyFunction` has `MyFunctionBackward`."""

    _backward_cls: type[BackwardCFunction]

    def __init__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> None:
        cls._backward_cls = type(name + "Backward", (BackwardCFunction,), {"_forward_cls": cls, "__module__": MODULE})
        super().__init__(name, bases, attrs)


class Function(FunctionCtx, metaclass=FunctionMeta):
    """The base class of custom functions: write `forward` and `backward`, call `apply`."""

    generate_vmap_rule = False
    boxed_grads_call = False
    clear_saved_tensors_on_access = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{self.__class__} should not be instantiated. Methods on autograd functions are all static, so you should "
            "invoke them on the class itself. Instantiating an autograd function will raise an error in a future "
            "version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Only `apply` calls a function."""
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function with static forward method. (Example: "
            "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs: `forward(ctx, *inputs)`, or without ctx where there is a `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Save what `backward` needs, where `forward` takes no ctx."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Compute the gradient of each input, None where there is none, from the gradients of the outputs."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Compute the tangents of the outputs from those of the inputs."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """Compute the outputs for inputs that are batched along `in_dims`."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set "
            "generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run the function and record it in the graph."""
        separate = cls.setup_context is not Function.setup_context
        if separate:
            bound = inspect.signature(cls.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            if bound.kwargs:
                raise TypeError(f"apply() got unexpected keyword arguments {sorted(bound.kwargs)}")
            args = bound.args
        elif kwargs:
            args = bind(cls.forward, args, kwargs)
        if levels.state.transforms and not separate:
            raise RuntimeError(
                "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it "
                "must override the setup_context staticmethod. For more details, please see "
                "https://pytorch.org/docs/main/notes/extending.func.html"
            )
        batched = check_vmap(cls.__name__, args, cls.generate_vmap_rule, cls.vmap is not Function.vmap)
        return apply(cls, args, separate, batched)


Function.__module__ = FunctionCtx.__module__ = BackwardCFunction.__module__ = FunctionMeta.__module__ = MODULE


class InplaceFunction(Function):
    """PyTorch's older name for functions that work in place; use `Function`."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class Error(Node):
    """Stands behind the gradients of a function that can be differentiated once only; running it raises."""

    __slots__ = ("message", "output_count")

    outputs_many = True
    keeps = False

    def __init__(self, message: str, inputs: tuple[Any, ...]) -> None:
        self.message = message
        self.next_edges = tuple(tensor.edge() for tensor in inputs)
        self.sequence_number = next_number()
        self.extras = None
        self.output_count = len(inputs)

    def run(self, gradient: Any, unpack: Any) -> tuple[Any, ...]:
        """Raise the RuntimeError that was delayed until here."""
        raise RuntimeError(self.message)

    def name(self) -> str:
        """PyTorch's name, with its C++ namespace."""
        return "torch::autograd::Error"


def once_differentiable(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator for `backward`: it runs without grad, and differentiating its result raises."""

    @functools.wraps(fn)
    def wrapper(ctx: Any, *args: Any) -> Any:
        with grad_mode.no_grad():
            outputs = fn(ctx, *args)
        if not grad_mode.is_grad_enabled() or not any(type(arg) in TENSORS and arg.requires_grad for arg in args):
            return outputs
        listed = outputs if isinstance(outputs, tuple) else (outputs,)
        made = _delayed_error([None if each is None else METHODS["detach"](each) for each in listed])
        return made if isinstance(outputs, tuple) else made[0]

    return wrapper


def _delayed_error(values: list[Any]) -> tuple[Any, ...]:
    """The values as outputs of an `Error`, which needs at least one input that requires grad."""
    sources = [value for value in values if value is not None]
    for source in sources:
        source.requires_grad = True
    node = Error("trying to differentiate twice a function that was marked with @once_differentiable", tuple(sources))
    numbers = iter(range(len(sources)))
    return tuple(
        None
        if value is None
        else from_node(value.array, Output(node, next(numbers), value.array.shape, value.array.dtype))
        for value in values
    )
