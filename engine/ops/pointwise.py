"""Functions of one tensor, element by element."""

import numpy as np

from .build import unary
from .inplace import inplace
from .table import METHODS, Gradient, Row, expose


def _offered(row: Row) -> None:
    """Build a row and offer it as `torch.exp`, `Tensor.exp` and `Tensor.exp_`."""
    expose(row.name)(unary(row))
    inplace(row.key)


_offered(
    Row("neg", np.negative, ("self",), (Gradient("-grad", lambda grad: -grad),), node="NegBackward0", promotes="same")
)
_offered(
    Row("exp", np.exp, ("self",), (Gradient("grad * result", lambda grad, result: grad * result),), node="ExpBackward0")
)
METHODS["__neg__"] = METHODS["neg"]
