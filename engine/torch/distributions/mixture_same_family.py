"""Mixtures of distributions of one family."""

from typing import Any, ClassVar

from ... import torch as _torch
from ...grad_mode import no_grad
from ...types.size import Size
from . import constraints
from .categorical import Categorical
from .distribution import NONE, Distribution

torch: Any = _torch


class MixtureSameFamily(Distribution):
    """A sample is one of the last batch dim of a distribution, which one a categorical distribution says."""

    arg_constraints: ClassVar[Any] = {}
    has_rsample = False

    def __init__(
        self, mixture_distribution: Any, component_distribution: Any, validate_args: bool | None = None
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution needs to be an instance of torch.distributions.Distribution")
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        outer, inner = mixture_distribution.batch_shape, Size(component_distribution.batch_shape[:-1])
        for size, other in zip(reversed(outer), reversed(inner), strict=False):
            if 1 not in (size, other) and size != other:
                raise ValueError(
                    f"`mixture_distribution.batch_shape` ({outer}) is not compatible with "
                    f"`component_distribution.batch_shape`({inner})"
                )
        count, components = mixture_distribution.logits.shape[-1], component_distribution.batch_shape[-1]
        if count != components:
            raise ValueError(
                f"`mixture_distribution component` ({count}) does not equal "
                f"`component_distribution.batch_shape[-1]` ({components})"
            )
        self._num_component = count
        self._event_ndims = len(component_distribution.event_shape)
        super().__init__(inner, component_distribution.event_shape, validate_args=validate_args)

    def _expanded_part(self, name: str, part: Any, shape: Size) -> Any:
        return part.expand(shape if part is self._mixture_distribution else (*shape, self._num_component))

    @constraints.dependent_property
    def support(self) -> Any:
        """See Distribution."""
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mixture_distribution(self) -> Any:
        """Which component it is."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Any:
        """The components."""
        return self._component_distribution

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self._averaged(self.component_distribution.mean)

    @property
    def variance(self) -> Any:
        """See Distribution: the mean of the variances and the variance of the means."""
        spread = (self.component_distribution.mean - self._pad(self.mean)).pow(2.0)
        return self._averaged(self.component_distribution.variance) + self._averaged(spread)

    def _averaged(self, values: Any) -> Any:
        """The mean over components of one value each."""
        probs = self.mixture_distribution.probs
        outer = len(self.mixture_distribution.batch_shape)
        more = 0 if outer == 1 else len(self.batch_shape) - outer
        weights = probs.reshape((*probs.shape[:-1], *[1] * more, probs.shape[-1], *[1] * self._event_ndims))
        return torch.sum(weights * values, dim=-1 - self._event_ndims)

    def cdf(self, x: Any) -> Any:
        """See Distribution."""
        return torch.sum(self.component_distribution.cdf(self._pad(x)) * self.mixture_distribution.probs, dim=-1)

    def log_prob(self, x: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(x)
        of_component = self.component_distribution.log_prob(self._pad(x))
        weights = torch.log_softmax(self.mixture_distribution.logits, dim=-1)
        return torch.logsumexp(of_component + weights, dim=-1)

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        with no_grad():
            dim = len(sample_shape) + len(self.batch_shape)
            event = self.event_shape
            which = self.mixture_distribution.sample(sample_shape)
            drawn = self.component_distribution.sample(sample_shape)
            which = which.reshape((*which.shape, *[1] * (len(event) + 1)))
            which = which.repeat((*[1] * (which.dim() - len(event)), *event))
            return torch.gather(drawn, dim, which).squeeze(dim)

    def _pad(self, x: Any) -> Any:
        return x.unsqueeze(-1 - self._event_ndims)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self.mixture_distribution},\n  {self.component_distribution})"
