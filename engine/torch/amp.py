"""`torch.amp`: mixed precision where there is none. Autocast that is switched off, and scaling of losses.

Source of the scaling: `torch/amp/grad_scaler.py`.
"""

import functools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..tensor import TENSORS, from_array
from .names import missing as _missing


class autocast:
    """Context manager and decorator. For CUDA, which is not there, it is off, as in PyTorch; on is not supported."""

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if device_type == "cuda" and enabled:
            warnings.warn(
                "CUDA is not available or torch_xla is imported. Disabling autocast.", UserWarning, stacklevel=2
            )
            enabled = False
        if enabled:
            raise NotImplementedError(
                "autocast is not supported by the embedded engine, which has no bfloat16; pass enabled=False to "
                "compute in float32"
            )
        self.device = device_type
        self.fast_dtype = dtype

    def __enter__(self) -> "autocast":
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing was changed."""

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """As a decorator."""

        @functools.wraps(function)
        def decorated(*args: Any, **named: Any) -> Any:
            return function(*args, **named)

        return decorated


class GradScaler:
    """Multiplies losses before backward and divides gradients before a step; leaves out steps with infinite gradients.

    The scale halves after such a step and doubles after `growth_interval` good ones. For CUDA it is off.
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and device == "cuda":
            warnings.warn(
                "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.",
                UserWarning,
                stacklevel=2,
            )
            enabled = False
        self._enabled = enabled
        self._scale = float(init_scale)
        self._growth_factor = growth_factor
        self._backoff_factor = backoff_factor
        self._growth_interval = growth_interval
        self._growth_tracker = 0
        self._unscaled: dict[int, bool] = {}  # optimizer's id: whether its gradients are finite

    def is_enabled(self) -> bool:
        """Whether it does anything."""
        return self._enabled

    def get_scale(self) -> float:
        """What losses are multiplied by."""
        return self._scale if self._enabled else 1.0

    def scale(self, outputs: Any) -> Any:
        """A loss, or several, times the scale."""
        if not self._enabled:
            return outputs
        if type(outputs) in TENSORS:
            return outputs * from_array(np.asarray(self._scale, np.float32))
        return type(outputs)(self.scale(each) for each in outputs)

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters. Raises RuntimeError for a second time before `update`."""
        if not self._enabled:
            return
        if id(optimizer) in self._unscaled:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        finite = True
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.grad.mul_(1.0 / self._scale)
                    finite = finite and bool(np.isfinite(parameter.grad.array).all())
        self._unscaled[id(optimizer)] = finite

    def step(self, optimizer: Any, *args: Any, **named: Any) -> Any:
        """The optimizer's step, unless a gradient is infinite or NaN."""
        if not self._enabled:
            return optimizer.step(*args, **named)
        if "closure" in named:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        if id(optimizer) not in self._unscaled:
            self.unscale_(optimizer)
        return optimizer.step(*args, **named) if self._unscaled[id(optimizer)] else None

    def update(self, new_scale: Any = None) -> None:
        """Set the scale for the next iteration."""
        if not self._enabled:
            return
        if new_scale is not None:
            self._scale = float(new_scale)
        elif not self._unscaled:
            raise AssertionError("No inf checks were recorded prior to update.")
        elif not all(self._unscaled.values()):
            self._scale *= self._backoff_factor
            self._growth_tracker = 0
        else:
            self._growth_tracker += 1
            if self._growth_tracker == self._growth_interval:
                self._scale *= self._growth_factor
                self._growth_tracker = 0
        self._unscaled = {}

    def state_dict(self) -> dict[str, Any]:
        """What to save; nothing where it is off."""
        if not self._enabled:
            return {}
        return {
            "scale": self._scale,
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take on what was saved."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
            )
        for name, value in state_dict.items():
            setattr(self, f"_{name.removeprefix('_')}", value)


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """False."""
    return False


def is_autocast_cpu_enabled() -> bool:
    """False, by an older name."""
    return False


def is_autocast_available(device_type: str) -> bool:
    """False: there is one precision."""
    return False


def __getattr__(name: str) -> object:
    raise _missing("torch.amp", name)


for _class in (autocast, GradScaler):
    _class.__module__ = "torch.amp"

__all__ = ["GradScaler", "autocast", "is_autocast_available"]
