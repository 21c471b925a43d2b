"""The activations of `torch.nn.functional`, and those of them that `torch` and Tensor have too.

Each picks a row; in place some have a row of their own, whose gradient is written in the result.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ....random.generator import default_generator
from ....tensor import from_array
from ....types.dtype import of_numpy
from ...dims import wrap_dim
from ...offer import Chosen, run, run_inplace
from ...operands import require_attribute, require_tensor
from ...table import FUNCTIONS, METHODS, PUBLIC, TABLE
from . import leaky, piecewise, smooth  # noqa: F401 - they put the rows in the table

_ALPHA: Final = 1.6732632423543772  # SELU's
_SCALE: Final = 1.0507009873554805


def activate(key: str, input: Any, arguments: tuple[Any, ...] = (), inplace: bool = False, written: str = "") -> Any:
    """Run a row on one tensor; in place the row `written`, where that is another one."""
    require_tensor(TABLE[key].name, "input", 1, input)
    if inplace:
        return run_inplace(input, Chosen(written or key, (input,), arguments))
    return run(Chosen(key, (input,), arguments))


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """x above zero, alpha * (exp(x) - 1) below."""
    return activate("elu", input, (alpha, 1, 1), inplace, "elu.in_place")


def elu_(input: Any, alpha: float = 1) -> Any:
    """`elu` in place."""
    return elu(input, alpha, True)


def selu(input: Any, inplace: bool = False) -> Any:
    """`elu` scaled so that means and variances stay."""
    return activate("elu", input, (_ALPHA, _SCALE, 1), inplace, "elu.in_place")


def selu_(input: Any) -> Any:
    """`selu` in place."""
    return selu(input, True)


def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """x above zero, alpha * (exp(x / alpha) - 1) below."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return activate("celu", input, (alpha,), inplace, "celu.in_place")


def celu_(input: Any, alpha: float = 1.0) -> Any:
    """`celu` in place."""
    return celu(input, alpha, True)


def gelu(input: Any, *, approximate: str = "none") -> Any:
    """x times the probability that a normal number is below x; with "tanh" an approximation of it."""
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return activate("gelu", input, (approximate,))


def silu(input: Any, inplace: bool = False) -> Any:
    """x * sigmoid(x)."""
    return activate("silu", input, (), inplace)


def mish(input: Any, inplace: bool = False) -> Any:
    """x * tanh(softplus(x))."""
    return activate("mish", input, (), inplace)


def softplus(input: Any, beta: float = 1, threshold: float = 20) -> Any:
    """log(1 + exp(beta * x)) / beta; x itself where beta * x is above the threshold."""
    return activate("softplus", input, (beta, threshold))


def logsigmoid(input: Any) -> Any:
    """log(sigmoid(x))."""
    require_tensor("log_sigmoid", "input", 1, input)
    return FUNCTIONS["log_sigmoid"](input)


def softsign(input: Any) -> Any:
    """x / (1 + |x|)."""
    return input / (input.abs() + 1)


