"""What all losses share: `reduction` with its deprecated forms, and the checks of what may not require grad."""

import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .... import grad_mode
from ....tensor import TENSORS
from ....transforms.carrier import tangent_of
from ...tools import like, raw
from ...typed import user_level

Array = npt.NDArray[Any]

REDUCTIONS: Final = {"none": 0, "mean": 1, "sum": 2}
NONE, MEAN, SUM = 0, 1, 2


def reduction_of(name: str) -> int:
    """PyTorch's number of a reduction. Raises ValueError for no reduction's name."""
    if name in REDUCTIONS:
        return REDUCTIONS[name]
    if name == "elementwise_mean":
        warnings.warn(
            "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.",
            UserWarning,
            stacklevel=user_level(),
        )
        return MEAN
    raise ValueError(f"{name} is not a valid value for reduction")


def legacy(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """The name of the reduction that was asked for, maybe by the deprecated `size_average` and `reduce`."""
    if size_average is None and reduce is None:
        return reduction
    averages = size_average is None or size_average
    reduces = reduce is None or reduce
    name = "mean" if averages and reduces else "sum" if reduces else "none"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{name}' instead.",
        UserWarning,
        stacklevel=user_level(),
    )
    return name


def chosen(size_average: bool | None, reduce: bool | None, reduction: str) -> int:
    """`legacy` and `reduction_of` in one: the number of the reduction that was asked for."""
    return reduction_of(legacy(size_average, reduce, reduction))


def reduced(losses: Array, reduction: int) -> Any:
    """The losses of all elements, their mean or their sum."""
    if reduction == NONE:
        return losses
    total = losses.sum()
    return total if reduction == SUM else total / losses.dtype.type(losses.size)


def reduced_tensor(losses: Any, reduction: int) -> Any:
    """The same by the table's operations."""
    return losses if reduction == NONE else losses.mean() if reduction == MEAN else losses.sum()


def scale(grad: Any, count: int, reduction: int) -> Any:
    """The gradient of one element's loss: with "mean" the loss's shared among them."""
    return grad / max(count, 1) if reduction == MEAN else grad


def constant(value: Any, example: Any) -> Any:
    """A tensor argument that no gradient flows to, as the kind of thing and the dtype that `example` is."""
    if value is None:
        return None
    made, wanted = np.asarray(raw(value)), raw(example).dtype
    return like(made if made.dtype == wanted else made.astype(wanted), example)


def refuse_tracked(function: str, **arguments: Any) -> None:
    """Raise PyTorch's RuntimeError for arguments that require grad, or have a tangent, though nothing flows to them."""
    for name, value in arguments.items():
        if type(value) not in TENSORS:
            continue
        if (value.requires_grad and grad_mode.is_grad_enabled()) or tangent_of(value) is not None:
            raise RuntimeError(
                f"The function '{function}' is not differentiable with respect to argument '{name}'. This input cannot "
                "have requires_grad True."
            )
