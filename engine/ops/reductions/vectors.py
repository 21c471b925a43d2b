"""What `torch.nn.functional` makes of vectors along a dim: normalize, one_hot, softmax and its kin."""

import warnings
from typing import Any

import numpy as np

from ...tensor import Tensor, from_array
from ...types.dtype import int64
from ..operands import require_attribute
from ..single import one
from ..table import METHODS, Row
from .offered import checked

_one_hot = one(
    Row(
        "one_hot",
        lambda self, classes: (self[..., None] == np.arange(classes)).astype(np.int64, order="C"),
        ("self",),
        (None,),
        arguments=("num_classes",),
    )
)


def normalize(input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None) -> Any:
    """The vectors along `dim` divided by their p-norm, or by `eps` where it is smaller."""
    if out is not None:
        raise NotImplementedError("normalize(out=...) is not supported by the embedded engine; assign the result")
    require_attribute(input, "norm")
    norm = METHODS["clamp_min"](METHODS["norm"](input, p, dim, True), eps)
    return METHODS["div"](input, METHODS["expand_as"](norm, input))


def _one_hot_of(input: Tensor, num_classes: int = -1) -> Tensor:
    """Ones at the places that the integers name, in a new last dim of `num_classes`; as many as needed for -1."""
    array = input.array
    if array.dtype != int64.numpy:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if not array.size and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if array.size and array.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    needed = int(array.max()) + 1 if array.size else 0
    if num_classes != -1 and needed > num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return _one_hot((input,), (needed if num_classes == -1 else int(num_classes),))


one_hot = checked("one_hot", _one_hot_of)


def softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """The elements along `dim`, made positive and to sum to one."""
    require_attribute(input, "dim" if dim is None else "softmax")
    return METHODS["softmax"](input, _dimension("softmax", dim, input, _stacklevel), dtype)


def softmin(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """`softmax` of the negative elements."""
    if dim is None:
        require_attribute(input, "dim")
    return METHODS["softmax"](-input, _dimension("softmin", dim, input, _stacklevel), dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """The logarithm of `softmax`."""
    require_attribute(input, "dim" if dim is None else "log_softmax")
    return METHODS["log_softmax"](input, _dimension("log_softmax", dim, input, _stacklevel), dtype)


def gumbel_softmax(logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Any:
    """A sample of categories, differentiable: softmax of the logits with Gumbel noise; one-hot forward when `hard`."""
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", UserWarning, stacklevel=2)
    drawn = METHODS["exponential_"](from_array(np.zeros_like(logits.array, order="C")))
    noise = METHODS["neg"](METHODS["log"](drawn))
    soft = METHODS["softmax"]((logits + noise) / tau, dim)
    if not hard:
        return soft
    chosen = np.zeros_like(soft.array)
    place = np.expand_dims(np.argmax(soft.array, dim), dim) if chosen.ndim else np.zeros((), np.int64)
    if chosen.ndim:
        np.put_along_axis(chosen, place, 1, dim)
    else:
        chosen[...] = 1
    return from_array(chosen) - METHODS["detach"](soft) + soft


def _dimension(name: str, dim: int | None, input: Any, stacklevel: int) -> int:
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        UserWarning,
        stacklevel=stacklevel + 1,
    )
    return 0 if input.array.ndim in (0, 1, 3) else 1
