"""What `Function.apply` does: run `forward` without grad, then give its outputs their place in the graph.

The rules for outputs that are inputs, views, dirty or not differentiable are those of `_wrap_outputs` in PyTorch's
torch/csrc/autograd/custom_function.cpp.
"""

import inspect
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Final

from .. import grad_mode, observe
from ..autograd_meta import Creation
from ..copy_slices import rebase_view, set_history
from ..node import Output
from ..ops.inplace import check_view
from ..ops.table import METHODS
from ..tensor import TENSORS, Tensor
from ..transforms import levels
from ..transforms.carrier import carries
from ..transforms.replay import replay_for
from .function_forward import carry_on
from .function_node import FunctionNode

NUMBERS: Final = (int, float, bool)


def bind(forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Put keyword arguments in their positions, of which none may stay open before the last."""
    parameters = inspect.signature(forward).parameters.values()
    names = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY][1:]
    unknown = [name for name in kwargs if name not in names[len(args) :]]
    if unknown:
        raise TypeError(f"forward() got an unexpected keyword argument '{unknown[0]}'")
    found = list(args)
    left = dict(kwargs)
    for place, name in enumerate(names[len(args) :], len(args)):
        if not left:
            break
        if name not in left:
            raise TypeError(f"forward() missing required argument: '{name}' (position {place})")
        found.append(left.pop(name))
    return tuple(found)


def apply(function: Any, args: tuple[Any, ...], separate: bool, batched: bool) -> Any:
    """Run a Function on its inputs. `separate`: it has a `setup_context`, and its `forward` takes no ctx.

    `batched`: the inputs are samples, and its `vmap` gives the outputs of the whole batch.
    """
    tensors = tuple(x for x in args if type(x) in TENSORS)
    tracked = grad_mode.records() and any(x._requires_grad for x in tensors)
    node = function._backward_cls(args, tracked)
    carrying = carries(args)
    with levels.paused() if carrying else nullcontext():
        with grad_mode.no_grad():
            if separate:
                made = _from_batch(function, args) if batched else function.forward(*args)
                function.setup_context(node, args, made)
            else:
                made = function.forward(node, *args)
        outputs = _placed(node, tensors, made if isinstance(made, tuple) else (made,), tracked, separate)
    if carrying:
        carry_on(node, args, outputs)
    if tracked:
        node._keep_saved()
    else:
        node.to_save = node.non_differentiable = None
    node.saved_for_forward = None
    _report(node if tracked else None, function, args, outputs)
    return outputs if isinstance(made, tuple) else outputs[0]


def _from_batch(function: Any, args: tuple[Any, ...]) -> Any:
    replay, level = replay_for(args)
    return replay.outputs(function, args, level)


def _placed(
    node: FunctionNode, inputs: tuple[Tensor, ...], made: tuple[Any, ...], tracked: bool, separate: bool
) -> tuple[Any, ...]:
    """The outputs with their history."""
    dirty = _marked(node.dirty_tensors, "mark_dirty can only accept variables, but argument ")
    fixed = _marked(node.non_differentiable, "mark_non_differentiable only accepts variable arguments, but got ")
    for tensor in dirty:
        tensor.version.bump()
    node._set_outputs(tuple([(x.array.shape, x.array.dtype) if type(x) in TENSORS else None for x in made]))
    taken = node.to_save or () if separate and tracked else ()
    outputs = []
    differentiable = 0
    for number, output in enumerate(made):
        if type(output) not in TENSORS:
            outputs.append(output)
            continue
        is_input, is_dirty = _is_in(output, inputs), _is_in(output, dirty)
        if is_input and not is_dirty and _is_in(output, taken) and (tracked or not output._requires_grad):
            raise RuntimeError(
                "An input that has been returned as-is as output is being saved for backward. This is not supported if "
                "you override setup_context. You should return and save a view of the input instead, e.g. with "
                "x.view_as(x) or setup ctx inside the forward function itself."
            )
        if not tracked or _is_in(output, fixed) or output.array.dtype.kind != "f":
            placed = _without_gradient(output, is_input, is_dirty)
        else:
            differentiable += 1
            edge = Output(node, number, output.array.shape, output.array.dtype)
            placed = _with_gradient(node, edge, output, is_input, is_dirty, len(made))
        if placed._is_view() and not (is_input and is_dirty):
            placed.meta().creation = Creation.IN_CUSTOM_FUNCTION
        outputs.append(placed)
    if differentiable > 1:
        for output in outputs:
            if type(output) in TENSORS and output._is_view():
                output.meta().creation = Creation.ONE_OF_MANY
    if any(not _is_in(tensor, made) for tensor in dirty):
        raise RuntimeError(
            "Some elements marked as dirty during the forward method were not returned as output. The inputs that are "
            "modified inplace must all be outputs of the Function."
        )
    return tuple(outputs)


def _without_gradient(output: Tensor, is_input: bool, is_dirty: bool) -> Tensor:
    made: Tensor = output
    if not output._requires_grad:
        if is_input and not is_dirty:
            made = _view_of(output)
    elif is_input:
        made = METHODS["detach"](output)
    elif not output._is_view():
        output._fn = None
        output._requires_grad = False
    return made


def _with_gradient(
    node: FunctionNode, edge: Output, output: Tensor, is_input: bool, is_dirty: bool, count: int
) -> Tensor:
    if is_dirty:
        _rewrite(node, edge, output, is_input, count)
        return output
    made = _view_of(output) if is_input else output
    made._fn = edge
    made._requires_grad = True
    return made


def _rewrite(node: FunctionNode, edge: Output, output: Tensor, is_input: bool, count: int) -> None:
    """The node becomes the history of a tensor that `forward` changed in place."""
    if output.is_leaf and output._requires_grad:
        raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
    if not is_input:
        warnings.warn(
            "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated "
            "should be passed to ctx.mark_dirty().",
            UserWarning,
            stacklevel=6,
        )
    base = output._base
    if base is None:
        set_history(output, edge)
        output.version.outdate_views()
        return
    if count > 1:
        raise RuntimeError(
            "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return "
            "more than one Tensor. This is not supported by the current autograd engine. You should either make sure "
            "the input is not a view (using .clone() for example) or make your Function only return one Tensor "
            "(potentially splitting it into two Functions: one doing the inplace that returns a single Tensor and a "
            "second one that does the other operations). You can ask on the forum https://discuss.pytorch.org/ if you "
            "need help to do this change."
        )
    check_view(output, base)
    rebase_view(output, node, type(node).__name__.removesuffix("Backward"), ())


def _view_of(tensor: Tensor) -> Tensor:
    with grad_mode.no_grad():
        view: Tensor = METHODS["view_as"](tensor, tensor)
        view._requires_grad = False
    return view


def _marked(marked: Any, message: str) -> tuple[Tensor, ...]:
    for item in marked or ():
        if type(item) not in TENSORS:
            raise RuntimeError(message)
    return tuple(marked or ())


def _is_in(tensor: Tensor, tensors: tuple[Any, ...]) -> bool:
    return any(tensor is other for other in tensors)


def _report(node: FunctionNode | None, function: Any, args: tuple[Any, ...], outputs: tuple[Any, ...]) -> None:
    """Tell the observer: tensors in the order of their slots, then the numbers."""
    if observe.observer is None:
        return
    shown = tuple(x for x in outputs if type(x) in TENSORS)
    if not shown:
        return
    if node is not None and shown[0].grad_fn is not node and all(x.grad_fn is not node for x in shown):
        return  # a view was changed in place; rebase_view told of it
    operands = tuple(x for x in args if type(x) in TENSORS) + tuple(x for x in args if type(x) in NUMBERS)
    observe.observer.operation(node, function.__name__, operands, shown, _is_in(shown[0], operands))
