"""The von Mises distribution of angles."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from ...grad_mode import no_grad
from . import constraints
from .distribution import NONE, Distribution
from .utils import Lazy

torch: Any = _torch


class VonMises(Distribution):
    """Angles about `loc`, the closer the larger `concentration`."""

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    has_rsample = False
    loc: Any
    concentration: Any

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self._broadcast(loc=loc, concentration=concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """The mean direction."""
        return self.loc

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.loc

    @Lazy
    def variance(self) -> Any:
        """1 less the mean resultant length."""
        return 1 - (_log_bessel(self.concentration, 1) - _log_bessel(self.concentration, 0)).exp()

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        height = self.concentration * torch.cos(value - self.loc)
        return height - math.log(2 * math.pi) - _log_bessel(self.concentration, 0)

    def sample(self, sample_shape: Any = NONE) -> Any:
        """By rejection from a wrapped Cauchy distribution (Best and Fisher, 1979), in double precision."""
        with no_grad():
            loc, concentration = self.loc.to(torch.double), self.concentration.to(torch.double)
            tau = 1 + (1 + 4 * concentration**2).sqrt()
            rho = (tau - (2 * tau).sqrt()) / (2 * concentration)
            exact = (1 + rho**2) / (2 * rho)
            r = torch.where(concentration < 1e-5, 1 / concentration + concentration, exact)
            x = torch.empty(self._extended_shape(sample_shape), dtype=loc.dtype)
            done = torch.zeros(x.shape, dtype=torch.bool)
            while not done.all():
                first, second, third = torch.rand((3, *x.shape), dtype=loc.dtype).unbind()
                z = torch.cos(math.pi * first)
                f = (1 + r * z) / (r + z)
                c = concentration * (r - f)
                accept = ((c * (2 - c) - second) > 0) | ((c / second).log() + 1 - c >= 0)
                x = torch.where(accept, (third - 0.5).sign() * f.acos(), x)
                done = done | accept
            return ((x + math.pi + loc) % (2 * math.pi) - math.pi).to(self.loc.dtype)


def _log_bessel(x: Any, order: int) -> Any:
    """The logarithm of the modified Bessel function of order 0 or 1 (Abramowitz and Stegun 9.8.1 to 9.8.4)."""
    small, large = _SMALL[order], _LARGE[order]
    y = x / 3.75
    below = _polynomial(y * y, small)
    below = (x.abs() * below if order else below).log()
    above = x - 0.5 * x.log() + _polynomial(3.75 / x, large).log()
    return torch.where(x < 3.75, below, above)


def _polynomial(x: Any, factors: tuple[float, ...]) -> Any:
    found: Any = factors[-1]
    for factor in reversed(factors[:-1]):
        found = factor + x * found
    return found


_SMALL = (
    (1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813),
    (0.5, 0.87890594, 0.51498869, 0.15084934, 0.02658733, 0.00301532, 0.00032411),
)
_LARGE = (
    (0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377),
    (0.39894228, -0.03988024, -0.00362018, 0.00163801, -0.01031555, 0.02282967, -0.02895312, 0.01787654, -0.00420059),
)
