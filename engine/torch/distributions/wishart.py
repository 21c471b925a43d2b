"""The Wishart distribution of positive definite matrices."""

import math
import warnings
from typing import Any, Final

from ... import torch as _torch
from ...types.size import Size
from . import constraints
from .chi2 import Chi2
from .distribution import NONE
from .exp_family import ExponentialFamily
from .multivariate_normal import factor_of_inverse, half_log_determinant
from .utils import Lazy, is_number

torch: Any = _torch
_LOG_2: Final = math.log(2)
_TRIES: Final = 10


class Wishart(ExponentialFamily):
    """The sum of the outer products of `df` normal vectors, of a covariance given as that of MultivariateNormal."""

    support = constraints.positive_definite
    has_rsample = True
    _mean_carrier_measure = 0
    _unbroadcasted_scale_tril: Any
    df: Any

    @property
    def arg_constraints(self) -> Any:
        """See Distribution."""
        definite = constraints.positive_definite
        return {
            "covariance_matrix": definite,
            "precision_matrix": definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self.event_shape[-1] - 1),
        }

    def __init__(
        self,
        df: Any,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        matrices = {
            "covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix, "scale_tril": scale_tril
        }  # fmt: skip
        given = {name: matrix for name, matrix in matrices.items() if matrix is not None}
        if len(given) != 1:
            raise AssertionError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        ((name, matrix),) = given.items()
        if matrix.dim() < 2:
            raise ValueError("scale_tril must be at least two-dimensional, with optional leading batch dimensions")
        if is_number(df):
            batch = Size(matrix.shape[:-2])
            self.df = torch.tensor(df, dtype=matrix.dtype)
        else:
            batch = torch.broadcast_shapes(matrix.shape[:-2], df.shape)
            self.df = df.expand(batch)
        event = matrix.shape[-2:]
        if self.df.le(event[-1] - 1).any():
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {event[-1] - 1}.")
        self.__dict__[name] = matrix.expand((*batch, -1, -1))
        if self.df.lt(event[-1]).any():
            warnings.warn(
                "Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.",
                stacklevel=2,
            )
        super().__init__(batch, event, validate_args=validate_args)
        if name == "covariance_matrix":
            matrix = torch.linalg.cholesky(matrix)
        elif name == "precision_matrix":
            matrix = factor_of_inverse(matrix)
        self._unbroadcasted_scale_tril = matrix

    @property
    def _dist_chi2(self) -> Chi2:
        """Of the squares on the diagonal of a sample's factor."""
        size = self._event_shape[-1]
        places = torch.arange(size, dtype=self._unbroadcasted_scale_tril.dtype)
        return Chi2(df=self.df.unsqueeze(-1) - places.expand((*self._batch_shape, -1)))

    def _whole(self, matrix: Any) -> Any:
        return matrix.expand((*self._batch_shape, *self._event_shape))

    @Lazy
    def scale_tril(self) -> Any:
        """The lower Cholesky factor of the covariance."""
        return self._whole(self._unbroadcasted_scale_tril)

    @Lazy
    def covariance_matrix(self) -> Any:
        """The covariance of the vectors."""
        factor = self._unbroadcasted_scale_tril
        return self._whole(factor @ factor.transpose(-2, -1))

    @Lazy
    def precision_matrix(self) -> Any:
        """The inverse of the covariance."""
        factor = self._unbroadcasted_scale_tril
        return self._whole(torch.cholesky_solve(torch.eye(self._event_shape[-1], dtype=factor.dtype), factor))

    def _as_matrix(self, values: Any) -> Any:
        return values.view((*self._batch_shape, 1, 1))

    @property
    def mean(self) -> Any:
        """See Distribution."""
        return self._as_matrix(self.df) * self.covariance_matrix

    @property
    def mode(self) -> Any:
        """See Distribution; nan where df is too small."""
        factor = self.df - self.covariance_matrix.shape[-1] - 1
        factor[factor <= 0] = math.nan
        return self._as_matrix(factor) * self.covariance_matrix

    @property
    def variance(self) -> Any:
        """See Distribution."""
        covariance = self.covariance_matrix
        diagonal = covariance.diagonal(dim1=-2, dim2=-1)
        return self._as_matrix(self.df) * (covariance.pow(2) + diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2))

    def _bartlett_sampling(self, sample_shape: Any = NONE) -> Any:
        """By Bartlett's decomposition (1933)."""
        size = self._event_shape[-1]
        roots = self._dist_chi2.rsample(sample_shape).sqrt()
        noise = roots.clamp(min=torch.finfo(roots.dtype).eps).diag_embed(dim1=-2, dim2=-1)
        rows, columns = torch.tril_indices(size, size, offset=-1)
        shape = (*sample_shape, *self._batch_shape, size * (size - 1) // 2)
        noise[..., rows, columns] = torch.randn(shape, dtype=noise.dtype)
        factor = self._unbroadcasted_scale_tril @ noise
        return factor @ factor.transpose(-2, -1)

    def rsample(self, sample_shape: Any = NONE, max_try_correction: int | None = None) -> Any:
        """See Distribution. A sample that rounding made singular is drawn anew, a few times."""
        sample = self._bartlett_sampling(Size(sample_shape))
        singular = ~self.support.check(sample)
        if not singular.any():
            return sample
        warnings.warn("Singular sample detected.", stacklevel=2)
        for _ in range(_TRIES if max_try_correction is None else max_try_correction):
            sample = torch.where(singular[..., None, None], self._bartlett_sampling(Size(sample_shape)), sample)
            singular = ~self.support.check(sample)
            if not singular.any():
                break
        return sample

    def log_prob(self, value: Any) -> Any:
        """See Distribution."""
        if self._validate_args:
            self._validate_sample(value)
        df, size, factor = self.df, self._event_shape[-1], self._unbroadcasted_scale_tril
        trace = torch.cholesky_solve(value, factor).diagonal(dim1=-2, dim2=-1).sum(dim=-1)
        normalizer = -df * (size * _LOG_2 / 2 + half_log_determinant(factor)) - torch.mvlgamma(df / 2, p=size)
        return normalizer + (df - size - 1) / 2 * torch.linalg.slogdet(value).logabsdet - trace / 2

    def entropy(self) -> Any:
        """See Distribution."""
        df, size = self.df, self._event_shape[-1]
        scale = (size + 1) * (size * _LOG_2 / 2 + half_log_determinant(self._unbroadcasted_scale_tril))
        slope = torch.digamma((df / 2).unsqueeze(-1) - torch.arange(size, dtype=df.dtype).div(2)).sum(-1)
        return scale + torch.mvlgamma(df / 2, p=size) - (df - size - 1) / 2 * slope + df * size / 2

    @property
    def _natural_params(self) -> tuple[Any, ...]:
        return -self.precision_matrix / 2, (self.df - self._event_shape[-1] - 1) / 2

    def _log_normalizer(self, *natural_params: Any) -> Any:
        x, y = natural_params
        size = self._event_shape[-1]
        half = y + (size + 1) / 2
        return half * (-torch.linalg.slogdet(-2 * x).logabsdet + _LOG_2 * size) + torch.mvlgamma(half, p=size)
