"""`torch.autograd.functional`: products with Jacobians and Hessians, and these themselves, of a function at a point.

Everything is made of `autograd.grad`. A Jacobian-vector product is the gradient of the vector-Jacobian product with
respect to its vector, as PyTorch computes it here.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd import grad
from ..creation.factories import zeros_like
from ..grad_mode import enable_grad, is_grad_enabled, set_grad_enabled
from ..ops.table import METHODS, PUBLIC
from ..tensor import Tensor, from_array
from . import forward_ad
from .functional_checks import (
    VECTOR_NEEDED,
    Found,
    Tensors,
    as_tuple,
    check_scalar,
    check_vector,
    fill_zeros,
    require_tracked,
)

Function = Callable[..., Any]
OUTPUTS = "outputs of the user-provided function"


def vjp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(*inputs), v times the Jacobian)."""
    with enable_grad():
        many, given = _inputs("vjp", inputs, create_graph)
        outputs_many, outputs = _evaluate("vjp", func, given, strict)
        vector = None
        if v is not None:
            vector = _vector("vjp", v, outputs, outputs_many, create_graph)
        elif len(outputs) != 1 or outputs[0].array.size != 1:
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single Tensor with a single "
                "element."
            )
    with set_grad_enabled(create_graph or is_grad_enabled()):
        product = fill_zeros(_grad(outputs, given, vector, create_graph), given, strict, create_graph, "back")
    return _result(outputs, outputs_many, create_graph), _result(product, many, create_graph)


def jvp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(*inputs), the Jacobian times v)."""
    with enable_grad():
        many, given = _inputs("jvp", inputs, create_graph)
        vector = _input_vector("jvp", v, given, many, create_graph)
        outputs_many, outputs = _evaluate("jvp", func, given, strict)
        dummies = tuple(zeros_like(output, requires_grad=True) for output in outputs)
        backward = _grad(outputs, given, dummies, True)
        require_tracked(backward, "grad_inputs", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _grad(backward, dummies, vector, create_graph)
        product = fill_zeros(found, outputs, strict, create_graph, "back_trick")
    return _result(outputs, outputs_many, create_graph), _result(product, outputs_many, create_graph)


def vhp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(*inputs), v times the Hessian) of a function with one number as its result."""
    with enable_grad():
        many, given = _inputs("vhp", inputs, create_graph)
        vector = _input_vector("vhp", v, given, many, create_graph)
        outputs, slope = _slope("vhp", func, given, strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _grad(slope, given, vector, create_graph)
        product = fill_zeros(found, given, strict, create_graph, "double_back")
    return _result(outputs, False, create_graph), _result(product, many, create_graph)


def hvp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(*inputs), the Hessian times v) of a function with one number as its result."""
    with enable_grad():
        many, given = _inputs("hvp", inputs, create_graph)
        vector = _input_vector("hvp", v, given, many, create_graph)
        outputs, slope = _slope("hvp", func, given, strict)
        dummies = tuple(zeros_like(each, requires_grad=True) for each in given)
        backward = _grad(slope, given, dummies, True)
        require_tracked(slope, "hessian", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _grad(backward, dummies, vector, create_graph)
        product = fill_zeros(found, given, strict, create_graph, "double_back_trick")
    return _result(outputs, False, create_graph), _result(product, many, create_graph)


def jacobian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The derivative of each output by each input, of shape `output.shape + input.shape`.

    One tensor, a tuple where func has several outputs or inputs, a tuple of tuples where it has both. `vectorize` gives
    the same numbers; PyTorch computes them in one pass.
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            'than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        if create_graph:
            raise NotImplementedError(
                'torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` are not '
                'supported together (yet). Please either set `create_graph=False` or `strategy="reverse-mode"`.'
            )
        return _forward_jacobian(func, inputs, strict, vectorize)
    with enable_grad():
        many, given = _inputs("jacobian", inputs, create_graph)
        outputs_many, outputs = _evaluate("jacobian", func, given, strict)
        if vectorize and strict:
            raise RuntimeError(
                "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. "
                "Please either set `strict=False` or `vectorize=False`."
            )
        rows = [_jacobian_of(output, given, place, create_graph, strict) for place, output in enumerate(outputs)]
        return _unpacked([_finished(row, create_graph) for row in rows], outputs_many, many)


def hessian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a function with one number as its result, as the Jacobian of its Jacobian."""
    many, given = as_tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def scalar(*args: Tensor) -> Any:
        made = func(*args)
        is_tuple, outputs = as_tuple(made, OUTPUTS, "hessian")
        require_tracked(outputs, "outputs", strict)
        check_scalar("hessian", outputs, is_tuple)
        return METHODS["squeeze"](made)

    def slope(*args: Tensor) -> Any:
        if outer_jacobian_strategy == "forward-mode":
            args = tuple(each.requires_grad_(True) for each in args)
        found = jacobian(scalar, args, create_graph=True)
        require_tracked(found, "jacobian", strict)
        return found

    found = jacobian(slope, given, create_graph, strict, vectorize, outer_jacobian_strategy)
    return found if many else found[0][0]


def _inputs(name: str, inputs: Any, create_graph: bool) -> tuple[bool, Tensors]:
    many, given = as_tuple(inputs, "inputs", name)
    return many, _fresh(given, create_graph, True)


def _fresh(tensors: Tensors, create_graph: bool, tracked: bool) -> Tensors:
    """The tensors as the function sees them: with their history where a graph is wanted, else leaves."""
    return tuple(
        METHODS["view_as"](each, each)
        if create_graph and each._requires_grad
        else METHODS["detach"](each).requires_grad_(tracked)
        for each in tensors
    )


