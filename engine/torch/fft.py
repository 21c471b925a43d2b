"""`torch.fft`: frequencies and shifts. The transforms give or take complex numbers, which the engine lacks."""

import sys as _sys
from typing import Any, Unpack

from .. import install as _install  # noqa: F401 - the operations that these are made of
from ..arguments import Options as _Options, check_options as _check_options
from ..calls.guard import guard as _guard
from ..creation.factories import leaf as _leaf
from ..creation.ranges import arange as _arange
from ..ops.dims import wrap_dims as _wrap_dims
from ..ops.operands import require_tensor as _require_tensor
from ..ops.table import METHODS as _METHODS
from ..tensor import Tensor as _Tensor
from ..types.dtype import get_default_dtype as _get_default_dtype
from .names import lacking as _lacking, missing as _missing, public_names as _public_names


def fftfreq(n: int, d: float = 1.0, **options: Unpack[_Options]) -> _Tensor:
    """The frequencies of the bins of a transform of n samples `d` apart: first those from 0 on, then the negative."""
    return _frequencies("fftfreq", n, d, options)


def rfftfreq(n: int, d: float = 1.0, **options: Unpack[_Options]) -> _Tensor:
    """The frequencies from 0 on of the bins of a transform of n real samples `d` apart."""
    return _frequencies("rfftfreq", n, d, options)


def _frequencies(name: str, n: int, d: float, options: _Options) -> _Tensor:
    wanted, requires_grad = _check_options(name, options)
    chosen = wanted or _get_default_dtype()
    if not chosen.is_floating_point:
        raise RuntimeError(f"{name} requires a floating point or complex dtype")
    count = n // 2 + 1 if name == "rfftfreq" else n
    made = _arange(count, dtype=chosen).array
    if name == "fftfreq":
        made[(n + 1) // 2 :] = _arange(-(n // 2), 0, dtype=chosen).array
    return _leaf(made * chosen.numpy.type(1.0 / (n * d) if n * d else float("inf")), requires_grad)


def fftshift(input: _Tensor, dim: Any = None) -> _Tensor:
    """The bins in order of their frequencies: the dims' halves exchanged, zero in the middle."""
    return _shifted("fft_fftshift", input, dim, 0)


def ifftshift(input: _Tensor, dim: Any = None) -> _Tensor:
    """What `fftshift` did, undone."""
    return _shifted("fft_ifftshift", input, dim, 1)


def _shifted(name: str, input: _Tensor, dim: Any, more: int) -> _Tensor:
    _require_tensor(name, "input", 1, input)
    shape = input.array.shape
    dims = tuple(range(len(shape))) if dim is None else _wrap_dims(dim, len(shape))
    shifts = tuple((shape[place] + more) // 2 for place in dims) if shape else ()
    made: _Tensor = _METHODS["roll"](input, shifts, dims)
    return made


globals().update(_guard("torch.fft", globals()))


def __getattr__(name: str) -> object:
    if name in _public_names()["torch.fft"]:
        raise _lacking(
            f"torch.fft.{name} is not supported: complex dtypes are not supported by the embedded engine; a real "
            "transform can be written as a product with matrices of cosines and sines",
            _sys._getframe(1),
        )
    raise _missing("torch.fft", name)


__all__ = ["fftfreq", "fftshift", "ifftshift", "rfftfreq"]
