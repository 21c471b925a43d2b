"""Normal vectors whose covariance is a diagonal and a matrix of low rank."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from . import constraints
from .distribution import NONE, Distribution
from .multivariate_normal import half_log_determinant, mahalanobis
from .utils import Lazy, standard_normal

torch: Any = _torch


class LowRankMultivariateNormal(Distribution):
    """Vectors of covariance cov_factor @ cov_factor.T + diag(cov_diag).

    Determinant and inverse go by the small matrix I + factor.T @ diag ** -1 @ factor: the matrix determinant lemma and
    the Woodbury identity.
    """

    arg_constraints: ClassVar[Any] = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, loc: Any, cov_factor: Any, cov_diag: Any, validate_args: bool | None = None) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        event = loc.shape[-1:]
        if cov_factor.dim() < 2:
            raise ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions")
        if cov_factor.shape[-2:-1] != event:
            raise ValueError(f"cov_factor must be a batch of matrices with shape {event[0]} x m")
        if cov_diag.shape[-1:] != event:
            raise ValueError(f"cov_diag must be a batch of vectors with shape {event}")
        try:
            wide = torch.broadcast_tensors(loc.unsqueeze(-1), cov_factor, cov_diag.unsqueeze(-1))
        except RuntimeError as error:
            raise ValueError(
                f"Incompatible batch shapes: loc {loc.shape}, cov_factor {cov_factor.shape}, cov_diag {cov_diag.shape}"
            ) from error
        self.loc, self.cov_factor, self.cov_diag = wide[0][..., 0], wide[1], wide[2][..., 0]
        self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag = cov_factor, cov_diag
        small = torch.matmul(cov_factor.mT / cov_diag.unsqueeze(-2), cov_factor)
        self._capacitance_tril = torch.linalg.cholesky(_plus_identity(small))
        super().__init__(self.loc.shape[:-1], event, validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.loc

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.loc

    def _whole(self, value: Any, dims: int) -> Any:
        """Expanded to all batches, for values of one dim, or two, of the event."""
        return value.expand((*self._batch_shape, *tuple(self._event_shape) * dims))

    @Lazy
    def variance(self) -> Any:
        """See Distribution."""
        return self._whole(self._unbroadcasted_cov_factor.pow(2).sum(-1) + self._unbroadcasted_cov_diag, 1)

    @Lazy
    def scale_tril(self) -> Any:
        """The lower Cholesky factor of the covariance."""
        root = self._unbroadcasted_cov_diag.sqrt().unsqueeze(-1)
        scaled = self._unbroadcasted_cov_factor / root
        return self._whole(root * torch.linalg.cholesky(_plus_identity(torch.matmul(scaled, scaled.mT))), 2)

    @Lazy
    def covariance_matrix(self) -> Any:
        """The covariance."""
        factor = self._unbroadcasted_cov_factor
        return self._whole(torch.matmul(factor, factor.mT) + torch.diag_embed(self._unbroadcasted_cov_diag), 2)

    @Lazy
    def precision_matrix(self) -> Any:
        """The inverse of the covariance."""
        solved = torch.linalg.solve_triangular(self._capacitance_tril, self.scaled_factor(), upper=False)
        return self._whole(torch.diag_embed(self._unbroadcasted_cov_diag.reciprocal()) - solved.mT @ solved, 2)

    def scaled_factor(self) -> Any:
        """factor.T @ diag ** -1."""
        return self._unbroadcasted_cov_factor.mT / self._unbroadcasted_cov_diag.unsqueeze(-2)

    def log_determinant(self) -> Any:
        """The logarithm of the covariance's determinant."""
        return 2 * half_log_determinant(self._capacitance_tril) + self._unbroadcasted_cov_diag.log().sum(-1)

    def distance(self, difference: Any) -> Any:
        """The squares of the lengths of vectors, measured by the covariance."""
        within = torch.matmul(self.scaled_factor(), difference.unsqueeze(-1)).squeeze(-1)
        whole = (difference.pow(2) / self._unbroadcasted_cov_diag).sum(-1)
        return whole - mahalanobis(self._capacitance_tril, within)

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """loc + cov_factor @ noise + cov_diag ** 0.5 * noise."""
        shape = self._extended_shape(sample_shape)
        low = standard_normal((*shape[:-1], self.cov_factor.shape[-1]), self.loc.dtype)
        own = standard_normal(shape, self.loc.dtype)
        common = torch.matmul(self._unbroadcasted_cov_factor, low.unsqueeze(-1)).squeeze(-1)
        return self.loc + common + self._unbroadcasted_cov_diag.sqrt() * own

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        distance = self.distance(value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + self.log_determinant() + distance)

    def entropy(self) -> Any:
        """See Distribution."""
        found = 0.5 * (self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self.log_determinant())
        return found.expand(self._batch_shape) if self._batch_shape else found


def _plus_identity(matrix: Any) -> Any:
    return matrix + torch.eye(matrix.shape[-1], dtype=matrix.dtype)
