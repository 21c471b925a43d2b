"""`torch.cuda` where there is none: questions are answered, the rest raises as PyTorch's build for the CPU does."""

from typing import Any, NoReturn

from ..names import missing as _missing
from . import amp as amp


def is_available() -> bool:
    """False."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """Nothing: there is no generator to seed."""


def manual_seed_all(seed: int) -> None:
    """Nothing: there is no generator to seed."""


def empty_cache() -> None:
    """Nothing: there is no cache."""


def memory_allocated(device: Any = None) -> int:
    """0."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """0."""
    return 0


def refuse(*_: Any, **__: Any) -> NoReturn:
    """Raise PyTorch's AssertionError."""
    raise AssertionError("Torch not compiled with CUDA enabled")


current_device = synchronize = get_device_name = get_device_capability = get_device_properties = set_device = init = (
    refuse
)


def __getattr__(name: str) -> object:
    raise _missing("torch.cuda", name)
