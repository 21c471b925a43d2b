"""`torch.distributions`: those that are most in use; the rest says that it is missing."""

from ..names import missing as _missing
from . import constraints
from .continuous import Normal, Uniform
from .discrete import Bernoulli, Categorical
from .distribution import Distribution
from .independent import Independent
from .kl import kl_divergence
from .multivariate import MultivariateNormal
from .scaled import Exponential, Laplace


def __getattr__(name: str) -> object:
    raise _missing("torch.distributions", name)


__all__ = [
    "Bernoulli",
    "Categorical",
    "Distribution",
    "Exponential",
    "Independent",
    "Laplace",
    "MultivariateNormal",
    "Normal",
    "Uniform",
    "constraints",
    "kl_divergence",
]
