"""Which transforms are running: a level of forward-mode AD, `torch.func`'s transforms, `vmap`. Knows no tensors.

`active` counts the levels in which tensors carry something with them (a tangent, their place in a batch); while it is
zero, operations look no further.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final


class _State(threading.local):
    paused = False  # operations do not carry anything on: what is carried is being computed itself
    transforms = 0  # of torch.func, running around us
    jvps = 0  # of these, forward-mode ones

    def __init__(self) -> None:
        self.randomness: list[str] = []  # of each vmap around us: "error", "same", "different"
        self.batches: dict[int, int] = {}  # the level of each vmap around us, and how many samples it has
        self.replays: dict[int, Any] = {}  # the level of each vmap around us, and its `Replay`


state: Final = _State()
active = 0
dual: int | None = None  # the open level of torch.autograd.forward_ad; PyTorch has one at a time
_lock: Final = threading.Lock()

NESTED: Final = "Nested forward mode AD is not supported at the moment"
RANDOM: Final = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
    "randomness flags on vmap or perform the randomness operation out of vmap"
)
REQUIRES_GRAD: Final = (
    "You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) inside of "
    "a function being transformed by a functorch transform. This is unsupported, please attempt to use the functorch "
    "transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call requires_grad_() outside of a function being "
    "transformed instead."
)
BACKWARD: Final = (
    "backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp "
    "instead or call backward() outside of functorch transforms."
)


def count(change: int) -> None:
    """One level more, or one less."""
    global active  # noqa: PLW0603 - read by operations, so it is a plain module attribute
    with _lock:
        active += change


def open_dual() -> int:
    """Open the level of forward-mode AD. Raises RuntimeError when it is open."""
    global dual  # noqa: PLW0603 - see `count`
    if dual is not None or state.jvps:
        raise RuntimeError(NESTED)
    dual = 0
    count(1)
    return dual


def close_dual() -> None:
    """Close the level of forward-mode AD."""
    global dual  # noqa: PLW0603 - see `count`
    dual = None
    count(-1)


@contextmanager
def paused() -> Iterator[None]:
    """Operations inside carry nothing on."""
    before, state.paused = state.paused, True
    try:
        yield
    finally:
        state.paused = before


@contextmanager
def transform() -> Iterator[None]:
    """A transform of `torch.func` runs."""
    state.transforms += 1
    try:
        yield
    finally:
        state.transforms -= 1


@contextmanager
def batch(size: int) -> Iterator[int]:
    """A `vmap` over that many samples runs; gives its level, 1 for the outermost."""
    level = len(state.batches) + 1
    state.batches[level] = size
    count(1)
    try:
        yield level
    finally:
        count(-1)
        del state.batches[level]
        state.replays.pop(level, None)


@contextmanager
def forward() -> Iterator[None]:
    """A forward-mode transform of `torch.func` runs."""
    state.jvps += 1
    try:
        yield
    finally:
        state.jvps -= 1


@contextmanager
def random_mode(mode: str) -> Iterator[None]:
    """What random operations do inside. Raises RuntimeError for a mode that does not exist."""
    check_mode(mode)
    state.randomness.append(mode)
    try:
        yield
    finally:
        state.randomness.pop()


def check_mode(mode: str) -> None:
    """Raise RuntimeError for a `randomness` that does not exist."""
    if mode not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {mode}")


def check_random() -> None:
    """Raise RuntimeError where a `vmap` around us forbids random numbers."""
    if state.randomness and state.randomness[-1] == "error":
        raise RuntimeError(RANDOM)
