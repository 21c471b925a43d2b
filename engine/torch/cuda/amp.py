"""`torch.cuda.amp`: the older names of `torch.amp`, which are off where there is no CUDA."""

import warnings
from typing import Any

from .. import amp
from ..names import missing as _missing


class autocast(amp.autocast):
    """See `torch.amp.autocast`."""

    def __init__(self, enabled: bool = True, dtype: Any = None, cache_enabled: bool = True) -> None:
        _deprecated("autocast")
        super().__init__("cuda", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """See `torch.amp.GradScaler`."""

    def __init__(
        self,
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        _deprecated("GradScaler")
        super().__init__("cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled)


def _deprecated(name: str) -> None:
    warnings.warn(
        f"`torch.cuda.amp.{name}(args...)` is deprecated. Please use `torch.amp.{name}('cuda', args...)` instead.",
        FutureWarning,
        stacklevel=3,
    )


def __getattr__(name: str) -> object:
    raise _missing("torch.cuda.amp", name)


__all__ = ["GradScaler", "autocast"]
