"""Weights that stay orthogonal: the parametrization behind `torch.nn.utils.parametrizations.orthogonal`.

Source: Lezcano Casado, "Trivializations for gradient-based optimization on manifolds" (2019).
"""

from typing import Any, Final

from .... import torch as _torch
from ....grad_mode import no_grad
from ....nn.module import Module
from ....tensor import TENSORS
from .parametrize import register_parametrization

torch: Any = _torch
MAPS: Final = ("matrix_exp", "cayley", "householder")


def orthogonal(
    module: Any, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Any:
    """Let a matrix be orthogonal: of the columns, or of the rows where there are fewer of them."""
    weight = getattr(module, name, None)
    if type(weight) not in TENSORS:
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    assert weight is not None
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder"
    if orthogonal_map not in MAPS:
        raise ValueError(
            f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}'
        )
    register_parametrization(module, name, _Orthogonal(weight, orthogonal_map, use_trivialization), unsafe=True)
    return module


class _Orthogonal(Module):
    """An orthogonal matrix of a lower triangular one; with trivialization relative to a `base`."""

    def __init__(self, weight: Any, orthogonal_map: str, use_trivialization: bool) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Any) -> Any:
        """See Module."""
        transposed = X.size(-2) < X.size(-1)
        wide = X.mT if transposed else X
        made = self._by_reflections(wide) if self.orthogonal_map == "householder" else self._by_skew(wide)
        if hasattr(self, "base"):
            made = self.base @ made
        return made.mT if transposed else made

    def _by_skew(self, x: Any) -> Any:
        """The exponential, or Cayley's map, of the skew-symmetric matrix with this lower triangle."""
        rows, columns = x.size(-2), x.size(-1)
        lower = x.tril()
        if rows != columns:
            rest = lower.new_zeros(rows, rows - columns).expand(*lower.shape[:-2], -1, -1)
            lower = torch.cat([lower, rest], dim=-1)
        skew = lower - lower.mH
        if self.orthogonal_map == "matrix_exp":
            made = torch.matrix_exp(skew)
        else:
            identity = torch.eye(rows, dtype=skew.dtype)
            made = torch.linalg.solve(torch.add(identity, skew, alpha=-0.5), torch.add(identity, skew, alpha=0.5))
        return made if rows == columns else made[..., :columns]

    def _by_reflections(self, x: Any) -> Any:
        """The product of the Householder reflections in the columns."""
        vectors = x.tril(diagonal=-1)
        scales = 2.0 / (1.0 + (vectors * vectors).sum(dim=-2))
        made = torch.linalg.householder_product(vectors, scales)
        return made * x.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)

    def right_inverse(self, Q: Any) -> Any:
        """What gives this matrix, or the closest orthogonal one."""
        with no_grad():
            if Q.shape != self.shape:
                raise ValueError(
                    f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {Q.shape}."
                )
            transposed = Q.size(-2) < Q.size(-1)
            wide = Q.mT if transposed else Q
            if hasattr(self, "base"):
                return self._start_from(wide, Q)
            if self.orthogonal_map != "householder":
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                    "use_trivialization=False."
                )
            vectors, scales = torch.geqrf(wide)
            vectors.diagonal(dim1=-2, dim2=-1).sign_()
            vectors.diagonal(dim1=-2, dim2=-1)[scales == 0.0] *= -1
            return vectors.mT if transposed else vectors

    def _start_from(self, wide: Any, given: Any) -> Any:
        """Take an orthogonal matrix as the base; what stands for the identity then."""
        rows, columns = wide.size(-2), wide.size(-1)
        if rows != columns:
            noise = torch.randn(*wide.shape[:-2], rows, rows - columns, dtype=wide.dtype)
            self.base = _made_orthogonal(torch.cat([wide, noise], dim=-1))
        else:
            self.base = wide.clone() if _is_orthogonal(wide) else _made_orthogonal(wide)
        start = torch.zeros_like(given)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start


def _is_orthogonal(matrix: Any) -> bool:
    rows, columns = matrix.size(-2), matrix.size(-1)
    if rows < columns:
        return False
    reach = 10.0 * rows * torch.finfo(matrix.dtype).eps
    return bool(torch.allclose(matrix.mH @ matrix, torch.eye(columns, dtype=matrix.dtype), atol=reach))


def _made_orthogonal(matrix: Any) -> Any:
    """The orthogonal factor whose triangular one has a positive diagonal."""
    vectors, scales = torch.geqrf(matrix)
    made = torch.linalg.householder_product(vectors, scales)
    made *= vectors.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)
    return made
