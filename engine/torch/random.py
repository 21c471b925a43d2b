"""`torch.random`: the default generator's seed and state."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..random.generator import default_generator
from ..random.generator_state import get_state, set_state
from ..random.tensors import initial_seed, manual_seed, seed
from ..tensor import Tensor
from .names import missing as _missing


def get_rng_state() -> Tensor:
    """Where the default generator is in its stream of numbers, as 5056 bytes."""
    return get_state(default_generator)


def set_rng_state(new_state: Any) -> None:
    """Go to where `get_rng_state` was asked for."""
    set_state(default_generator, new_state)


@contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, *_: Any, **__: Any) -> Iterator[None]:
    """Leave the default generator as it was before."""
    before = default_generator.position()
    try:
        yield
    finally:
        if enabled:
            default_generator.go_to(before)


def __getattr__(name: str) -> object:
    raise _missing("torch.random", name)


__all__ = ["default_generator", "fork_rng", "get_rng_state", "initial_seed", "manual_seed", "seed", "set_rng_state"]
