"""The Kullback-Leibler divergence: `kl_divergence`, the pairs of families it knows, and `register_kl` for more.

The formulas of pairs are in `kl_same.py` and `kl_pairs.py`, which register them here.
"""

import warnings
from collections.abc import Callable
from typing import Any, Final

from .distribution import Distribution

Formula = Callable[[Any, Any], Any]
_FORMULAS: Final[dict[tuple[type, type], Formula]] = {}
_FOUND: Final[dict[tuple[type, type], Formula | None]] = {}


def register_kl(type_p: Any, type_q: Any) -> Callable[[Formula], Formula]:
    """Decorator: use a function of (p, q) for instances of these classes."""
    if not (isinstance(type_p, type) and issubclass(type_p, Distribution)):
        raise TypeError(f"Expected type_p to be a Distribution subclass but got {type_p}")
    if not (isinstance(type_q, type) and issubclass(type_q, Distribution)):
        raise TypeError(f"Expected type_q to be a Distribution subclass but got {type_q}")

    def keep(formula: Formula) -> Formula:
        _FORMULAS[type_p, type_q] = formula
        _FOUND.clear()
        return formula

    return keep


def kl_divergence(p: Any, q: Any) -> Any:
    """The expected difference of log p and log q, under p. Raises NotImplementedError for pairs without a formula."""
    pair = type(p), type(q)
    if pair not in _FOUND:
        _FOUND[pair] = _closest(*pair)
    formula = _FOUND[pair]
    if formula is None:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
        )
    return formula(p, q)


def _closest(type_p: type, type_q: type) -> Formula | None:
    """The formula of the closest base classes; where it matters whose is closer, p's, with a warning."""
    known = [pair for pair in _FORMULAS if issubclass(type_p, pair[0]) and issubclass(type_q, pair[1])]
    if not known:
        return None
    far_p, far_q = type_p.__mro__.index, type_q.__mro__.index
    left = min(known, key=lambda pair: (far_p(pair[0]), far_q(pair[1])))
    right = min(known, key=lambda pair: (far_q(pair[1]), far_p(pair[0])))
    if _FORMULAS[left] is not _FORMULAS[right]:
        warnings.warn(
            f"Ambiguous kl_divergence({type_p.__name__}, {type_q.__name__}). Please register_kl({left[0].__name__}, "
            f"{right[1].__name__})",
            RuntimeWarning,
            stacklevel=3,
        )
    return _FORMULAS[left]
