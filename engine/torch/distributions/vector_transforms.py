"""Transforms of vectors and matrices, and of parts along a dim."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

from ... import torch as _torch
from ...types.size import Size
from . import constraints
from .scalar_transforms import clipped_sigmoid
from .transform import OfOneKind, Transform
from .utils import Lazy, sum_rightmost, tril_matrix_to_vec, vec_to_tril_matrix

torch: Any = _torch


def _require(shape: Any, dims: int) -> None:
    if len(shape) < dims:
        raise ValueError("Too few dimensions on input")


def _one_before(values: Any) -> Any:
    """A one, then all but the last."""
    return torch.nn.functional.pad(values[..., :-1], [1, 0], value=1)


class CorrCholeskyTransform(Transform):
    """Vectors to Cholesky factors of correlation matrices: tanh, then row by row by the length that is left (Stan
    Reference Manual, "Cholesky factors of correlation matrices")."""

    domain, codomain, bijective = constraints.real_vector, constraints.corr_cholesky, True

    def _call(self, x: Any) -> Any:
        x = torch.tanh(x)
        step = torch.finfo(x.dtype).eps
        rows = vec_to_tril_matrix(x.clamp(min=-1 + step, max=1 - step), diag=-1)
        left = (1 - rows**2).sqrt().cumprod(-1)
        return (rows + torch.eye(rows.shape[-1], dtype=rows.dtype)) * _one_before(left)

    def _inverse(self, y: Any) -> Any:
        left = _one_before(1 - torch.cumsum(y * y, dim=-1))
        share = tril_matrix_to_vec(y, diag=-1) / tril_matrix_to_vec(left, diag=-1).sqrt()
        return (share.log1p() - share.neg().log1p()) / 2

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """See Transform."""
        left = tril_matrix_to_vec(1 - (y * y).cumsum(dim=-1), diag=-2)
        of_tanh = -2 * (x + torch.nn.functional.softplus(-2 * x) - math.log(2.0)).sum(dim=-1)
        return 0.5 * left.log().sum(-1) + of_tanh

    def forward_shape(self, shape: Any) -> Any:
        """See Transform."""
        _require(shape, 1)
        count = shape[-1]
        size = round((0.25 + 2 * count) ** 0.5 + 0.5)
        if size * (size - 1) // 2 != count:
            raise ValueError("Input is not a flattened lower-diagonal number")
        return Size((*shape[:-1], size, size))

    def inverse_shape(self, shape: Any) -> Any:
        """See Transform."""
        _require(shape, 2)
        if shape[-2] != shape[-1]:
            raise ValueError("Input is not square")
        return Size((*shape[:-2], shape[-1] * (shape[-1] - 1) // 2))


class SoftmaxTransform(OfOneKind):
    """y = softmax(x); its inverse gives logarithms."""

    domain, codomain = constraints.real_vector, constraints.simplex

    def _call(self, x: Any) -> Any:
        probs = (x - x.max(-1, True).values).exp()
        return probs / probs.sum(-1, True)

    def _inverse(self, y: Any) -> Any:
        return y.log()

    def forward_shape(self, shape: Any) -> Any:
        """See Transform."""
        _require(shape, 1)
        return shape

    inverse_shape = forward_shape


class StickBreakingTransform(OfOneKind):
    """Vectors to a simplex of one number more: each takes a share of what is left."""

    domain, codomain, bijective = constraints.real_vector, constraints.simplex, True

    def _call(self, x: Any) -> Any:
        share = clipped_sigmoid(x - _places_left(x, x.shape[-1] + 1).log())
        pad = torch.nn.functional.pad
        return pad(share, [0, 1], value=1) * pad((1 - share).cumprod(-1), [1, 0], value=1)

    def _inverse(self, y: Any) -> Any:
        taken = y[..., :-1]
        left = torch.clamp(1 - taken.cumsum(-1), min=torch.finfo(y.dtype).tiny)
        return taken.log() - left.log() + _places_left(taken, y.shape[-1]).log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """See Transform."""
        x = x - _places_left(x, x.shape[-1] + 1).log()
        return (-x + torch.nn.functional.logsigmoid(x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Any) -> Any:
        """See Transform."""
        _require(shape, 1)
        return Size((*shape[:-1], shape[-1] + 1))

    def inverse_shape(self, shape: Any) -> Any:
        """See Transform."""
        _require(shape, 1)
        return Size((*shape[:-1], shape[-1] - 1))


def _places_left(x: Any, count: int) -> Any:
    return count - x.new_ones(x.shape[-1]).cumsum(-1)


class LowerCholeskyTransform(OfOneKind):
    """Square matrices to lower triangular ones with a positive diagonal."""

    domain, codomain = constraints.independent(constraints.real, 2), constraints.lower_cholesky

    def _call(self, x: Any) -> Any:
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y: Any) -> Any:
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(OfOneKind):
    """Square matrices to positive definite ones."""

    domain, codomain = constraints.independent(constraints.real, 2), constraints.positive_definite

    def _call(self, x: Any) -> Any:
        factor = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Any) -> Any:
        return LowerCholeskyTransform().inv(torch.linalg.cholesky(y))


class _ByParts(Transform):
    """Parts along a dim, each with a transform of its own; subclasses cut and join."""

    transforms: list[Transform]
    dim: int

    def _take(self, tseq: Sequence[Transform], dim: int, cache_size: int) -> None:
        if not all(isinstance(each, Transform) for each in tseq):
            raise AssertionError("All elements of tseq must be Transform instances")
        self.transforms = [each.with_cache(cache_size) for each in tseq] if cache_size else list(tseq)
        self.dim = dim

    def _cut(self, value: Any, name: str) -> Any:
        raise NotImplementedError

    def _join(self, parts: list[Any]) -> Any:
        raise NotImplementedError

    def _check(self, value: Any, name: str, wanted: int, words: str) -> None:
        if not -value.dim() <= self.dim < value.dim():
            raise AssertionError(f"dim {self.dim} out of range for tensor with {value.dim()} dimensions")
        if value.size(self.dim) != wanted:
            raise AssertionError(f"{name}.size({self.dim}) = {value.size(self.dim)} must equal {words} {wanted}")

    @property
    def bijective(self) -> bool:
        """See Transform."""
        return all(each.bijective for each in self.transforms)

    def _call(self, x: Any) -> Any:
        return self._join([each(part) for each, part in zip(self.transforms, self._cut(x, "x"), strict=True)])

    def _inverse(self, y: Any) -> Any:
        return self._join([each.inv(part) for each, part in zip(self.transforms, self._cut(y, "y"), strict=True)])

    def _terms(self, x: Any, y: Any) -> list[Any]:
        parts = zip(self.transforms, self._cut(x, "x"), self._cut(y, "y"), strict=True)
        return [each.log_abs_det_jacobian(before, after) for each, before, after in parts]


class CatTransform(_ByParts):
    """Parts of some lengths along a dim."""

    def __init__(
        self, tseq: Sequence[Transform], dim: int = 0, lengths: Sequence[int] | None = None, cache_size: int = 0
    ) -> None:
        super().__init__(cache_size=cache_size)
        self._take(tseq, dim, cache_size)
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)
        if len(self.lengths) != len(self.transforms):
            raise AssertionError(f"lengths ({len(self.lengths)}) must match transforms ({len(self.transforms)})")

    @Lazy
    def event_dim(self) -> int:
        """See Transform."""
        return max(each.event_dim for each in self.transforms)

    @Lazy
    def length(self) -> int:
        """The length of all parts."""
        return sum(self.lengths)

    def _remade(self, cache_size: int) -> Transform:
        return CatTransform(self.transforms, self.dim, self.lengths, cache_size)

    def _cut(self, value: Any, name: str) -> Any:
        self._check(value, name, self.length, "length")
        starts = itertools.accumulate(self.lengths, initial=0)
        return [value.narrow(self.dim, start, length) for start, length in zip(starts, self.lengths, strict=False)]

    def _join(self, parts: list[Any]) -> Any:
        return torch.cat(parts, dim=self.dim)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """See Transform."""
        dims = [self.event_dim - each.event_dim for each in self.transforms]
        terms = [sum_rightmost(term, more) for term, more in zip(self._terms(x, y), dims, strict=True)]
        dim = (self.dim - x.dim() if self.dim >= 0 else self.dim) + self.event_dim
        return torch.cat(terms, dim=dim) if dim < 0 else sum(terms)

    @property
    def domain(self) -> Any:
        """See Transform."""
        return constraints.cat([each.domain for each in self.transforms], self.dim, self.lengths)

    @property
    def codomain(self) -> Any:
        """See Transform."""
        return constraints.cat([each.codomain for each in self.transforms], self.dim, self.lengths)


class StackTransform(_ByParts):
    """Places along a dim."""

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size=cache_size)
        self._take(tseq, dim, cache_size)

    def _remade(self, cache_size: int) -> Transform:
        return StackTransform(self.transforms, self.dim, cache_size)

    def _cut(self, value: Any, name: str) -> Any:
        self._check(value, name, len(self.transforms), "len(transforms)")
        return [value.select(self.dim, place) for place in range(len(self.transforms))]

    def _join(self, parts: list[Any]) -> Any:
        return torch.stack(parts, dim=self.dim)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """See Transform."""
        return self._join(self._terms(x, y))

    @property
    def domain(self) -> Any:
        """See Transform."""
        return constraints.stack([each.domain for each in self.transforms], self.dim)

    @property
    def codomain(self) -> Any:
        """See Transform."""
        return constraints.stack([each.codomain for each in self.transforms], self.dim)
