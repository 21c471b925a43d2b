"""Jacobians of a function at a point: from differences, from backward passes, and from forward mode. For gradcheck.

A Jacobian here is an array of shape (elements of the input, elements of the output), as in PyTorch's gradcheck. With a
direction `u` for the input (and `v` for the output) it is reduced to J u (or v J), which is what fast mode compares.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import observe
from ..autograd import grad
from ..ops.table import METHODS
from ..tensor import TENSORS, Tensor, from_array
from .forward_ad import dual_level, make_dual, unpack_dual

Array = npt.NDArray[Any]
Function = Callable[..., Any]


def as_tuple(value: Any) -> tuple[Any, ...]:
    """A function's outputs, or its inputs, as a tuple."""
    return value if isinstance(value, tuple) else tuple(value) if isinstance(value, list) else (value,)


def differentiable(inputs: Any) -> tuple[Tensor, ...]:
    """The inputs that require grad; others may be anything."""
    return tuple(value for value in as_tuple(inputs) if type(value) in TENSORS and value.requires_grad)


def differentiable_outputs(outputs: Any) -> tuple[Tensor, ...]:
    """The outputs that require grad. Raises AttributeError for an output that is no tensor."""
    return tuple(value for value in as_tuple(outputs) if value.requires_grad)


def is_floating(value: Any) -> bool:
    """Whether it is a tensor of floating-point numbers."""
    return type(value) in TENSORS and value.array.dtype.kind == "f"


# ---- by differences ----


def numerical(func: Function, inputs: tuple[Any, ...], tensor: Tensor, outputs: Any, eps: float) -> tuple[Array, ...]:
    """The Jacobian of each floating-point output with respect to `tensor`, one element after the other.

    Raises AssertionError when the shape or dtype of an output depends on the values.
    """
    floats = [output.array for output in as_tuple(outputs) if is_floating(output)]
    found = tuple(np.zeros((tensor.array.size, output.size), output.dtype) for output in floats)
    for row, place in enumerate(np.ndindex(tensor.array.shape)):
        columns = _slope(func, inputs, tensor, place, np.asarray(eps, tensor.array.dtype), eps, place)
        for jacobian, column in zip(found, columns, strict=False):
            jacobian[row] = column
    return found


def numerical_along(
    func: Function, inputs: tuple[Any, ...], tensor: Tensor, outputs: Any, u: Array, eps: float
) -> tuple[Array, ...]:
    """J u of each floating-point output."""
    slopes = _slope(func, inputs, tensor, ..., u.reshape(tensor.array.shape) * eps, eps, None)
    return tuple(slope for slope, output in zip(slopes, as_tuple(outputs), strict=True) if is_floating(output))


def _slope(
    func: Function, inputs: tuple[Any, ...], tensor: Tensor, place: Any, shift: Array, eps: float, index: Any
) -> list[Array]:
    """The central difference of every output for a shift of some elements."""
    values = []
    for sign in (-1, 1):
        with _shifted(tensor, place, sign * shift):
            values.append([METHODS["clone"](output) for output in as_tuple(func(*inputs))])
    for below, above in zip(*values, strict=True):
        _check_alike(below, above, eps, index)
    return [(METHODS["__sub__"](b, a).array / (2 * eps)).reshape(-1) for a, b in zip(*values, strict=True)]


@contextmanager
def _shifted(tensor: Tensor, place: Any, shift: Array) -> Iterator[None]:
    """Elements of a tensor are others for a while; autograd does not notice, as with `.data`."""
    original = tensor.array[place].copy()
    if observe.observer is not None:
        observe.observer.before_inplace(tensor)
    tensor.array[place] = original + shift
    try:
        yield
    finally:
        if observe.observer is not None:
            observe.observer.before_inplace(tensor)
        tensor.array[place] = original


def _check_alike(below: Tensor, above: Tensor, eps: float, index: Any) -> None:
    where = "" if index is None else f"on index {index} "
    if below.shape != above.shape:
        raise AssertionError(
            f"Expected `func` to return outputs with the same shape when inputs are perturbed {where}by {eps}, but "
            f"got: shapes {below.shape} and {above.shape}."
        )
    if below.dtype != above.dtype:
        raise AssertionError(
            f"Expected `func` to return outputs with the same dtype when inputs are perturbed {where}by {eps}, but "
            f"got: dtypes {below.dtype} and {above.dtype}."
        )


# ---- by backward passes ----


def backward_rows(inputs: tuple[Tensor, ...], output: Tensor, v: Array | None) -> list[list[Tensor | None]]:
    """The gradients of each input: one per element of the output, or the one for `v`."""
    seen = METHODS["clone"](output)
    if v is None:
        size = seen.array.size
        directions = np.eye(size, dtype=seen.array.dtype).reshape(size, *seen.array.shape)
        seeds = [from_array(direction.copy()) for direction in directions]
    else:
        seeds = [from_array(v.reshape(seen.array.shape))]
    rows: list[list[Tensor | None]] = [[] for _ in inputs]
    for seed in seeds:
        found = grad(output, inputs, seed, retain_graph=True, allow_unused=True)
        for row, gradient in zip(rows, found, strict=True):
            row.append(None if gradient is None else METHODS["clone"](gradient))
    return rows


def stacked(rows: list[list[Tensor | None]], inputs: tuple[Tensor, ...], count: int) -> tuple[Array, ...]:
    """The Jacobians that gradients by row make up; None stands for zeros."""
    found = tuple(np.zeros((tensor.array.size, count), tensor.array.dtype) for tensor in inputs)
    for jacobian, gradients in zip(found, rows, strict=True):
        for column, gradient in enumerate(gradients):
            if gradient is not None:
                jacobian[:, column] = gradient.array.reshape(-1)
    return found


# ---- by forward mode ----


def forward(
    func: Function, inputs: tuple[Any, ...], outputs: Any, all_u: list[Array] | None = None
) -> list[tuple[Array, ...]]:
    """For each input that requires grad the Jacobians of the floating-point outputs, or J u of each."""
    floats = [output.array for output in as_tuple(outputs) if is_floating(output)]
    varied = [place for place, x in enumerate(inputs) if type(x) in TENSORS and x.requires_grad]
    found = []
    for number, place in enumerate(varied):
        size = inputs[place].array.size
        directions = np.eye(size) if all_u is None else [all_u[number]]
        jacobians = tuple(np.zeros((len(directions), output.size), output.dtype) for output in floats)
        for row, direction in enumerate(directions):
            for jacobian, tangent in zip(jacobians, _tangents(func, inputs, varied, place, direction), strict=True):
                if tangent is not None:
                    jacobian[row] = tangent.reshape(-1)
        found.append(jacobians if all_u is None else tuple(jacobian[0] for jacobian in jacobians))
    return found


def _tangents(
    func: Function, inputs: tuple[Any, ...], varied: list[int], place: int, direction: Array
) -> list[Array | None]:
    with dual_level():
        duals = list(inputs)
        for other in varied:
            array = inputs[other].array
            tangent = direction.reshape(array.shape).astype(array.dtype) if other == place else np.zeros_like(array)
            duals[other] = make_dual(METHODS["detach"](inputs[other]), from_array(tangent))
        made = [unpack_dual(output).tangent for output in as_tuple(func(*duals)) if is_floating(output)]
        return [None if tangent is None else tangent.array for tangent in made]
