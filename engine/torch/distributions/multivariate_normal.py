"""The normal distribution of vectors."""

import math
from typing import Any, ClassVar

from ... import torch as _torch
from ...types.size import Size
from . import constraints
from .distribution import NONE, Distribution
from .utils import Lazy, standard_normal

torch: Any = _torch
_LEAST = "{} must be at least two-dimensional, with optional leading batch dimensions"


class MultivariateNormal(Distribution):
    """Vectors of mean `loc`, given their covariance, its inverse, or its lower Cholesky factor `scale_tril`."""

    arg_constraints: ClassVar[Any] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True
    _unbroadcasted_scale_tril: Any

    def __init__(
        self,
        loc: Any,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        matrices = {
            "scale_tril": scale_tril, "covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix
        }  # fmt: skip
        given = {name: matrix for name, matrix in matrices.items() if matrix is not None}
        if len(given) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        ((name, matrix),) = given.items()
        if matrix.dim() < 2:
            raise ValueError(_LEAST.format("scale_tril matrix" if name == "scale_tril" else name))
        batch = torch.broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        self.__dict__[name] = matrix.expand((*batch, -1, -1))
        self.loc = loc.expand((*batch, -1))
        super().__init__(batch, self.loc.shape[-1:], validate_args=validate_args)
        if name == "covariance_matrix":
            matrix = torch.linalg.cholesky(matrix)
        elif name == "precision_matrix":
            matrix = factor_of_inverse(matrix)
        self._unbroadcasted_scale_tril = matrix

    def _matrix_shape(self) -> Size:
        return Size((*self._batch_shape, *self._event_shape, *self._event_shape))

    @Lazy
    def scale_tril(self) -> Any:
        """The lower Cholesky factor of the covariance."""
        return self._unbroadcasted_scale_tril.expand(self._matrix_shape())

    @Lazy
    def covariance_matrix(self) -> Any:
        """The covariance."""
        factor = self._unbroadcasted_scale_tril
        return torch.matmul(factor, factor.mT).expand(self._matrix_shape())

    @Lazy
    def precision_matrix(self) -> Any:
        """The inverse of the covariance."""
        return torch.cholesky_inverse(self._unbroadcasted_scale_tril).expand(self._matrix_shape())

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self.loc

    @property
    def mode(self) -> Any:
        """See Distribution."""
        return self.loc

    @property
    def variance(self) -> Any:
        """See Distribution."""
        return self._unbroadcasted_scale_tril.pow(2).sum(-1).expand((*self._batch_shape, *self._event_shape))

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """loc + scale_tril @ noise."""
        noise = standard_normal(self._extended_shape(sample_shape), self.loc.dtype)
        return self.loc + torch.matmul(self._unbroadcasted_scale_tril, noise.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        factor = self._unbroadcasted_scale_tril
        distance = mahalanobis(factor, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - half_log_determinant(factor)

    def entropy(self) -> Any:
        """See Distribution."""
        half = half_log_determinant(self._unbroadcasted_scale_tril)
        found = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + half
        return found.expand(self._batch_shape) if self._batch_shape else found


def half_log_determinant(factor: Any) -> Any:
    """Half the logarithm of the determinant of factor @ factor.T."""
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def mahalanobis(factor: Any, difference: Any) -> Any:
    """The squares of the distances of vectors, measured by the covariance factor @ factor.T."""
    size, batch = difference.size(-1), difference.shape[:-1]
    own = (
        factor.dim() - 2
    )  # dims of the batch that the factor has too, where it may have one matrix for several vectors
    outer = len(batch) - own
    split = [part for many, few in zip(batch[outer:], factor.shape[:-2], strict=True) for part in (many // few, few)]
    order = [*range(outer), *range(outer, outer + 2 * own, 2), *range(outer + 1, outer + 2 * own, 2)]
    vectors = difference.reshape((*batch[:outer], *split, size)).permute((*order, outer + 2 * own))
    factors = factor.reshape(-1, size, size)
    columns = vectors.reshape(-1, factors.size(0), size).permute(1, 2, 0)  # one system for each factor
    squares = torch.linalg.solve_triangular(factors, columns, upper=False).pow(2).sum(-2)
    back = [*range(outer), *(place for i in range(own) for place in (outer + i, outer + own + i))]
    return squares.t().reshape(vectors.shape[:-1]).permute(back).reshape(batch)


def factor_of_inverse(precision: Any) -> Any:
    """The lower Cholesky factor of the inverse: of the matrix turned around its centre, turned back and inverted."""
    turned = torch.linalg.cholesky(torch.flip(precision, (-2, -1)))
    inverse = torch.transpose(torch.flip(turned, (-2, -1)), -2, -1)
    identity = torch.eye(precision.shape[-1], dtype=precision.dtype)
    return torch.linalg.solve_triangular(inverse, identity, upper=False)
