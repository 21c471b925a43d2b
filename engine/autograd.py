"""`torch.autograd`'s entry points: `backward` and `grad`, with their arguments' checks."""

import warnings
from collections import deque
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from . import observe
from .backward import BackwardRun, node_of, steps
from .gradient_edge import GradientEdge, target_of
from .node import Output
from .ops.table import METHODS
from .tensor import TENSORS, Tensor, from_array, method
from .transforms import levels
from .transforms.batched_grad import grad_each
from .transforms.carrier import twin
from .types.dtype import of_numpy
from .types.size import Size
from .views import writable
from .warn_once import warn_once

Tensors = Tensor | GradientEdge | Sequence[Tensor | GradientEdge]


def backward(
    tensors: Tensors,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradients of `tensors` to the `.grad` of the leaves (or of `inputs`)."""
    if levels.state.transforms:
        raise RuntimeError(levels.BACKWARD)
    if grad_variables is not None:
        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only "
                "use `grad_tensors`."
            )
        grad_tensors = grad_variables
    if inputs is not None and not isinstance(inputs, Tensor) and len(inputs) == 0:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    roots = _as_tuple(tensors)
    named = None if inputs is None else _as_inputs(inputs)
    seeds = _seeds(roots, grad_tensors, create_graph)
    retain = create_graph if retain_graph is None else retain_graph
    _check_roots(roots)
    if named is not None:
        for each in named:
            if not isinstance(each, GradientEdge):
                each.retain_grad()
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
        return grad_each(
            lambda vectors, retain: grad(
                outputs, inputs, vectors, retain, create_graph, True, allow_unused, False, materialize_grads
            ),
            _as_tuple(outputs),
            grad_outputs,
            create_graph if retain_graph is None else retain_graph,
        )
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for "
            "other parts of the graph, please use torch.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    roots, named = _as_tuple(outputs), _as_inputs(inputs)
    creates = create_graph or bool(levels.active)  # only tensors carry tangents and marks
    seeds = _seeds(roots, grad_outputs, creates)
    retain = create_graph if retain_graph is None else retain_graph
    _check_roots(roots)
    if not named:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    for each in named:
        if not isinstance(each, GradientEdge) and not each._requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    run = BackwardRun("grad", roots, seeds, named, retain, creates)
    _drain(run)
    found = tuple(
        _found(run, index, each, bool(allow_unused) or materialize_grads, materialize_grads, create_graph)
        for index, each in enumerate(named)
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


tensor_backward.__qualname__ = "Tensor.backward"  # as its TypeErrors name it


def _drain(run: BackwardRun) -> None:
    """Execute all steps; tell the observer, if one is set, of each."""
    try:
        if observe.observer is None:
            deque(steps(run), maxlen=0)
        else:
            _drain_watched(run, observe.observer)
    except RuntimeError as raised:
        if isinstance(raised.__cause__, StopIteration):  # a hook's, which a generator cannot let through
            raise raised.__cause__ from None
        raise


def _drain_watched(run: BackwardRun, observer: observe.Observer) -> None:
    observer.pass_started(run)
    error: BaseException | None = None
    try:
        told = observer.step
        for step in steps(run):
            told(step)
        if observe.gate is not None:
            observe.gate.ended(run, None)
    except BaseException as raised:
        error = raised
        if observe.gate is not None:
            observe.gate.ended(run, raised)
        raise
    finally:
        observer.pass_ended(run, error)
        error = None  # its traceback holds this frame, and so the graph


def _as_tuple(tensors: Any) -> tuple[Any, ...]:
    return (tensors,) if isinstance(tensors, (Tensor, GradientEdge)) else tuple(tensors)


def _as_inputs(tensors: Any) -> tuple[Tensor | GradientEdge, ...]:
    named = _as_tuple(tensors)
    for each in named:
        if not isinstance(each, (Tensor, GradientEdge)):
            raise RuntimeError(f"all inputs have to be Tensors or GradientEdges, but got {type(each).__name__}")
    return named


def _warn_of_cycle() -> None:
    warn_once(
        "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
        "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you "
        "have to use this function, make sure to reset the .grad fields of your parameters to None after use to break "
        "the cycle and avoid the leak.",
        stacklevel=4,
    )


def _check_roots(roots: tuple[Tensor | GradientEdge, ...]) -> None:
    for number, root in enumerate(roots):
        if not isinstance(root, (GradientEdge, Tensor)):
            raise RuntimeError(f"element {number} of tensors tuple is not a Tensor or GradientEdge")
        if not isinstance(root, GradientEdge) and (not root._requires_grad or root.edge() is None):
            raise RuntimeError(f"element {number} of tensors does not require grad and does not have a grad_fn")


def _seeds(roots: tuple[Tensor | GradientEdge, ...], given: Any, creates: bool) -> tuple[Any, ...]:
    """What each root starts with: ones for a scalar, else what was given, checked."""
    listed = (None,) * len(roots) if given is None else _as_tuple(given)
    seeds = tuple(_seed(listed, root, gradient) for root, gradient in zip(roots, listed, strict=False))
    if len(seeds) != len(roots):
        raise RuntimeError(f"got {len(roots)} tensors and {len(seeds)} gradients")
    return seeds if creates else tuple(seed.array for seed in seeds)


def _seed(listed: tuple[Any, ...], root: Tensor | GradientEdge, gradient: Any) -> Tensor:
    if not isinstance(root, (GradientEdge, Tensor)):
        raise AssertionError("Expected output to be a torch.Tensor")
    shape, dtype = _described(root)
    if gradient is None:
        if (isinstance(root, GradientEdge) or root._requires_grad) and prod(shape) != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        return from_array(np.ones(shape, dtype))
    if type(gradient) not in TENSORS:
        raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if gradient.array.shape != shape:
        number = listed.index(gradient)  # compares tensors, as PyTorch does, which may raise
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{number}] has a shape of {gradient.shape} and output[{number}] has a "
            f"shape of {Size(shape)}."
        )
    made: Tensor = gradient
    if gradient.array.dtype != dtype:
        made = METHODS["to"](gradient, of_numpy(dtype))
    return made


def _described(end: Tensor | GradientEdge) -> tuple[tuple[int, ...], "np.dtype[Any]"]:
    """Shape and dtype of the gradient of a tensor, or at an edge."""
    if isinstance(end, GradientEdge):
        target = target_of(end)
        assert target is not None
        return target.shape, target.dtype
    return end.array.shape, end.array.dtype


def _found(
    run: BackwardRun,
    index: int,
    wanted: Tensor | GradientEdge,
    unused_is_fine: bool,
    materialize: bool,
    creates: bool,
) -> Tensor | None:
    edge = target_of(wanted)
    gradient = run.found.get((edge.node, edge.number) if type(edge) is Output else node_of(edge))
    if gradient is not None:
        if isinstance(gradient, Tensor):
            return gradient
        return from_array(writable(np.asarray(gradient)))
    if not unused_is_fine:
        raise RuntimeError(
            f"The differentiated Tensor at index {index} appears to not have been used in the graph. Set "
            "allow_unused=True if this is the desired behavior."
        )
    return from_array(np.zeros(*_described(wanted)), requires_grad=creates) if materialize else None
