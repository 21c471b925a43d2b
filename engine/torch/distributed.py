"""`torch.distributed`: one process, so it is not available, which programs ask before they use it."""

from .names import missing as _missing


def is_available() -> bool:
    """Never."""
    return False


def is_initialized() -> bool:
    """Never."""
    return False


def __getattr__(name: str) -> object:
    raise _missing("torch.distributed", name)


__all__ = ["is_available", "is_initialized"]
