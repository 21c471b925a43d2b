"""Weights divided by their largest singular value. Source: Miyato et al., "Spectral normalization for GANs" (2018)."""

from typing import Any

from .... import torch as _torch
from ....grad_mode import no_grad
from ....nn.parameter import Parameter

torch: Any = _torch


class SpectralNorm:
    """A forward pre-hook that makes `name` of `name_orig`, with one power iteration per call while training."""

    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def reshape_weight_to_matrix(self, weight: Any) -> Any:
        """The weight with `dim` as rows."""
        if self.dim != 0:
            weight = weight.permute(self.dim, *(dim for dim in range(weight.ndim) if dim != self.dim))
        return weight.reshape(weight.shape[0], -1)

    def compute_weight(self, module: Any, do_power_iteration: bool) -> Any:
        """The weight divided by its largest singular value, as far as it is known."""
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v"))
        matrix = self.reshape_weight_to_matrix(weight)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(self._unit(torch.mv(matrix.t(), u)))
                    u.copy_(self._unit(torch.mv(matrix, v)))
                u, v = u.clone(), v.clone()  # what autograd saves must not be written to by the next call
        return weight / torch.dot(u, torch.mv(matrix, v))

    def _unit(self, vector: Any) -> Any:
        return torch.nn.functional.normalize(vector, dim=0, eps=self.eps)

    def attach(self, module: Any) -> None:
        """Replace the parameter and start both singular vectors at random."""
        weight = module._parameters[self.name]
        if weight is None:
            raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{self.name}` is None")
        with no_grad():
            rows, columns = self.reshape_weight_to_matrix(weight).shape
            u = self._unit(weight.new_empty(rows).normal_(0, 1))
            v = self._unit(weight.new_empty(columns).normal_(0, 1))
        delattr(module, self.name)
        module.register_parameter(f"{self.name}_orig", weight)
        setattr(module, self.name, weight.data)
        module.register_buffer(f"{self.name}_u", u)
        module.register_buffer(f"{self.name}_v", v)
        module.register_forward_pre_hook(self)

    def remove(self, module: Any) -> None:
        """Make the weight a parameter again."""
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for part in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + part)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module: Any, inputs: Any) -> None:  # noqa: D102 - a forward pre-hook
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))


def spectral_norm(
    module: Any, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Any:
    """Divide a parameter by its largest singular value at each call of the module."""
    if any(
        isinstance(entry.hook, SpectralNorm) and entry.hook.name == name for entry in module._forward_pre_hooks.values()
    ):
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    if dim is None:
        dim = 1 if type(module).__name__.startswith("ConvTranspose") else 0
    SpectralNorm(name, n_power_iterations, dim, eps).attach(module)
    return module


def remove_spectral_norm(module: Any, name: str = "weight") -> Any:
    """Make the weight a parameter again. Raises ValueError where it was not replaced."""
    for key, entry in module._forward_pre_hooks.items():
        hook = entry.hook
        if isinstance(hook, SpectralNorm) and hook.name == name:
            hook.remove(module)
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"spectral_norm of '{name}' not found in {module}")