def _evaluate(name: str, func: Function, given: Tensors, strict: bool) -> tuple[bool, Tensors]:
    many, outputs = as_tuple(func(*given), OUTPUTS, name)
    require_tracked(outputs, "outputs", strict)
    return many, outputs


def _slope(name: str, func: Function, given: Tensors, strict: bool) -> tuple[Tensors, Any]:
    """The function's one number, and its gradient with a graph."""
    many, outputs = _evaluate(name, func, given, strict)
    check_scalar(name, outputs, many)
    slope = _grad(outputs, given, None, True)
    require_tracked(slope, "jacobian", strict)
    return outputs, slope


def _vector(name: str, v: Any, like: Tensors, like_is_tuple: bool, create_graph: bool) -> Tensors:
    _, vector = as_tuple(v, "v", name)
    vector = _fresh(vector, create_graph, False)
    check_vector(vector, like, like_is_tuple)
    return vector


def _input_vector(name: str, v: Any, given: Tensors, many: bool, create_graph: bool) -> Tensors | None:
    if v is not None:
        return _vector(name, v, given, many, create_graph)
    if len(given) != 1 or given[0].array.size != 1:
        raise RuntimeError(VECTOR_NEEDED)
    return None


def _grad(
    outputs: Found, inputs: Tensors, vector: Tensors | None, create_graph: bool, retain: bool | None = None
) -> Found:
    """The gradients of those outputs that are tracked; None for inputs that they do not depend on."""
    vectors = (None,) * len(outputs) if vector is None else vector
    pairs = [(x, v) for x, v in zip(outputs, vectors, strict=True) if x is not None and x._requires_grad]
    if not pairs:
        return (None,) * len(inputs)
    roots, weights = tuple(x for x, _ in pairs), tuple(v for _, v in pairs)
    return grad(roots, inputs, weights, retain_graph=retain, create_graph=create_graph, allow_unused=True)


def _jacobian_of(output: Tensor, given: Tensors, place: int, create_graph: bool, strict: bool) -> list[Tensor]:
    """The Jacobians of one output by each input: one gradient for each of its elements."""
    found: list[list[Tensor]] = [[] for _ in given]
    for number in range(output.array.size):
        element = METHODS["reshape"](output, -1)[number]
        slopes = _grad((element,), given, None, create_graph, True)
        for which, (slope, tensor) in enumerate(zip(slopes, given, strict=True)):
            if slope is None:
                if strict:
                    raise RuntimeError(
                        f"Output {place} of the user-provided function is independent of input {which}. This is not "
                        "allowed in strict mode."
                    )
                found[which].append(zeros_like(tensor))
                continue
            if strict and create_graph and not slope._requires_grad:
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {place}. This is not allowed "
                    "in strict mode when create_graph=True."
                )
            found[which].append(slope)
    return [
        _stacked(slopes, output.array.shape + tensor.array.shape, tensor)
        for slopes, tensor in zip(found, given, strict=True)
    ]


def _forward_jacobian(func: Function, inputs: Any, strict: bool, vectorize: bool) -> Any:
    """One pass of forward-mode AD for each element of the inputs."""
    if strict:
        raise RuntimeError(
            'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported '
            'together (yet). Please either set `strict=False` or `strategy="reverse-mode"`.'
        )
    many, given = as_tuple(inputs, "inputs", "jacobian")
    if not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for "
            "`vectorize=True`."
        )
    outputs_many = False
    outputs: Tensors = ()
    columns: list[list[list[Tensor]]] = []  # per input, per element of it, per output
    for place, tensor in enumerate(given):
        columns.append([])
        for number in range(tensor.array.size):
            with forward_ad.dual_level():
                duals = [
                    forward_ad.make_dual(each, _unit(each, number if which == place else None))
                    for which, each in enumerate(given)
                ]
                outputs_many, outputs = as_tuple(func(*duals), "outputs", "jacobian")
                columns[-1].append([_tangent(output) for output in outputs])
    rows: list[Any] = [
        [
            METHODS["reshape"](
                PUBLIC["stack"]([slopes[row] for slopes in columns[place]], -1),
                (*outputs[row].array.shape, *tensor.array.shape),
            )
            for place, tensor in enumerate(given)
        ]
        for row in range(len(outputs))
    ]
    made: Any = rows if many else tuple(row[0] for row in rows)  # lists, as PyTorch has it in this mode
    return made if outputs_many else made[0]


def _unit(tensor: Tensor, number: int | None) -> Tensor:
    """Zeros like the tensor, with a one at an element."""
    made = np.zeros(tensor.array.shape, tensor.array.dtype)
    if number is not None:
        made.reshape(-1)[number] = 1
    return from_array(made)


def _tangent(output: Tensor) -> Tensor:
    _, tangent = forward_ad.unpack_dual(output)
    return zeros_like(output) if tangent is None else tangent


def _stacked(slopes: list[Tensor], shape: tuple[int, ...], tensor: Tensor) -> Tensor:
    if not slopes:
        return from_array(np.zeros(shape, tensor.array.dtype))
    made: Tensor = METHODS["view"](PUBLIC["stack"](slopes), shape)
    return made


def _finished(tensors: Any, create_graph: bool) -> Tensors:
    return tuple(tensors) if create_graph else tuple(METHODS["detach"](each) for each in tensors)


def _result(tensors: Tensors, many: bool, create_graph: bool) -> Any:
    finished = _finished(tensors, create_graph)
    return finished if many else finished[0]


def _unpacked(rows: list[Tensors], outputs_many: bool, inputs_many: bool) -> Any:
    """Tuples only where the function had tuples."""
    made: Any = tuple(rows) if inputs_many else tuple(row[0] for row in rows)
    return made if outputs_many else made[0]
