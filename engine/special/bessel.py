"""Bessel functions of order 0 and 1, Airy's function and the spherical one, on floating-point arrays.

Source: Cephes' `j0.c`, `j1.c`, `i0.c`, `i1.c`, `k0.c`, `k1.c` and `airy.c`, as PyTorch has them. The numbers
are PyTorch's: some of its denominators lack the leading one that Cephes' have, so that j and y are off by up to 2e-7 of
their size, and Ai below -2.09 by up to 3e-4.
"""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .series import chebyshev, coefficients, in_double, piecewise, polynomial

Array = npt.NDArray[Any]

_ROOT: Final = math.sqrt(2 / math.pi)
_ZEROS: Final = {
    "j0": (5.78318596294678452118, 30.4712623436620863991),
    "j1": (14.6819706421238932572, 49.2184563216946036703),
}
_TURN: Final = {"0": math.pi / 4, "1": 3 * math.pi / 4}


@in_double
def i0e(x: Array) -> Any:
    """exp(-|x|) * i0(x)."""
    return _scaled_i("i0e", np.abs(x))


@in_double
def i1e(x: Array) -> Any:
    """exp(-|x|) * i1(x)."""
    return _i1e(x)


def _i1e(x: Array) -> Any:
    size = np.abs(x)
    made = _scaled_i("i1e", size)
    made = np.where(size <= 8, made * size, made)
    return np.where(x < 0, -made, made)


@in_double
def i0(x: Array) -> Any:
    """The modified Bessel function of the first kind of order 0."""
    return _i0(x)


def _i0(x: Array) -> Any:
    size = np.abs(x)
    return np.exp(size) * _scaled_i("i0e", size)


@in_double
def i1(x: Array) -> Any:
    """The modified Bessel function of the first kind of order 1."""
    return np.exp(np.abs(x)) * _i1e(x)


def _scaled_i(name: str, size: Array) -> Any:
    table = coefficients(name)
    return piecewise(
        size,
        (size <= 8, lambda x: chebyshev(x / 2 - 2, table["A"])),
        (size > 8, lambda x: chebyshev(32 / x - 2, table["B"]) / np.sqrt(x)),
    )


@in_double
def j0(x: Array) -> Any:
    """The Bessel function of the first kind of order 0."""
    return _j0(np.abs(x))


def _j0(size: Array) -> Any:
    return piecewise(
        size,
        (size < 0.00001, lambda x: 1 - x * x / 4),
        (size <= 5, lambda x: _by_zeros("j0", x)),
        (size > 5, lambda x: _wave("j0", x, True)),
    )


@in_double
def j1(x: Array) -> Any:
    """The Bessel function of the first kind of order 1."""
    return _j1(x)


def _j1(x: Array) -> Any:
    size = np.abs(x)
    made = piecewise(size, (size <= 5, lambda x: x * _by_zeros("j1", x)), (size > 5, lambda x: _wave("j1", x, True)))
    return np.where(x < 0, -made, made)


@in_double
def y0(x: Array) -> Any:
    """The Bessel function of the second kind of order 0; nan below zero."""
    return piecewise(
        x,
        (x == 0, lambda x: np.full_like(x, -np.inf)),
        (x < 0, lambda x: np.full_like(x, np.nan)),
        (x <= 5, lambda x: _rational_y("y0", x) + (2 / math.pi) * np.log(x) * _j0(x)),
        (x > 5, lambda x: _wave("y0", x, False)),
    )


@in_double
def y1(x: Array) -> Any:
    """The Bessel function of the second kind of order 1; nan below zero."""
    return piecewise(
        x,
        (x == 0, lambda x: np.full_like(x, -np.inf)),
        (x < 0, lambda x: np.full_like(x, np.nan)),
        (x <= 5, lambda x: x * _rational_y("y1", x) + (2 / math.pi) * (_j1(x) * np.log(x) - 1 / x)),
        (x > 5, lambda x: _wave("y1", x, False)),
    )


def _by_zeros(name: str, x: Array) -> Any:
    table, square = coefficients(name), x * x
    first, second = _ZEROS[name]
    return (square - first) * (square - second) * polynomial(square, table["RP"]) / polynomial(square, table["RQ"])


def _rational_y(name: str, x: Array) -> Any:
    table, square = coefficients(name), x * x
    return polynomial(square, table["YP"]) / polynomial(square, table["YQ"])


