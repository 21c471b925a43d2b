"""The largest and the smallest: of all elements, along dims, and where they are."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor
from ..dims import axes, in_order, is_dims, numpy_names, wrap_dim, wrap_dims
from ..operands import require_tensor
from ..returns import named
from ..single import one, several
from ..table import CALLS, FUNCTIONS, Gradient, Row, expose
from ..tools import equal, restore, same, shape, sum_dims, unreduce
from .offered import offered
from .selecting import reducing, require_items

Array = npt.NDArray[Any]
_FIND = {"max": np.argmax, "min": np.argmin}
_ALONG: Final[dict[str, Callable[..., Any]]] = {}


def shared(grad: Any, self: Any, result: Any, dims: tuple[int, ...], keepdim: bool) -> Any:
    """The gradient of an extreme value, shared evenly among the elements that reach it."""
    size = shape(self)
    reached = same(self, unreduce(result, size, dims, keepdim))
    return restore(grad, size, dims, keepdim) * (reached / sum_dims(reached, axes(dims, len(size)), True))


def shared_numbers(grad: Any, self: Any, result: Any, dims: tuple[int, ...], keepdim: bool) -> Any:
    """As `shared`, of `amax` and its kin, where a NaN equals nothing and leaves NaN for everybody."""
    size = shape(self)
    reached = equal(self, unreduce(result, size, dims, keepdim))
    return restore(grad, size, dims, keepdim) * (reached / sum_dims(reached, axes(dims, len(size)), True))


def aminmax_back(grads: Any, self: Any, result: Any, dim: int | None, keepdim: bool) -> Any:
    """The gradient of `aminmax`: what arrived for the smallest and for the largest, each shared among its ties."""
    dims = () if dim is None else (dim,)
    terms = [
        shared_numbers(grad, self, found, dims, keepdim)
        for grad, found in zip(grads, result, strict=True)
        if grad is not None
    ]
    return terms[0] if len(terms) == 1 else terms[0] + terms[1]


def _rows(name: str, reduce: np.ufunc) -> None:
    title = name.capitalize()
    gradient = Gradient(
        "shared(grad, self, result, (), False)",
        lambda grad, self, result: shared(grad, self, result, (), False),
    )
    one(Row(name, lambda self: reduce.reduce(self, axis=None), ("self",), (gradient,), f"{title}Backward1"))
    _ALONG[name] = reducing(name, f"{title}Backward0", "dim")
    over_dims = Gradient(
        "shared_numbers(grad, self, result, dim, keepdim)",
        lambda grad, self, result, dim, keepdim: shared_numbers(grad, self, result, dim, keepdim),
    )
    one(
        Row(
            f"a{name}",
            in_order(lambda self, dim, keepdim: reduce.reduce(self, axis=axes(dim, self.ndim), keepdims=keepdim)),
            ("self",),
            (over_dims,),
            f"A{name}Backward0",
            arguments=("dim", "keepdim"),
        )
    )
    find: Callable[..., Any] = _FIND[name]
    one(
        Row(
            f"arg{name}",
            lambda self, dim, keepdim: _find(find, self, dim, keepdim),
            ("self",),
            (None,),
            arguments=("dim", "keepdim"),
        )
    )


_rows("max", np.maximum)
_rows("min", np.minimum)


_aminmax = several(
    Row(
        "aminmax",
        lambda self, dim, keepdim: tuple(
            np.asarray(
                reduce.reduce(self, axis=axes(() if dim is None else (dim,), self.ndim), keepdims=keepdim), order="C"
            )
            for reduce in (np.minimum, np.maximum)
        ),
        ("self",),
        (
            Gradient(
                "shared_numbers(grads[0], self, result[0], () if dim is None else (dim,), keepdim) + "
                "shared_numbers(grads[1], self, result[1], () if dim is None else (dim,), keepdim)",
                lambda grads, self, result, dim, keepdim: aminmax_back(grads, self, result, dim, keepdim),
            ),
        ),
        "AminmaxBackward0",
        arguments=("dim", "keepdim"),
        results=("min", "max"),
        many=True,
    )
)
_min_max = named("aminmax", "min", "max")


@offered("aminmax")
def aminmax(input: Tensor, *, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest and the largest element, of all or along `dim`; ties share the gradient."""
    array = input.array
    if dim is None and not array.size:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    place = None if dim is None else wrap_dim(dim, array.ndim)
    if place is not None:
        require_items("aminmax", array.shape, place)
    return _min_max(_aminmax((input,), (place, keepdim)))


