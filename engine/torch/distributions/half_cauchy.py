"""The half Cauchy distribution."""

import math
from typing import Any

from ... import torch as _torch
from .cauchy import Cauchy
from .half import Half
from .transforms import AbsTransform

torch: Any = _torch


class HalfCauchy(Half):
    """The size of a Cauchy number of median 0."""

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Cauchy(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return torch.full(self._extended_shape(), math.inf, dtype=self.scale.dtype)

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.base_dist.variance
