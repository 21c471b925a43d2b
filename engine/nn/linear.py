"""Layers that are linear: Linear, Bilinear, and Identity."""

import math
from typing import Any

from ..ops.linear.bilinear import bilinear
from ..ops.linear.matmul import linear
from ..tensor import Tensor
from .fill import blank, kaiming_uniform_, uniform_
from .module import Module


class Identity(Module):
    """Its input as it is; arguments to its making are ignored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """See Module."""
        return input


class Linear(Module):
    """x @ weight.T + bias."""

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = blank(out_features, in_features, device=device, dtype=dtype)
        if bias:
            self.bias = blank(out_features, device=device, dtype=dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew, uniformly in +-1/sqrt(in_features), by PyTorch's computation."""
        if self.in_features == 0:
            return
        kaiming_uniform_(self.weight)
        if self.bias is not None:
            uniform_(self.bias, 1 / math.sqrt(self.in_features))

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """See Module."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class NonDynamicallyQuantizableLinear(Linear):
    """The Linear at the end of MultiheadAttention, by PyTorch's name."""


class Bilinear(Module):
    """x1 @ weight[k] @ x2 + bias[k] for each output k."""

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got (in1_features={in1_features})")
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        self.weight = blank(out_features, in1_features, in2_features, device=device, dtype=dtype)
        if bias:
            self.bias = blank(out_features, device=device, dtype=dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew, uniformly in +-1/sqrt(in1_features)."""
        reach = 1 / math.sqrt(self.weight.array.shape[1])
        uniform_(self.weight, reach)
        if self.bias is not None:
            uniform_(self.bias, reach)

    def forward(self, input1: Tensor, input2: Tensor) -> Any:
        """See Module."""
        return bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """See Module."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


for _layer in (Identity, Linear, NonDynamicallyQuantizableLinear, Bilinear):
    _layer.__module__ = "torch.nn.modules.linear"
