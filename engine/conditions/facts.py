"""What a condition can ask about: the facts of an array, by name.

A fact may be one number (the kernel asks about one gradient) or a column of them (the window asks about all steps of a
pass at once); conditions treat both alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

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


def facts_of(statistics: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of one array from its recorded statistics: norm, mean, std, min, max, zeros, nans, infs, shape, dtype.

    `shape` is a text as `"64,10"`. Statistics run over finite elements; the norm here is that of all.
    """
    nans, infs, zeros = statistics["nans"], statistics["infs"], statistics["zeros"]
    low, high = statistics["min"], statistics["max"]
    sizes = [int(size) for size in str(statistics["shape"]).split(",") if size]
    numel = math.prod(sizes)
    infinite = math.nan if nans else math.inf
    finite = not nans and not infs
    return {
        "norm": statistics["norm"] if finite else infinite,
        "maxabs": max(abs(low), abs(high)) if finite else infinite,
        "minabs": min(abs(low), abs(high)) if low * high > 0 else 0.0,
        "max": high, "min": low, "mean": statistics["mean"], "std": statistics["std"],
        "zeros": zeros, "nans": nans, "infs": infs, "numel": numel, "ndim": len(sizes),
        "shape": str(statistics["shape"]), "dtype": str(statistics["dtype"]),
        "nan": nans > 0, "inf": infs > 0, "nonfinite": not finite, "finite": finite,
        "allzero": numel > 0 and zeros == numel, "anyzero": zeros > 0,
    }  # fmt: skip
