"""`torch.compiler`: nothing is compiled, so what steers a compiler returns what it is given."""

from typing import Any

from .names import missing as _missing


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """The function itself, or a decorator that returns it."""
    return (lambda given: given) if fn is None else fn


def allow_in_graph(fn: Any) -> Any:
    """The function itself."""
    return fn


def is_compiling() -> bool:
    """Never."""
    return False


def is_dynamo_compiling() -> bool:
    """Never."""
    return False


def reset() -> None:
    """Do nothing: nothing was compiled."""


def __getattr__(name: str) -> object:
    raise _missing("torch.compiler", name)


__all__ = ["allow_in_graph", "disable", "is_compiling", "is_dynamo_compiling", "reset"]
