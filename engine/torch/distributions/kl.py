"""The Kullback-Leibler divergence of distributions of one family."""

from collections.abc import Callable
from math import inf
from typing import Any, Final

from ... import torch as _torch
from .continuous import Normal, Uniform
from .discrete import Bernoulli, Categorical
from .independent import Independent, sum_rightmost
from .multivariate import MultivariateNormal, half_log_determinant, mahalanobis
from .scaled import Exponential, Laplace

torch: Any = _torch


def kl_divergence(p: Any, q: Any) -> Any:
    """The expected difference of log p and log q, under p. Raises NotImplementedError for pairs without a formula."""
    for family, formula in _FORMULAS.items():
        if isinstance(p, family) and isinstance(q, family):
            return formula(p, q)
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
    )


def _normal(p: Normal, q: Normal) -> Any:
    ratio = (p.scale / q.scale).pow(2)
    distance = ((p.loc - q.loc) / q.scale).pow(2)
    return 0.5 * (ratio + distance - 1 - ratio.log())


def _uniform(p: Uniform, q: Uniform) -> Any:
    found = torch.log((q.high - q.low) / (p.high - p.low))
    return torch.where((q.low > p.low) | (q.high < p.high), torch.full_like(found, inf), found)


def _bernoulli(p: Bernoulli, q: Bernoulli) -> Any:
    functional = torch.nn.functional
    ones = p.probs * (functional.softplus(-q.logits) - functional.softplus(-p.logits))
    zeros = (1 - p.probs) * (functional.softplus(q.logits) - functional.softplus(p.logits))
    ones = torch.where(q.probs == 0, torch.full_like(ones, inf), ones)
    ones = torch.where(p.probs == 0, torch.zeros_like(ones), ones)
    zeros = torch.where(q.probs == 1, torch.full_like(zeros, inf), zeros)
    return ones + torch.where(p.probs == 1, torch.zeros_like(zeros), zeros)


def _categorical(p: Categorical, q: Categorical) -> Any:
    terms = p.probs * (p.logits - q.logits)
    terms = torch.where((q.probs == 0).expand_as(terms), torch.full_like(terms, inf), terms)
    return torch.where((p.probs == 0).expand_as(terms), torch.zeros_like(terms), terms).sum(-1)


def _exponential(p: Exponential, q: Exponential) -> Any:
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


def _laplace(p: Laplace, q: Laplace) -> Any:
    """Source: Gil, "On Rényi divergence measures for continuous alphabet sources" (2011)."""
    ratio, distance = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + distance / q.scale + ratio * torch.exp(-distance / p.scale) - 1


def _multivariate(p: MultivariateNormal, q: MultivariateNormal) -> Any:
    if p.event_shape != q.event_shape:
        raise ValueError(
            f"KL-divergence between two Multivariate Normals with{' ' * 26}different event shapes cannot be computed"
        )
    own, other = p._unbroadcasted_scale_tril, q._unbroadcasted_scale_tril
    batch = torch.broadcast_shapes(own.shape[:-2], other.shape[:-2])
    size = p.event_shape[0]
    solved = torch.linalg.solve_triangular(
        other.expand((*batch, size, size)), own.expand((*batch, size, size)), upper=False
    )
    trace = solved.pow(2).sum((-2, -1))
    logs = half_log_determinant(other) - half_log_determinant(own)
    return logs + 0.5 * (trace + mahalanobis(other, q.loc - p.loc) - size)


def _independent(p: Independent, q: Independent) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


_FORMULAS: Final[dict[type, Callable[[Any, Any], Any]]] = {
    Normal: _normal,
    Uniform: _uniform,
    Bernoulli: _bernoulli,
    Categorical: _categorical,
    Exponential: _exponential,
    Laplace: _laplace,
    MultivariateNormal: _multivariate,
    Independent: _independent,
}
