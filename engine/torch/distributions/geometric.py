"""The geometric distribution."""

from typing import Any, ClassVar

from ... import torch as _torch
from ...grad_mode import no_grad
from . import constraints
from .distribution import NONE
from .probability import ByProbability
from .utils import broadcast_all

torch: Any = _torch


class Geometric(ByProbability):
    """How many trials of chance `probs` fail before one succeeds."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        super().__init__(self._take(probs, logits), validate_args=validate_args)
        if self._validate_args and probs is not None and not (self.probs > 0).all():
            value = self.probs
            raise ValueError(
                f"Expected parameter probs ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                f"{self!r} to be positive but found invalid values:\n{value.data[~(value > 0)]}"
            )

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return torch.zeros_like(self.probs)

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        kind = self.probs.dtype
        with no_grad():
            drawn = torch.empty(self._extended_shape(sample_shape), dtype=kind).uniform_(torch.finfo(kind).tiny, 1)
            return (drawn.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        probs = probs.clone(memory_format=torch.contiguous_format)
        probs[(probs == 1) & (value == 0)] = 0
        return value * (-probs).log1p() + self.probs.log()

    def entropy(self) -> Any:
        """See Distribution."""
        surprise = torch.nn.functional.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")
        return surprise / self.probs
