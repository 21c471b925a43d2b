"""Orthogonal polynomials of degree n at x, on arrays that broadcast; degrees are cut to integers, below 0 they give 0.

Source: the recurrences of PyTorch's `Math.h` and, between -1 and 1, the trigonometric forms of Chebyshev's.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .series import in_double

Array = npt.NDArray[Any]
Step = Callable[[int, Array, Array, Array], Any]  # k, x, the polynomials of degrees k - 1 and k - 2: that of degree k

_FORMS: Final[dict[str, tuple[Callable[[Array], Any], Callable[[Array, Array], Any]]]] = {
    # degree 1, and the value at cos(angle)
    "t": (lambda x: x, lambda n, angle: np.cos(n * angle)),
    "u": (lambda x: x + x, lambda n, angle: np.sin((n + 1) * angle) / np.sin(angle)),
    "v": (lambda x: x + x - 1, lambda n, angle: np.cos((n + 0.5) * angle) / np.cos(angle / 2)),
    "w": (lambda x: x + x + 1, lambda n, angle: np.sin((n + 0.5) * angle) / np.sin(angle / 2)),
}
_AT_ONE: Final = {"t": (0, 1), "u": (1, 1), "v": (0, 1), "w": (2, 1)}  # a * n + b at x = 1
_AT_MINUS_ONE: Final = {"t": (0, 1), "u": (1, 1), "v": (2, 1), "w": (0, 1)}  # the same, times (-1) ** n, at x = -1


def _degrees(n: Array) -> Any:
    return np.where(np.isfinite(n), np.trunc(n), -1.0)


def _climb(x: Array, n: Array, first: Any, step: Step) -> Any:
    """The polynomial of degree n at each x, by the recurrence from degrees 0 and 1."""
    made = np.where(n == 0, 1.0, np.where(n == 1, first, 0.0))
    before, now = np.ones_like(x), np.asarray(first, np.float64)
    for k in range(2, int(n.max(initial=0)) + 1):
        before, now = now, step(k, x, now, before)
        made = np.where(n == k, now, made)
    return np.where((n > 0) & np.isnan(x), np.nan, made)


def chebyshev(kind: str, shifted: bool = False) -> Callable[..., Any]:
    """Chebyshev's polynomials of a kind, "t" to "w"; shifted ones take x from 0 to 1 instead of -1 to 1."""
    start, at_angle = _FORMS[kind]

    @in_double
    def function(x: Array, n: Array) -> Any:
        x = x + x - 1 if shifted else x
        n = _degrees(n)
        inside = np.abs(x) < 1
        by_angle = at_angle(n, np.arccos(np.where(inside, x, 0.5)))
        made = np.where(inside & (n > 8), by_angle, _climb(x, np.where(inside & (n > 8), 0, n), start(x), _double))
        times, plus = _AT_ONE[kind]
        made = np.where(x == 1, times * n + plus, made)
        times, plus = _AT_MINUS_ONE[kind]
        made = np.where(x == -1, (times * n + plus) * np.where(n % 2 == 0, 1, -1), made)
        return np.where(n < 0, 0.0, made)

    return function


def _double(_k: int, x: Array, now: Array, before: Array) -> Any:
    return (x + x) * now - before


def _recurrence(first: Callable[[Array], Any], step: Step, highest: int | None = None) -> Callable[..., Any]:
    @in_double
    def function(x: Array, n: Array) -> Any:
        n = _degrees(n)
        if highest is None:
            return _climb(x, n, first(x), step)
        return np.where(n > highest, np.nan, _climb(x, np.where(n > highest, 0, n), first(x), step))

    return function


_HIGHEST: Final = 512  # beyond it PyTorch gives nan
hermite_h = _recurrence(lambda x: x + x, lambda k, x, now, before: (x + x) * now - (2 * k - 2) * before, _HIGHEST)
hermite_he = _recurrence(lambda x: x, lambda k, x, now, before: x * now - (k - 1) * before, _HIGHEST)
laguerre_l = _recurrence(
    lambda x: 1 - x, lambda k, x, now, before: ((2 * k - 2 + (1 - x)) * now - (k - 1) * before) / k
)
legendre_p = _recurrence(lambda x: x, lambda k, x, now, before: ((2 * k - 1) * x * now - (k - 1) * before) / k)
