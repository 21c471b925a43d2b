"""Bernoulli and Categorical: by probabilities or by their logarithms."""

import math
from typing import Any

from ... import torch as _torch
from ...grad_mode import no_grad
from ...types.size import Size
from . import constraints
from .distribution import NONE, Distribution, Lazy, batch_shape_of, broadcast_all

torch: Any = _torch


class _ByProbability(Distribution):
    """Has `probs` and `logits`, of which one was given and the other is computed when asked for."""

    has_enumerate_support = True
    is_binary = False

    def _check_one(self, probs: Any, logits: Any) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")

    @Lazy
    def logits(self) -> Any:
        """The logarithms of the probabilities; of odds, for Bernoulli."""
        least = torch.finfo(self.probs.dtype).eps
        clamped = self.probs.clamp(min=least, max=1 - least)
        return torch.log(clamped) - torch.log1p(-clamped) if self.is_binary else torch.log(clamped)

    @Lazy
    def probs(self) -> Any:
        """The probabilities."""
        return torch.sigmoid(self.logits) if self.is_binary else torch.nn.functional.softmax(self.logits, dim=-1)

    @property
    def _param(self) -> Any:
        return self.__dict__["probs"] if "probs" in self._given else self.__dict__["logits"]

    _given: str

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter that was given."""
        shape: Size = self._param.size()
        return shape

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """See Distribution."""
        shape = Size(batch_shape)
        inner = self._param.shape[len(self._batch_shape) :]
        known = {
            name: self.__dict__[name].expand((*shape, *inner)) for name in ("probs", "logits") if name in self.__dict__
        }
        return self._expanded(shape, _given=self._given, **known)

    def _enumerated(self, count: int, dtype: Any, expand: bool) -> Any:
        values = torch.arange(count, dtype=dtype).view((-1,) + (1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values


class Bernoulli(_ByProbability):
    """1 with probability `probs`, else 0."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}  # noqa: RUF012 - see Normal
    support = constraints.boolean
    is_binary = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._check_one(probs, logits)
        self._given = "logits" if probs is None else "probs"
        given = logits if probs is None else probs
        (self.__dict__[self._given],) = broadcast_all(given)
        super().__init__(batch_shape_of(self._param, (given,)), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.probs

    @property
    def mode(self) -> Any:
        """See Distribution; nan where both values are as likely."""
        mode = (self.probs >= 0.5).to(self.probs.dtype)
        return torch.where(self.probs == 0.5, torch.full_like(mode, math.nan), mode)

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        with no_grad():
            return torch.bernoulli(self.probs.detach().expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -torch.nn.functional.binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Any:
        """See Distribution."""
        return torch.nn.functional.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Any:
        """See Distribution."""
        return self._enumerated(2, self._param.dtype, expand)


class Categorical(_ByProbability):
    """k with probability `probs[..., k]`; `probs` need not sum to one."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}  # noqa: RUF012 - see Normal

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._check_one(probs, logits)
        self._given = "logits" if probs is None else "probs"
        given = logits if probs is None else probs
        if given.dim() < 1:
            raise ValueError(f"`{self._given}` parameter must be at least one-dimensional.")
        if probs is None:
            self.__dict__["logits"] = logits - logits.logsumexp(dim=-1, keepdim=True)
        else:
            self.__dict__["probs"] = probs / probs.sum(-1, keepdim=True)
        super().__init__(self._param.size()[:-1], validate_args=validate_args)

    @property
    def _num_events(self) -> int:
        return int(self._param.shape[-1])

    @property
    def support(self) -> Any:
        """See Distribution."""
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self) -> Any:
        """nan: categories have no mean."""
        return torch.full(self._extended_shape(), math.nan, dtype=self.probs.dtype)

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.probs.argmax(dim=-1)

    @property
    def variance(self) -> Any:
        """nan: categories have no variance."""
        return torch.full(self._extended_shape(), math.nan, dtype=self.probs.dtype)

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        rows = self.probs.reshape(-1, self._num_events)
        drawn = torch.multinomial(rows, math.prod(sample_shape), True).T
        return drawn.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        value, logits = torch.broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logits.gather(-1, value[..., :1]).squeeze(-1)

    def entropy(self) -> Any:
        """See Distribution."""
        logits = torch.clamp(self.logits, min=torch.finfo(self.logits.dtype).min)
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Any:
        """See Distribution."""
        return self._enumerated(self._num_events, torch.long, expand)
