"""Normal numbers out of uniform ones, rounded exactly as PyTorch rounds them. Plain arrays; knows nothing of streams.

The float32 logarithm, sine and cosine are the Cephes polynomials of `avx_mathfun.h` with the fused multiply-adds that
PyTorch's build makes of them.
"""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_LOG: Final = (7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1)
_LOG_LAST: Final = (-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)
_COS: Final = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_SIN: Final = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_QUARTER_PI: Final = (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)  # in three parts
_f32 = np.float32


def multiply_add(a: Array, b: Any, c: Any) -> Array:
    """a * b + c with one rounding. Shapes broadcast; the dtype is a's (float32 or float64)."""
    if a.dtype == np.float32:
        return (a.astype(np.float64) * np.asarray(b, np.float64) + np.asarray(c, np.float64)).astype(np.float32)
    product, lost = _exact_product(a, np.asarray(b, np.float64))
    total = product + c
    back = total - product
    rest = (product - (total - back)) + (c - back)
    return np.asarray(total + (rest + lost))


def box_muller_float32(uniform: Array) -> Array:
    """Normal numbers of as many uniform ones; (n,) with n a multiple of 16, blocks of 8 sizes and 8 angles."""
    blocks = uniform.reshape(-1, 2, 8)
    radius = np.sqrt(_f32(-2.0) * _log(_f32(1.0) - blocks[:, 0]))
    sine, cosine = _sin_cos(_f32(2.0 * math.pi) * blocks[:, 1])
    return np.stack((radius * cosine, radius * sine), axis=1).reshape(-1)


def box_muller_float64(uniform: Array) -> Array:
    """As `box_muller_float32`, with the C library's logarithm, sine and cosine (NumPy's differ in the last bit)."""
    blocks = uniform.reshape(-1, 2, 8)
    radius = np.sqrt(-2.0 * _each(math.log, 1.0 - blocks[:, 0]))
    theta = 2.0 * math.pi * blocks[:, 1]
    return np.stack((radius * _each(math.cos, theta), radius * _each(math.sin, theta)), axis=1).reshape(-1)


def _each(function: Callable[[float], float], values: Array) -> Array:
    return np.array([function(value) for value in values.ravel().tolist()]).reshape(values.shape)


def _exact_product(a: Array, b: Array) -> tuple[Array, Array]:
    """a * b and what its rounding lost (Dekker's product on halves of 26 bits)."""
    product = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _halves(a: Array) -> tuple[Array, Array]:
    shifted = a * 134217729.0  # 2**27 + 1
    high = shifted - (shifted - a)
    return high, a - high


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    total = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        total = multiply_add(total, x, _f32(coefficient))
    return total


def _log(x: Array) -> Array:
    bits = x.view(np.int32)
    exponent = ((bits >> 23) - 126).astype(np.float32)
    mantissa = ((bits & 0x007FFFFF) | 0x3F000000).view(np.float32)  # in [0.5, 1)
    small = mantissa < _f32(0.707106781186547524)
    exponent = exponent - small.astype(np.float32)
    x = (mantissa - _f32(1.0)) + np.where(small, mantissa, _f32(0.0))
    square = x * x
    y = _polynomial(x, _LOG + _LOG_LAST) * x
    y = multiply_add(y, square, exponent * _f32(-2.12194440e-4))
    y = multiply_add(square, _f32(-0.5), y)
    return multiply_add(exponent, _f32(0.693359375), x + y)


def _sin_cos(x: Array) -> tuple[Array, Array]:
    """Sine and cosine of x >= 0, from polynomials on the octant around zero."""
    octant = ((x * _f32(1.27323954473516)).astype(np.int32) + 1) & ~1
    near = octant.astype(np.float32)
    for part in _QUARTER_PI:
        x = multiply_add(near, _f32(part), x)
    square = x * x
    cosine = _polynomial(square, _COS) * square
    cosine = multiply_add(cosine, square, square * _f32(-0.5)) + _f32(1.0)
    sine = multiply_add(_polynomial(square, _SIN) * square, x, x)
    straight = (octant & 2) == 0
    sin_sign = np.where((octant & 4) != 0, _f32(-1.0), _f32(1.0))
    cos_sign = np.where((~(octant - 2) & 4) != 0, _f32(-1.0), _f32(1.0))
    return np.where(straight, sine, cosine) * sin_sign, np.where(straight, cosine, sine) * cos_sign
