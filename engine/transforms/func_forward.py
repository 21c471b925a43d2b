"""`torch.func`'s forward-mode transforms: jvp, jacfwd, hessian, linearize.

The outermost jvp works on dual tensors, of which there is one level. Inside it, and where a Jacobian needs many
products at one point, the product is the derivative of the vector-Jacobian product with respect to its vector, which
nests with everything; see `transform_inputs.py`.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..grad_mode import enable_grad
from ..ops.table import METHODS, PUBLIC
from ..tensor import TENSORS, Tensor, from_array
from . import levels
from .forward_ad import check_tangent, dual_level, make_dual, unpack_dual
from .func import Argnums, Function, check_outputs, jacrev, replaced, slice_argnums
from .pytree import Structure, flatten, tree_map, unflatten
from .transform_inputs import Inputs, again, basis, gradients, released, zeros_of

_NAME = "jvp(f, primals, tangents)"
_INDEPENDENT = (
    "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with "
    "strict=True."
)


class Linear:
    """A function at a point: its outputs there, and its derivative as a function of tangents."""

    def __init__(self, func: Function, primals: tuple[Any, ...], argnums: Argnums | None, has_aux: bool) -> None:
        if levels.dual is not None and not levels.state.jvps:
            raise RuntimeError(levels.NESTED)
        self.inputs = Inputs()
        with levels.transform(), levels.forward(), enable_grad():
            wanted = primals if argnums is None else slice_argnums(primals, argnums)
            flat, structure = flatten(wanted)
            leaves = [self.inputs.inner(each) for each in flat]
            moved = unflatten([again(leaf) for leaf in leaves], structure)
            args = moved if argnums is None else replaced(primals, moved[0] if _single(argnums) else moved, argnums)
            outputs, self.aux = _split(func(*args), has_aux)
            self.flat, self.structure = flatten(outputs)
            check_outputs(self.flat, _NAME)
            self.seeds = [self.inputs.leaf(zeros_of(each)) if _is_float(each) else each for each in self.flat]
            self.slopes = gradients(self.flat, leaves, self.seeds, True)
            self.inputs.close()

    def outputs(self) -> Any:
        """The outputs at the point."""
        return unflatten([released(each) for each in self.flat], self.structure)

    def depends(self) -> bool:
        """Whether every output depends on the inputs."""
        return all(each._requires_grad for each in self.flat)

    def push(self, tangents: list[Tensor]) -> list[Tensor]:
        """The tangents of the outputs."""
        seeds = [seed for seed in self.seeds if seed._requires_grad]
        found = iter(gradients(self.slopes, seeds, tangents, True))
        return [released(next(found)) if seed._requires_grad else zeros_of(seed) for seed in self.seeds]


def jvp(func: Function, primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """(func(*primals), the Jacobian times the tangents), and aux if there is one."""
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{_NAME}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    flat, structure = flatten(primals)
    given, given_structure = flatten(tangents)
    if structure != given_structure:
        raise RuntimeError(
            f"{_NAME}: Expected primals and tangents to have the same python structure. For example, if primals is a "
            f"tuple of 3 tensors, tangents also must be. Got primals with structure {structure} and tangents with "
            f"structure {given_structure}"
        )
    _check_tensors(flat, "primals")
    _check_tensors(given, "tangents")
    _check_tangents(flat, given)
    if not levels.state.jvps:
        return _outermost_jvp(func, flat, given, structure, strict, has_aux)
    linear = Linear(func, primals, None, has_aux)
    if strict and not linear.depends():
        raise RuntimeError(_INDEPENDENT)
    found = unflatten(linear.push(given), linear.structure)
    return (linear.outputs(), found, tree_map(released, linear.aux)) if has_aux else (linear.outputs(), found)


def _outermost_jvp(
    func: Function, flat: list[Tensor], given: list[Tensor], structure: Structure, strict: bool, has_aux: bool
) -> Any:
    """The product by dual tensors, of which there is one level."""
    with dual_level(), levels.transform(), levels.forward():
        duals = [make_dual(primal, tangent) for primal, tangent in zip(flat, given, strict=True)]
        outputs, aux = _split(func(*unflatten(duals, structure)), has_aux)
        found, output_structure = flatten(outputs)
        check_outputs(found, _NAME)
        unpacked = [unpack_dual(each) for each in found]
    if strict and any(tangent is None for _, tangent in unpacked):
        raise RuntimeError(_INDEPENDENT)
    values = unflatten([released(primal) for primal, _ in unpacked], output_structure)
    pushed = [zeros_of(primal) if tangent is None else released(tangent) for primal, tangent in unpacked]
    products = unflatten(pushed, output_structure)
    return (values, products, tree_map(released, aux)) if has_aux else (values, products)


def _split(outputs: Any, has_aux: bool) -> tuple[Any, Any]:
    """The outputs and what comes with them. Raises RuntimeError where nothing does."""
    if not has_aux:
        return outputs, None
    if not (isinstance(outputs, tuple) and len(outputs) == 2):
        raise RuntimeError(f"{_NAME}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return outputs


def jacfwd(func: Function, argnums: Argnums = 0, has_aux: bool = False, *, randomness: str = "error") -> Function:
    """A function that computes the Jacobian of `func`, one product for each element of its inputs."""

    @functools.wraps(func)
    def wrapper(*args: Any) -> Any:
        primals, structure = flatten(slice_argnums(args, argnums))
        with levels.random_mode(randomness):
            linear = Linear(func, args, argnums, has_aux)
        columns = [linear.push(unit) for unit in basis(primals)]
        per_output = []
        for place, output in enumerate(linear.flat):
            blocks = []
            start = 0
            for primal in primals:
                own = [column[place] for column in columns[start : start + primal.array.size]]
                start += primal.array.size
                shape = output.array.shape + primal.array.shape
                empty = from_array(np.zeros(shape, output.array.dtype))
                blocks.append(METHODS["reshape"](PUBLIC["stack"](own, -1), shape) if own else empty)
            made = unflatten(blocks, structure)
            per_output.append(made[0] if _single(argnums) else made)
        found = unflatten(per_output, linear.structure)
        return (found, tree_map(released, linear.aux)) if has_aux else found

    return wrapper


def hessian(func: Function, argnums: Argnums = 0) -> Function:
    """A function that computes the second derivatives of `func`."""
    return jacfwd(jacrev(func, argnums), argnums)


def linearize(func: Function, *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """(func(*primals), a function of tangents that gives the Jacobian times them).

    That function keeps what it needs of the primals in leaves of its own: products have no gradient with respect to
    the primals.
    """
    flat, structure = flatten(primals)
    outputs = func(*primals)
    fixed: Any = unflatten([from_array(each.array.copy(), each.requires_grad) for each in flat], structure)
    linear = Linear(func, fixed, None, False)

    def push(*tangents: Any) -> Any:
        given, given_structure = flatten(tangents)
        if given_structure != structure:
            raise RuntimeError(
                f"Expected the tangents {given_structure} to have the same argspec as the primals {structure}"
            )
        for place, (tangent, primal) in enumerate(zip(given, flat, strict=True)):
            for what in ("shape", "dtype"):
                if getattr(tangent, what) != getattr(primal, what):
                    raise RuntimeError(
                        f"tangent:{place} with {what} {getattr(tangent, what)} in flattened pytree doesn't match the "
                        f"{what} {getattr(primal, what)} of the corresponding primal."
                    )
        return unflatten(linear.push(given), linear.structure)

    return outputs, push


def _single(argnums: Argnums | None) -> bool:
    return isinstance(argnums, int)


def _is_float(tensor: Tensor) -> bool:
    return tensor.array.dtype.kind == "f"


def _check_tensors(flat: list[Any], what: str) -> None:
    if not flat:
        raise RuntimeError(f"{_NAME}: Expected {what} to contain at least one Tensor.")
    for each in flat:
        if type(each) not in TENSORS:
            raise RuntimeError(f"{_NAME}: Expected {what} to only contain Tensors, got {type(each)}")


def _check_tangents(primals: list[Tensor], tangents: list[Tensor]) -> None:
    for primal, tangent in zip(primals, tangents, strict=True):
        for what, each in (("primal", primal), ("tangent", tangent)):
            if not _is_float(each):
                raise ValueError(f"Expected {what} to be floating point or complex, but got: {each.dtype}")
        check_tangent(primal, tangent)
