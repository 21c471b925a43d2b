"""`torch.accelerator`: there is none."""

from .names import missing as _missing


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """None."""
    return


def __getattr__(name: str) -> object:
    raise _missing("torch.accelerator", name)
