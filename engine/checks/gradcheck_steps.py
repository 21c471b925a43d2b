"""The comparisons that `gradcheck` is made of. Each raises GradcheckError, in PyTorch's words, when it fails."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ..autograd import grad
from ..node import Node, next_number
from ..ops.table import METHODS
from ..random.generator import Generator
from ..random.tensors import rand
from ..tensor import TENSORS, Tensor, from_array, from_node
from ..transforms import jacobians
from ..transforms.forward_ad import dual_level, make_dual, unpack_dual
from ..transforms.jacobians import Array, Function, as_tuple, differentiable, is_floating

NOT_REENTRANT: Final = """\n
NOTE: If your op relies on non-deterministic operations i.e., it is listed here:
https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
this failure might be expected.

If you are adding a new operator, please file an issue and then use one of the
workarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck.
If the test
- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck
  with `nondet_tol=<tol>` as a keyword argument.
- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test
  to have `gradcheck_nondet_tol=<tol>`.
- is a Module test (e.g., in common_nn.py), then modify the corresponding
  module_test entry to have `gradcheck_nondet_tol=<tol>`
"""
ONLY_FAST_FAILED: Final = """
Fast gradcheck failed but element-wise differences are small. This means that the
test might've passed in slow_mode!

If you are adding a new operator, please file an issue and then use one of the
workarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck:

If the test
- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck
  with `fast_mode=False` as a keyword argument.
- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test
  to have `gradcheck_fast_mode=False`
- is a Module test (e.g., in common_nn.py), then modify the corresponding
  module_test entry to have `gradcheck_fast_mode=False`
""".strip()


class GradcheckError(RuntimeError):
    """Raised by `gradcheck` and `gradgradcheck` when gradients are not slopes."""


GradcheckError.__module__ = "torch.autograd.gradcheck"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The step of the differences, and how close is close enough."""

    eps: float
    atol: float
    rtol: float
    nondeterminism: float
    dtypes: bool  # whether gradients must have the dtype of their inputs


def check_inputs(inputs: tuple[Any, ...]) -> None:
    """Raise for inputs whose gradients cannot be checked; warn of those in single precision."""
    varied = [(number, x) for number, x in enumerate(inputs) if type(x) in TENSORS and x.requires_grad]
    for number, tensor in varied:
        if tensor.array.dtype != np.float64:
            warnings.warn(
                f"Input #{number} requires gradient and is not a double precision floating point or complex. This "
                "check will likely fail if all the inputs are not of double precision floating point or complex. ",
                UserWarning,
                stacklevel=4,
            )
        if any(not stride and size > 1 for stride, size in zip(tensor.array.strides, tensor.array.shape, strict=True)):
            raise RuntimeError(
                f"The {number}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
                "on the input before passing it to gradcheck."
            )
    if not varied:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )


# ---- whole Jacobians ----


def check_slow(
    func: Function, made: Any, inputs: tuple[Any, ...], outputs: tuple[Tensor, ...], limit: Tolerance, forward: bool
) -> None:
    """Compare every element of every Jacobian."""
    varied = differentiable(inputs)
    slopes = [jacobians.numerical(func, inputs, tensor, made, limit.eps) for tensor in varied]
    if not outputs:
        _check_zero([jacobian for each in slopes for jacobian in each], 0.0)
        return
    places = _differentiable_places(made)
    by_forward = jacobians.forward(func, inputs, made) if forward else []
    for number, (place, output) in enumerate(zip(places, outputs, strict=True)):
        analytical = tuple(each[place] for each in by_forward) if forward else _analytical(inputs, output, limit, None)
        for input_number, (found, each) in enumerate(zip(analytical, slopes, strict=True)):
            if not _close(found, each[place], limit.rtol, limit.atol):
                raise GradcheckError(_mismatch(found, each[place], number, input_number, forward))


def _differentiable_places(made: Any) -> list[int]:
    """Which of the floating-point outputs require grad."""
    floats = [output for output in as_tuple(made) if is_floating(output)]
    return [place for place, output in enumerate(floats) if output.requires_grad]


