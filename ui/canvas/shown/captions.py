"""Every text on the canvas, as plain functions of plain values. Knows no Qt and no colours."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.trace import ArrayView, NodeFlag, parse_shape

from ...describe import short_op
from ...short_paths import shorten_paths
from ...values import is_uniform, number

TITLE_LIMIT = 32  # characters; the hover card has the whole text
WORD_CHARACTERS = 9  # of a gradient in a box
LABEL_CHARACTERS = 13  # and of one beside an edge
_TINY = 6  # elements that may be written out
STATE_CHARACTERS = 18  # room kept in every function box, so that stepping never changes a box's width
GROUP_CHARACTERS = 24  # and in a closed group's

_SHORT_DTYPES = {
    "bfloat16": "bf16", "bool": "bool", "complex64": "c64", "complex128": "c128", "float16": "f16",
    "float32": "f32", "float64": "f64", "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "uint8": "u8",
}  # fmt: skip

_ENDING = re.compile(r" ×[\d,]+$|\.grad$|⁽[⁰¹²³⁴-⁹]+⁾$")

_FLAG_WORDS = (
    (NodeFlag.PARAMETER, "param"),
    (NodeFlag.RETAINS_GRAD, "retains grad"),
    (NodeFlag.VIEW, "view"),
    (NodeFlag.INPLACE, "in-place"),
    (NodeFlag.FAILED, "failed"),
)


def one_line(text: str, limit: int = TITLE_LIMIT) -> str:
    """`text` on one line, its end replaced by an ellipsis past `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def title_line(text: str, limit: int = TITLE_LIMIT) -> str:
    """A title on one line. Of paths in one longer than `limit` the last names stay, of the rest the beginning.

    `encoder.layers.11.self_attn.in_proj_weight` and its `.grad` begin alike and end differently, so do expressions.
    """
    line = shorten_paths(" ".join(text.split()), lambda shorter: len(shorter) <= limit)
    if len(line) <= limit:
        return line
    start, ending = split_ending(line)
    return one_line(start, limit - len(ending)) + ending


def split_ending(title: str) -> tuple[str, str]:
    """A title, and at its end what always stays of it: `.grad`, how often (`×12`), which of that name (`⁽²⁾`)."""
    found = _ENDING.search(title)
    return (title, "") if found is None else (title[: found.start()], found.group())


def short_dtype(dtype: str) -> str:
    """`"float32"` → `"f32"`; a dtype without a short form stays as it is."""
    return _SHORT_DTYPES.get(dtype, dtype)


def short_title(title: str) -> str:
    """A title for the middle distance: `"MulBackward0"` → `"Mul"`."""
    return "Accumulate" if title == "AccumulateGrad" else short_op(title)


def tensor_caption(shape: str, dtype: str, flags: int) -> str:
    """The second line of a tensor's box: shape, dtype, and in words what holds for it."""
    sizes = parse_shape(shape)
    size = f"[{', '.join(map(str, sizes))}]" if sizes else "scalar"
    words = [f"{size} {short_dtype(dtype)}".rstrip()]
    if flags & NodeFlag.LEAF and not flags & NodeFlag.PARAMETER:
        words.append("leaf" if flags & NodeFlag.REQUIRES_GRAD else "no grad")
    words += [word for flag, word in _FLAG_WORDS if flags & flag]
    return " · ".join(words)


def gradient_caption(
    array: ArrayView, values: NDArray[np.generic] | None = None, *, room: int = WORD_CHARACTERS, shaped: bool = False
) -> str:
    """A gradient in one short word: all of it where that takes up to `room` characters, else its norm between bars.

    `values` are its elements, where they are here; `shaped`: the shape stands beside the norm, if there is room.
    """
    if array.nans:
        return "NaN"
    if array.infs:
        return "Inf"
    count = math.prod(array.shape)
    if count == 0:
        return "empty"
    if is_uniform(array):
        return number(array.min)
    if values is not None and values.size <= _TINY and not np.iscomplexobj(values):
        whole = _written_out(np.asarray(values, np.float64))
        if len(whole) <= room + 2:  # brackets are thin
            return whole
    norm = f"‖{number(array.norm)}‖"
    sizes = "×".join(map(str, array.shape))
    return f"{norm} {sizes}" if shaped and len(norm) + 1 + len(sizes) <= room else norm


def _written_out(values: NDArray[np.float64]) -> str:
    """Every element, in brackets as PyTorch writes them."""
    if values.ndim == 0:
        return number(float(values))
    return f"[{', '.join(_written_out(part) for part in values)}]" if values.ndim <= 2 else "…" * LABEL_CHARACTERS


def summed_caption(total: str, state: str) -> str:
    """What a node says to which several gradients come: what they add up to so far, and what it said anyway."""
    text = f"{total} · {state}"
    return text if total and len(text) <= STATE_CHARACTERS else state


def waiting_caption(missing: int) -> str:
    """What a node that is not ready says: how many gradients have not arrived."""
    return f"waits for {missing}" if missing else "waits"


def counted_caption(came: int, count: int) -> str:
    """What a node says to which too many gradients come to be added up for its box."""
    text = f"{came:,} of {count:,} came"
    return text if len(text) <= STATE_CHARACTERS else waiting_caption(count - came)


def done_caption(gradients: Sequence[str]) -> str:
    """What a node that has run says: the gradient it sent, when it sent the same to everyone."""
    different = list(dict.fromkeys(gradients))
    text = f"done · {', '.join(different)}" if different else "done"
    return text if len(text) <= STATE_CHARACTERS else "done"


def now_caption(expression: str) -> str:
    """What the node of this step says."""
    text = f"{expression} · now"
    return text if expression and len(text) <= STATE_CHARACTERS else "now"


def group_caption(now: bool, ready: bool, done: int, count: int, largest: str) -> str:
    """What a closed group says of a pass: how many of its `count` nodes have run, at the end its largest gradient."""
    if not now and done == count:
        return f"done · max {largest}" if largest else "done"
    progress = f"{done:,} of {count:,} done"
    if now:
        return f"now · {progress}"
    if done:
        return progress
    return "ready" if ready else "waits"


def largest_caption(norm: float) -> str:
    """The largest norm of several gradients; "" where none has travelled (NaN)."""
    if math.isnan(norm):
        return ""
    return "not finite" if math.isinf(norm) else f"‖{number(norm)}‖"
