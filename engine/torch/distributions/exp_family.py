"""Families whose log density is linear in natural parameters, which gives entropies and divergences by gradients."""

from typing import Any

from ... import torch as _torch
from .distribution import Distribution
from .utils import sum_rightmost

torch: Any = _torch


class ExponentialFamily(Distribution):
    """Says its natural parameters, the logarithm of its normaliser and the mean of its carrier measure."""

    @property
    def _natural_params(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def _log_normalizer(self, *natural_params: Any) -> Any:
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self) -> Any:
        raise NotImplementedError

    def entropy(self) -> Any:
        """See Distribution; by Bregman divergence (Nielsen and Nock, "Entropies and cross-entropies of exponential
        families", 2010)."""
        found: Any = -self._mean_carrier_measure
        given, normalizer, slopes = self._slopes_of_normalizer()
        found = found + normalizer
        for parameter, slope in zip(given, slopes, strict=True):
            found = found - (parameter * slope).reshape((*self._batch_shape, -1)).sum(-1)
        return found

    def _slopes_of_normalizer(self) -> tuple[list[Any], Any, Any]:
        given = [parameter.detach().requires_grad_() for parameter in self._natural_params]
        normalizer = self._log_normalizer(*given)
        return given, normalizer, torch.autograd.grad(normalizer.sum(), given, create_graph=True)

    def divergence(self, other: "ExponentialFamily") -> Any:
        """KL(self || other), both of one family."""
        given, normalizer, slopes = self._slopes_of_normalizer()
        found = other._log_normalizer(*other._natural_params) - normalizer
        for own, parameter, slope in zip(given, other._natural_params, slopes, strict=True):
            found = found - sum_rightmost((parameter - own) * slope, len(other.event_shape))
        return found
