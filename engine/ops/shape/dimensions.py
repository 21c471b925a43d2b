"""The same memory with its dims in another order, with more or with fewer of them: views all."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy.typing as npt

from ...arguments import check_size, one_of
from ...tensor import Tensor
from ..dims import wrap_dim, wrap_dims
from ..single import one
from ..table import CALLS, METHODS, Gradient, Row, expose
from ..tools import permute_back, reshape, t as t_tool, transpose as transpose_tool

Array = npt.NDArray[Any]

_T_WARNING = (
    "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an "
    "error in a future release. Consider `x.mT` to transpose batches of matrices or "
    "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor."
)

_transpose = one(
    Row(
        "transpose",
        lambda self, dim0, dim1: self.swapaxes(dim0, dim1) if self.ndim else self.view(),
        ("self",),
        (Gradient("transpose(grad, dim0, dim1)", lambda grad, dim0, dim1: transpose_tool(grad, dim0, dim1)),),
        node="TransposeBackward0",
        arguments=("dim0", "dim1"),
        view=True,
    )
)
_t = one(
    Row(
        "t",
        lambda self: self.T,
        ("self",),
        (Gradient("t(grad)", lambda grad: t_tool(grad)),),
        node="TBackward0",
        view=True,
    )
)
_permute = one(
    Row(
        "permute",
        lambda self, dims: self.transpose(dims),
        ("self",),
        (Gradient("permute_back(grad, dims)", lambda grad, dims: permute_back(grad, dims)),),
        node="PermuteBackward0",
        arguments=("dims",),
        view=True,
    )
)
_unsqueeze = one(
    Row(
        "unsqueeze",
        lambda self, dim: self[(*(slice(None),) * dim, None)],
        ("self",),
        (Gradient("squeeze(grad, dim)", lambda grad, dim: grad.squeeze(dim)),),
        node="UnsqueezeBackward0",
        arguments=("dim",),
        view=True,
    )
)


def unsqueezed_back(grad: Any, dim: int) -> Any:
    """The gradient of `unsqueeze`."""
    return grad.squeeze(dim)


def squeeze_row(overload: str, node: str, view: bool = True) -> Row:
    """A row of `squeeze`; those in place, on their own memory, are no views."""
    return Row(
        "squeeze",
        lambda self, dim, self_sym_sizes: self.reshape(_squeezed(self.shape, dim)),
        ("self",),
        (Gradient("reshape(grad, self_sym_sizes)", lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes)),),
        node=node,
        overload=overload,
        arguments=("dim", "self_sym_sizes"),
        view=view,
        saves=("dim", "self_sym_sizes")
        if node not in ("SqueezeBackward0", "SqueezeBackward3")
        else ("self_sym_sizes",),
    )


_squeeze_all = one(squeeze_row("", "SqueezeBackward0"))
_squeeze_dim = one(squeeze_row("dim", "SqueezeBackward1"))
_squeeze_dims = one(squeeze_row("dims", "SqueezeBackward2"))
squeeze_inplace = one(squeeze_row("dim_", "SqueezeBackward4", view=False))  # inside matmul, on a fresh tensor


@expose("swapaxes")
def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """`transpose`, with NumPy's names for its arguments."""
    return transpose(input, axis0, axis1)


@expose("transpose", "swapdims")
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dims exchanged."""
    ndim = input.array.ndim
    wrap_dim(dim0, ndim)  # raises
    wrap_dim(dim1, ndim)
    return _transpose((input,), (dim0, dim1))


@expose("t")
def t(input: Tensor) -> Tensor:
    """A matrix transposed; a vector or 0-d tensor as it is."""
    if input.array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.array.ndim}D")
    return _t((input,))


@expose("adjoint")
def adjoint(input: Tensor) -> Tensor:
    """Batches of matrices transposed; conjugated they are by themselves, being real."""
    if input.array.ndim == 1:
        raise RuntimeError("tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.")
    return _transpose((input,), (-2, -1)) if input.array.ndim else input


@expose("permute", function=False)
def permute_method(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """The dims in another order."""
    given = one_of("permute", "dims", dims, named["dims"]) if "dims" in named else dims
    return permute(input, check_size("permute", given, keyword="dims"))


@expose("permute", method=False)
def permute(input: Tensor, dims: Any) -> Tensor:
    """The dims in another order."""
    order = dims if type(dims) is tuple else tuple(dims)
    ndim = input.array.ndim
    if len(order) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(order)}"
        )
    if len({wrap_dim(dim, ndim) for dim in order}) < ndim:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return _permute((input,), (order,))


@expose("movedim", "moveaxis")
def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Some dims at other places, the rest in their order."""
    sources = tuple(source) if isinstance(source, (tuple, list)) else (source,)
    targets = tuple(destination) if isinstance(destination, (tuple, list)) else (destination,)
    if len(sources) != len(targets):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(sources)} dims) should contain the same "
            f"number of dims as destination ({list(targets)} dims)"
        )
    ndim = input.array.ndim
    wrapped = [tuple(wrap_dim(dim, ndim) for dim in dims) for dims in (sources, targets)]
    for name, dims, places in zip(("source", "destination"), (sources, targets), wrapped, strict=True):
        if len(set(places)) < len(places):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(dims)})")
    if not ndim:
        same: Tensor = CALLS["alias"]((input,))
        return same
    moved = dict(zip(wrapped[1], wrapped[0], strict=True))
    rest = iter(dim for dim in range(ndim) if dim not in moved.values())
    return permute(input, [int(moved[place]) if place in moved else next(rest) for place in range(ndim)])


