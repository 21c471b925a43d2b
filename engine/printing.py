"""How a tensor prints, to the character as PyTorch 2.13. Sees of a tensor only what `Printable` names.

Source: the rules of `torch/_tensor_str.py`: one width for all elements; integers of a float tensor as `3.`;
scientific notation when the largest is more than 1000 times the smallest, above 1e8 or below 1e-4; three items at
either end of each dimension when there are more than `threshold` elements.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from math import inf, isfinite
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from .types.dtype import bool_, get_default_dtype, int64, of_numpy

Array = npt.NDArray[Any]


class Printable(Protocol):
    """What printing sees of a tensor."""

    @property
    def array(self) -> Array: ...  # noqa: D102 - the data
    @property
    def grad_fn(self) -> object | None: ...  # noqa: D102 - the node that made it
    @property
    def requires_grad(self) -> bool: ...  # noqa: D102 - whether autograd tracks it


@dataclass
class PrintOptions:
    """Digits after the point, elements before a summary, items at each end of one, characters a line, notation."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PRINT_OPTS = PrintOptions()
_PROFILES: Final = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=inf),
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors print; None leaves an option as it is, except `sci_mode`, where it means "choose"."""
    global PRINT_OPTS  # noqa: PLW0603 - one process-wide setting, replaced whole
    changed = _PROFILES.get(profile, PRINT_OPTS) if profile is not None else PRINT_OPTS
    PRINT_OPTS = replace(
        changed,
        precision=changed.precision if precision is None else precision,
        threshold=changed.threshold if threshold is None else threshold,
        edgeitems=changed.edgeitems if edgeitems is None else edgeitems,
        linewidth=changed.linewidth if linewidth is None else linewidth,
        sci_mode=sci_mode,
    )


def get_printoptions() -> dict[str, Any]:
    """The options as keywords for `set_printoptions`."""
    return asdict(PRINT_OPTS)


@contextmanager
def printoptions(**kwargs: Any) -> Iterator[None]:
    """Print with other options inside a `with` block."""
    before = get_printoptions()
    set_printoptions(**kwargs)
    try:
        yield
    finally:
        set_printoptions(**before)


def tensor_repr(tensor: Printable, name: str = "tensor", tangent: object = None) -> str:
    """The text of `repr(tensor)`; `name` is what stands before the bracket, `tangent` a dual tensor's."""
    array = tensor.array
    prefix = name + "("
    body = "[]" if array.size == 0 else array_str(array, len(prefix))
    suffixes = _suffixes(tensor) if tangent is None else [*_suffixes(tensor), f"tangent={tangent}"]
    return _add_suffixes(prefix + body, suffixes, len(prefix))


def array_str(array: Array, indent: int = 0) -> str:
    """The elements with their brackets; lines after the first are indented by `indent` characters."""
    summarize = array.size > PRINT_OPTS.threshold
    return _nested(array, indent, summarize, _Formatter(_edges(array) if summarize else array))


class _Formatter:
    """One width and one notation for all elements, chosen from those that will be shown."""

    def __init__(self, shown: Array) -> None:
        self.floating = shown.dtype.kind == "f"
        self.int_mode = True
        self.sci_mode = False
        self.width = 1
        values = shown.reshape(-1)
        if not self.floating:
            self.width = max((len(str(value)) for value in values.tolist()), default=1)
            return
        finite = values[np.isfinite(values) & (values != 0)]
        if finite.size == 0:
            return
        self.int_mode = bool((finite == np.ceil(finite)).all())
        self.sci_mode = _wants_sci(finite) if PRINT_OPTS.sci_mode is None else PRINT_OPTS.sci_mode
        self.width = max(len(self._number(value)) for value in finite.tolist())

    def _number(self, value: float) -> str:
        if self.sci_mode:
            return f"{value:.{PRINT_OPTS.precision}e}"
        if self.int_mode:
            return f"{value:.0f}." if isfinite(value) else f"{value:.0f}"
        return f"{value:.{PRINT_OPTS.precision}f}"

    def format(self, value: float) -> str:
        """The element, padded on the left to the common width."""
        text = self._number(value) if self.floating else str(value)
        return text.rjust(self.width)


def _wants_sci(finite: Array) -> bool:
    sizes = np.abs(finite).astype(np.float64)
    smallest, largest = sizes.min(), sizes.max()
    with np.errstate(over="ignore"):
        return bool(largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4)


def _edges(array: Array) -> Array:
    """The corners that a summary shows, as one array, so that hidden elements do not decide the width."""
    edge = PRINT_OPTS.edgeitems
    for dim, size in enumerate(array.shape):
        if size > 2 * edge:
            array = np.take(array, [*range(edge), *range(size - edge, size)], axis=dim)
    return array


def _nested(array: Array, indent: int, summarize: bool, formatter: _Formatter) -> str:
    if array.ndim == 0:
        return formatter.format(array.item())
    if array.ndim == 1:
        return _vector(array, indent, summarize, formatter)
    edge = PRINT_OPTS.edgeitems
    shorten = summarize and len(array) > 2 * edge
    shown = [*range(edge), *range(len(array) - edge, len(array))] if shorten else range(len(array))
    parts = [_nested(array[i], indent + 1, summarize, formatter) for i in shown]
    if shorten:
        parts.insert(edge, "...")
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def _vector(array: Array, indent: int, summarize: bool, formatter: _Formatter) -> str:
    edge = PRINT_OPTS.edgeitems
    per_line = max(1, (PRINT_OPTS.linewidth - indent) // (formatter.width + 2))
    if summarize and not edge:
        items = ["..."]
    elif summarize and len(array) > 2 * edge:
        first, last = array[:edge].tolist(), array[-edge:].tolist()
        items = [*map(formatter.format, first), " ...", *map(formatter.format, last)]
    else:
        items = [formatter.format(value) for value in array.tolist()]
    lines = [", ".join(items[start : start + per_line]) for start in range(0, len(items), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _suffixes(tensor: Printable) -> list[str]:
    array = tensor.array
    found = of_numpy(array.dtype)
    default = get_default_dtype()
    suffixes = []
    if array.size == 0:
        if array.ndim != 1:
            suffixes.append(f"size={array.shape}")
        if found is not default:  # nothing shown tells the dtype
            suffixes.append(f"dtype={found}")
    else:
        if not PRINT_OPTS.edgeitems:
            suffixes.append(f"size={array.shape}")
        if found not in (default, int64, bool_):
            suffixes.append(f"dtype={found}")
    if tensor.grad_fn is not None:
        suffixes.append(f"grad_fn=<{type(tensor.grad_fn).__name__}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    return suffixes


def _add_suffixes(text: str, suffixes: list[str], indent: int) -> str:
    pieces = [text]
    last_line = len(text) - text.rfind("\n") + 1  # PyTorch's count, one more than there are
    for suffix in suffixes:
        if last_line + len(suffix) + 2 > PRINT_OPTS.linewidth:
            pieces.append(",\n" + " " * indent + suffix)
            last_line = indent + len(suffix)
        else:
            pieces.append(", " + suffix)
            last_line += len(suffix) + 2
    return "".join(pieces) + ")"
