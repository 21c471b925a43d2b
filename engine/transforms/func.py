"""`torch.func`'s reverse-mode transforms: grad, grad_and_value, vjp, jacrev. See `transform_inputs.py` for nesting."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..grad_mode import enable_grad
from ..ops.table import METHODS, PUBLIC
from ..tensor import TENSORS, Tensor, from_array
from . import levels
from .pytree import flatten, tree_map, unflatten
from .transform_inputs import Inputs, basis, gradients, released

Function = Callable[..., Any]
Argnums = int | tuple[int, ...]


def grad(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """A function that computes the gradient of `func`, a function with one number as its result."""
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        slopes, value = both(*args, **kwargs)
        return (slopes, value[1]) if has_aux else slopes

    return wrapper


def grad_and_value(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """A function that computes (gradient, value) of `func`, or (gradient, (value, aux))."""

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        inputs = Inputs()
        with levels.transform(), enable_grad():
            chosen = slice_argnums(args, argnums, False)
            wanted = tree_map(inputs.leaf, chosen)
            output = func(*replaced(args, wanted, argnums), **kwargs)
            aux = None
            if has_aux:
                output, aux = _with_aux(output, "grad_and_value(f)(*args)")
            _check_number(output)
            leaves, structure = flatten(wanted)
            found = gradients([output], leaves, None)
            inputs.close()
        slopes = unflatten([released(each) for each in found], structure)
        value = released(output)
        return slopes, ((value, tree_map(released, aux)) if has_aux else value)

    return wrapper


def vjp(func: Function, *primals: Any, has_aux: bool = False) -> Any:
    """(func(*primals), a function of cotangents that gives the gradients of the primals), and aux if there is one."""
    return vjp_of(func, primals, None, has_aux)


def vjp_of(func: Function, primals: tuple[Any, ...], argnums: Argnums | None, has_aux: bool) -> Any:
    """`vjp` with respect to some of the primals."""
    inputs = Inputs()
    with levels.transform(), enable_grad():
        if argnums is None:
            wanted = tree_map(inputs.leaf, primals)
            args = wanted
        else:
            wanted = tree_map(inputs.leaf, slice_argnums(primals, argnums, False))
            args = replaced(primals, wanted, argnums)
        outputs = func(*args)
        aux = None
        if has_aux:
            outputs, aux = _with_aux(outputs, "vjp(f, *primals)")
        flat, structure = flatten(outputs)
        check_outputs(flat, "vjp(f, *primals)")
        for output in flat:
            if output.array.dtype.kind != "f":
                raise RuntimeError(
                    "vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype "
                    f"{output.dtype}"
                )
        leaves, input_structure = flatten(wanted)
        inputs.close()

    def wrapper(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        given, given_structure = flatten(cotangents)
        if given_structure != structure:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                f"function. cotangents: {given_structure.pretty()}, primal output: {structure.pretty()}"
            )
        assert inputs.gates is not None  # the inputs hold their gates weakly, so this function keeps them
        found = [released(each) for each in gradients(flat, leaves, given, retain_graph)]
        if create_graph is False:
            found = [METHODS["detach"](each) for each in found]
        return unflatten(found, input_structure)

    results = unflatten([released(output) for output in flat], structure)
    return (results, wrapper, tree_map(released, aux)) if has_aux else (results, wrapper)


def jacrev(
    func: Function,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Function:
    """A function that computes the Jacobian of `func`, one backward pass for each element of its outputs."""
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def wrapper(*args: Any) -> Any:
        outputs, pull, *aux = vjp_of(func, args, argnums, has_aux)
        flat, structure = flatten(outputs)
        primals, primal_structure = flatten(slice_argnums(args, argnums))
        rows = [flatten(pull(unflatten(unit, structure)))[0] for unit in basis(flat)]
        per_output = []
        start = 0
        for output in flat:
            own = rows[start : start + output.array.size]
            start += output.array.size
            blocks = [
                block([row[place] for row in own], output.array.shape + primal.array.shape, primal)
                for place, primal in enumerate(primals)
            ]
            per_output.append(_for_argnums(unflatten(blocks, primal_structure), argnums))
        found = unflatten(per_output, structure)
        return (found, aux[0]) if has_aux else found

    return wrapper


def block(rows: list[Tensor], shape: tuple[int, ...], primal: Tensor) -> Tensor:
    """Rows of a Jacobian together, in their shape."""
    if not rows:
        return from_array(np.zeros(shape, primal.array.dtype))
    made: Tensor = METHODS["view"](PUBLIC["stack"](rows), shape)
    return made


def _for_argnums(blocks: Any, argnums: Argnums) -> Any:
    return blocks[0] if isinstance(argnums, int) else blocks


def slice_argnums(args: tuple[Any, ...], argnums: Any, as_tuple: bool = True) -> Any:
    """The arguments at these places. Raises PyTorch's RuntimeError for places that do not exist."""
    if not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    if isinstance(argnums, int):
        chosen = args[_wrapped(argnums, len(args))]
        return (chosen,) if as_tuple else chosen
    places = tuple(_wrapped(each, len(args)) for each in argnums)
    if not places:
        raise RuntimeError("argnums must be non-empty")
    if len(set(places)) != len(places):
        raise RuntimeError(f"argnums elements must be unique, got {places}")
    return tuple(args[place] for place in places)


def replaced(args: tuple[Any, ...], new: Any, argnums: Argnums) -> tuple[Any, ...]:
    """The arguments with new ones at these places."""
    made = list(args)
    if isinstance(argnums, int):
        made[argnums] = new
    else:
        for place, each in zip(argnums, new, strict=True):
            made[place] = each
    return tuple(made)


def _wrapped(argnum: Any, count: int) -> int:
    if not isinstance(argnum, int):
        raise RuntimeError(f"argnum must be int, got: {type(argnum)}")
    if -count <= argnum < count:
        return argnum % count
    raise RuntimeError(f"Got argnum={argnum}, but only {count} positional inputs")


def _with_aux(output: Any, name: str) -> tuple[Any, Any]:
    if not (isinstance(output, tuple) and len(output) == 2):
        raise RuntimeError(f"{name}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return output


def check_outputs(flat: list[Any], name: str) -> None:
    """Raise PyTorch's RuntimeError unless the outputs are tensors, and there is one."""
    if not flat or (len(flat) == 1 and flat[0] is None):
        raise RuntimeError(f"{name}: Expected f to be a function that has non-empty output (got output = {flat})")
    for output in flat:
        if type(output) not in TENSORS:
            raise RuntimeError(
                f"{name}: expected f(*primals) to return only tensors, got unsupported type {type(output)}"
            )


def _check_number(output: Any) -> None:
    if type(output) not in TENSORS:
        raise RuntimeError(f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(output)}")
    if output.array.ndim:
        raise RuntimeError(
            "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
            f"{output.array.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
        )
