"""How a gamma or beta number moves with its parameter when the probability below it stays: gradients of samples.

The implicit function theorem gives -(d cdf / d parameter) / pdf (Figurnov, Mohamed and Mnih, "Implicit
reparameterization gradients", 2018). Both are summed up here to the last digits; PyTorch's own approximations differ
from them by up to one part in a thousand.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from .gamma_functions import digamma
from .series import in_double

Array = npt.NDArray[Any]
_EPSILON = 2.0**-53
_WIDE = 1e4  # from this shape on a gamma number is close enough to a normal one
_TERMS = 20_000


@in_double
def standard_gamma_grad(shape: Array, x: Array) -> Any:
    """d x / d shape of a standard gamma number x of that shape; arrays of one shape."""
    summed = (x > 0) & (shape <= _WIDE)
    made = np.where(x > 0, _gamma_series(np.minimum(shape, _WIDE), np.where(summed, x, 1.0)), 0.0)
    return np.where(shape > _WIDE, _gamma_by_quantile(shape, x), made)


def _gamma_series(shape: Array, x: Array) -> Any:
    """By the series of the incomplete gamma function (DLMF 8.7.1), differentiated term by term."""
    term = x / shape
    factor = digamma(shape + 1) - np.log(x)
    total = term * factor
    for n in range(1, _TERMS):
        term = term * x / (shape + n)
        factor = factor + 1 / (shape + n)
        step = term * factor
        total = total + step
        if not (np.abs(step) > _EPSILON * np.abs(total)).any():
            break
    return total


def _gamma_by_quantile(shape: Array, x: Array) -> Any:
    """By the expansion of the quantile for a fixed normal one z (Cornish and Fisher; Abramowitz and Stegun 26.2.49)."""
    shape = np.maximum(shape, _WIDE)
    root = np.sqrt(shape)
    z = (x - shape) / root
    for _ in range(4):
        z = (x - shape - (z**2 - 1) / 3 - (z**3 - 7 * z) / (36 * root)) / root
    return 1 + z / (2 * root) - (z**3 - 7 * z) / (72 * root**3)


@in_double
def beta_grad(x: Array, a: Array, b: Array) -> Any:
    """d x / d a of a beta number x; arrays of one shape, x between 0 and 1."""
    low = x <= 0.5
    inside = (x > 0) & (x < 1)
    y = np.where(inside, np.where(low, x, 1 - x), 0.5)
    own, other = np.where(low, a, b), np.where(low, b, a)
    # The derivative of the logarithm of the first term: by its first parameter where y is x, else by its second.
    by_first = np.log(y) - 1 / own - digamma(own) + digamma(a + b)
    by_second = np.log1p(-y) - digamma(other) + digamma(a + b)
    found = _beta_series(y, own, other, np.where(low, by_first, by_second), low)
    return np.where(inside, np.where(low, -found, found), 0.0)


def _beta_series(y: Array, a: Array, b: Array, factor: Array, by_first: Array) -> Any:
    """By the hypergeometric series of the incomplete beta function (DLMF 8.17.8), differentiated term by term."""
    term = y * (1 - y) / a
    total = term * factor
    for n in range(_TERMS):
        term = term * y * (a + b + n) / (a + 1 + n)
        factor = factor + 1 / (a + b + n) - np.where(by_first, 1 / (a + 1 + n), 0.0)
        step = term * factor
        total = total + step
        if not (np.abs(step) > _EPSILON * np.abs(total)).any():
            break
    return total
