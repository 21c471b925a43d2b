"""Numbers and arrays in few characters, as panels and labels write them. Qt-free; knows nothing of graphs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.trace import ArrayView

Array = NDArray[np.generic]

MATRIX_ROWS = 4
MATRIX_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class ShortValue:
    """An array in few characters: one number, a small matrix of texts (`cells`), or its norm.

    `exact` says that `text` (with the shape) tells every element; `single` is the number that all elements are.
    `norm` is that of an array whose elements differ.
    """

    text: str
    shape: tuple[int, ...]
    cells: tuple[tuple[str, ...], ...] = ()
    exact: bool = True
    finite: bool = True
    single: float | None = None
    norm: float = 0.0


def number(value: float, digits: int = 4) -> str:
    """A number in at most `digits` significant digits: `0.75`, `3`, `1.5e-8`, `NaN`, `∞`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == int(value) and abs(value) < 10**6:
        return str(int(value))
    text = f"{value:.{digits}g}"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return f"{mantissa}e{int(exponent)}"


def shape(sizes: tuple[int, ...]) -> str:
    """A shape as PyTorch's users read it: `(2, 3)`, `(3,)`, `scalar`."""
    return str(sizes) if sizes else "scalar"


def byte_size(count: int) -> str:
    """`1.2 KiB`, `16 B`."""
    size = float(count)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"


def is_uniform(array: ArrayView) -> bool:
    """Whether all elements are the same finite number, judged from the statistics alone."""
    return 0 not in array.shape and array.nans == 0 and array.infs == 0 and array.min == array.max


def short(array: ArrayView, value: Array | None) -> ShortValue:
    """The short form of an array; `value` may be None while its elements are elsewhere."""
    finite = array.nans == 0 and array.infs == 0
    if 0 in array.shape:
        return ShortValue("empty", array.shape)
    if is_uniform(array):
        return ShortValue(number(array.min), array.shape, single=array.min)
    if math.prod(array.shape) == 1:
        only = math.nan if array.nans else math.inf if value is None else float(np.asarray(value).reshape(())[()])
        return ShortValue(number(only), array.shape, finite=finite)
    cells = () if value is None else _matrix(value)
    text = f"‖{number(array.norm)}‖"
    if not finite:
        text = ", ".join(f"{n} {what}" for n, what in ((array.nans, "NaN"), (array.infs, "Inf")) if n)
    if cells:
        rows = ["[" + ", ".join(row) + "]" for row in cells]
        text = rows[0] if len(array.shape) == 1 else "[" + ", ".join(rows) + "]"
    return ShortValue(text, array.shape, cells, exact=bool(cells), finite=finite, norm=array.norm)


def short_of(value: Array) -> ShortValue:
    """The short form of an array that is not in the trace, such as a sum made here."""
    numbers = np.asarray(value, np.float64).reshape(-1)
    finite = numbers[np.isfinite(numbers)]
    some = finite if finite.size else np.zeros(1)
    nans, infs = int(np.isnan(numbers).sum()), int(np.isinf(numbers).sum())
    view = ArrayView(
        id=-1, shape=value.shape, dtype=str(value.dtype), nbytes=value.nbytes, norm=float(np.linalg.norm(some)),
        mean=float(some.mean()), std=float(some.std()), min=float(some.min()), max=float(some.max()),
        zeros=int((numbers == 0).sum()), nans=nans, infs=infs,
    )  # fmt: skip
    return short(view, value)


def is_small(sizes: tuple[int, ...]) -> bool:
    """Whether an array of this shape is written as a small matrix."""
    rows, columns = (1, 1, *sizes)[-2:]
    return len(sizes) <= 2 and rows <= MATRIX_ROWS and columns <= MATRIX_COLUMNS


def _matrix(value: Array) -> tuple[tuple[str, ...], ...]:
    if not is_small(value.shape):
        return ()
    return tuple(tuple(number(float(x), 3) for x in row) for row in np.atleast_2d(value))


def element(value: np.generic) -> str:
    """One element as a table writes it: four decimals, or an exponent where they would lie."""
    if not isinstance(value, np.floating):
        return str(value)
    x = float(value)
    if not math.isfinite(x) or (x != 0 and not 1e-3 <= abs(x) < 1e5):
        return number(x)
    return f"{x:.4f}"


def duration(seconds: float) -> str:
    """`0.4 ms`, `1.25 s`."""
    return f"{number(1000 * seconds, 3)} ms" if seconds < 1 else f"{number(seconds, 3)} s"
