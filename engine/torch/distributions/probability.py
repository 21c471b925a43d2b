"""Distributions that are given by probabilities or by logits, of which the other is computed when it is asked for."""

from typing import Any

from ...types.size import Size
from .distribution import Distribution
from .utils import Lazy, logits_to_probs, probs_to_logits


class ByProbability(Distribution):
    """Has `probs` and `logits`."""

    is_binary = True  # one probability of two values, or those of several in the last dim
    _given: str  # which of both
    total_count: Any

    def _choose(self, probs: Any, logits: Any) -> Any:
        """What was given. Raises ValueError for both or none."""
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        self._given = "logits" if probs is None else "probs"
        return logits if probs is None else probs

    def _take(self, probs: Any, logits: Any) -> Size:
        """Take what was given; the shape, which is () for a number."""
        given = self._choose(probs, logits)
        return self._broadcast(**{self._given: given})

    def _take_with_count(self, total_count: Any, probs: Any, logits: Any) -> Size:
        """Take what was given and a number of trials, broadcast against each other; the shape."""
        given = self._choose(probs, logits)
        self._broadcast(total_count=total_count, **{self._given: given})
        self.total_count = self.total_count.type_as(self._param)
        return self.param_shape

    @Lazy
    def logits(self) -> Any:
        """The logarithms of the probabilities, or of odds."""
        return probs_to_logits(self.probs, is_binary=self.is_binary)

    @Lazy
    def probs(self) -> Any:
        """The probabilities."""
        return logits_to_probs(self.logits, is_binary=self.is_binary)

    @property
    def _param(self) -> Any:
        return self.__dict__[self._given]

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter that was given."""
        shape: Size = self._param.size()
        return shape

    def _new(self, *args: Any, **kwargs: Any) -> Any:
        return self._param.new(*args, **kwargs)