def tanhshrink(input: Any) -> Any:
    """x - tanh(x)."""
    return input - input.tanh()


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """x between the two values, and the nearer of them elsewhere."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return activate("hardtanh", input, (min_val, max_val), inplace)


def hardtanh_(input: Any, min_val: float = -1, max_val: float = 1) -> Any:
    """`hardtanh` in place."""
    return hardtanh(input, min_val, max_val, True)


def relu6(input: Any, inplace: bool = False) -> Any:
    """x between 0 and 6."""
    return activate("hardtanh", input, (0, 6), inplace)


def hardsigmoid(input: Any, inplace: bool = False) -> Any:
    """x / 6 + 1 / 2 between 0 and 1."""
    return activate("hardsigmoid", input, (), inplace)


def hardswish(input: Any, inplace: bool = False) -> Any:
    """x * hardsigmoid(x)."""
    return activate("hardswish", input, (), inplace)


def hardshrink(input: Any, lambd: float = 0.5) -> Any:
    """x, or zero within lambd of it."""
    return activate("hardshrink", input, (lambd,))


def softshrink(input: Any, lambd: float = 0.5) -> Any:
    """x moved towards zero by lambd, and zero within lambd of it."""
    require_tensor("softshrink", "input", 1, input)
    name = of_numpy(input.array.dtype).scalar_type
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"softshrink_check\" not implemented for '{name}'")
    if lambd < 0:
        largest = f"{float(np.finfo(input.array.dtype).max):g}"
        raise RuntimeError(f"lambda must be in range [0, {largest}] for input dtype {name}, but found {lambd:g}")
    return activate("softshrink", input, (lambd,))


def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Any:
    """x above the threshold, else the value."""
    return activate("threshold", input, (threshold, value), inplace, "threshold.in_place")


def threshold_(input: Any, threshold: float, value: float) -> Any:
    """`threshold` in place."""
    return activate("threshold", input, (threshold, value), True, "threshold.in_place")


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """x above zero, negative_slope * x below."""
    return activate("leaky_relu", input, (negative_slope,), inplace, "leaky_relu.in_place")


def leaky_relu_(input: Any, negative_slope: float = 0.01) -> Any:
    """`leaky_relu` in place."""
    return leaky_relu(input, negative_slope, True)


def rrelu(
    input: Any, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Any:
    """x above zero, below it x times a slope drawn between the bounds, or their mean when not training."""
    require_tensor("rrelu", "input", 1, input)
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    array = input.array
    noise = np.zeros_like(array)
    if training:
        below = array <= 0
        noise = np.ones_like(array)
        noise[below] = default_generator.uniform(int(below.sum()), np.dtype(np.float64), lower, upper)
    return activate(
        "rrelu_with_noise",
        input,
        (from_array(noise), lower, upper, training),
        inplace,
        "rrelu_with_noise.in_place",
    )


def rrelu_(input: Any, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False) -> Any:
    """`rrelu` in place."""
    return rrelu(input, lower, upper, training, True)


def prelu(input: Any, weight: Any) -> Any:
    """x above zero, below it x times a weight: one for all, or one for each channel (dim 1)."""
    require_tensor("prelu", "input", 1, input)
    require_tensor("prelu", "weight", 2, weight)
    ndim, count = input.array.ndim, weight.array.size
    if input.dtype is not weight.dtype:
        raise RuntimeError(
            f"prelu: Type promoting not supported. Got {input.dtype.scalar_type} and {weight.dtype.scalar_type}"
        )
    if count != 1:
        if ndim == 0:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.array.shape[1] if ndim > 1 else 1
        if channels != count:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{count} and channel size = {channels}."
            )
    if weight.array.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.array.ndim}")
    if weight.array.ndim != ndim:
        weight = weight.view([count if dim == 1 else 1 for dim in range(ndim)])
    return run(Chosen("_prelu_kernel", (input, weight)))


def glu(input: Any, dim: int = -1) -> Any:
    """The first half of `input` along `dim` times the sigmoid of the second."""
    require_attribute(input, "dim")
    if input.array.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    place = wrap_dim(dim, input.array.ndim)
    size = input.array.shape[place]
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {place:d} is size {size}")
    return run(Chosen("glu", (input,), (place,)))


def relu(input: Any, inplace: bool = False) -> Any:
    """Each element, or zero where it is negative."""
    return PUBLIC["relu_" if inplace else "relu"](input)


def relu_(input: Any) -> Any:
    """`relu` in place."""
    return PUBLIC["relu_"](input)


def sigmoid(input: Any) -> Any:
    """1 / (1 + exp(-x)) of each element."""
    return PUBLIC["sigmoid"](input)


def tanh(input: Any) -> Any:
    """The hyperbolic tangent of each element."""
    return PUBLIC["tanh"](input)


_EVERY: Final = (
    *(celu, celu_, elu, elu_, gelu, glu, hardshrink, hardsigmoid, hardswish, hardtanh, hardtanh_, leaky_relu),
    *(leaky_relu_, logsigmoid, mish, prelu, relu, relu6, relu_, rrelu, rrelu_, selu, selu_, sigmoid, silu),
    *(softplus, softshrink, softsign, tanh, tanhshrink, threshold, threshold_),
)
FUNCTIONAL: Final[dict[str, Callable[..., Any]]] = {function.__name__: function for function in _EVERY}


def _as_torch_has_it(function: Callable[..., Any], most: int) -> Callable[..., Any]:
    """The function without `inplace`: it takes at most so many arguments."""

    def offered(*given: Any, **keywords: Any) -> Any:
        if len(given) > most or "inplace" in keywords:
            raise TypeError(f"{function.__name__}() got more arguments than it takes, which are at most {most}")
        return function(*given, **keywords)

    offered.__name__ = offered.__qualname__ = function.__name__
    offered.__doc__ = function.__doc__
    return offered


for _function, _most in ((celu, 2), (selu, 1), (rrelu, 4), (threshold, 3)):
    PUBLIC[_function.__name__] = _as_torch_has_it(_function, _most)
_BOTH: Final[tuple[Callable[..., Any], ...]] = (hardshrink, prelu)
for _both in _BOTH:
    PUBLIC[_both.__name__] = METHODS[_both.__name__] = _both
PUBLIC.update(celu_=celu_, selu_=selu_, rrelu_=rrelu_, threshold_=threshold_)
