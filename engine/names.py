"""The names of the torch namespace that are no operations: creation, random numbers, printing, limits of dtypes."""

from typing import Any, Final

from .creation.constructor import TYPED
from .creation.factories import (
    as_tensor,
    asarray,
    empty,
    empty_like,
    from_numpy,
    full,
    full_like,
    ones,
    ones_like,
    scalar_tensor,
    tensor,
    zeros,
    zeros_like,
)
from .creation.memory import empty_permuted, empty_strided, frombuffer
from .creation.ranges import arange, eye, linspace, logspace, range
from .creation.window_functions import bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window
from .printing import set_printoptions
from .random.generator import Generator, default_generator
from .random.tensors import (
    initial_seed,
    manual_seed,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
    seed,
)
from .types.device import CPU, device
from .types.layout import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    layout,
    memory_format,
    preserve_format,
    strided,
)
from .types.typeinfo import finfo, iinfo
from .warn_once import is_warn_always_enabled, set_warn_always

_CREATION: Final = (as_tensor, asarray, empty, empty_like, from_numpy, full, full_like, ones, ones_like, scalar_tensor)
_MORE: Final = (tensor, zeros, zeros_like, arange, eye, linspace, logspace, set_printoptions, finfo, iinfo, device)
_LAID_OUT: Final = (empty_strided, empty_permuted, frombuffer, range)
_WINDOWS: Final = (bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window)
_RANDOM: Final = (initial_seed, manual_seed, rand, rand_like, randint, randint_like, randn)
_SEEDS: Final = (randn_like, randperm, seed, Generator)


def names() -> dict[str, Any]:
    """Every such name and what it stands for."""
    found: dict[str, Any] = {
        each.__name__: each for each in (*_CREATION, *_MORE, *_LAID_OUT, *_WINDOWS, *_RANDOM, *_SEEDS)
    }
    found |= {"default_generator": default_generator, "get_default_device": lambda: CPU, "newaxis": None}
    found |= TYPED
    formats = {"contiguous_format": contiguous_format, "preserve_format": preserve_format, "strided": strided}
    formats |= {"channels_last": channels_last, "channels_last_3d": channels_last_3d}
    formats["legacy_contiguous_format"] = contiguous_format
    found |= {each.__name__: each for each in (set_warn_always, is_warn_always_enabled)}
    return found | formats | {"layout": layout, "memory_format": memory_format}
