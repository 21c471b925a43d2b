"""The Poisson distribution."""

from typing import Any, ClassVar

from ... import torch as _torch
from ...grad_mode import no_grad
from . import constraints
from .distribution import NONE
from .exp_family import ExponentialFamily
from .utils import broadcast_all

torch: Any = _torch


class Poisson(ExponentialFamily):
    """How many events come in a time in which `rate` are expected."""

    arg_constraints: ClassVar[Any] = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer
    rate: Any

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        super().__init__(self._broadcast(rate=rate), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.rate

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.rate.floor()

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.rate

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        with no_grad():
            return torch.poisson(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        rate, value = broadcast_all(self.rate, value)
        return value.xlogy(rate) - rate - (value + 1).lgamma()
