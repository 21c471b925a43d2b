"""The regularised incomplete gamma functions, on floating-point arrays.

Source: SciPy's and Cephes' `igam.c`: power series, continued fraction, and Temme's uniform asymptotic series (DLMF 8.7,
8.9, 8.12), with Boost's Lanczos sum.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .error_functions import erfc
from .gamma_functions import lgamma
from .series import coefficients, in_double, polynomial

Array = npt.NDArray[Any]
_EPSILON = 1.11022302462515654042e-16
_STEPS = 2000
_LANCZOS_G = 6.024680040776729583740234375
_BIG = 4.503599627370496e15


@in_double
def igamma(a: Array, x: Array) -> Any:
    """The lower function P(a, x)."""
    made = np.full_like(x, np.nan)
    inside = _inside(a, x)
    near = inside & _is_near(a, x)
    upper = inside & ~near & (x > 1) & (x > a)
    series = inside & ~near & ~upper
    _fill(made, near, a, x, lambda a, x: _asymptotic(a, x, True))
    _fill(made, upper, a, x, lambda a, x: 1 - _upper(a, x))
    _fill(made, series, a, x, _lower_series)
    return _edges(made, a, x, 1.0)


@in_double
def igammac(a: Array, x: Array) -> Any:
    """The upper function Q(a, x) = 1 - P(a, x)."""
    made = np.full_like(x, np.nan)
    inside = _inside(a, x)
    near = inside & _is_near(a, x)
    _fill(made, near, a, x, lambda a, x: _asymptotic(a, x, False))
    _fill(made, inside & ~near, a, x, _upper)
    return _edges(made, a, x, 0.0)


def _inside(a: Array, x: Array) -> Any:
    return (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)


def _is_near(a: Array, x: Array) -> Any:
    """Whether a is large and x close to it."""
    distance = np.abs(x - a) / a
    return ((a > 20) & (a < 200) & (distance < 0.3)) | ((a > 200) & (distance < 4.5 / np.sqrt(a)))


def _edges(made: Array, a: Array, x: Array, far: float) -> Any:
    """The values at 0 and at infinity; `far` is what the function tends to for large x."""
    valid = (a >= 0) & (x >= 0)
    made = np.where(valid & (a > 0) & np.isinf(x), far, made)
    made = np.where(valid & np.isinf(a), 1 - far, made)
    made = np.where(valid & np.isinf(a) & np.isinf(x), np.nan, made)
    made = np.where(valid & (x == 0) & (a > 0), 1 - far, made)
    return np.where((a == 0) & (x > 0), far, made)


def _fill(made: Array, where: Array, a: Array, x: Array, function: Any) -> None:
    if where.any():
        made[where] = function(a[where], x[where])


def _upper(a: Array, x: Array) -> Any:
    made = np.empty_like(x)
    by_lower = np.where(x > 1.1, x < a, np.where(x <= 0.5, -0.4 / np.log(x) < a, x * 1.1 < a))
    fraction = (x > 1.1) & ~by_lower
    _fill(made, by_lower, a, x, lambda a, x: 1 - _lower_series(a, x))
    _fill(made, fraction, a, x, _upper_fraction)
    _fill(made, ~by_lower & ~fraction, a, x, _upper_series)
    return made


def _factor(a: Array, x: Array) -> Any:
    """x ** a * exp(-x) / gamma(a)."""
    logarithm = a * np.log(x) - x - lgamma(a)
    plain = np.where(logarithm < -7.09782712893383996843e2, 0.0, np.exp(logarithm))
    scaled = a + _LANCZOS_G - 0.5
    close = np.sqrt(scaled / math.e) / _lanczos(a)
    ratio = (x - a - _LANCZOS_G + 0.5) / scaled
    small = close * np.exp(a - x) * np.power(x / scaled, a)
    large = close * np.exp(a * (np.log1p(ratio) - ratio) + x * (0.5 - _LANCZOS_G) / scaled)
    return np.where(np.abs(a - x) > 0.4 * np.abs(a), plain, np.where((a < 200) & (x < 200), small, large))


def _lanczos(x: Array) -> Any:
    """A ratio of polynomials, in 1 / x where that is smaller."""
    table = coefficients("lanczos")
    numerator, denominator = table["numerator"], table["denominator"]
    low = np.minimum(x, 1.0)
    inverse = 1 / np.maximum(x, 1.0)
    near = polynomial(low, numerator) / polynomial(low, denominator)
    far = polynomial(inverse, numerator[::-1]) / polynomial(inverse, denominator[::-1])
    return np.where(x > 1, far, near)


def _lower_series(a: Array, x: Array) -> Any:
    """DLMF 8.11.4."""
    factor = _factor(a, x)
    r, c, total = a.copy(), np.ones_like(x), np.ones_like(x)
    for _ in range(_STEPS):
        r = r + 1
        c = c * (x / r)
        total = total + c
        if (c <= _EPSILON * total).all():
            break
    return np.where(factor == 0, 0.0, total * factor / a)


def _upper_series(a: Array, x: Array) -> Any:
    """DLMF 8.7.3."""
    product, total = np.ones_like(x), np.zeros_like(x)
    for n in range(1, _STEPS):
        product = product * (-x / n)
        term = product / (a + n)
        total = total + term
        if (np.abs(term) <= _EPSILON * np.abs(total)).all():
            break
    logarithm = np.log(x)
    return -np.expm1(a * logarithm - lgamma(1 + a)) - np.exp(a * logarithm - lgamma(a)) * total


def _upper_fraction(a: Array, x: Array) -> Any:
    """DLMF 8.9.2."""
    factor = _factor(a, x)
    y = 1 - a
    z = x + y + 1
    p_before, q_before = np.ones_like(x), x.copy()
    p, q = x + 1, z * x
    answer = p / q
    done = np.zeros(x.shape, bool)
    for count in range(1, _STEPS + 1):
        y = y + 1
        z = z + 2
        p_next = p * z - p_before * (y * count)
        q_next = q * z - q_before * (y * count)
        ratio = np.where(q_next != 0, p_next / q_next, answer)
        change = np.where(q_next != 0, np.abs((answer - ratio) / ratio), 1.0)
        answer = np.where(done, answer, ratio)
        p_before, p, q_before, q = p, p_next, q, q_next
        large = np.where(np.abs(p_next) > _BIG, 1 / _BIG, 1.0)
        p_before, p, q_before, q = p_before * large, p * large, q_before * large, q * large
        done |= change <= _EPSILON
        if done.all():
            break
    return np.where(factor == 0, 0.0, answer * factor)


def _asymptotic(a: Array, x: Array, lower: bool) -> Any:
    """DLMF 8.12.3 and 8.12.4."""
    sign = -1.0 if lower else 1.0
    ratio = x / a
    sigma = (x - a) / a
    eta = np.sign(ratio - 1) * np.sqrt(np.maximum(-2 * (np.log1p(sigma) - sigma), 0.0))
    result = 0.5 * erfc(sign * eta * np.sqrt(a / 2))
    total, scale = np.zeros_like(x), np.ones_like(x)
    before = np.full_like(x, np.inf)
    going = np.ones(x.shape, bool)
    for row in coefficients("igamma")["d"]:
        term = polynomial(eta, row[::-1]) * scale
        going &= np.abs(term) <= before
        total = np.where(going, total + term, total)
        going &= np.abs(term) >= _EPSILON * np.abs(total)
        if not going.any():
            break
        before = np.abs(term)
        scale = scale / a
    return result + sign * np.exp(-0.5 * a * eta * eta) * total / np.sqrt(2 * math.pi * a)
