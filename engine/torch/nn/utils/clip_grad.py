"""Gradients cut to a length, or to a range."""

import types
import warnings
from typing import Any

from .... import torch as _torch
from ....grad_mode import no_grad
from ....tensor import TENSORS

torch: Any = _torch


def get_total_norm(
    tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Any:
    """The norm of all tensors as one vector. Raises RuntimeError where it is not finite, if asked to."""
    given = [tensors] if type(tensors) in TENSORS else list(tensors)
    norm_type = float(norm_type)
    if not given:
        return torch.tensor(0.0)
    with no_grad():
        norms = [torch.linalg.vector_norm(tensor, norm_type) for tensor in given]
        total = torch.linalg.vector_norm(torch.stack(norms), norm_type)
    if error_if_nonfinite and not torch.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


def clip_grads_with_norm_(parameters: Any, max_norm: float, total_norm: Any, foreach: bool | None = None) -> None:
    """Shrink the gradients in place by max_norm / total_norm, where that is less than one."""
    with no_grad():
        factor = torch.clamp(float(max_norm) / (total_norm + 1e-6), max=1.0)
        for gradient in _gradients(parameters):
            gradient.mul_(factor)


def clip_grad_norm_(
    parameters: Any,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Any:
    """Shrink the gradients in place until their norm, as one vector, is at most `max_norm`; returns that before."""
    given = [parameters] if type(parameters) in TENSORS else list(parameters)
    if not given and isinstance(parameters, types.GeneratorType):
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2)
    total = get_total_norm(_gradients(given), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(given, max_norm, total)
    return total


def clip_grad_value_(parameters: Any, clip_value: float, foreach: bool | None = None) -> None:
    """Cut every element of the gradients to [-clip_value, clip_value], in place."""
    clip_value = float(clip_value)
    with no_grad():
        for gradient in _gradients(parameters):
            gradient.clamp_(min=-clip_value, max=clip_value)


def _gradients(parameters: Any) -> list[Any]:
    given = [parameters] if type(parameters) in TENSORS else parameters
    return [parameter.grad for parameter in given if parameter.grad is not None]