def _wave(name: str, x: Array, first_kind: bool) -> Any:
    """A decaying wave: what all of them are far from zero."""
    table, inverse = coefficients(name), 25 / (x * x)
    p = polynomial(inverse, table["PP"]) / polynomial(inverse, table["PQ"])
    q = 5 / x * (polynomial(inverse, table["QP"]) / polynomial(inverse, table["QQ"]))
    turn = x - _TURN[name[1]]
    sine, cosine = np.sin(turn), np.cos(turn)
    return (p * cosine - q * sine if first_kind else p * sine + q * cosine) * _ROOT / np.sqrt(x)


def _k(name: str, x: Array, scaled: bool) -> Any:
    table = coefficients(name)

    def near(x: Array) -> Any:
        sum_near = chebyshev(x * x - 2, table["A"])
        logarithm = np.log(0.5 * x)
        made = sum_near - logarithm * _i0(x) if name == "k0" else logarithm * np.exp(x) * _i1e(x) + sum_near / x
        return made * np.exp(x) if scaled else made

    def far(x: Array) -> Any:
        made = chebyshev(8 / x - 2, table["B"]) / np.sqrt(x)
        return made if scaled else np.exp(-x) * made

    return piecewise(
        x,
        (x == 0, lambda x: np.full_like(x, np.inf)),
        (x < 0, lambda x: np.full_like(x, np.nan)),
        (x <= 2, near),
        (x > 2, far),
    )


@in_double
def k0(x: Array) -> Any:
    """The modified Bessel function of the second kind of order 0."""
    return _k("k0", x, False)


@in_double
def k1(x: Array) -> Any:
    """The modified Bessel function of the second kind of order 1."""
    return _k("k1", x, False)


@in_double
def k0e(x: Array) -> Any:
    """exp(x) * k0(x)."""
    return _k("k0", x, True)


@in_double
def k1e(x: Array) -> Any:
    """exp(x) * k1(x)."""
    return _k("k1", x, True)


@in_double
def spherical_j0(x: Array) -> Any:
    """sin(x) / x, by its series near zero."""
    factors = [(-1) ** k / math.factorial(2 * k + 1) for k in range(6, -1, -1)]
    return piecewise(
        x,
        (np.isinf(x), np.zeros_like),
        (np.abs(x) < 0.5, lambda x: polynomial(x * x, factors)),
        (np.abs(x) >= 0.5, lambda x: np.sin(x) / x),
    )


@in_double
def airy_ai(x: Array) -> Any:
    """Airy's function Ai."""
    return piecewise(
        x,
        (np.isinf(x), lambda x: np.full_like(x, np.nan)),
        (x > 103.892, np.zeros_like),
        (x < -2.09, _airy_wave),
        (x >= 2.09, _airy_decay),
        (np.abs(x) <= 2.09, _airy_series),
    )


def _airy_wave(x: Array) -> Any:
    table = coefficients("airy_ai")
    zeta = -2 * x * np.sqrt(-x) / 3
    z = 1 / zeta
    square = z * z
    f = 1 + square * polynomial(square, table["AFN"]) / polynomial(square, table["AFD"])
    g = z * polynomial(square, table["AGN"]) / polynomial(square, table["AGD"])
    turn = zeta + math.pi / 4
    return (np.sin(turn) * f - np.cos(turn) * g) / (math.sqrt(math.pi) * np.sqrt(np.sqrt(-x)))


def _airy_decay(x: Array) -> Any:
    table = coefficients("airy_ai")
    zeta = 2 * x * np.sqrt(x) / 3
    ratio = polynomial(1 / zeta, table["AN"]) / polynomial(1 / zeta, table["AD"])
    return ratio / (math.sqrt(math.pi) * 2 * np.sqrt(np.sqrt(x)) * np.exp(zeta))


def _airy_series(x: Array) -> Any:
    f, g = np.ones_like(x), x.copy()
    m, n = np.ones_like(x), x.copy()
    cube = x * x * x
    for k in range(1, 60, 3):
        m = m * cube / ((k + 1) * (k + 2))
        n = n * cube / ((k + 2) * (k + 3))
        f = f + m
        g = g + n
    return 0.355028053887817239260 * f - 0.258819403792806798405 * g
