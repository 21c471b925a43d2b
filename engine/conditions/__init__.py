"""Conditions on a gradient or a value, as a person types them: `norm > 1e3`, `nan or all zero`, `shape == (64, 10)`.

The grammar is our own; nothing typed is ever run as Python. Used by the window over the columns of a record and by the
kernel on one gradient, so it knows neither of them.
"""

from .condition import Condition
from .facts import GRADIENT, VALUE, ArrayFacts
from .parse import ConditionError, parse

__all__ = ["GRADIENT", "VALUE", "ArrayFacts", "Condition", "ConditionError", "parse"]
