"""Views in place: the tensor itself gets another shape or order over the memory that it has."""

from typing import Any

import numpy as np

from ... import observe
from ...copy_slices import set_history
from ...tensor import Tensor
from ...transforms.carrier import attach, tangent_of
from ...views import geometry
from ..dims import wrap_dim, wrap_dims
from ..inplace import check_history
from ..operands import require_tensor
from ..saving import shown
from ..single import one
from ..table import CALLS, Gradient, Row, expose
from ..tools import t, transpose
from .dimensions import squeeze_row, unsqueezed_back
from .strided import as_strided_backward, check_place, strided_view

one(
    Row(
        "t",
        lambda self: self.T,
        ("self",),
        (Gradient("t(grad)", lambda grad: t(grad)),),
        node="TBackward1",
        overload="inplace",
    )
)
one(
    Row(
        "transpose",
        lambda self, dim0, dim1: self.swapaxes(dim0, dim1) if self.ndim else self.view(),
        ("self",),
        (Gradient("transpose(grad, dim0, dim1)", lambda grad, dim0, dim1: transpose(grad, dim0, dim1)),),
        node="TransposeBackward1",
        overload="inplace",
        arguments=("dim0", "dim1"),
    )
)
one(
    Row(
        "unsqueeze",
        lambda self, dim: np.expand_dims(self, dim),
        ("self",),
        (Gradient("unsqueezed_back(grad, dim)", unsqueezed_back),),
        node="UnsqueezeBackward1",
        overload="inplace",
        arguments=("dim",),
    )
)
one(
    Row(
        "as_strided",
        strided_view,
        ("self",),
        (Gradient("as_strided_backward(grad, size, stride, storage_offset, layout)", as_strided_backward),),
        node="AsStridedBackward1",
        overload="inplace",
        arguments=("size", "stride", "storage_offset", "layout", "given"),
        saves=("size", "stride"),
        shows=(("storage_offset", property(lambda node: shown(node.arguments[4]))),),
    )
)
one(squeeze_row("all_", "SqueezeBackward3", view=False))
one(squeeze_row("dims_", "SqueezeBackward5", view=False))


def become(tensor: Tensor, key: str, arguments: tuple[Any, ...]) -> Tensor:
    """Make the tensor what a row makes of it, over the same memory."""
    require_tensor(key, "input", 1, tensor)
    check_history(tensor)
    if observe.observer is not None:
        observe.observer.before_inplace(tensor)
    made: Tensor = CALLS[key]((tensor,), arguments, False)
    tensor.array = made.array
    tangent = tangent_of(made)
    if tangent is not None:
        attach(tensor, tangent)
    tensor.version.bump()
    if made.grad_fn is not None:
        set_history(tensor, made.grad_fn)
        if tensor._base is None:
            tensor.version.outdate_views()
        else:  # its own history is what was just made, the base's is what it was
            tensor.meta().outdated, tensor.meta().former = False, None
    if observe.observer is not None:
        observe.observer.operation(made.grad_fn, key.partition(".")[0], (tensor,), (tensor,), True)
    return tensor


@expose("t_", function=False)
def t_(input: Tensor) -> Tensor:
    """Transpose this matrix."""
    if input.array.ndim > 2:
        raise RuntimeError(f"t_() expects a tensor with <= 2 dimensions, but self is {input.array.ndim}D")
    return become(input, "t.inplace", ())


@expose("swapaxes_", function=False)
def swapaxes_(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """`transpose_`, with NumPy's names for its arguments."""
    return transpose_(input, axis0, axis1)


@expose("transpose_", "swapdims_", function=False)
def transpose_(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two dims of this tensor."""
    for dim in (dim0, dim1):
        wrap_dim(dim, input.array.ndim)
    return become(input, "transpose.inplace", (dim0, dim1))


@expose("unsqueeze_", function=False)
def unsqueeze_(input: Tensor, dim: int) -> Tensor:
    """Give this tensor one more dim, of length 1."""
    return become(input, "unsqueeze.inplace", (wrap_dim(dim, input.array.ndim + 1),))


@expose("squeeze_", function=False)
def squeeze_(input: Tensor, dim: Any = None) -> Tensor:
    """Take the dims of length 1, or those of `dim` that have it, from this tensor."""
    own = input.array.shape
    if dim is None:
        return become(input, "squeeze.all_", (None, own))
    if isinstance(dim, (tuple, list)):
        return become(input, "squeeze.dims_", (wrap_dims(dim, len(own)), own))
    return become(input, "squeeze.dim_", (wrap_dim(dim, len(own)), own))


@expose("as_strided_")
def as_strided_(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """Make this tensor what `as_strided` would view."""
    place = check_place(input, size, stride, storage_offset)
    return become(input, "as_strided.inplace", (*place, geometry(input, input), storage_offset))
