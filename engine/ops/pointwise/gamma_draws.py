"""Gamma and Dirichlet numbers, whose samples have a gradient: see `engine/special/pathwise.py`."""

from typing import Any

import numpy as np

from ...random import draws
from ...random.generator import Generator, default_generator
from ...special.pathwise import beta_grad, standard_gamma_grad
from ...tensor import Tensor
from ..reductions.offered import offered
from ..single import one
from ..table import Gradient, Row, expose
from ..tools import raw
from .special_pairs import not_implemented

Source = Generator | None

_unwritten = Gradient("not_implemented('_standard_gamma_grad')", lambda grad: not_implemented("_standard_gamma_grad"))
_slope = one(
    Row(
        "_standard_gamma_grad",
        lambda self, output: standard_gamma_grad(self, raw(output)),
        ("self",),
        (_unwritten,),
        "StandardGammaGradBackward0",
        domain="positive",
        arguments=("output",),
        tensors=("output",),
    )
)


@expose("_standard_gamma_grad", method=False)
def gamma_slope(input: Tensor, output: Tensor) -> Tensor:
    """How the gamma numbers `output` move with their shapes. Not differentiable, as in PyTorch."""
    return _slope((input,), (output,))


def _gradient(grad: Any, self: Any, result: Any) -> Any:
    slope = gamma_slope(self, result) if isinstance(grad, Tensor) else standard_gamma_grad(self, result)
    return grad * slope


_drawn = one(
    Row(
        "_standard_gamma",
        lambda self, drawn: drawn,
        ("self",),
        (Gradient("grad * _standard_gamma_grad(self, result)", _gradient),),
        node="StandardGammaBackward0",
        domain="positive",
        arguments=("drawn",),
        elementwise=True,
    )
)


@offered("_standard_gamma", method=False)
def standard_gamma(input: Tensor, generator: Source = None) -> Tensor:
    """Gamma numbers of rate 1, whose shapes are the elements."""
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"gamma_cpu\" not implemented for '{input.dtype.scalar_type}'")
    source = default_generator if generator is None else generator
    drawn = draws.gamma(input.array.reshape(-1), source).reshape(input.array.shape)
    return _drawn((input,), (drawn,))


@offered("_sample_dirichlet", method=False)
def sample_dirichlet(input: Tensor, generator: Source = None) -> Tensor:
    """Vectors of the simplex, drawn by the concentrations in the last dim; not tracked."""
    source = default_generator if generator is None else generator
    array = input.array
    drawn = draws.gamma(array.reshape(-1).astype(np.float64), source).reshape(array.shape)
    kind = np.finfo(array.dtype)
    shares = (drawn / drawn.sum(-1, keepdims=True)).astype(array.dtype)
    return _simplex((input,), (np.clip(shares, kind.tiny, 1 - kind.eps / 2),))


_simplex = one(
    Row("_sample_dirichlet", lambda self, drawn: drawn, ("self",), (None,), "NotImplemented", arguments=("drawn",))
)


def _dirichlet(x: Any, alpha: Any, total: Any) -> Any:
    return beta_grad(x, alpha, total - alpha) / (1 - x)


_dirichlet_slope = one(
    Row("_dirichlet_grad", _dirichlet, ("x", "alpha", "total"), (None,) * 3, "NotImplemented", elementwise=True)
)


@expose("_dirichlet_grad", method=False)
def dirichlet_slope(x: Tensor, alpha: Tensor, total: Tensor) -> Tensor:
    """How Dirichlet numbers x move with their concentrations, divided by 1 - x."""
    return _dirichlet_slope((x, alpha, total))
