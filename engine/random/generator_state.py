"""A generator's state as PyTorch's tensor of 5056 bytes, and back, so that states can be exchanged.

The layout is that of `CPUGeneratorImplState` in ATen's `CPUGeneratorImpl.cpp`.
"""

from typing import Any, Final

import numpy as np

from ..tensor import Tensor, from_array
from .generator import Generator

_WORDS: Final = 624
_LAYOUT: Final = np.dtype(
    [
        ("seed", "<u8"), ("left", "<i4"), ("seeded", "<i4"), ("next", "<u8"), ("state", "<u8", _WORDS),
        ("normal_x", "<f8"), ("normal_y", "<f8"), ("normal_rho", "<f8"), ("normal_is_valid", "<i4"), ("pad", "V4"),
        ("float_normal", "<f4"), ("float_normal_is_valid", "u1"), ("end", "V3"),
    ]
)  # fmt: skip


def get_state(generator: Generator) -> Tensor:
    """Where the generator is in its stream of numbers."""
    words, normal = generator.position()
    used = int(words["state"]["pos"])
    fresh = used == _WORDS
    state = np.zeros((), _LAYOUT)
    state["seed"], state["seeded"] = generator.initial_seed(), 1
    state["left"], state["next"] = 1 if fresh else _WORDS + 1 - used, 0 if fresh else used
    state["state"] = words["state"]["key"]
    if normal is not None:
        state["normal_y"], state["normal_is_valid"] = normal, 1
    return from_array(np.frombuffer(state.tobytes(), np.uint8).copy())


def set_state(generator: Generator, new_state: Any) -> Generator:
    """Go to where `get_state` was asked for. Raises TypeError or RuntimeError for what is no state."""
    if not isinstance(new_state, Tensor):
        raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
    if new_state.array.dtype != np.uint8:
        raise TypeError("RNG state must be a torch.ByteTensor")
    if new_state.array.size != _LAYOUT.itemsize:
        raise RuntimeError(
            f"Expected a CPUGeneratorImplState of size {_LAYOUT.itemsize} but found the input RNG state size to be "
            f"{new_state.array.size}"
        )
    state = np.frombuffer(np.ascontiguousarray(new_state.array).tobytes(), _LAYOUT)[0]
    left = int(state["left"])
    if not state["seeded"] or not 1 <= left <= _WORDS + 1:
        raise RuntimeError("Invalid mt19937 state")
    key = {"key": state["state"].astype(np.uint32), "pos": _WORDS if left == 1 else _WORDS + 1 - left}
    generator.manual_seed(int(state["seed"]))
    normal = float(state["normal_y"]) if state["normal_is_valid"] else None
    generator.go_to(({"bit_generator": "MT19937", "state": key}, normal))
    return generator
