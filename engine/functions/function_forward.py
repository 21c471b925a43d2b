"""Custom functions in forward mode and under `vmap`: tangents go through the person's `jvp`.

The rules and words are those of `_process_forward_mode_AD` in PyTorch's torch/csrc/autograd/custom_function.cpp.
"""

from typing import Any

import numpy as np

from ..tensor import TENSORS, Tensor, from_array
from ..transforms import levels
from ..transforms.carrier import attach, mark, primal_of, samples_of, tangent_of
from ..transforms.forward_ad import check_tangent
from .function_node import FunctionNode


def check_vmap(name: str, args: tuple[Any, ...], generates: bool, overridden: bool) -> bool:
    """Whether `vmap` runs over the inputs of a function that has a `vmap` of its own. Raises where it has no rule."""
    if not any(samples_of(x) for x in args):
        return False
    if generates and overridden:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it has both generate_vmap_rule=True and an overridden vmap "
            "staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid "
            "ambiguity. For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"
        )
    if not generates and not overridden:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it does not have vmap support. Please override and implement the vmap "
            "staticmethod or set generate_vmap_rule=True. For more details, please see "
            "https://pytorch.org/docs/main/notes/extending.func.html"
        )
    return overridden


def carry_on(node: FunctionNode, args: tuple[Any, ...], outputs: tuple[Any, ...]) -> None:
    """Give the outputs their tangents, and the marks of the samples that the inputs are."""
    tangents = [tangent_of(x) for x in args]
    if any(tangent is not None for tangent in tangents):
        with levels.paused():
            _push(node, args, tangents, outputs)
    mark([x for x in outputs if type(x) in TENSORS], frozenset().union(*map(samples_of, args)))


def _push(node: FunctionNode, args: tuple[Any, ...], tangents: list[Tensor | None], outputs: tuple[Any, ...]) -> None:
    if node._materializes:
        tangents = [
            from_array(np.zeros_like(x.array)) if tangent is None and type(x) in TENSORS else tangent
            for x, tangent in zip(args, tangents, strict=True)
        ]
    if node.saved_for_forward is not None:
        node.saved_for_forward = tuple([x if tangent_of(x) is None else primal_of(x) for x in node.saved_for_forward])
    returned = node.apply_jvp(*tangents)
    results = returned if isinstance(returned, tuple) else (returned,)
    if len(results) != len(outputs):
        raise RuntimeError(
            "Function's jvp returned an invalid number of forward gradients "
            f"(expected {len(outputs)} but got {len(results)})"
        )
    for number, (output, tangent) in enumerate(zip(outputs, results, strict=True)):
        if tangent is not None and type(tangent) not in TENSORS:
            raise RuntimeError(f"expected Variable or None (got {type(tangent).__name__}) for grad output {number}.")
        if type(output) not in TENSORS or tangent is None:
            continue
        if output._is_view() and not any(output is x for x in args):
            _check_view(args, tangents, output, tangent)
        check_tangent(output, tangent)
        attach(output, tangent)


def _check_view(args: tuple[Any, ...], tangents: list[Tensor | None], output: Tensor, tangent: Tensor) -> None:
    """A view's tangent must be a view of the tangent of what it is a view of."""
    if not tangent._is_view():
        raise RuntimeError(
            "A custom Function's forward is returning a view (or an input as-is) but the jvp is not returning a view."
        )
    for x, source in zip(args, tangents, strict=True):
        if source is None or type(x) not in TENSORS:
            continue
        is_base = output._base is x or (x._base is not None and output._base is x._base)
        if is_base and tangent._base is not source and tangent._base is not source._base:
            raise RuntimeError(
                "A custom Function is returning a view but the jvp is not returning a view of the given grad input."
            )