def _analytical(inputs: tuple[Any, ...], output: Tensor, limit: Tolerance, v: Array | None) -> tuple[Array, ...]:
    """Jacobians by backward passes, which run twice and must agree."""
    varied = differentiable(inputs)
    rows = jacobians.backward_rows(varied, output, v)
    again = jacobians.backward_rows(varied, output, v)
    sizes_ok = types_ok = True
    for tensor, gradients in zip(varied, rows, strict=True):
        for gradient in gradients:
            if gradient is not None and gradient.array.shape != tensor.array.shape:
                sizes_ok = False
            elif gradient is not None and gradient.array.dtype != tensor.array.dtype:
                types_ok = False
    if not types_ok and limit.dtypes:
        raise GradcheckError("Gradient has dtype mismatch")
    if not sizes_ok:
        raise GradcheckError("Analytical gradient has incorrect size")
    count = output.array.size if v is None else 1
    first, second = jacobians.stacked(rows, varied, count), jacobians.stacked(again, varied, count)
    if any(a.size and np.abs(a - b).max() > limit.nondeterminism for a, b in zip(first, second, strict=True)):
        raise GradcheckError(
            "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives "
            "different values, although analytical gradient matches numerical gradient."
            f"The tolerance for nondeterminism was {limit.nondeterminism}." + NOT_REENTRANT
        )
    return first


# ---- along random directions ----


def check_fast(
    func: Function, made: Any, inputs: tuple[Any, ...], outputs: tuple[Tensor, ...], limit: Tolerance, forward: bool
) -> None:
    """Compare v J u for a random u of each input and v of each output; in forward mode J u.

    PyTorch takes the slopes of all outputs here and so confuses them where one of several does not require grad.
    """
    source = Generator()  # its own, so that the user's random numbers stay as they are
    varied = differentiable(inputs)
    all_u = [_direction(tensor, source) for tensor in varied]
    all_v = None if forward else [_direction(output, source) for output in outputs]
    places = _differentiable_places(made)
    slopes = [
        jacobians.numerical_along(func, inputs, tensor, made, u, limit.eps)
        for tensor, u in zip(varied, all_u, strict=True)
    ]
    if all_v is None:
        analytical = jacobians.forward(func, inputs, made, all_u)
    else:
        if not outputs:
            _check_zero([slope for each in slopes for slope in each], limit.nondeterminism)
        rows = [_analytical(inputs, output, limit, v) for output, v in zip(outputs, all_v, strict=True)]
        analytical = [tuple(np.asarray(row[number].reshape(-1) @ u) for row in rows) for number, u in enumerate(all_u)]
        slopes = [
            tuple(np.asarray((v * each[place]).sum()) for v, place in zip(all_v, places, strict=True))
            for each in slopes
        ]
    for number, (found, expected) in enumerate(zip(analytical, slopes, strict=True)):
        for place, (one, other) in enumerate(zip(found, expected, strict=True)):
            atol = limit.atol * float(all_u[number].sum()) * (1.0 if all_v is None else float(all_v[place].sum()))
            if not _close(one, other, limit.rtol, atol):
                told = _mismatch(one, other, place, number, forward)
                raise GradcheckError(told + _in_slow_mode(func, made, inputs, outputs, number, place, limit, forward))


def _direction(tensor: Tensor, source: Generator) -> Array:
    """A vector of length one, with no negative element."""
    made = rand(tensor.array.size, generator=source).array.astype(tensor.array.dtype)
    found: Array = made / np.sqrt((made * made).sum())
    return found


def _in_slow_mode(
    func: Function,
    made: Any,
    inputs: tuple[Any, ...],
    outputs: tuple[Tensor, ...],
    number: int,
    place: int,
    limit: Tolerance,
    forward: bool,
) -> str:
    """What the slow mode would have shown."""
    row = place if forward else _differentiable_places(made)[place]
    slope = jacobians.numerical(func, inputs, differentiable(inputs)[number], made, limit.eps)[row]
    if forward:
        found = jacobians.forward(func, inputs, made)[number][place]
    else:
        exact = Tolerance(limit.eps, limit.atol, limit.rtol, float("inf"), False)
        found = _analytical(inputs, outputs[place], exact, None)[number]
    told = (
        "\nThe above quantities relating the numerical and analytical jacobians are computed \n"
        "in fast mode. See: https://github.com/pytorch/pytorch/issues/53876 for more background \n"
        "about fast mode. Below, we recompute numerical and analytical jacobians in slow mode:\n\n"
        f"Numerical:\n {from_array(slope)}\n"
        f"Analytical:\n{from_array(found)}\n\n"
        f"The max per-element difference (slow mode) is: {from_array(np.asarray(np.abs(slope - found).max()))}.\n"
    )
    return told + (ONLY_FAST_FAILED if _close(found, slope, limit.rtol, limit.atol) else "")


def _check_zero(slopes: list[Array], limit: float) -> None:
    if any(slope.size and np.abs(slope).max() > limit for slope in slopes):
        raise GradcheckError("Numerical gradient for function expected to be zero")


def _close(found: Array, slope: Array, rtol: float, atol: float) -> bool:
    return bool(np.allclose(found, slope, rtol, atol))


