"""Divergences of two distributions of one family."""

from math import inf
from typing import Any

from ... import torch as _torch
from .bernoulli import Bernoulli
from .beta import Beta
from .binomial import Binomial
from .categorical import Categorical
from .cauchy import Cauchy
from .continuous_bernoulli import ContinuousBernoulli
from .dirichlet import Dirichlet
from .exp_family import ExponentialFamily
from .exponential import Exponential
from .gamma import Gamma
from .geometric import Geometric
from .gumbel import Gumbel
from .half_normal import HalfNormal
from .independent import Independent
from .kl import kl_divergence, register_kl
from .laplace import Laplace
from .lowrank_multivariate_normal import LowRankMultivariateNormal
from .multivariate_normal import MultivariateNormal, half_log_determinant, mahalanobis
from .normal import Normal
from .one_hot_categorical import OneHotCategorical
from .pareto import Pareto
from .poisson import Poisson
from .transformed_distribution import TransformedDistribution
from .uniform import Uniform
from .utils import euler_constant, sum_rightmost

torch: Any = _torch


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Any, q: Any) -> Any:
    softplus = torch.nn.functional.softplus
    ones = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    ones[q.probs == 0] = inf
    ones[p.probs == 0] = 0
    zeros = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    zeros[q.probs == 1] = inf
    zeros[p.probs == 1] = 0
    return ones + zeros


@register_kl(Beta, Beta)
def _beta(p: Any, q: Any) -> Any:
    p1, p0, q1, q0 = p.concentration1, p.concentration0, q.concentration1, q.concentration0
    p_sum, q_sum = p1 + p0, q1 + q0
    gammas = q1.lgamma() + q0.lgamma() + p_sum.lgamma() - (p1.lgamma() + p0.lgamma() + q_sum.lgamma())
    slopes = gammas + (p1 - q1) * torch.digamma(p1) + (p0 - q0) * torch.digamma(p0)
    return slopes + (q_sum - p_sum) * torch.digamma(p_sum)


@register_kl(Binomial, Binomial)
def _binomial(p: Any, q: Any) -> Any:
    if (p.total_count < q.total_count).any():
        raise NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented")
    found = p.total_count * (p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p())
    found[p.total_count > q.total_count] = inf
    return found


@register_kl(Categorical, Categorical)
def _categorical(p: Any, q: Any) -> Any:
    terms = p.probs * (p.logits - q.logits)
    terms[(q.probs == 0).expand_as(terms)] = inf
    terms[(p.probs == 0).expand_as(terms)] = 0
    return terms.sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def _one_hot(p: Any, q: Any) -> Any:
    return _categorical(p._categorical, q._categorical)


@register_kl(Cauchy, Cauchy)
def _cauchy(p: Any, q: Any) -> Any:
    """Chyzak and Nielsen, "A closed-form formula for the Kullback-Leibler divergence between Cauchy distributions"
    (2019)."""
    return ((p.scale + q.scale).pow(2) + (p.loc - q.loc).pow(2)).log() - (4 * p.scale * q.scale).log()


@register_kl(ContinuousBernoulli, ContinuousBernoulli)
def _continuous_bernoulli(p: Any, q: Any) -> Any:
    own = p._cont_bern_log_norm() + torch.log1p(-p.probs)
    return p.mean * (p.logits - q.logits) + own - q._cont_bern_log_norm() - torch.log1p(-q.probs)


@register_kl(Dirichlet, Dirichlet)
def _dirichlet(p: Any, q: Any) -> Any:
    own, other = p.concentration, q.concentration
    sums = own.sum(-1).lgamma() - other.sum(-1).lgamma()
    slopes = own.digamma() - own.sum(-1).digamma().unsqueeze(-1)
    return sums - (own.lgamma() - other.lgamma()).sum(-1) + ((own - other) * slopes).sum(-1)


