"""The multinomial distribution."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from ...types.size import Size
from . import constraints
from .binomial import Binomial
from .categorical import Categorical, OfCategorical
from .distribution import NONE
from .utils import broadcast_all

torch: Any = _torch


class Multinomial(OfCategorical):
    """How often each category came in `total_count` trials."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    total_count: int

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        shapes = self._take(Categorical(probs=probs, logits=logits))
        self._binomial = Binomial(total_count=total_count, probs=self.probs)
        super().__init__(*shapes, validate_args=validate_args)

    def _expanded_part(self, name: str, part: Any, shape: Size) -> Any:
        return part.expand(shape if part is self._categorical else (*shape, *self.event_shape))

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> Any:
        """See Distribution."""
        return constraints.multinomial(self.total_count)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.probs * self.total_count

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        drawn = self._categorical.sample(Size((self.total_count, *sample_shape))).movedim(0, -1)
        counts = torch.zeros(self._extended_shape(sample_shape), dtype=drawn.dtype)
        counts.scatter_add_(-1, drawn, torch.ones_like(drawn))
        return counts.type_as(self.probs)

    def entropy(self) -> Any:
        """See Distribution."""
        count = torch.tensor(self.total_count)
        support = self._binomial.enumerate_support(expand=False)[1:]
        chances = torch.exp(self._binomial.log_prob(support))
        weights = torch.lgamma(support + 1)
        alone = count * self._categorical.entropy() - torch.lgamma(count + 1)
        return alone + (chances * weights).sum([0, -1])

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        logits = logits.clone(memory_format=torch.contiguous_format)
        logits[(value == 0) & (logits == -math.inf)] = 0
        factorials = torch.lgamma(value.sum(-1) + 1) - torch.lgamma(value + 1).sum(-1)
        return factorials + (logits * value).sum(-1)
