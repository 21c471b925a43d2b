"""What a condition can ask about: the facts of an array, by name.

A fact may be one number (the kernel asks about one gradient) or a column of them (the window asks about all steps of a
pass at once); conditions treat both alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

GRADIENT = "grad"  # the gradient that arrives at a node, summed over its users; what a bare name means
VALUE = "value"  # the node's own value: of a function, its first result

# Each fact with the sentence that explains it in help and errors.
NUMBERS = {
    "norm": "Euclidean norm; inf or nan where an element is",
    "maxabs": "largest magnitude, also written max|g|",
    "minabs": "smallest magnitude where all elements have one sign, else 0; also written min|g|",
    "max": "largest finite element",
    "min": "smallest finite element",
    "mean": "mean of the finite elements",
    "std": "standard deviation of the finite elements",
    "zeros": "how many elements are 0",
    "nans": "how many are NaN",
    "infs": "how many are infinite",
    "numel": "how many elements there are",
    "ndim": "how many dimensions",
    "step": "the number of the step in its pass",
    "line": "the source line that made the node",
}
TEXTS = {
    "shape": "sizes, as in shape == (64, 10)",
    "dtype": "as in dtype == float32",
    "op": "name of the function, as in op == MulBackward0",
}
TRUTHS = {
    "nan": "an element is NaN",
    "inf": "an element is infinite",
    "nonfinite": "an element is NaN or infinite",
    "finite": "every element is finite",
    "allzero": "every element is 0, also written all zero",
    "anyzero": "an element is 0, also written any zero",
}
NOT_OF_ARRAYS = frozenset({"step", "line", "op"})  # facts of the step; they have no `value.` before them


# The recorded statistics that facts are made of, beside shape and dtype. They run over the finite elements.
STATISTICS = ("norm", "mean", "std", "min", "max", "zeros", "nans", "infs")


def fact(name: str, statistics: Mapping[str, Any], numel: Any, ndim: Any) -> Any:
    """One fact of an array with these statistics and so many elements and dimensions, or a column of it."""
    if name in ("numel", "ndim"):
        return numel if name == "numel" else ndim
    nans, infs = statistics["nans"], statistics["infs"]
    if name in ("norm", "maxabs"):
        low, high = statistics["min"], statistics["max"]
        size = statistics["norm"] if name == "norm" else np.maximum(np.abs(low), np.abs(high))
        size = np.where(numel == 0, 0.0, size)
        return np.where(nans > 0, np.nan, np.where(infs > 0, np.inf, size))
    if name == "minabs":
        low, high = statistics["min"], statistics["max"]
        one_sign = np.sign(low) * np.sign(high) > 0
        return np.where(one_sign & (numel > 0), np.minimum(np.abs(low), np.abs(high)), 0.0)
    truths = {
        "nan": lambda: nans > 0,
        "inf": lambda: infs > 0,
        "nonfinite": lambda: nans + infs > 0,
        "finite": lambda: nans + infs == 0,
        "allzero": lambda: (statistics["zeros"] == numel) & (numel > 0),
        "anyzero": lambda: statistics["zeros"] > 0,
    }
    return truths[name]() if name in truths else statistics[name]


def sizes(shape: str) -> tuple[int, int]:
    """(elements, dimensions) of a shape as it is recorded, `"64,10"`."""
    found = [int(size) for size in shape.split(",") if size]
    return math.prod(found), len(found)


class ArrayFacts(Mapping[str, Any]):
    """The facts of one step as a condition asks for them: `"grad.norm"`, `"value.shape"`, `"op"`.

    arrays  by subject (GRADIENT, VALUE): statistics, shape (as `"64,10"`) and dtype by name
    step    the facts of the step: step, line, op
    """

    def __init__(self, arrays: Mapping[str, Mapping[str, Any]], step: Mapping[str, Any]) -> None:
        self._arrays, self._step = arrays, step

    def __getitem__(self, name: str) -> Any:
        """The fact. Raises KeyError where the step has no such array."""
        subject, dot, asked = name.partition(".")
        if not dot:
            return self._step[name]
        statistics = self._arrays[subject]
        return statistics[asked] if asked in TEXTS else fact(asked, statistics, *sizes(statistics["shape"]))

    def __iter__(self) -> Iterator[str]:
        """The names of all facts there are."""
        yield from self._step
        yield from (f"{subject}.{name}" for subject in self._arrays for name in (*NUMBERS, *TEXTS, *TRUTHS)
                    if name not in NOT_OF_ARRAYS)  # fmt: skip

    def __len__(self) -> int:
        """How many."""
        return sum(1 for _ in self)
