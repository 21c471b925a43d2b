"""Divergences of distributions of two families, where there is a formula, or where it is infinite."""

import math
from math import inf
from typing import Any

from ... import torch as _torch
from .bernoulli import Bernoulli
from .beta import Beta
from .binomial import Binomial
from .continuous_bernoulli import ContinuousBernoulli
from .exponential import Exponential
from .gamma import Gamma
from .gumbel import Gumbel
from .kl import register_kl
from .laplace import Laplace
from .normal import Normal
from .pareto import Pareto
from .poisson import Poisson
from .uniform import Uniform
from .utils import euler_constant

torch: Any = _torch


def _infinite(p: Any, _q: Any) -> Any:
    """p has values that q cannot have."""
    return torch.full_like(p.mean, inf)


_UNBOUND = (Beta, ContinuousBernoulli, Pareto, Uniform)
_POSITIVE = (*_UNBOUND, Exponential, Gamma)
for _wide, _narrow in {
    Beta: (Pareto,),
    ContinuousBernoulli: (Pareto,),
    Exponential: _UNBOUND,
    Gamma: _UNBOUND,
    Gumbel: _POSITIVE,
    Laplace: _POSITIVE,
    Normal: _POSITIVE,
    Pareto: (Beta, ContinuousBernoulli, Uniform),
    Poisson: (Bernoulli, Binomial),
}.items():
    for _family in _narrow:
        register_kl(_wide, _family)(_infinite)


def _normal_with(mean: Any, square: Any, q: Any) -> Any:
    """-E log q for a normal q, by the mean and the mean square under p."""
    variance = q.scale.pow(2)
    return 0.5 * (variance * 2 * math.pi).log() + (0.5 * square - q.loc * mean + 0.5 * q.loc.pow(2)) / variance


def _gamma_with(mean: Any, log_mean: Any, q: Any) -> Any:
    """-E log q for a gamma q, by the means of x and log x under p."""
    normalizer = q.concentration.lgamma() - q.concentration * q.rate.log()
    return normalizer - (q.concentration - 1) * log_mean + q.rate * mean


def _exponential_with(mean: Any, q: Any) -> Any:
    """-E log q for an exponential q."""
    return -q.rate.log() + q.rate * mean


def _gumbel_with(mean: Any, height: Any, q: Any) -> Any:
    """-E log q for a Gumbel q, by the means of x and exp(-x / scale) under p."""
    return q.scale.log() + (mean - q.loc) / q.scale + torch.exp(q.loc / q.scale) * height


@register_kl(Bernoulli, Poisson)
def _bernoulli_poisson(p: Any, q: Any) -> Any:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


@register_kl(Beta, ContinuousBernoulli)
def _beta_continuous_bernoulli(p: Any, q: Any) -> Any:
    return -p.entropy() - p.mean * q.logits - torch.log1p(-q.probs) - q._cont_bern_log_norm()


@register_kl(Beta, Exponential)
@register_kl(ContinuousBernoulli, Exponential)
@register_kl(Gamma, Exponential)
def _with_exponential(p: Any, q: Any) -> Any:
    return -p.entropy() + _exponential_with(p.mean, q)


@register_kl(Beta, Gamma)
def _beta_gamma(p: Any, q: Any) -> Any:
    log_mean = p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma()
    return -p.entropy() + _gamma_with(p.mean, log_mean, q)


@register_kl(Beta, Normal)
@register_kl(ContinuousBernoulli, Normal)
@register_kl(Exponential, Normal)
@register_kl(Gamma, Normal)
@register_kl(Gumbel, Normal)
@register_kl(Laplace, Normal)
@register_kl(Uniform, Normal)
def _with_normal(p: Any, q: Any) -> Any:
    return -p.entropy() + _normal_with(p.mean, p.variance + p.mean.pow(2), q)


@register_kl(Beta, Uniform)
def _beta_uniform(p: Any, q: Any) -> Any:
    found = -p.entropy() + (q.high - q.low).log()
    found[(q.low > p.support.lower_bound) | (q.high < p.support.upper_bound)] = inf
    return found


@register_kl(ContinuousBernoulli, Uniform)
def _continuous_bernoulli_uniform(p: Any, q: Any) -> Any:
    found = -p.entropy() + (q.high - q.low).log()
    outside = torch.max(torch.ge(q.low, p.support.lower_bound), torch.le(q.high, p.support.upper_bound))
    return torch.where(outside, torch.full_like(found, inf), found)


@register_kl(Exponential, Gamma)
def _exponential_gamma(p: Any, q: Any) -> Any:
    return -p.entropy() + _gamma_with(p.mean, -euler_constant - p.rate.log(), q)