def _mismatch(found: Array, slope: Array, output: int, number: int, forward: bool) -> str:
    mode = "computed with forward mode " if forward else ""
    return (
        f"Jacobian {mode}mismatch for output {output} with respect to input {number},\n"
        f"numerical:{from_array(slope)}\nanalytical:{from_array(found)}\n"
    )


# ---- gradients that are zero or missing ----


def check_multiplies_gradient(outputs: tuple[Tensor, ...], inputs: tuple[Any, ...]) -> None:
    """Gradients of zeros must be zeros."""
    varied = differentiable(inputs)
    if not outputs:
        return
    zeros = tuple(from_array(np.zeros_like(output.array)) for output in outputs)
    for gradient, tensor in zip(grad(outputs, varied, zeros, allow_unused=True), varied, strict=True):
        if gradient is None:
            continue
        if gradient.array.any():
            raise GradcheckError("backward not multiplied by grad_output")
        if gradient.array.dtype != tensor.array.dtype:
            raise GradcheckError("grad is incorrect type")
        if gradient.array.shape != tensor.array.shape:
            raise GradcheckError("grad is incorrect size")


class UndefinedGrad(Node):
    """Passes on that there is no gradient, whatever arrives."""

    __slots__ = ()

    keeps = False

    def __init__(self, source: Tensor) -> None:
        self.next_edges = (source.edge(),)
        self.sequence_number = next_number()
        self.shape = source.array.shape
        self.dtype = source.array.dtype
        self.extras = None

    def run(self, gradient: Any, unpack: Callable[..., Any]) -> tuple[Any, ...]:
        """See Node."""
        return (None,)


def check_undefined_gradients(func: Function, outputs: tuple[Tensor, ...], inputs: tuple[Any, ...]) -> None:
    """Where no gradient arrives the gradients must be missing or zero."""
    varied = differentiable(inputs)
    missing = [set(range(len(outputs)))]
    if len(outputs) > 1:
        missing += [{number} for number in range(len(outputs))]
    for numbers in missing:
        made = [
            from_node(output.array, UndefinedGrad(output)) if number in numbers else output
            for number, output in enumerate(differentiable(func(*inputs)))
        ]
        if made:
            _check_undefined(tuple(made), varied)


def _check_undefined(outputs: tuple[Tensor, ...], varied: tuple[Tensor, ...]) -> None:
    zeros = tuple(from_array(np.zeros_like(output.array)) for output in outputs)
    try:
        found = grad(outputs, varied, zeros, allow_unused=True)
    except RuntimeError as error:
        _warn_of_undefined()
        raise GradcheckError(
            'Expected backward function to handle undefined output grads. Please look at "Notes about undefined output '
            'gradients" in "tools/autograd/derivatives.yaml"'
        ) from error
    if any(gradient is not None and gradient.array.any() for gradient in found):
        _warn_of_undefined()
        raise GradcheckError(
            "Expected all input grads to be undefined or zero when all output grads are undefined or zero. Please look "
            'at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
        )


def _warn_of_undefined() -> None:
    warnings.warn(
        "Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may "
        "break existing callers of this function. If this is true for you, you can call this function with "
        '"check_undefined_grad=False" to disable the feature',
        UserWarning,
        stacklevel=5,
    )


def check_undefined_tangents(func: Function, inputs: tuple[Any, ...]) -> None:
    """An input without a tangent must count as one whose tangent is zero."""
    source = Generator()
    varied = [place for place, x in enumerate(inputs) if type(x) in TENSORS and x.requires_grad]
    with dual_level():
        plain = {place: METHODS["detach"](inputs[place]) for place in varied}
        duals = list(inputs)
        for place in varied:
            array = plain[place].array
            duals[place] = make_dual(plain[place], from_array(_direction(plain[place], source).reshape(array.shape)))
        for place in varied:
            zero = make_dual(plain[place], from_array(np.zeros_like(plain[place].array)))
            pairs = zip(
                *(as_tuple(func(*duals[:place], x, *duals[place + 1 :])) for x in (zero, plain[place])), strict=True
            )
            for number, (one, other) in enumerate(pairs):
                if not is_floating(one):
                    continue
                materialized, missing = unpack_dual(one).tangent, unpack_dual(other).tangent
                if materialized is None or missing is None:
                    continue
                if not _close(materialized.array, missing.array, 1e-5, 1e-8):
                    raise GradcheckError(
                        "Mismatch in tangent values for output with index: ",
                        number,
                        " when input: ",
                        inputs[place],
                        " has an undefined tangent value. ",
                        " Got: ",
                        materialized,
                        " but expected: ",
                        missing,
                    )