@expose("squeeze")
def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Without the dims of length 1, or without those of `dim` that have it."""
    own = input.array.shape
    if dim is None:
        return _squeeze_all((input,), (None, own))
    if isinstance(dim, (tuple, list)):
        return _squeeze_dims((input,), (wrap_dims(dim, len(own)), own))
    return _squeeze_dim((input,), (wrap_dim(dim, len(own)), own))


@expose("unsqueeze")
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With one more dim, of length 1, at that place."""
    return _unsqueeze((input,), (wrap_dim(dim, input.array.ndim + 1),))


@expose("atleast_1d", method=False)
def atleast_1d(*tensors: Any) -> Any:
    """0-d tensors with one dim; one tensor, or a tuple for several or a list."""
    return _each(tensors, lambda tensor: tensor if tensor.array.ndim else tensor.reshape(1))


@expose("atleast_2d", method=False)
def atleast_2d(*tensors: Any) -> Any:
    """With leading dims of length 1 up to two."""
    return _each(tensors, _as_rows)


@expose("atleast_3d", method=False)
def atleast_3d(*tensors: Any) -> Any:
    """With dims of length 1 up to three: a vector becomes the middle one, of a matrix they are the first two."""
    return _each(tensors, _as_layers)


def _each(tensors: tuple[Any, ...], make: Callable[[Any], Any]) -> Any:
    if len(tensors) == 1 and not isinstance(tensors[0], (tuple, list)):
        return make(tensors[0])
    return tuple(make(tensor) for tensor in (tensors[0] if len(tensors) == 1 else tensors))


def _as_rows(tensor: Any) -> Any:
    if not tensor.array.ndim:
        return tensor.reshape(1, 1)
    return unsqueeze(tensor, 0) if tensor.array.ndim == 1 else tensor


def _as_layers(tensor: Any) -> Any:
    if not tensor.array.ndim:
        return tensor.reshape(1, 1, 1)
    if tensor.array.ndim == 1:
        return unsqueeze(unsqueeze(tensor, 0), -1)
    return unsqueeze(tensor, -1) if tensor.array.ndim == 2 else tensor


def _reversed(input: Tensor) -> Tensor:
    ndim = input.array.ndim
    if ndim == 2:
        return _permute((input,), ((1, 0),))
    warnings.warn(_T_WARNING, UserWarning, stacklevel=2)
    return _permute((input,), (tuple(range(ndim - 1, -1, -1)),))


def _matrix_transposed(input: Tensor) -> Tensor:
    if not input.array.ndim:
        return input
    if input.array.ndim < 2:
        raise RuntimeError(
            f"tensor.mT is only supported on matrices or batches of matrices. Got {input.array.ndim}-D tensor."
        )
    return _transpose((input,), (-2, -1))


def _conjugate_transposed(input: Tensor) -> Tensor:
    if input.array.ndim not in (0, 2):
        raise RuntimeError(
            f"tensor.H is only supported on matrices (2-D tensors). Got {input.array.ndim}-D tensor."
            + (" For batches of matrices, consider using tensor.mH" if input.array.ndim > 1 else "")
        )
    return _transpose((input,), (-2, -1)) if input.array.ndim else input


METHODS["T"] = property(_reversed)
METHODS["mT"] = METHODS["mH"] = property(_matrix_transposed)
METHODS["H"] = property(_conjugate_transposed)


def _squeezed(shape: tuple[int, ...], dim: int | tuple[int, ...] | None) -> tuple[int, ...]:
    if dim is None:
        return tuple([size for size in shape if size != 1])
    if not isinstance(dim, tuple):
        dim = wrap_dim(dim, len(shape))
        return shape[:dim] + shape[dim + 1 :] if shape and shape[dim] == 1 else shape
    dims = {wrap_dim(each, len(shape)) for each in dim}
    return tuple(size for place, size in enumerate(shape) if size != 1 or place not in dims)
