"""`torch.nn.utils.parametrizations`: weight and spectral normalisation, and orthogonal weights."""

from typing import Any

from .... import torch as _torch
from ....grad_mode import no_grad
from ....nn.module import Module
from ....ops.neural.normalisation.weight_norm import norm_except_dim, normed_weight
from ....tensor import Tensor
from ...names import missing as _missing
from .orthogonal import orthogonal
from .parametrize import register_parametrization

torch: Any = _torch


class _WeightNorm(Module):
    """A length times a direction. Source: Salimans and Kingma, "Weight normalization" (2016)."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Any, weight_v: Any) -> Any:
        """See Module."""
        return normed_weight(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Any) -> tuple[Any, Any]:
        """The weight's length and direction."""
        return norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: Any, name: str = "weight", dim: int | None = 0) -> Any:
    """Compute a parameter of its length along `dim` (None: of the whole) and its direction."""
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def take_old_names(_module: Any, state_dict: Any, prefix: str, *_others: Any) -> None:
        """A state saved with `torch.nn.utils.weight_norm`."""
        old = [f"{prefix}{name}_{part}" for part in ("g", "v")]
        if all(key in state_dict for key in old):
            values = [state_dict.pop(key) for key in old]
            for place, value in enumerate(values):
                state_dict[f"{prefix}parametrizations.{name}.original{place}"] = value

    module.register_load_state_dict_pre_hook(take_old_names)
    return module


class _SpectralNorm(Module):
    """A weight by its largest singular value. Source: Miyato et al., "Spectral normalization for GANs" (2018)."""

    def __init__(self, weight: Any, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        dims = weight.ndim
        if dim >= dims or dim < -dims:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{dims}, {dims - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim, self.eps = dim % dims, eps
        if dims == 1:
            return  # a vector's largest singular value is its length
        self.n_power_iterations = n_power_iterations
        matrix = self._matrix(weight)
        rows, columns = matrix.shape
        u = matrix.new_empty(rows).normal_(0, 1)
        v = matrix.new_empty(columns).normal_(0, 1)
        self.register_buffer("_u", self._unit(u))
        self.register_buffer("_v", self._unit(v))
        self._iterate(matrix, 15)

    def _matrix(self, weight: Any) -> Any:
        """The weight with `dim` as rows."""
        if self.dim != 0:
            weight = weight.permute(self.dim, *(dim for dim in range(weight.ndim) if dim != self.dim))
        return weight.flatten(1)

    def _unit(self, vector: Any) -> Any:
        return torch.nn.functional.normalize(vector, dim=0, eps=self.eps)

    def _iterate(self, matrix: Any, count: int) -> None:
        u: Any = self._u
        v: Any = self._v
        with no_grad():
            for _ in range(count):
                u.copy_(self._unit(torch.mv(matrix, v)))
                v.copy_(self._unit(torch.mv(matrix.H, u)))

    def forward(self, weight: Any) -> Any:
        """See Module; in training the singular vectors come closer by some iterations."""
        if weight.ndim == 1:
            return self._unit(weight)
        matrix = self._matrix(weight)
        if self.training:
            self._iterate(matrix, self.n_power_iterations)
        u: Any = self._u
        v: Any = self._v
        u, v = u.clone(), v.clone()  # what autograd saves must not be written to by the next call
        return weight / torch.vdot(u, torch.mv(matrix, v))

    def right_inverse(self, value: Any) -> Any:
        """The value itself, which need not have the norm 1."""
        return value


def spectral_norm(
    module: Any, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Any:
    """Divide a parameter by its largest singular value, as far as power iterations find it."""
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if dim is None:
        transposed = (torch.nn.ConvTranspose1d, torch.nn.ConvTranspose2d, torch.nn.ConvTranspose3d)
        dim = 1 if isinstance(module, transposed) else 0
    register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
    return module


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.utils.parametrizations", name)


__all__ = ["orthogonal", "spectral_norm", "weight_norm"]
