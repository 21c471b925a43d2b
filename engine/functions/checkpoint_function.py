"""The reentrant checkpoint: a custom function whose backward runs its part again, and a backward pass through it."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .. import grad_mode, observe
from ..autograd import backward
from ..backward import current_run
from ..ops.table import METHODS
from ..random.generator import default_generator
from ..tensor import TENSORS
from .function import Function


@contextmanager
def same_random_numbers(position: Any) -> Iterator[None]:
    """Inside, random numbers are those that followed `position`; None leaves them as they come."""
    if position is None:
        yield
        return
    before = default_generator.position()
    default_generator.go_to(position)
    try:
        yield
    finally:
        default_generator.go_to(before)


@contextmanager
def recomputing(function: Callable[..., Any]) -> Iterator[None]:
    """Inside, the observer knows that the nodes being made are of a checkpointed part that runs again."""
    observer = observe.observer
    if observer is None:
        yield
        return
    observer.recomputation_started(current_run(), getattr(function, "__name__", type(function).__name__))
    try:
        yield
    finally:
        observer.recomputation_ended()


class CheckpointFunction(Function):
    """`run_function(*args)` as one node."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        """Run the part without grad and keep its inputs."""
        if not any(type(arg) in TENSORS and arg.requires_grad for arg in args):
            warnings.warn(
                "None of the inputs have requires_grad=True. Gradients will be None", UserWarning, stacklevel=4
            )
        ctx.run_function = run_function
        ctx.position = default_generator.position() if preserve_rng_state else None
        ctx.inputs = [None if type(arg) in TENSORS else arg for arg in args]
        ctx.tensor_indices = [place for place, arg in enumerate(args) if type(arg) in TENSORS]
        ctx.save_for_backward(*[args[place] for place in ctx.tensor_indices])
        with grad_mode.no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *args: Any) -> Any:
        """Run the part again, and a backward pass through it."""
        if not _only_accumulates():
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` "
                "parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call "
                ".backward() without passing the `inputs` argument."
            )
        inputs = list(ctx.inputs)
        for place, tensor in zip(ctx.tensor_indices, ctx.saved_tensors, strict=True):
            inputs[place] = METHODS["detach"](tensor)
            inputs[place].requires_grad = tensor.requires_grad
        with recomputing(ctx.run_function), same_random_numbers(ctx.position), grad_mode.enable_grad():
            made = ctx.run_function(*inputs)
        outputs = (made,) if type(made) in TENSORS else made
        pairs = [
            (output, gradient)
            for output, gradient in zip(outputs, args, strict=False)
            if type(output) in TENSORS and output.requires_grad
        ]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([output for output, _ in pairs], [gradient for _, gradient in pairs])
        return (None, None, *[value.grad if type(value) in TENSORS else None for value in inputs])


def _only_accumulates() -> bool:
    """Whether the passes that run now add to `.grad` of all leaves: no `grad`, no `inputs`."""
    run = current_run()
    while run is not None:
        if run.kind == "grad" or run.inputs is not None:
            return False
        run = run.parent
    return True


CheckpointFunction.__module__ = "torch.utils.checkpoint"
