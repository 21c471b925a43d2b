"""The half normal distribution."""

import math
from typing import Any

from .half import Half
from .normal import Normal
from .transforms import AbsTransform


class HalfNormal(Half):
    """The size of a normal number of mean 0."""

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.scale.pow(2) * (1 - 2 / math.pi)
