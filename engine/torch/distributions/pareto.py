"""The Pareto distribution."""

from typing import Any, ClassVar

from . import constraints
from .exponential import Exponential
from .transformed_distribution import TransformedDistribution
from .transforms import AffineTransform, ExpTransform


class Pareto(TransformedDistribution):
    """Numbers from `scale` on, whose tail falls as x ** -alpha."""

    arg_constraints: ClassVar[Any] = {"alpha": constraints.positive, "scale": constraints.positive}
    scale: Any
    alpha: Any

    def __init__(self, scale: Any, alpha: Any, validate_args: bool | None = None) -> None:
        self._broadcast(scale=scale, alpha=alpha)
        steps = [ExpTransform(), AffineTransform(loc=0, scale=self.scale)]
        super().__init__(Exponential(self.alpha, validate_args=validate_args), steps, validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution; infinite up to alpha 1."""
        alpha = self.alpha.clamp(min=1)
        return alpha * self.scale / (alpha - 1)

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.scale

    @property
    def variance(self) -> Any:
        """See Distribution; infinite up to alpha 2."""
        alpha = self.alpha.clamp(min=2)
        return self.scale.pow(2) * alpha / ((alpha - 1).pow(2) * (alpha - 2))

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """See Distribution."""
        return constraints.greater_than_eq(self.scale)

    def entropy(self) -> Any:
        """See Distribution."""
        return (self.scale / self.alpha).log() + (1 + self.alpha.reciprocal())
