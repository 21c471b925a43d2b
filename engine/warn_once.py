"""Warnings that PyTorch gives once per process. Knows none of them."""

import warnings

_given: set[str] = set()
_always = False


def warn_once(message: str, stacklevel: int = 2) -> None:
    """Warn the first time that this is said, or each time after `set_warn_always(True)`."""
    if message in _given and not _always:
        return
    _given.add(message)
    warnings.warn(message, UserWarning, stacklevel=stacklevel + 1)


def set_warn_always(b: bool) -> None:
    """Whether warnings that are given once per process are given each time."""
    global _always  # noqa: PLW0603 - a switch for the whole process, as in PyTorch
    if not isinstance(b, bool):
        raise RuntimeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _always = b


def is_warn_always_enabled() -> bool:
    """Whether warnings that are given once per process are given each time."""
    return _always
