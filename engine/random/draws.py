"""Random numbers of further distributions as plain arrays, drawn from a generator in PyTorch's order.

Each takes uniform numbers of double precision and transforms them as PyTorch's CPU kernels without Intel's MKL do, so
that a seed gives PyTorch's numbers. Source: `DistributionTemplates.h`, `TransformationHelper.h`, `Distributions.cpp`.
"""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .generator import Generator

Array = npt.NDArray[Any]
_DOUBLE: Final = np.dtype(np.float64)
_FROM_NORMAL: Final = 10.0  # Poisson and binomial numbers of this mean and more are made by rejection


def exponential(count: int, rate: float, generator: Generator) -> Array:
    """Exponential numbers of that rate."""
    return np.asarray(-np.log1p(-generator.uniform(count, _DOUBLE)) / rate)


def cauchy(count: int, median: float, sigma: float, generator: Generator) -> Array:
    """Cauchy numbers."""
    return np.asarray(median + sigma * np.tan(math.pi * (generator.uniform(count, _DOUBLE) - 0.5)))


def geometric(count: int, p: float, generator: Generator) -> Array:
    """How many trials of chance p it takes to succeed."""
    return np.asarray(np.ceil(np.log(generator.uniform(count, _DOUBLE)) / math.log1p(-p)))


def log_normal(count: int, mean: float, std: float, generator: Generator) -> Array:
    """e to the power of normal numbers."""
    return np.asarray(np.exp(generator.normal(count, _DOUBLE, mean, std, False)))


def truths(count: int, p: Any, generator: Generator, dtype: "np.dtype[Any]" = _DOUBLE) -> Array:
    """Whether each trial of chance p succeeded; the uniform numbers are drawn in `dtype`."""
    return np.asarray(generator.uniform(count, dtype) < p)


def poisson(rates: Array, generator: Generator) -> Array:
    """Poisson numbers, one for each rate of a flat array. Raises RuntimeError for a negative rate."""
    if not (rates >= 0).all():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    return np.array([_poisson(rate, generator) for rate in rates.astype(np.float64).tolist()], rates.dtype)


def _poisson(rate: float, generator: Generator) -> int:
    if rate >= _FROM_NORMAL:
        return _poisson_by_rejection(rate, generator)
    if rate == 0:
        return 0
    found, product, smallest = 0, 1.0, math.exp(-rate)
    while True:
        product *= _unit(generator)
        if product <= smallest:
            return found
        found += 1


def _poisson_by_rejection(rate: float, generator: Generator) -> int:
    """W. Hormann's transformed rejection method (1993), PTRS."""
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    tight = 0.9277 - 3.6224 / (b - 2)
    while True:
        u = _unit(generator) - 0.5
        v = _unit(generator)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + rate + 0.43) if us else -1
        if us >= 0.07 and v <= tight:
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        bound = -rate + k * math.log(rate) - math.lgamma(k + 1)
        if v == 0 or math.log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b) <= bound:
            return k


def gamma(shapes: Array, generator: Generator) -> Any:
    """Gamma numbers of rate 1, one for each shape of a flat array. Shape 0 gives the smallest number above 0."""
    least = np.finfo(shapes.dtype).tiny
    third = shapes.dtype.type(1 / 3)
    raised = np.where(shapes < 1, shapes + shapes.dtype.type(1), shapes)  # rounded as the elements are
    pairs = zip(shapes.tolist(), (raised - third).tolist(), strict=True)
    drawn = np.array([_gamma(shape, start, generator) for shape, start in pairs], np.float64)
    return np.maximum(drawn.astype(shapes.dtype), least)


def _gamma(shape: float, start: float, generator: Generator) -> float:
    """Marsaglia and Tsang's rejection method (2000); `start` is the shape, one more below 1, less a third."""
    scale = 1.0
    if shape < 1:
        if shape == 0:
            return 0.0
        scale = math.pow(1 - _unit(generator), 1 / shape)
    width = 1 / math.sqrt(9 * start)
    squeeze = float(np.float32(0.0331))
    while True:
        x = y = -1.0
        while y <= 0:
            x = float(generator.normal(1, _DOUBLE, block=False)[0])
            y = 1 + width * x
        v, u, square = y * y * y, 1 - _unit(generator), x * x
        if u < 1 - squeeze * square * square or math.log(u) < 0.5 * square + start * (1 - v + math.log(v)):
            return scale * start * v


def binomial(counts: Array, chances: Array, generator: Generator) -> Array:
    """How many of so many trials succeeded; flat arrays of counts and chances."""
    pairs = zip(counts.astype(np.float64).tolist(), chances.astype(np.float64).tolist(), strict=True)
    return np.array([_binomial(count, chance, generator) for count, chance in pairs], counts.dtype)


def _binomial(count: float, chance: float, generator: Generator) -> float:
    if count <= 0 or chance <= 0:
        return 0.0
    if chance >= 1:
        return count
    if math.isnan(chance):
        return chance
    rarer = min(chance, 1 - chance)
    method = _binomial_by_rejection if count * rarer >= _FROM_NORMAL else _binomial_by_waits
    found = method(count, rarer, generator)
    return found if chance <= 0.5 else count - found


def _binomial_by_waits(count: float, chance: float, generator: Generator) -> float:
    """Adds up the waits for each success until all trials are over."""
    found, waited, log_failure = 0.0, 0.0, math.log1p(-chance)
    while True:
        unit = _unit(generator)
        waited += math.ceil(math.log(unit) / log_failure) if unit else math.inf
        if waited > count:
            return found
        found += 1


def _binomial_by_rejection(count: float, chance: float, generator: Generator) -> float:
    """W. Hormann's transformed rejection with a squeeze, BTRS (1993), without the logarithm in the first step."""
    deviation = math.sqrt(count * chance * (1 - chance))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * chance
    center = count * chance + 0.5
    tight = 0.92 - 4.2 / b
    odds = chance / (1 - chance)
    alpha = (2.83 + 5.1 / b) * deviation
    m = math.floor((count + 1) * chance)
    while True:
        u = _unit(generator) - 0.5
        v = _unit(generator)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + center) if us else -1
        if k < 0 or k > count:
            continue
        if us >= 0.07 and v <= tight:
            return float(k)
        bound = (
            (m + 0.5) * math.log((m + 1) / (odds * (count - m + 1)))
            + (count + 1) * math.log((count - m + 1) / (count - k + 1))
            + (k + 0.5) * math.log(odds * (count - k + 1) / (k + 1))
            + _stirling_tail(m)
            + _stirling_tail(count - m)
            - _stirling_tail(k)
            - _stirling_tail(count - k)
        )
        if v == 0 or math.log(v * alpha / (a / (us * us) + b)) <= bound:
            return float(k)


def _stirling_tail(k: float) -> float:
    """What Stirling's formula lacks of log k!."""
    return math.lgamma(k + 1) - ((k + 0.5) * math.log(k + 1) - (k + 1) + 0.5 * math.log(2 * math.pi))


def _unit(generator: Generator) -> float:
    return float(generator.uniform(1, _DOUBLE)[0])


def choices(weights: Array, count: int, generator: Generator) -> Array:
    """`count` places drawn with replacement by rows of weights; (rows, n) to (rows, count)."""
    drawn = generator.uniform(weights.shape[0] * count, _DOUBLE).reshape(-1, count)
    sums = np.cumsum(weights, axis=1)
    shares = sums / sums[:, -1:]
    shares[:, -1] = 1
    found = [np.searchsorted(row.astype(np.float64), chances) for row, chances in zip(shares, drawn, strict=True)]
    return np.array(found, np.int64).reshape(weights.shape[0], count)
