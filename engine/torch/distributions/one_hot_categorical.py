"""Categories as vectors with a single one."""

from typing import Any, ClassVar

from ... import torch as _torch
from . import constraints
from .categorical import Categorical, OfCategorical
from .distribution import NONE

torch: Any = _torch


class OneHotCategorical(OfCategorical):
    """A vector with a 1 at place k with probability `probs[..., k]`."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        super().__init__(*self._take(Categorical(probs, logits)), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.probs

    @property
    def mode(self) -> Any:
        """See Distribution."""
        places = self.probs.argmax(dim=-1)
        return torch.nn.functional.one_hot(places, num_classes=self.probs.shape[-1]).to(self.probs)

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        places = self._categorical.sample(sample_shape)
        return torch.nn.functional.one_hot(places, self._categorical._num_events).to(self.probs)

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        return self._categorical.log_prob(value.max(-1).indices)

    def entropy(self) -> Any:
        """See Distribution."""
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Any:
        """See Distribution."""
        count = self.event_shape[0]
        values = torch.eye(count, dtype=self._param.dtype)
        values = values.view((count,) + (1,) * len(self.batch_shape) + (count,))
        return values.expand((count, *self.batch_shape, count)) if expand else values


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """The same, with gradients that flow as if a sample were the probabilities.

    Bengio, Leonard and Courville, "Estimating or propagating gradients through stochastic neurons" (2013).
    """

    has_rsample = True

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """A sample, with the gradient of the probabilities."""
        return self.sample(sample_shape) + (self.probs - self.probs.detach())