@register_kl(Exponential, Gumbel)
def _exponential_gumbel(p: Any, q: Any) -> Any:
    product = p.rate * q.scale
    return -p.entropy() + _gumbel_with(p.mean, product / (product + 1), q)


@register_kl(Gamma, Gumbel)
def _gamma_gumbel(p: Any, q: Any) -> Any:
    height = (1 + (p.rate * q.scale).reciprocal()).pow(-p.concentration)
    return -p.entropy() + _gumbel_with(p.mean, height, q)


@register_kl(Normal, Gumbel)
def _normal_gumbel(p: Any, q: Any) -> Any:
    height = torch.exp(-p.loc / q.scale + 0.5 * (p.scale / q.scale).pow(2))
    return -p.entropy() + _gumbel_with(p.loc, height, q)


@register_kl(Normal, Laplace)
def _normal_laplace(p: Any, q: Any) -> Any:
    distance = p.loc - q.loc
    z = distance / p.scale
    mean_size = math.sqrt(2 / math.pi) * p.scale * torch.exp(-0.5 * z.pow(2))
    mean_size = mean_size + distance * torch.erf(math.sqrt(0.5) * z)
    return -p.entropy() + torch.log(2 * q.scale) + mean_size / q.scale


@register_kl(Pareto, Exponential)
def _pareto_exponential(p: Any, q: Any) -> Any:
    found = -p.entropy() + _exponential_with(p.alpha * p.scale / (p.alpha - 1), q)
    found[p.alpha <= 1] = inf
    return found


@register_kl(Pareto, Gamma)
def _pareto_gamma(p: Any, q: Any) -> Any:
    log_mean = p.scale.log() + p.alpha.reciprocal()
    found = -p.entropy() + _gamma_with(p.alpha * p.scale / (p.alpha - 1), log_mean, q)
    found[p.alpha <= 1] = inf
    return found


@register_kl(Pareto, Normal)
def _pareto_normal(p: Any, q: Any) -> Any:
    mean = p.alpha * p.scale / (p.alpha - 1)
    variance = p.alpha * (p.scale / (p.alpha - 1)).pow(2) / (p.alpha - 2)
    found = -p.entropy() + _normal_with(mean, variance + mean.pow(2), q)
    found[p.alpha <= 2] = inf
    return found


def _mean_log(low: Any, high: Any) -> Any:
    """The mean of log x over an interval."""
    width = high - low
    return (torch.special.xlogy(high, high) - torch.special.xlogy(low, low) - width) / width


@register_kl(Uniform, Beta)
def _uniform_beta(p: Any, q: Any) -> Any:
    gammas = q.concentration1.lgamma() + q.concentration0.lgamma() - (q.concentration1 + q.concentration0).lgamma()
    ones = (q.concentration1 - 1) * _mean_log(p.low, p.high)
    zeros = (q.concentration0 - 1) * _mean_log(1 - p.high, 1 - p.low)
    found = -p.entropy() + gammas - ones - zeros
    found[(p.high > q.support.upper_bound) | (p.low < q.support.lower_bound)] = inf
    return found


@register_kl(Uniform, ContinuousBernoulli)
def _uniform_continuous_bernoulli(p: Any, q: Any) -> Any:
    found = -p.entropy() - p.mean * q.logits - torch.log1p(-q.probs) - q._cont_bern_log_norm()
    outside = torch.max(torch.ge(p.high, q.support.upper_bound), torch.le(p.low, q.support.lower_bound))
    return torch.where(outside, torch.full_like(found, inf), found)


@register_kl(Uniform, Exponential)
def _uniform_exponential(p: Any, q: Any) -> Any:
    found = -p.entropy() + _exponential_with(p.mean, q)
    found[p.low < q.support.lower_bound] = inf
    return found


@register_kl(Uniform, Gamma)
def _uniform_gamma(p: Any, q: Any) -> Any:
    found = -p.entropy() + _gamma_with(p.mean, _mean_log(p.low, p.high), q)
    found[p.low < q.support.lower_bound] = inf
    return found


@register_kl(Uniform, Gumbel)
def _uniform_gumbel(p: Any, q: Any) -> Any:
    share = q.scale / (p.high - p.low)
    height = share * (torch.exp(-p.low / q.scale) - torch.exp(-p.high / q.scale))
    return -p.entropy() + _gumbel_with(p.mean, height, q)


@register_kl(Uniform, Pareto)
def _uniform_pareto(p: Any, q: Any) -> Any:
    normalizer = (q.alpha * q.scale.pow(q.alpha)).log()
    found = -p.entropy() - normalizer + (q.alpha + 1) * _mean_log(p.low, p.high)
    found[p.low < q.support.lower_bound] = inf
    return found