@register_kl(Exponential, Exponential)
def _exponential(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


@register_kl(ExponentialFamily, ExponentialFamily)
def _exponential_family(p: Any, q: Any) -> Any:
    if type(p) is not type(q):
        raise NotImplementedError(
            f"The cross KL-divergence between different exponential families cannot{' ' * 29}be computed using "
            "Bregman divergences"
        )
    return p.divergence(q)


@register_kl(Gamma, Gamma)
def _gamma(p: Any, q: Any) -> Any:
    rates = q.concentration * (p.rate / q.rate).log()
    gammas = torch.lgamma(q.concentration) - torch.lgamma(p.concentration)
    slopes = (p.concentration - q.concentration) * torch.digamma(p.concentration)
    return rates + gammas + slopes + (q.rate - p.rate) * (p.concentration / p.rate)


@register_kl(Geometric, Geometric)
def _geometric(p: Any, q: Any) -> Any:
    return -p.entropy() - torch.log1p(-q.probs) / p.probs - q.logits


@register_kl(Gumbel, Gumbel)
def _gumbel(p: Any, q: Any) -> Any:
    ratio, own, other = p.scale / q.scale, p.loc / q.scale, q.loc / q.scale
    height = torch.exp(other + (1 + ratio).lgamma() - own)
    return -ratio.log() - other + own + ratio * euler_constant + height - (1 + euler_constant)


@register_kl(HalfNormal, HalfNormal)
def _half_normal(p: Any, q: Any) -> Any:
    return _normal(p.base_dist, q.base_dist)


@register_kl(Independent, Independent)
def _independent(p: Any, q: Any) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(Laplace, Laplace)
def _laplace(p: Any, q: Any) -> Any:
    """Gil, "On Rényi divergence measures for continuous alphabet sources" (2011)."""
    ratio, distance = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + distance / q.scale + ratio * torch.exp(-distance / p.scale) - 1


@register_kl(Normal, Normal)
def _normal(p: Any, q: Any) -> Any:
    ratio = (p.scale / q.scale).pow(2)
    distance = ((p.loc - q.loc) / q.scale).pow(2)
    return 0.5 * (ratio + distance - 1 - ratio.log())


@register_kl(Pareto, Pareto)
def _pareto(p: Any, q: Any) -> Any:
    """Gil, as above."""
    ratio = q.alpha / p.alpha
    found = q.alpha * (p.scale / q.scale).log() + -ratio.log() + ratio - 1
    found[p.support.lower_bound < q.support.lower_bound] = inf
    return found


@register_kl(Poisson, Poisson)
def _poisson(p: Any, q: Any) -> Any:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(TransformedDistribution, TransformedDistribution)
def _transformed(p: Any, q: Any) -> Any:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(Uniform, Uniform)
def _uniform(p: Any, q: Any) -> Any:
    found = ((q.high - q.low) / (p.high - p.low)).log()
    found[(q.low > p.low) | (q.high < p.high)] = inf
    return found


# ---- normal vectors: half of trace + distance + log determinants - dims ----


def _same_events(p: Any, q: Any, family: str, spaces: int) -> int:
    if p.event_shape != q.event_shape:
        raise ValueError(
            f"KL-divergence between two {family} with{' ' * spaces}different event shapes cannot be computed"
        )
    return int(p.event_shape[0])


def _squares(matrix: Any) -> Any:
    """The trace of matrix @ matrix.T."""
    return matrix.pow(2).sum((-2, -1))


def _solved(factor: Any, matrix: Any) -> Any:
    """factor ** -1 @ matrix, of batches that broadcast."""
    batch = torch.broadcast_shapes(factor.shape[:-2], matrix.shape[:-2])
    wide = [each.expand((*batch, *each.shape[-2:])) for each in (factor, matrix)]
    return torch.linalg.solve_triangular(*wide, upper=False)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate(p: Any, q: Any) -> Any:
    size = _same_events(p, q, "Multivariate Normals", 26)
    own, other = p._unbroadcasted_scale_tril, q._unbroadcasted_scale_tril
    logs = half_log_determinant(other) - half_log_determinant(own)
    return logs + 0.5 * (_squares(_solved(other, own)) + mahalanobis(other, q.loc - p.loc) - size)


_EITHER = "(Low Rank) Multivariate Normals"


@register_kl(LowRankMultivariateNormal, MultivariateNormal)
def _low_rank_and_full(p: Any, q: Any) -> Any:
    size = _same_events(p, q, _EITHER, 26)
    other = q._unbroadcasted_scale_tril
    logs = 2 * half_log_determinant(other) - p.log_determinant()
    diagonal = torch.diag_embed(p._unbroadcasted_cov_diag.sqrt())
    trace = _squares(_solved(other, p._unbroadcasted_cov_factor)) + _squares(_solved(other, diagonal))
    return 0.5 * (logs + trace + mahalanobis(other, q.loc - p.loc) - size)


def _trace_by_low_rank(q: Any, root: Any) -> Any:
    """The trace of q's precision @ root @ root.T."""
    within = torch.linalg.solve_triangular(q._capacitance_tril, q.scaled_factor(), upper=False)
    return _squares(root * q._unbroadcasted_cov_diag.rsqrt().unsqueeze(-1)) - _squares(within.matmul(root))


@register_kl(MultivariateNormal, LowRankMultivariateNormal)
def _full_and_low_rank(p: Any, q: Any) -> Any:
    size = _same_events(p, q, _EITHER, 26)
    own = p._unbroadcasted_scale_tril
    logs = q.log_determinant() - 2 * half_log_determinant(own)
    return 0.5 * (logs + _trace_by_low_rank(q, own) + q.distance(q.loc - p.loc) - size)


@register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)
def _low_rank(p: Any, q: Any) -> Any:
    size = _same_events(p, q, "Low Rank Multivariate Normals", 25)
    diagonal = torch.diag_embed(p._unbroadcasted_cov_diag.sqrt())
    trace = _trace_by_low_rank(q, p._unbroadcasted_cov_factor) + _trace_by_low_rank(q, diagonal)
    return 0.5 * (q.log_determinant() - p.log_determinant() + trace + q.distance(q.loc - p.loc) - size)