@expose("max")
def max_(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None, **numpy: Any) -> Any:
    """The largest element; with `dim` values and indices; with another tensor the larger of each pair."""
    return _extreme("max", input, dim if other is None else other, keepdim, numpy)


@expose("min")
def min_(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None, **numpy: Any) -> Any:
    """The smallest element; with `dim` values and indices; with another tensor the smaller of each pair."""
    return _extreme("min", input, dim if other is None else other, keepdim, numpy)


@expose("amax")
def amax(input: Tensor, dim: Any = (), keepdim: bool = False, **numpy: Any) -> Tensor:
    """The largest along `dim`; ties share the gradient."""
    return _over_dims("amax", input, dim, keepdim, numpy)


@expose("amin")
def amin(input: Tensor, dim: Any = (), keepdim: bool = False, **numpy: Any) -> Tensor:
    """The smallest along `dim`; ties share the gradient."""
    return _over_dims("amin", input, dim, keepdim, numpy)


@expose("argmax")
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False, **numpy: Any) -> Tensor:
    """Where the largest element is, the first of several."""
    return _place("argmax", input, dim, keepdim, numpy)


@expose("argmin")
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False, **numpy: Any) -> Tensor:
    """Where the smallest element is, the first of several."""
    return _place("argmin", input, dim, keepdim, numpy)


def _kind(value: Any) -> str:
    return "Tensor" if type(value) in TENSORS else type(value).__name__


def _extreme(name: str, input: Tensor, dim: Any, keepdim: bool, numpy: dict[str, Any]) -> Any:
    if type(input) not in TENSORS and dim is not None:
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got ({_kind(input)}, {_kind(dim)}), but expected "
            "one of:\n * (Tensor input, *, Tensor out = None)\n * (Tensor input, Tensor other, *, Tensor out = None)\n"
            " * (Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None)\n"
        )
    require_tensor(name, "input", 1, input)
    if numpy:
        dim, keepdim = numpy_names(name, numpy, dim, keepdim)
    if type(dim) in TENSORS:
        return FUNCTIONS[f"{name}imum"](input, dim)
    if dim is None:
        if not input.array.size:
            raise RuntimeError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim "
                "with the 'dim' argument."
            )
        return CALLS[name]((input,))
    if not is_dims(dim) or isinstance(dim, (tuple, list)):
        raise TypeError(f"{name}() received an invalid combination of arguments - got ({type(dim).__name__})")
    place = wrap_dim(dim, input.array.ndim)
    require_items(f"{name}()", input.array.shape, place)
    return _ALONG[name](input, place, keepdim, _find(_FIND[name], input.array, place, keepdim))


def _over_dims(name: str, input: Tensor, dim: Any, keepdim: bool, numpy: dict[str, Any]) -> Tensor:
    require_tensor(name, "input", 1, input)
    if numpy:
        dim, keepdim = numpy_names(name, numpy, dim, keepdim)
    dims = wrap_dims(dim, input.array.ndim)
    if not dims and not input.array.size:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with "
            "the 'dim' argument."
        )
    _require_items(name, input.array.shape, tuple(dim) if isinstance(dim, (tuple, list)) else (dim,))
    made: Tensor = CALLS[name]((input,), (dims, keepdim))
    return made


def _place(name: str, input: Tensor, dim: int | None, keepdim: bool, numpy: dict[str, Any]) -> Tensor:
    require_tensor(name, "input", 1, input)
    if numpy:
        dim, keepdim = numpy_names(name, numpy, dim, keepdim)
    if input.array.dtype == np.bool_:
        raise RuntimeError(f"{name}(): does not support bool input")
    if dim is None and not input.array.size:
        raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
    place = None if dim is None else wrap_dim(dim, input.array.ndim)
    if place is not None:
        _require_items(name, input.array.shape, (place,))
    made: Tensor = CALLS[name]((input,), (place, keepdim))
    return made


def _find(find: Callable[..., Any], array: Array, dim: int | None, keepdim: bool) -> Any:
    if not array.ndim:
        return np.zeros((), np.int64)
    return find(array, axis=dim, keepdims=keepdim)


def _require_items(name: str, size: tuple[int, ...], dims: tuple[int, ...]) -> None:
    for dim in dims:
        if size and not size[dim]:
            raise IndexError(f"{name}(): Expected reduction dim {dim} to have non-zero size.")
