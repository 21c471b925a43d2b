"""Windows of signal processing: Hann, Hamming, Bartlett, Blackman, Kaiser, computed as PyTorch's `TensorFactories.cpp`.

A periodic window is the symmetric one of one more element, without its last.
"""

from typing import Any, Unpack

import numpy as np
import numpy.typing as npt

from ..arguments import Options, check_options
from ..tensor import Tensor
from ..types.dtype import C_NAMES, get_default_dtype
from .factories import leaf

Array = npt.NDArray[Any]


def bartlett_window(window_length: int, periodic: bool = True, **options: Unpack[Options]) -> Tensor:
    """A triangle."""

    def made(place: Array, last: int) -> Any:
        rising = place * place.dtype.type(2 / last)
        return np.where(np.arange(place.size) <= last // 2, rising, 2 - rising).astype(place.dtype)

    return _window("bartlett_window", made, window_length, periodic, options)


def blackman_window(window_length: int, periodic: bool = True, **options: Unpack[Options]) -> Tensor:
    """A sum of two cosines."""

    def made(place: Array, last: int) -> Any:
        angle = place * place.dtype.type(np.pi / last)
        half, eighth, rest = (place.dtype.type(x) for x in (0.5, 0.08, 0.42))
        return np.cos(angle * 4) * eighth - np.cos(angle * 2) * half + rest

    return _window("blackman_window", made, window_length, periodic, options)


def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, **options: Unpack[Options]
) -> Tensor:
    """A cosine raised by `alpha`, its height `beta`."""

    def made(place: Array, last: int) -> Any:
        angle = place * place.dtype.type(2 * np.pi / last)
        return np.cos(angle) * place.dtype.type(-beta) + place.dtype.type(alpha)

    return _window("hamming_window", made, window_length, periodic, options)


def hann_window(window_length: int, periodic: bool = True, **options: Unpack[Options]) -> Tensor:
    """A cosine raised so that its ends are zero."""

    def made(place: Array, last: int) -> Any:
        angle = place * place.dtype.type(2 * np.pi / last)
        return np.cos(angle) * place.dtype.type(-0.5) + place.dtype.type(0.5)

    return _window("hann_window", made, window_length, periodic, options)


def kaiser_window(window_length: int, periodic: bool = True, beta: float = 12.0, **options: Unpack[Options]) -> Tensor:
    """Bessel functions of an ellipse."""

    def made(place: Array, last: int) -> Any:
        kind = place.dtype.type
        side = place * kind(2 / last) - kind(1)
        depth = np.sqrt(np.maximum(kind(1) - side * side, kind(0)))
        return np.i0(kind(beta) * depth).astype(kind) * (kind(1) / kind(np.i0(kind(beta))))

    return _window("kaiser_window", made, window_length, periodic, options)


def _window(name: str, made: Any, length: int, periodic: bool, options: Options) -> Tensor:
    wanted, requires_grad = check_options(name, options)
    chosen = wanted or get_default_dtype()
    if not chosen.is_floating_point:
        rest = "device=cpu, layout=Strided (default), requires_grad=false (default), pinned_memory=false, "
        kind = f"TensorOptions(dtype={C_NAMES.get(chosen.name, chosen.name)}, {rest}memory_format=(nullopt))"
        raise RuntimeError(f"{name} expects floating point dtypes, got: {kind}")
    if length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={length}")
    if length < 2:
        return leaf(np.ones(length, chosen.numpy), requires_grad)
    last = length if periodic else length - 1
    window = made(np.arange(last + 1).astype(chosen.numpy), last)
    return leaf(np.ascontiguousarray(window[:length]), requires_grad)
