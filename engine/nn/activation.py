"""Activation layers: each calls its function; the repr is PyTorch's."""

import warnings
from typing import Any

from ..ops.neural.activations import functional as functions
from ..ops.table import PUBLIC
from ..tensor import Tensor
from .fill import blank, constant_
from .module import Module


class Threshold(Module):
    """Elements above the threshold, `value` for the others."""

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return f"threshold={self.threshold}, value={self.value}" + _inplace(self)


class ReLU(Module):
    """Each element, or zero where it is negative."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.relu(input, self.inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return "inplace=True" if self.inplace else ""


class RReLU(Module):
    """Negative elements times random slopes."""

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return f"lower={self.lower}, upper={self.upper}" + _inplace(self)


class Hardtanh(Module):
    """Elements clamped to [min_val, max_val]."""

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        for old, new, given in (("min_value", "min_val", min_value), ("max_value", "max_val", max_value)):
            if given is not None:
                warnings.warn(
                    f"keyword argument `{old}` is deprecated and renamed to `{new}`", FutureWarning, stacklevel=2
                )
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if self.max_val <= self.min_val:
            raise AssertionError(f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})")

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return f"min_val={self.min_val}, max_val={self.max_val}" + _inplace(self)


class ReLU6(Hardtanh):
    """Elements clamped to [0, 6]."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return "inplace=True" if self.inplace else ""


class Sigmoid(Module):
    """1 / (1 + exp(-x)) of each element."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return PUBLIC["sigmoid"](input)


class Hardsigmoid(Module):
    """`Sigmoid` made of three straight lines."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.hardsigmoid(input, self.inplace)


class Tanh(Module):
    """The hyperbolic tangent of each element."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return PUBLIC["tanh"](input)


class SiLU(Module):
    """x * sigmoid(x)."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.silu(input, self.inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return "inplace=True" if self.inplace else ""


class Mish(Module):
    """x * tanh(softplus(x))."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.mish(input, self.inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return "inplace=True" if self.inplace else ""


class Hardswish(Module):
    """x * relu6(x + 3) / 6."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.hardswish(input, self.inplace)


class ELU(Module):
    """x, or alpha * (exp(x) - 1) where it is negative."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return f"alpha={self.alpha}" + _inplace(self)


class CELU(Module):
    """x, or alpha * (exp(x / alpha) - 1) where it is negative."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return f"alpha={self.alpha}" + _inplace(self)


class SELU(Module):
    """A scaled `ELU` that keeps mean 0 and variance 1."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.selu(input, self.inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return "inplace=True" if self.inplace else ""


class GLU(Module):
    """One half of `dim` times the sigmoid of the other."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.glu(input, self.dim)

    def extra_repr(self) -> str:
        """See Module."""
        return f"dim={self.dim}"


class GELU(Module):
    """x times the normal distribution function of x."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        """See Module."""
        return f"approximate={self.approximate!r}"


class LeakyReLU(Module):
    """x, or negative_slope * x where it is negative."""

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """See Module."""
        return f"negative_slope={self.negative_slope}" + _inplace(self)


class LogSigmoid(Module):
    """log(sigmoid(x))."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.logsigmoid(input)


class Softplus(Module):
    """log(1 + exp(beta * x)) / beta."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """See Module."""
        return f"beta={self.beta}, threshold={self.threshold}"


class PReLU(Module):
    """x, or weight * x where it is negative; the weight is learned, one for all or one per channel."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = blank(num_parameters, device=device, dtype=dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set every weight to `init`."""
        constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """See Module."""
        return f"num_parameters={self.num_parameters}"


class Softsign(Module):
    """x / (1 + |x|)."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return functions.softsign(input)


def _inplace(layer: Any) -> str:
    return ", inplace=True" if layer.inplace else ""


for _layer in (
    Threshold,
    ReLU,
    RReLU,
    Hardtanh,
    ReLU6,
    Sigmoid,
    Hardsigmoid,
    Tanh,
    SiLU,
    Mish,
    Hardswish,
    ELU,
    CELU,
    SELU,
    GLU,
    GELU,
    LeakyReLU,
    LogSigmoid,
    Softplus,
    PReLU,
    Softsign,
):
    _layer.__module__ = "torch.nn.modules.activation"
