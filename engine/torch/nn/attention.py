"""`torch.nn.attention`: choosing how scaled dot product attention is computed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...ops.neural.attention.backends import SDPBackend, choice
from ..names import missing as _missing


@contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Iterator[dict[str, Any]]:
    """Allow some backends only. `set_priority` changes nothing: the CPU has one fused kernel."""
    if not isinstance(backends, (list, SDPBackend)):
        raise AssertionError(
            "Backend must be an instance of SDPBackend or a list of SDPBackend instances, got "
            f"{type(backends).__name__}"
        )
    before = choice.allowed
    choice.allowed = tuple(backends) if isinstance(backends, list) else (backends,)
    try:
        yield {}
    finally:
        choice.allowed = before


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.attention", name)


__all__ = ["SDPBackend", "sdpa_kernel"]
