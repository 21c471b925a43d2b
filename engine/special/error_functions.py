"""The error function and its kin: erf, erfc, erfcx, erfinv, ndtri and log_ndtr, on floating-point arrays.

Source: Cephes' `ndtr.c` and `ndtri.c`; S. G. Johnson's `erfcx` of the Faddeeva package (MIT); the float32 erf of large
arrays is a rational approximation fitted for this module.
"""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .series import FEW, coefficients, each, in_double, piecewise, polynomial

Array = npt.NDArray[Any]

_P: Final = (
    2.46196981473530512524e-10,
    5.64189564831068821977e-1,
    7.46321056442269912687e0,
    4.86371970985681366614e1,
    1.96520832956077098242e2,
    5.26445194995477358631e2,
    9.34528527171957607540e2,
    1.02755188689515710272e3,
    5.57535335369399327526e2,
)
_Q: Final = (
    1.0,
    1.32281951154744992508e1,
    8.67072140885989742329e1,
    3.54937778887819891062e2,
    9.75708501743205489753e2,
    1.82390916687909736289e3,
    2.24633760818710981792e3,
    1.65666309194161350182e3,
    5.57535340817727675546e2,
)
_R: Final = (
    5.64189583547755073984e-1,
    1.27536670759978104416e0,
    5.01905042251180477414e0,
    6.16021097993053585195e0,
    7.40974269950448939160e0,
    2.97886665372100240670e0,
)
_S: Final = (
    1.0,
    2.26052863220117276590e0,
    9.39603524938001434673e0,
    1.20489539808096656605e1,
    1.70814450747565897222e1,
    9.60896809063285878198e0,
    3.36907645100081516050e0,
)
_T: Final = (
    9.60497373987051638749e0,
    9.00260197203842689217e1,
    2.23200534594684319226e3,
    7.00332514112805075473e3,
    5.55923013010394962768e4,
)
_U: Final = (
    1.0,
    3.35617141647503099647e1,
    5.21357949780152679795e2,
    4.59432382970980127987e3,
    2.26290000613890934246e4,
    4.92673942608635921086e4,
)
_NUMERATOR: Final = (  # least squares of erf(x) / x in x * x up to 16, to a relative error of 2.5e-9
    -1.33643103e-08,
    4.71595272e-06,
    0.000380886194,
    0.00385638752,
    0.0543541332,
    0.185275597,
    1.12837917,
)
_DENOMINATOR: Final = (6.34114104e-05, 0.00131070865, 0.0154797627, 0.114012825, 0.497529622, 1.0)


def erf(array: Array) -> Any:
    """2 / sqrt(pi) times the integral of exp(-t * t) from 0 to x."""
    if array.size > FEW and array.dtype == np.float32:
        return _erf_float32(array)
    return _erf_float64(array)


def _erf_float32(array: Array) -> Any:
    x = np.clip(array, np.float32(-4), np.float32(4))
    square = x * x
    made = x * _in_float32(square, _NUMERATOR) / _in_float32(square, _DENOMINATOR)
    return np.clip(made, np.float32(-1), np.float32(1), out=made)


def _in_float32(x: Array, factors: tuple[float, ...]) -> Any:
    """A polynomial, in as few passes over memory as there can be."""
    total = x * np.float32(factors[0])
    for factor in factors[1:-1]:
        total += np.float32(factor)
        total *= x
    total += np.float32(factors[-1])
    return total


@in_double
def _erf_float64(x: Array) -> Any:
    if x.size <= FEW:
        return each(math.erf, x)
    return piecewise(x, (np.abs(x) <= 1, _erf_near), (x > 1, lambda x: 1 - _erfc_far(x)), (x < -1, _erf_negative))


def _erf_near(x: Array) -> Any:
    square = x * x
    return x * polynomial(square, _T) / polynomial(square, _U)


def _erf_negative(x: Array) -> Any:
    return _erfc_far(-x) - 1


def _erfc_far(x: Array) -> Any:
    """erfc of numbers above 1."""
    scale = np.exp(-x * x)
    with_tail = np.where(
        x < 8,
        polynomial(x, _P) / polynomial(x, _Q),
        polynomial(np.minimum(x, 40), _R) / polynomial(np.minimum(x, 40), _S),
    )
    return np.where(x > 40, 0.0, scale * with_tail)


