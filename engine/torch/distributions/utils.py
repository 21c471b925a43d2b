"""What distributions share: broadcasting of parameters, probabilities and logits, vectors and triangular matrices."""

from collections.abc import Callable
from typing import Any, Final

from ... import torch as _torch
from ...grad_mode import enable_grad
from ...tensor import TENSORS

torch: Any = _torch  # the namespace, whose functions are made of the table
euler_constant: Final = 0.5772156649015329


class Lazy:
    """A property that is computed when it is first asked for, and kept."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        self.wrapped = wrapped
        self.__doc__ = wrapped.__doc__

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = self.wrapped(instance)
        instance.__dict__[self.wrapped.__name__] = value
        return value


lazy_property = Lazy


def is_number(value: object) -> bool:
    """Whether it is a Python number."""
    return isinstance(value, (int, float))


def broadcast_all(*values: Any) -> tuple[Any, ...]:
    """Numbers and tensors as tensors of one shape. Raises ValueError for anything else."""
    if not all(type(value) in TENSORS or is_number(value) for value in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    dtype = next((value.dtype for value in values if type(value) in TENSORS), torch.get_default_dtype())
    made = [value if type(value) in TENSORS else torch.tensor(value, dtype=dtype) for value in values]
    return tuple(torch.broadcast_tensors(*made))


def clamp_probs(probs: Any) -> Any:
    """Probabilities kept away from 0 and 1 by the smallest step of their dtype."""
    step = torch.finfo(probs.dtype).eps
    return probs.clamp(min=step, max=1 - step)


def probs_to_logits(probs: Any, is_binary: bool = False) -> Any:
    """The logarithms of probabilities; of odds where they belong to two values."""
    clamped = clamp_probs(probs)
    return torch.log(clamped) - torch.log1p(-clamped) if is_binary else torch.log(clamped)


def logits_to_probs(logits: Any, is_binary: bool = False) -> Any:
    """The probabilities of which these are logits."""
    return torch.sigmoid(logits) if is_binary else torch.nn.functional.softmax(logits, dim=-1)


def standard_normal(shape: Any, dtype: Any) -> Any:
    """Noise."""
    return torch.empty(shape, dtype=dtype).normal_()


def sum_rightmost(value: Any, count: int) -> Any:
    """The sum over the last `count` dims."""
    return value if count == 0 else value.reshape((*value.shape[:-count], -1)).sum(-1)


def _lower(size: int, diag: int) -> Any:
    """Which elements of a square matrix lie on or below a diagonal."""
    places = torch.arange(size)
    return places < places.view(-1, 1) + (diag + 1)


def tril_matrix_to_vec(mat: Any, diag: int = 0) -> Any:
    """The elements on and below a diagonal, row by row."""
    size = mat.shape[-1]
    if diag < -size or diag >= size:
        raise ValueError(f"diag ({diag}) provided is outside [{-size}, {size - 1}].")
    return mat[..., _lower(size, diag)]


def vec_to_tril_matrix(vec: Any, diag: int = 0) -> Any:
    """The square matrix with these elements on and below a diagonal, and zeros above."""
    count = vec.shape[-1]
    size = (-(1 + 2 * diag) + ((1 + 2 * diag) ** 2 + 8 * count + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    if round(size) - size > torch.finfo(vec.dtype).eps:
        raise ValueError(
            f"The size of last dimension is {count} which cannot be expressed as the lower triangular part of a square "
            "D x D matrix."
        )
    made = vec.new_zeros((*vec.shape[:-1], round(size), round(size)))
    made[..., _lower(round(size), diag)] = vec
    return made
