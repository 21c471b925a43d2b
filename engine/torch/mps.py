"""`torch.mps`: not available."""

from .names import missing as _missing


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def __getattr__(name: str) -> object:
    raise _missing("torch.mps", name)
