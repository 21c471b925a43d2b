"""Batches of a distribution taken as one event."""

from typing import Any

from ...types.size import Size
from . import constraints
from .distribution import NONE, Distribution


class Independent(Distribution):
    """The last `reinterpreted_batch_ndims` batch dims of a distribution count as dims of the event."""

    arg_constraints = {}  # noqa: RUF012 - a property of the base, a constant here, as in PyTorch

    def __init__(
        self, base_distribution: Any, reinterpreted_batch_ndims: int, validate_args: bool | None = None
    ) -> None:
        dims = len(base_distribution.batch_shape)
        if reinterpreted_batch_ndims > dims:
            raise ValueError(
                "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), actual "
                f"{reinterpreted_batch_ndims} vs {dims}"
            )
        shape = (*base_distribution.batch_shape, *base_distribution.event_shape)
        start = dims - reinterpreted_batch_ndims
        self.base_dist = base_distribution
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        super().__init__(shape[:start], shape[start:], validate_args=validate_args)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]  # the base distribution's
        """See Distribution."""
        return bool(self.base_dist.has_rsample)

    @property
    def has_enumerate_support(self) -> bool:  # type: ignore[override]  # the base distribution's
        """See Distribution."""
        return self.reinterpreted_batch_ndims == 0 and bool(self.base_dist.has_enumerate_support)

    @property
    def support(self) -> Any:
        """See Distribution."""
        base = self.base_dist.support
        count = self.reinterpreted_batch_ndims
        return constraints.independent(base, count) if count else base

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.base_dist.mean

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.base_dist.mode

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self.base_dist.variance

    def expand(self, batch_shape: Any, _instance: Any = None) -> "Independent":
        """See Distribution."""
        inner = Size((*batch_shape, *self.event_shape[: self.reinterpreted_batch_ndims]))
        count = self.reinterpreted_batch_ndims
        made: Independent = self._expanded(
            batch_shape, base_dist=self.base_dist.expand(inner), reinterpreted_batch_ndims=count
        )
        return made

    def sample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """See Distribution."""
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Any) -> Any:
        """The sum over the event."""
        return sum_rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self) -> Any:
        """The sum over the event."""
        return sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def enumerate_support(self, expand: bool = True) -> Any:
        """See Distribution."""
        if self.reinterpreted_batch_ndims > 0:
            raise NotImplementedError("Enumeration over cartesian product is not implemented")
        return self.base_dist.enumerate_support(expand=expand)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_dist}, {self.reinterpreted_batch_ndims})"


def sum_rightmost(value: Any, count: int) -> Any:
    """The sum over the last `count` dims."""
    return value if count == 0 else value.reshape((*value.shape[:-count], -1)).sum(-1)
