"""The gamma function's logarithm and its derivatives, and Hurwitz' zeta function, on floating-point arrays.

Source: Cephes' `psi.c` and `zeta.c`, and PyTorch's trigamma.
"""

import functools
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .series import FEW, coefficients, each, in_double, polynomial

Array = npt.NDArray[Any]
_STIRLING = (1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12)
_EPSILON = 1.11022302462515654042e-16


@in_double
def lgamma(x: Array) -> Any:
    """log |gamma(x)|."""
    pole = (x <= 0) & (x == np.floor(x))
    if x.size <= FEW:
        made = each(math.lgamma, np.where(pole | (np.abs(x) > 1e305), 1.0, x))
        made[np.abs(x) > 1e305] = np.inf
    else:
        reflected = x < 0.5
        made = _stirling(np.where(reflected, 1 - x, x))
        made = np.where(reflected, math.log(math.pi) - np.log(np.abs(np.sin(math.pi * (np.fmod(x, 2.0))))) - made, made)
    near_one, near_two = np.abs(x - 1) < 0.25, np.abs(x - 2) < 0.25
    if near_one.any():
        made[near_one] = _lgamma_above_one(x[near_one] - 1) + 0.0  # without the sign of a zero
    if near_two.any():
        past = x[near_two] - 2
        made[near_two] = np.log1p(past) + _lgamma_above_one(past) + 0.0
    return np.where(pole | np.isinf(x), np.inf, made)


def _stirling(x: Array) -> Any:
    """lgamma above 0.5: Stirling's series (DLMF 5.11.1) from 7 on, where the recurrence brings smaller ones."""
    product = np.ones_like(x)
    for _ in range(7):
        low = x < 7
        product = np.where(low, product * x, product)
        x = np.where(low, x + 1, x)
    inverse = 1 / x
    tail = inverse * polynomial(inverse * inverse, _STIRLING)
    return (x - 0.5) * np.log(x) - x + 0.5 * math.log(2 * math.pi) + tail - np.log(product)


def _lgamma_above_one(past: Array) -> Any:
    """lgamma(1 + past), exact to the last digits where it is close to zero (DLMF 5.7.3)."""
    return past * polynomial(past, _taylor())


@functools.cache
def _taylor() -> Array:
    powers = np.arange(28.0, 1.0, -1.0)
    return np.array([*zeta(powers, np.ones_like(powers)) * (-1) ** powers / powers, -np.euler_gamma])


@in_double
def digamma(x: Array) -> Any:
    """The derivative of lgamma."""
    if x.size <= FEW:
        return each(_digamma_one, x)
    reflected = x < 0
    result = _digamma_positive(np.where(reflected, 1 - x, x))
    fraction = np.modf(x)[0]
    result = np.where(reflected, result - math.pi / np.tan(math.pi * fraction), result)
    result = np.where(reflected & (x == np.trunc(x)), np.nan, result)
    return np.where(x == 0, np.copysign(np.inf, -x), result)


def _digamma_one(x: float) -> float:
    """`digamma` of one Python float, in the same steps."""
    if x == 0:
        return math.copysign(math.inf, -x)
    if x == math.inf or math.isnan(x):
        return x
    if x < 0:
        if x == -math.inf or x == math.floor(x):
            return math.nan
        return _digamma_one(1 - x) - math.pi / math.tan(math.pi * math.modf(x)[0])
    result = 0.0
    while x < 10:
        result -= 1 / x
        x += 1
    if x == 10:
        return result + 2.25175258906672110764
    tail = 0.0
    if x < 1e17:
        square = 1 / (x * x)
        for factor in _digamma_factors():
            tail = tail * square + factor
        tail *= square
    return result + math.log(x) - 0.5 / x - tail


@functools.cache
def _digamma_factors() -> list[float]:
    found: list[float] = coefficients("digamma")["A"].tolist()
    return found


def _digamma_positive(x: Array) -> Any:
    result = np.zeros_like(x)
    for _ in range(10):
        low = x < 10
        result = np.where(low, result - 1 / x, result)
        x = np.where(low, x + 1, x)
    square = 1 / (x * x)
    tail = np.where(x < 1e17, square * polynomial(square, coefficients("digamma")["A"]), 0.0)
    return np.where(x == 10, result + 2.25175258906672110764, result + np.log(x) - 0.5 / x - tail)


def trigamma(x: Array) -> Any:
    """The second derivative of lgamma, in the array's own precision: near its poles the last digits are PyTorch's."""
    reflected = x < 0.5
    sine = np.sin(math.pi * x)
    result = np.where(reflected, -(math.pi * math.pi) / (sine * sine), 0.0)
    x = np.where(reflected, 1 - x, x)
    for _ in range(6):
        result = result + 1 / (x * x)
        x = x + 1
    square = 1 / (x * x)
    result = result + (1 + 1 / (2 * x) + square * (1 / 6 - square * (1 / 30 - square / 42))) / x
    return np.where(reflected, -result, result)


def polygamma(array: Array, n: int) -> Any:
    """The derivative of digamma of order n."""
    if n == 0:
        return digamma(array)
    if n == 1:
        return trigamma(array)
    factor = math.exp(math.lgamma(n + 1.0)) if n < 171 else math.inf
    zetas = zeta(np.full_like(array, n + 1, np.float64), array.astype(np.float64, copy=False))
    return ((factor if n % 2 else -factor) * zetas).astype(array.dtype)


@in_double
def zeta(x: Array, q: Array) -> Any:
    """The sum of (q + k) ** -x over k from 0: ten terms and more, then Euler and Maclaurin's formula."""
    whole = q == np.floor(q)
    done = ((q <= 0) & (whole | (x != np.floor(x)))) | ~(x > 1) | np.isnan(q)
    total = np.power(q, -x)
    a = q.copy()
    term = np.zeros_like(x)
    count = 0
    while True:
        going = ~done & ((count < 9) | (a <= 9))
        if not going.any():
            break
        count += 1
        a = np.where(going, a + 1, a)
        term = np.where(going, np.power(a, -x), term)
        total = np.where(going, total + term, total)
        done |= going & (-_EPSILON * total < term) & (term < _EPSILON * total)
    total = _euler_maclaurin(x, a, term, total, done)
    total = np.where((q <= 0) & ~whole & (x != np.floor(x)), np.nan, total)
    total = np.where((q <= 0) & whole, np.inf, total)
    total = np.where(x == 1, np.inf, np.where(x < 1, np.nan, total))
    return np.where(np.isnan(x) | np.isnan(q), np.nan, total)


def _euler_maclaurin(x: Array, w: Array, b: Array, total: Array, done: Array) -> Any:
    total = np.where(done, total, total + b * w / (x - 1) - 0.5 * b)
    a = np.ones_like(x)
    k = 0.0
    for factor in coefficients("zeta")["A"]:
        a = a * (x + k)
        b = b / w
        term = a * b / factor
        total = np.where(done, total, total + term)
        done = done | (np.abs(term / total) < _EPSILON)
        k += 1
        a = a * (x + k)
        b = b / w
        k += 1
    return total