@in_double
def erfc(x: Array) -> Any:
    """1 - erf(x)."""
    if x.size <= FEW:
        return each(math.erfc, x)
    return piecewise(
        x, (np.abs(x) <= 1, lambda x: 1 - _erf_near(x)), (x > 1, _erfc_far), (x < -1, lambda x: 2 - _erfc_far(-x))
    )


@in_double
def erfcx(x: Array) -> Any:
    """exp(x * x) * erfc(x)."""
    return _erfcx(x)


def _erfcx(x: Array) -> Any:
    return piecewise(
        x,
        (x > 5e7, lambda x: _ONE_BY_ROOT_PI / x),
        (x > 50, _erfcx_far),
        (x >= 0, lambda x: _erfcx_tabled(400 / (4 + x))),
        (x < -26.7, lambda x: np.full_like(x, np.inf)),
        (x < -6.1, lambda x: 2 * np.exp(x * x)),
        (x < 0, lambda x: 2 * np.exp(x * x) - _erfcx_tabled(400 / (4 - x))),
    )


_ONE_BY_ROOT_PI: Final = 0.56418958354775628694807945156


def _erfcx_far(x: Array) -> Any:
    square = x * x
    return _ONE_BY_ROOT_PI * (square * (square + 4.5) + 2) / (x * (square * (square + 5) + 3.75))


def _erfcx_tabled(place: Array) -> Any:
    """One of a hundred Chebyshev fits in 4 / (4 + x)."""
    rows = coefficients("erfcx")["rows"]
    number = np.minimum(place.astype(np.int64), 99)
    t = 2 * place - (2 * number + 1)
    picked = rows[number]
    made = picked[:, 6]
    for power in range(5, -1, -1):
        made = made * t + picked[:, power]
    return np.where(place >= 100, 1.0, made)


@in_double
def erfinv(y: Array) -> Any:
    """The x whose erf is y: a rational start and two steps of Newton's method (G. L. Pavlis, as PyTorch's)."""
    size = np.abs(y)
    square = y * y
    near = y * polynomial(square, (-0.140543331, 0.914624893, -1.645349621, 0.886226899))
    near /= polynomial(square, (0.012229801, -0.329097515, 1.442710462, -2.118377725, 1.0))
    z = np.sqrt(-np.log((1 - size) / 2))
    far = np.copysign(polynomial(z, (1.641345311, 3.429567803, -1.624906493, -1.970840454)), y)
    far /= polynomial(z, (1.637067800, 3.543889200, 1.0))
    x = np.where(size <= 0.7, near, far)
    for _ in range(2):
        x = x - (_erf_float64(x) - y) / (2 * _ONE_BY_ROOT_PI * np.exp(-x * x))
    return np.where(size < 1, x, np.where(size == 1, np.copysign(np.inf, y), np.nan))


@in_double
def ndtri(y: Array) -> Any:
    """The x below which a normal number is with probability y."""
    small = 0.13533528323661269189  # exp(-2)
    upper = y > 1 - small
    mirrored = np.where(upper, 1 - y, y)
    made = piecewise(mirrored, (mirrored > small, _ndtri_middle), (mirrored > 0, _ndtri_tail))
    made = np.where(upper & (mirrored <= small), -made, made)
    return np.where(y == 0, -np.inf, np.where(y == 1, np.inf, made))


def _ndtri_middle(y: Array) -> Any:
    table = coefficients("ndtri")
    y = y - 0.5
    square = y * y
    return (y + y * (square * polynomial(square, table["P0"]) / polynomial(square, table["Q0"]))) * math.sqrt(
        2 * math.pi
    )


def _ndtri_tail(y: Array) -> Any:
    table = coefficients("ndtri")
    x = np.sqrt(-2 * np.log(y))
    z = 1 / x
    near = polynomial(z, table["P1"]) / polynomial(z, table["Q1"])
    far = polynomial(z, table["P2"]) / polynomial(z, table["Q2"])
    return -(x - np.log(x) / x - z * np.where(x < 8, near, far))


@in_double
def log_ndtr(x: Array) -> Any:
    """The logarithm of the probability that a normal number is below x."""
    t = x * math.sqrt(0.5)
    low = np.minimum(t, 0)
    return np.where(x < -1, np.log(_erfcx(-low) / 2) - t * t, np.log1p(-erfc(t) / 2))
