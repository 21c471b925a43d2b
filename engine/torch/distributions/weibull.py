"""The Weibull distribution."""

from typing import Any, ClassVar

from ... import torch as _torch
from ...types.size import Size
from . import constraints
from .exponential import Exponential
from .transformed_distribution import TransformedDistribution
from .transforms import AffineTransform, PowerTransform, Transform
from .utils import euler_constant

torch: Any = _torch


class Weibull(TransformedDistribution):
    """A power of an exponential number: how long a thing lasts that wears out, or in."""

    arg_constraints: ClassVar[Any] = {"scale": constraints.positive, "concentration": constraints.positive}
    support = constraints.positive
    scale: Any
    concentration: Any

    def __init__(self, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self._broadcast(scale=scale, concentration=concentration)
        base = Exponential(torch.ones_like(self.scale), validate_args=validate_args)
        super().__init__(base, _steps(self.concentration, self.scale), validate_args=validate_args)

    def _expanded(self, shape: Size) -> dict[str, Any]:
        found = super()._expanded(shape)
        return found | {"transforms": _steps(found["concentration"], found["scale"])}

    @property
    def concentration_reciprocal(self) -> Any:
        """1 / concentration."""
        return self.concentration.reciprocal()

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.scale * torch.exp(torch.lgamma(1 + self.concentration_reciprocal))

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.scale * ((self.concentration - 1) / self.concentration) ** self.concentration.reciprocal()

    @property
    def variance(self) -> Any:
        """See Distribution."""
        power = self.concentration_reciprocal
        squares = torch.exp(torch.lgamma(1 + 2 * power)) - torch.exp(2 * torch.lgamma(1 + power))
        return self.scale.pow(2) * squares

    def entropy(self) -> Any:
        """See Distribution."""
        power = self.concentration_reciprocal
        return euler_constant * (1 - power) + torch.log(self.scale * power) + 1


def _steps(concentration: Any, scale: Any) -> list[Transform]:
    return [PowerTransform(exponent=concentration.reciprocal()), AffineTransform(loc=0, scale=scale)]
