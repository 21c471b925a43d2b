"""`torch.distributions`: Normal, Uniform, Bernoulli and Categorical; the rest says that it is missing."""

from ..names import missing as _missing
from . import constraints
from .continuous import Normal, Uniform
from .discrete import Bernoulli, Categorical
from .distribution import Distribution
from .kl import kl_divergence


def __getattr__(name: str) -> object:
    raise _missing("torch.distributions", name)


__all__ = ["Bernoulli", "Categorical", "Distribution", "Normal", "Uniform", "constraints", "kl_divergence"]
