"""Calling user hooks during a backward pass: of tensors, of nodes, and the keeping of non-leaf gradients.

Hooks get tensors; the pass has arrays unless it makes a graph, so gradients are wrapped on the way in and unwrapped on
the way out. Order as PyTorch: a tensor's hooks, then `retain_grad`, then the node's pre-hooks, the node, its hooks.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from . import observe
from .fired import content, hook_name, note
from .node import AccumulateGrad, Node
from .ops.table import METHODS
from .tensor import TENSORS, Tensor, from_array
from .trace import EventKind

Hooks = dict[int, Callable[..., Any]]


def before_node(node: Node, gradient: Any, creates: bool) -> Any:
    """Run the hooks of the tensors that are this node's outputs; the gradient (or tuple of them) afterwards."""
    if type(node) is AccumulateGrad:
        meta = node.variable._meta
        return gradient if meta is None or not meta.hooks else _tensor_hooks(meta.hooks, gradient, creates)
    extras = node.extras
    if extras is None:
        return gradient
    gradients = list(gradient) if node.outputs_many else [gradient]
    for number, hooks in extras.tensor_hooks.items():
        gradients[number] = _tensor_hooks(hooks, gradients[number], creates, number)
    for number, reference in extras.retaining.items():
        tensor = reference()
        if tensor is not None and gradients[number] is not None:
            _retain(tensor, to_tensor(gradients[number]))
    return tuple(gradients) if node.outputs_many else gradients[0]


def call_pre_hooks(node: Node, gradient: Any, creates: bool) -> Any:
    """Run the node's own pre-hooks."""
    assert node.extras is not None
    if not node.extras.pre_hooks:
        return gradient
    given = tuple(map(to_tensor, gradient if node.outputs_many else (gradient,)))
    for hook in list(node.extras.pre_hooks.values()):
        before = content(given)
        given = _replaced(hook, given, hook(given))
        if observe.observer is not None:
            note(EventKind.PRE_HOOK, hook, before, given)
    back = tuple(from_tensor(item, creates) for item in given)
    return back if node.outputs_many else back[0]


def call_post_hooks(node: Node, results: tuple[Any, ...], gradient: Any, creates: bool) -> tuple[Any, ...]:
    """Run the node's hooks with (grad_inputs, grad_outputs)."""
    assert node.extras is not None
    if not node.extras.post_hooks:
        return results
    arrived = tuple(map(to_tensor, gradient if node.outputs_many else (gradient,)))
    given = tuple(map(to_tensor, results))
    for hook in list(node.extras.post_hooks.values()):
        before = content(given)
        given = _replaced(hook, given, hook(given, arrived))
        if observe.observer is not None:
            note(EventKind.POST_HOOK, hook, before, given)
    return tuple(from_tensor(item, creates) for item in given)


def to_tensor(gradient: Any) -> Any:
    """A gradient as the tensor that a hook sees."""
    return gradient if gradient is None or type(gradient) in TENSORS else from_array(np.asarray(gradient))


def from_tensor(gradient: Any, creates: bool) -> Any:
    """A hook's tensor as the pass carries it."""
    return gradient if gradient is None or creates else gradient.array


def _tensor_hooks(hooks: Hooks, gradient: Any, creates: bool, output: int = 0) -> Any:
    if not hooks:
        return gradient
    given = to_tensor(gradient)
    for hook in list(hooks.values()):
        before = content(given)
        given = _checked(hook, given, hook(given))
        if observe.observer is not None:
            note(EventKind.TENSOR_HOOK, hook, before, given, slot=output)
    return from_tensor(given, creates)


def _replaced(hook: Callable[..., Any], given: tuple[Any, ...], returned: Any) -> tuple[Any, ...]:
    """What a node's hook returned in place of what it was given: a tuple, or None."""
    if returned is None:
        return given
    if not isinstance(returned, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(returned).__name__}'")
    items = returned
    if len(items) != len(given):
        raise RuntimeError(
            f"hook '{hook_name(hook)}' has returned an incorrect number of values "
            f"(got {len(items)}, but expected {len(given)})"
        )
    return tuple(None if new is None else _checked(hook, old, new) for old, new in zip(given, items, strict=True))


def _checked(hook: Callable[..., Any], old: Any, new: Any) -> Any:
    if new is None:
        return old
    if type(new) not in TENSORS:
        raise TypeError(f"expected Variable, but hook returned '{type(new).__name__}'")
    if old is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if new.array.dtype != old.array.dtype:
        raise RuntimeError(
            f"hook '{hook_name(hook)}' has changed the type of value (was {_type(old)} got {_type(new)})"
        )
    if new.array.shape != old.array.shape:
        raise RuntimeError(f"hook '{hook_name(hook)}' has changed the size of value")
    return new


def _type(tensor: Tensor) -> str:
    return f"torch.{tensor.dtype.scalar_type}Tensor"


def _retain(tensor: Tensor, gradient: Tensor) -> None:
    meta = tensor.meta()
    if meta.grad is None:
        meta.grad = METHODS["clone"](gradient)
    else:
        meta.grad = METHODS["__add__"](meta.grad, gradient)
