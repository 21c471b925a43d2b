"""The window functions of `torch.signal.windows`: leaves, made without history.

Source: PyTorch's `torch/signal/windows/windows.py`, whose order of operations is kept.
"""

import math
from collections.abc import Iterable
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt

from ..arguments import Options, check_options
from ..tensor import Tensor
from ..types.dtype import (
    dtype as DType,  # noqa: N812 - `dtype` is an argument here
    float32,
    float64,
    get_default_dtype,
)
from .factories import leaf
from .ranges import linspace

Array = npt.NDArray[Any]


def exponential(
    M: int,  # noqa: N803 - PyTorch's name
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    **options: Unpack[Options],
) -> Tensor:
    """exp(-|n - center| / tau)."""
    chosen, requires_grad = _checked("exponential", M, options)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    middle = (M if not sym and M > 1 else M - 1) / 2.0 if center is None else center
    k = _even(-middle / tau, (-middle + (M - 1)) / tau, M, chosen)
    return leaf(np.exp(-np.abs(k)), requires_grad)


def cosine(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803 - PyTorch's name
    """sin(pi * (n + 0.5) / M)."""
    chosen, requires_grad = _checked("cosine", M, options)
    constant = math.pi / (M + 1 if not sym and M > 1 else max(M, 1))
    return leaf(np.sin(_even(0.5 * constant, (0.5 + (M - 1)) * constant, M, chosen)), requires_grad)


def gaussian(
    M: int,  # noqa: N803 - PyTorch's name
    *,
    std: float = 1.0,
    sym: bool = True,
    **options: Unpack[Options],
) -> Tensor:
    """exp(-(n / std) ** 2 / 2), counted from the middle."""
    chosen, requires_grad = _checked("gaussian", M, options)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    start = -(M if not sym and M > 1 else M - 1) / 2.0
    constant = 1 / (std * math.sqrt(2))
    k = _even(start * constant, (start + (M - 1)) * constant, M, chosen)
    return leaf(np.exp(-(k * k)), requires_grad)


def kaiser(
    M: int,  # noqa: N803 - PyTorch's name
    *,
    beta: float = 12.0,
    sym: bool = True,
    **options: Unpack[Options],
) -> Tensor:
    """I0(beta * sqrt(1 - (2 n / (M - 1)) ** 2)) / I0(beta), counted from the middle."""
    chosen, requires_grad = _checked("kaiser", M, options)
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    if M < 2:
        return leaf(np.ones(M, chosen.numpy), requires_grad)
    constant = 2.0 * beta / (M if not sym else M - 1)
    k = _even(-beta, min(beta, -beta + (M - 1) * constant), M, chosen).astype(np.float64)
    inside = np.sqrt(np.maximum(beta * beta - k * k, 0))
    return leaf((np.i0(inside) / np.i0(beta)).astype(chosen.numpy), requires_grad)


def bartlett(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803 - PyTorch's name
    """1 - |2 n / (M - 1) - 1|."""
    chosen, requires_grad = _checked("bartlett", M, options)
    if M < 2:
        return leaf(np.ones(M, chosen.numpy), requires_grad)
    constant = 2 / (M if not sym else M - 1)
    return leaf(1 - np.abs(_even(-1, -1 + (M - 1) * constant, M, chosen)), requires_grad)


def general_cosine(
    M: int,  # noqa: N803 - PyTorch's name
    *,
    a: Iterable[float],
    sym: bool = True,
    **options: Unpack[Options],
) -> Tensor:
    """The sum of (-1) ** i * a[i] * cos(2 pi i n / (M - 1))."""
    return _general_cosine(M, a, sym, options)


def _general_cosine(length: int, a: Iterable[float], sym: bool, options: Options) -> Tensor:
    chosen, requires_grad = _checked("general_cosine", length, options)
    if length < 2:
        return leaf(np.ones(length, chosen.numpy), requires_grad)
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    weights = [(-1) ** i * weight for i, weight in enumerate(a)]
    if not weights:
        raise ValueError("Coefficients cannot be empty")
    constant = 2 * math.pi / (length if not sym else length - 1)
    k = _even(0, (length - 1) * constant, length, chosen)
    terms = np.arange(len(weights), dtype=k.dtype)[:, None] * k
    return leaf((np.array(weights, k.dtype)[:, None] * np.cos(terms)).sum(0), requires_grad)


def general_hamming(
    M: int,  # noqa: N803 - PyTorch's name
    *,
    alpha: float = 0.54,
    sym: bool = True,
    **options: Unpack[Options],
) -> Tensor:
    """alpha - (1 - alpha) * cos(2 pi n / (M - 1))."""
    return _general_cosine(M, [alpha, 1.0 - alpha], sym, options)


def hamming(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803 - PyTorch's name
    """`general_hamming` with alpha 0.54."""
    return _general_cosine(M, [0.54, 1.0 - 0.54], sym, options)


def hann(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803 - PyTorch's name
    """`general_hamming` with alpha 0.5."""
    return _general_cosine(M, [0.5, 0.5], sym, options)


def blackman(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803 - PyTorch's name
    """`general_cosine` with 0.42, 0.5 and 0.08."""
    _checked("blackman", M, options)
    return _general_cosine(M, [0.42, 0.5, 0.08], sym, options)


def nuttall(M: int, *, sym: bool = True, **options: Unpack[Options]) -> Tensor:  # noqa: N803 - PyTorch's name
    """`general_cosine` with Nuttall's four coefficients."""
    return _general_cosine(M, [0.3635819, 0.4891775, 0.1365995, 0.0106411], sym, options)


def _checked(name: str, length: int, options: Options) -> tuple[DType, bool]:
    wanted, requires_grad = check_options(name, options)
    chosen = wanted or get_default_dtype()
    if length < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={length}")
    if chosen not in (float32, float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {chosen}")
    return chosen, requires_grad


def _even(start: float, end: float, count: int, chosen: DType) -> Array:
    return linspace(start, end, count, dtype=chosen).array
