"""`gradcheck` and `gradgradcheck`: whether gradients are slopes, with PyTorch's steps, tolerances and messages.

After torch/autograd/gradcheck.py, for real dense tensors. The slow mode compares whole Jacobians, `fast_mode` their
products with random directions, v J u. The single comparisons are in `gradcheck_steps.py`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd import grad
from ..ops.table import METHODS
from ..tensor import TENSORS, Tensor, from_array
from ..transforms.jacobians import as_tuple, differentiable_outputs
from .gradcheck_batched import check_batched, check_batched_forward
from .gradcheck_steps import (
    GradcheckError,
    Tolerance,
    check_fast,
    check_inputs,
    check_multiplies_gradient,
    check_slow,
    check_undefined_gradients,
    check_undefined_tangents,
)

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the gradients of `func` at `inputs` are the slopes that differences of `eps` show.

    Raises GradcheckError, or with `raise_exception=False` returns False, when they are not.
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    tolerance = Tolerance(eps, atol, rtol, nondet_tol, check_grad_dtypes)
    try:
        given = as_tuple(inputs)
        outputs = _check(func, given, tolerance, check_forward_ad, check_backward_ad, fast_mode)
        if check_forward_ad and check_undefined_grad:
            check_undefined_tangents(func, given)
        if check_batched_forward_grad:
            check_batched_forward(func, given)
        if not check_backward_ad:
            return True
        for number, output in enumerate(outputs if check_batched_grad else ()):
            check_batched(given, output, number)
        check_multiplies_gradient(outputs, given)
        if check_undefined_grad:
            check_undefined_gradients(func, outputs, given)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _check(
    func: Callable[..., Any],
    inputs: tuple[Any, ...],
    tolerance: Tolerance,
    by_forward: bool,
    by_backward: bool,
    fast: bool,
) -> tuple[Tensor, ...]:
    """Compare Jacobians; returns the outputs that require grad."""
    check_inputs(inputs)
    made = func(*inputs)
    outputs = differentiable_outputs(made)
    compare = check_fast if fast else check_slow
    if by_backward:
        compare(func, made, inputs, outputs, tolerance, False)
    if by_forward:
        compare(func, made, inputs, outputs, tolerance, True)
    return outputs


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """`gradcheck` of the gradients of `func`, as functions of `inputs` and of the gradients of the outputs."""
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    if check_undefined_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_undefined_grad=True requires check_rev_over_rev to be True")
    if check_batched_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_batched_grad=True requires check_rev_over_rev to be True")
    given = as_tuple(inputs)
    seeds = (
        tuple(_random_like(output, gen_non_contig_grad_outputs) for output in differentiable_outputs(func(*given)))
        if grad_outputs is None
        else as_tuple(grad_outputs)
    )
    varied = [type(x) in TENSORS and x.requires_grad for x in given]
    seeds_varied = [seed.requires_grad for seed in seeds]

    def gradients(*arguments: Any) -> tuple[Tensor, ...]:
        first = _requiring(arguments[: len(given)], varied)
        outputs = differentiable_outputs(func(*first))
        wanted = tuple(x for x, is_varied in zip(first, varied, strict=True) if is_varied)
        found = grad(
            outputs, wanted, _requiring(arguments[len(given) :], seeds_varied), create_graph=True, allow_unused=True
        )
        return tuple(gradient for gradient in found if gradient is not None)

    return gradcheck(
        gradients,
        given + seeds,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        fast_mode=fast_mode,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        masked=masked,
    )


def _requiring(tensors: tuple[Any, ...], wanted: list[bool]) -> tuple[Any, ...]:
    return tuple(x.requires_grad_() if is_wanted else x for x, is_wanted in zip(tensors, wanted, strict=True))


def _random_like(output: Tensor, apart: bool) -> Tensor:
    """A leaf between -1 and 1; with `apart` its elements do not lie side by side."""
    made: Tensor = METHODS["uniform_"](from_array(np.empty(output.array.shape, output.array.dtype)), -1, 1)
    if apart and made.array.size > 1 and made.array.ndim:
        made = from_array(np.repeat(made.array, 2, axis=-1)[..., ::2])
    return made.requires_grad_()


gradcheck.__module__ = gradgradcheck.__module__ = "torch.autograd.gradcheck"
