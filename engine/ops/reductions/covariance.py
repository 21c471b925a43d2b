"""`cov` and `corrcoef`: composites, as in PyTorch. Rows are variables, columns observations."""

import warnings
from typing import Any

import numpy as np

from ...tensor import Tensor, from_array
from ..pointwise.scalar import mul_scalar
from ..table import METHODS
from ..typed import user_level
from .offered import offered


@offered("cov")
def cov(input: Tensor, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Tensor:
    """The covariance matrix of the rows, observations weighted by `fweights` (counts) and `aweights`."""
    return _cov("cov", input, correction, fweights, aweights)


@offered("corrcoef")
def corrcoef(input: Tensor) -> Tensor:
    """The correlation coefficients of the rows."""
    if input.array.ndim > 2:
        _refuse_dims("corrcoef", input)
    made: Any = _cov("cov", input, 1, None, None)
    if made.array.ndim:
        deviations = METHODS["sqrt"](METHODS["diagonal"](made))
        made = made / METHODS["view"](deviations, -1, 1)
        made = made / METHODS["view"](deviations, 1, -1)
        made = METHODS["clamp"](made, -1, 1)
    else:
        made = made / made
    result: Tensor = made
    return result


def _refuse_dims(name: str, input: Tensor) -> None:
    raise RuntimeError(
        f"{name}(): expected input to have two or fewer dimensions but got an input with {input.array.ndim} dimensions"
    )


def _cov(name: str, input: Any, correction: int, fweights: Any, aweights: Any) -> Tensor:
    if input.array.ndim > 2:
        _refuse_dims(name, input)
    if input.array.dtype == np.bool_:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    rows = METHODS["view"](input, 1, -1) if input.array.ndim < 2 else input
    observations = rows.array.shape[1]
    weights = None
    if fweights is not None:
        _check_weights("fweights", fweights, "iu", "integral", observations)
        weights = fweights
    if aweights is not None:
        _check_weights("aweights", aweights, "f", "floating point", observations)
        weights = aweights if weights is None else weights * aweights
    total: Any = from_array(np.asarray(observations)) if weights is None else METHODS["sum"](weights)
    if weights is not None and total.array.item() == 0:
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    average = METHODS["sum"](rows if weights is None else rows * weights, 1) / total
    if correction == 0:
        freedom = total
    elif weights is not None and aweights is not None:
        freedom = total - _times(METHODS["sum"](weights * aweights), correction) / total
    else:
        freedom = total - correction
    if (freedom.array <= 0).any():
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.",
            UserWarning,
            stacklevel=user_level(),
        )
        freedom = from_array(np.zeros_like(freedom.array))
    centered = rows - METHODS["unsqueeze"](average, 1)
    weighted = centered if weights is None else centered * weights
    products = METHODS["mm"](centered, METHODS["t"](weighted))
    made: Tensor = METHODS["squeeze"](products / freedom)
    return made


def _times(x: Tensor, number: int) -> Any:
    return mul_scalar(x, number) if x.array.dtype.kind == "f" else METHODS["mul"](x, number)


def _check_weights(name: str, given: Any, kinds: str, words: str, observations: int) -> None:
    array = given.array
    if array.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with {array.ndim} dimensions"
        )
    if array.dtype.kind not in kinds:
        raise RuntimeError(
            f"cov(): expected {name} to have {words} dtype but got {name} with {given.dtype.scalar_type} dtype"
        )
    if array.size != observations:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got "
            f"{array.size} != {observations}"
        )
    if (array < 0).any():
        raise RuntimeError(f"cov(): {name} cannot be negative")
