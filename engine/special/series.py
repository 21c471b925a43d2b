"""What special functions are written in: coefficients, polynomials, and functions of flat arrays in double.

Warnings of division by zero and overflow are the caller's to silence: the engine does so once, when it is imported.
"""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Function = Callable[..., Any]
FEW: Final = 512  # up to so many elements a function of Python floats, one by one, is quicker


@functools.cache
def coefficients(name: str) -> dict[str, Array]:
    """The coefficients of one function, by the names that they have in its source."""
    return {key: np.array(values) for key, values in _all_coefficients()[name].items()}


@functools.cache
def _all_coefficients() -> dict[str, dict[str, Any]]:
    text = Path(__file__).with_name("coefficients.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def in_double(function: Function) -> Function:
    """A function of flat float64 arrays of one length for floating-point arrays that broadcast."""

    @functools.wraps(function)
    def run(*arrays: Any) -> Any:
        if len(arrays) == 1:
            array = np.asarray(arrays[0])
            made = function(array.astype(np.float64, copy=False).ravel())
            return made.astype(array.dtype, copy=False).reshape(array.shape)
        dtype = np.result_type(*arrays)
        given = np.broadcast_arrays(*(np.asarray(array, np.float64) for array in arrays))
        made = function(*(array.ravel() for array in given))
        return np.asarray(made, dtype).reshape(given[0].shape)

    return run


def polynomial(x: Array, factors: Any) -> Any:
    """The polynomial whose factors are given from the highest power down (Horner)."""
    total = np.full_like(x, factors[0])
    for factor in factors[1:]:
        total = total * x + factor
    return total


def chebyshev(x: Array, factors: Any) -> Any:
    """Half the Chebyshev sum with the last factor first (Clenshaw), as Cephes' `chbevl`."""
    before = np.zeros_like(x)
    now = np.full_like(x, factors[0])
    last = before
    for factor in factors[1:]:
        last, before = before, now
        now = x * before - last + factor
    return 0.5 * (now - last)


def piecewise(x: Array, *pieces: tuple[Array, Function]) -> Any:
    """Each function where its condition is the first to hold; nan where none does."""
    made = np.full_like(x, np.nan)
    left = np.ones(x.shape, bool)
    for condition, function in pieces:
        here = left & condition
        if here.any():
            made[here] = function(x[here])
        left &= ~condition
    return made


def each(function: Callable[[float], float], x: Array) -> Any:
    """A function of Python floats on every element."""
    return np.array([function(value) for value in x.tolist()], np.float64)
