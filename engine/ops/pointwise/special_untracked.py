"""Special functions that PyTorch does not differentiate: Bessel's, Airy's, and the orthogonal polynomials."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...special import bessel, orthogonal
from ...tensor import TENSORS
from ..build import unary
from ..operands import invalid, is_operand, refuse_out
from ..table import Row
from .elementwise import elementwise
from .special import SPECIAL, in_special

for _name, _function in (
    ("airy_ai", bessel.airy_ai),
    ("bessel_j0", bessel.j0),
    ("bessel_j1", bessel.j1),
    ("bessel_y0", bessel.y0),
    ("bessel_y1", bessel.y1),
    ("modified_bessel_i0", bessel.i0),
    ("modified_bessel_i1", bessel.i1),
    ("modified_bessel_k0", bessel.k0),
    ("modified_bessel_k1", bessel.k1),
    ("scaled_modified_bessel_k0", bessel.k0e),
    ("scaled_modified_bessel_k1", bessel.k1e),
    ("spherical_bessel_j0", bessel.spherical_j0),
):
    in_special(_name, unary(Row(f"special_{_name}", _function, ("self",), (None,))))


def _offer_polynomial(name: str, forward: Callable[..., Any]) -> None:
    def of_arrays(x: Any, n: Any) -> Any:
        dtype = x.dtype if isinstance(x, np.ndarray) else n.dtype  # the other one may be a Python number
        return forward(np.asarray(x, dtype), np.asarray(n, dtype))

    call = elementwise(f"special_{name}", of_arrays, ("x", "n"), (None, None))

    def offered(x: Any, n: Any, *, out: Any = None) -> Any:
        refuse_out(f"special.{name}", out)
        if not any(type(each) in TENSORS for each in (x, n)) or not all(map(is_operand, (x, n))):
            raise invalid(
                f"special_{name}",
                (x, n),
                "Tensor x, Tensor n, *, Tensor out = None",
                "Number x, Tensor n, *, Tensor out = None",
                "Tensor x, Number n, *, Tensor out = None",
            )
        return call((x, n))

    offered.__name__ = offered.__qualname__ = name
    SPECIAL[name] = offered


for _kind in "tuvw":
    _offer_polynomial(f"chebyshev_polynomial_{_kind}", orthogonal.chebyshev(_kind))
    _offer_polynomial(f"shifted_chebyshev_polynomial_{_kind}", orthogonal.chebyshev(_kind, True))
_offer_polynomial("hermite_polynomial_h", orthogonal.hermite_h)
_offer_polynomial("hermite_polynomial_he", orthogonal.hermite_he)
_offer_polynomial("laguerre_polynomial_l", orthogonal.laguerre_l)
_offer_polynomial("legendre_polynomial_p", orthogonal.legendre_p)
