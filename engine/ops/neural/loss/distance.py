"""How far apart, or how alike, vectors are: pairwise distance and cosine similarity, made of other rows."""

from typing import Any

from .... import grad_mode
from ....arguments import broadcast_shapes
from ....tensor import Tensor
from ....types.promotion import result_of
from ...pointwise.cast import cast_to, clone
from ...pointwise.scalar import add_scalar
from ...reductions.norms import norm_back, norm_text, vector_norm
from ...single import one
from ...table import TABLE, Gradient, Row, expose
from ...typed import typed

# `at::norm` of PyTorch's C++ side; Tensor.norm is `linalg_vector_norm`.
_norm = one(
    Row(
        "norm",
        lambda self, p, dim, keepdim: TABLE["linalg_vector_norm"].forward(self, p, dim, keepdim),
        ("self",),
        (
            Gradient(
                norm_text("self", "p", "dim", "keepdim"),
                lambda grad, self, result, p, dim, keepdim: norm_back(grad, self, result, p, dim, keepdim),
            ),
        ),
        node="NormBackward1",
        overload="ScalarOpt_dim",
        arguments=("p", "dim", "keepdim"),
        domain="nonzero",
    )
)


@expose("pairwise_distance", method=False)
@typed("pairwise_distance", "x1:Tensor x2:Tensor p:float eps:float keepdim:bool", before=True, direct=True)
def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """The p-norm of x1 - x2 + eps along the last dim."""
    return distance_of(x1, x2, p, eps, keepdim)


def distance_of(x1: Any, x2: Any, p: float, eps: float, keepdim: bool = False) -> Any:
    """`pairwise_distance` of what is known to be tensors."""
    difference = x1 - x2
    dim = max(x1.array.ndim, x2.array.ndim) - 1
    moved = add_scalar(difference, eps) if difference.array.dtype.kind == "f" else difference + float(eps)
    return _norm((moved,), (p, (dim,), keepdim))


@expose("cosine_similarity", method=False)
@typed("cosine_similarity", "x1:Tensor x2:Tensor dim:int eps:float", before=True, direct=True)
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Any:
    """x1 . x2 / (|x1| |x2|) along `dim`; norms below `eps` count as `eps`."""
    first: Any = x1
    second: Any = x2
    if first.array.dtype.kind != "f" or second.array.dtype.kind != "f":
        common = result_of((first, second))
        if not common.is_floating_point:
            raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {common.scalar_type}")
        first, second = (each if each.array.dtype.kind == "f" else cast_to(each, common) for each in (first, second))
    if first.array.shape != second.array.shape:
        shape = broadcast_shapes(first.array.shape, second.array.shape)
        first, second = first.expand(shape), second.expand(shape)
    norms: list[Any] = []
    for each in (first, second):
        copy: Any = clone(vector_norm(each, 2, dim, True))
        with grad_mode.no_grad():  # cut off without the gradient noticing, as PyTorch does
            copy.clamp_min_(eps)
        norms.append(copy)
    return ((first / norms[0]) * (second / norms[1])).sum(dim)
