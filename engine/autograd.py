"""`torch.autograd`'s entry points: `backward` and `grad`, with their arguments' checks."""

import warnings
from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import levels, observe
from .backward import BackwardRun, node_of, steps
from .carrier import twin
from .node import Output
from .ops.table import METHODS
from .tensor import TENSORS, Tensor, from_array, method

Tensors = Tensor | Sequence[Tensor]

_warned: set[str] = set()  # PyTorch says this once per process


def backward(
    tensors: Tensors,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradients of `tensors` to the `.grad` of the leaves (or of `inputs`)."""
    if grad_variables is not None:
        raise NotImplementedError("backward(grad_variables=...) is deprecated; use grad_tensors")
    if inputs is not None and not isinstance(inputs, Tensor) and len(inputs) == 0:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    roots = _as_tuple(tensors)
    named = None if inputs is None else _as_tuple(inputs)
    seeds = _seeds(roots, grad_tensors, create_graph)
    retain = create_graph if retain_graph is None else retain_graph
    _check_roots(roots)
    if named is not None:
        for tensor in named:
            tensor.retain_grad()
    if create_graph:
        _warn_of_cycle()
    _drain(BackwardRun("backward", roots, seeds, named, retain, create_graph))


def grad(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of `outputs` with respect to `inputs`, without touching any `.grad`."""
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    if is_grads_batched:
        raise NotImplementedError(
            "grad(is_grads_batched=True) is not supported by the embedded engine; call grad once per vector"
        )
    del only_inputs  # PyTorch ignores it too
    roots, named = _as_tuple(outputs), _as_tuple(inputs)
    creates = create_graph or bool(levels.active)  # only tensors carry tangents and marks
    seeds = _seeds(roots, grad_outputs, creates)
    retain = create_graph if retain_graph is None else retain_graph
    _check_roots(roots)
    if not named:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    for tensor in named:
        if not tensor._requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    run = BackwardRun("grad", roots, seeds, named, retain, creates)
    _drain(run)
    found = tuple(
        _found(run, index, tensor, bool(allow_unused) or materialize_grads, materialize_grads)
        for index, tensor in enumerate(named)
    )
    return found if create_graph or not creates else tuple(each if each is None else twin(each) for each in found)


@method("backward")
def tensor_backward(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradients of this tensor to the `.grad` of the leaves it came from."""
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


def _drain(run: BackwardRun) -> None:
    """Execute all steps; tell the observer, if one is set, of each."""
    observer = observe.observer
    if observer is None:
        deque(steps(run), maxlen=0)
        return
    observer.pass_started(run)
    error: BaseException | None = None
    try:
        for step in steps(run):
            observer.step(run, step)
    except BaseException as raised:
        error = raised
        raise
    finally:
        observer.pass_ended(run, error)


def _as_tuple(tensors: Tensors) -> tuple[Tensor, ...]:
    return (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)


def _warn_of_cycle() -> None:
    if "cycle" in _warned:
        return
    _warned.add("cycle")
    warnings.warn(
        "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
        "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you "
        "have to use this function, make sure to reset the .grad fields of your parameters to None after use to break "
        "the cycle and avoid the leak.",
        UserWarning,
        stacklevel=4,
    )


def _check_roots(roots: tuple[Tensor, ...]) -> None:
    for number, root in enumerate(roots):
        if not root._requires_grad:
            raise RuntimeError(f"element {number} of tensors does not require grad and does not have a grad_fn")


def _seeds(roots: tuple[Tensor, ...], given: Any, creates: bool) -> tuple[Any, ...]:
    """What each root starts with: ones for a scalar, else what was given, checked."""
    listed = (None,) * len(roots) if given is None else _as_tuple(given)
    seeds = tuple(
        _seed(number, root, gradient) for number, (root, gradient) in enumerate(zip(roots, listed, strict=False))
    )
    if len(listed) != len(roots):
        raise RuntimeError(f"got {len(roots)} tensors and {len(listed)} gradients")
    return seeds if creates else tuple(seed.array for seed in seeds)


def _seed(number: int, root: Tensor, gradient: Any) -> Tensor:
    if gradient is None:
        if root._requires_grad and root.array.size != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        return from_array(np.ones(root.array.shape, root.array.dtype))
    if type(gradient) not in TENSORS:
        raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if gradient.array.shape != root.array.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{number}] has a shape of {gradient.shape} and output[{number}] has a "
            f"shape of {root.shape}."
        )
    made: Tensor = gradient
    if gradient.array.dtype != root.array.dtype:
        made = METHODS["to"](gradient, root.dtype)
    return made


def _found(run: BackwardRun, index: int, tensor: Tensor, unused_is_fine: bool, materialize: bool) -> Tensor | None:
    edge = tensor.edge()
    gradient = run.found.get((edge.node, edge.number) if type(edge) is Output else node_of(edge))
    if gradient is not None:
        if isinstance(gradient, Tensor):
            return gradient
        return from_array(np.array(gradient))
    if not unused_is_fine:
        raise RuntimeError(
            f"The differentiated Tensor at index {index} appears to not have been used in the graph. Set "
            "allow_unused=True if this is the desired behavior."
        )
    return from_array(np.zeros_like(tensor.array)) if materialize else None
