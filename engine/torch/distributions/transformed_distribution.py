"""Samples of a distribution sent through transforms."""

from typing import Any, ClassVar

from ... import torch as _torch
from ...grad_mode import no_grad
from ...types.size import Size
from . import constraints
from .distribution import NONE, Distribution
from .independent import Independent
from .transform import ComposeTransform, Transform
from .utils import is_number, sum_rightmost

torch: Any = _torch


class TransformedDistribution(Distribution):
    """The distribution of transform(x) for x of a base distribution."""

    arg_constraints: ClassVar[Any] = {}
    base_dist: Any

    def __init__(self, base_distribution: Any, transforms: Any, validate_args: bool | None = None) -> None:
        self._take(base_distribution, transforms)
        base, transform = self.base_dist, ComposeTransform(self.transforms)
        own_dims = len(base.event_shape)
        before, after = transform.domain.event_dim, transform.codomain.event_dim
        shape = Size((*base.batch_shape, *base.event_shape))
        if len(shape) < before:
            raise ValueError(f"base_distribution needs to have shape with size at least {before}, but got {shape}.")
        made_shape = transform.forward_shape(shape)
        wanted = Size(transform.inverse_shape(made_shape))
        if shape != wanted:
            base = base.expand(wanted[: len(wanted) - own_dims])
        if before > own_dims:
            base = Independent(base, before - own_dims)
        self.base_dist = base
        dims = max(after, own_dims + after - before)
        if len(made_shape) < dims:
            raise AssertionError(f"forward_shape length {len(made_shape)} must be >= event_dim {dims}")
        cut = len(made_shape) - dims
        super().__init__(made_shape[:cut], made_shape[cut:], validate_args=validate_args)

    def _take(self, base: Any, transforms: Any) -> None:
        if isinstance(transforms, Transform):
            transforms = [transforms]
        elif not isinstance(transforms, list):
            raise ValueError(f"transforms must be a Transform or list, but was {transforms}")
        elif not all(isinstance(each, Transform) for each in transforms):
            raise ValueError("transforms must be a Transform or a list of Transforms")
        self.base_dist, self.transforms = base, transforms

    def _expanded_part(self, name: str, part: Any, shape: Size) -> Any:
        inner = Size((*shape, *self.event_shape))
        for transform in reversed(self.transforms):
            inner = transform.inverse_shape(inner)
        return part.expand(inner[: len(inner) - len(part.event_shape)])

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> Any:
        """See Distribution."""
        if not self.transforms:
            return self.base_dist.support
        found = self.transforms[-1].codomain
        more = len(self.event_shape) - found.event_dim
        return constraints.independent(found, more) if more > 0 else found

    @property
    def has_rsample(self) -> Any:
        """See Distribution."""
        return self.base_dist.has_rsample

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        with no_grad():
            return self._forward(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """A sample of the base, transformed."""
        return self._forward(self.base_dist.rsample(sample_shape))

    def _forward(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x

    def log_prob(self, value: Any) -> Any:
        """That of the base less how much the transforms stretch."""
        if self._validate_args:
            self._validate_sample(value)
        dims = len(self.event_shape)
        found: Any = 0.0
        y = value
        for transform in reversed(self.transforms):
            x = transform.inv(y)
            dims += transform.domain.event_dim - transform.codomain.event_dim
            found = found - sum_rightmost(transform.log_abs_det_jacobian(x, y), dims - transform.domain.event_dim)
            y = x
        return found + sum_rightmost(self.base_dist.log_prob(y), dims - len(self.base_dist.event_shape))

    def _turned(self, value: Any) -> Any:
        """A probability, counted from the other end where the transforms fall."""
        sign: Any = 1
        for transform in self.transforms:
            sign = sign * transform.sign
        return value if is_number(sign) and sign == 1 else sign * (value - 0.5) + 0.5

    def cdf(self, value: Any) -> Any:
        """See Distribution."""
        for transform in reversed(self.transforms):
            value = transform.inv(value)
        if self._validate_args:
            self.base_dist._validate_sample(value)
        return self._turned(self.base_dist.cdf(value))

    def icdf(self, value: Any) -> Any:
        """See Distribution."""
        return self._forward(self.base_dist.icdf(self._turned(value)))
