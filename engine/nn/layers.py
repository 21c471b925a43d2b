"""The modules people write small networks of: Linear, Sequential and activations."""

import math
import operator
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..dtype import get_default_dtype
from ..grad_mode import no_grad
from ..ops.linear.matmul import linear
from ..ops.table import METHODS, PUBLIC
from ..tensor import Tensor, from_array
from .module import Module
from .parameter import Parameter


class Linear(Module):
    """x @ weight.T + bias."""

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        wanted = (get_default_dtype() if dtype is None else dtype).numpy
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(from_array(np.empty((out_features, in_features), wanted)))
        if bias:
            self.bias = Parameter(from_array(np.empty(out_features, wanted)))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew, uniformly in +-1/sqrt(in_features), by PyTorch's computation."""
        if self.in_features == 0:
            return
        gain = math.sqrt(2.0 / (1 + math.sqrt(5) ** 2))
        reach = math.sqrt(3.0) * (gain / math.sqrt(self.in_features))
        _fill_uniform(self.weight, reach)
        if self.bias is not None:
            _fill_uniform(self.bias, 1 / math.sqrt(self.in_features))

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """See Module."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


def _fill_uniform(parameter: Parameter, reach: float) -> None:
    with no_grad():
        METHODS["uniform_"](parameter, -reach, reach)


class Sequential(Module):
    """Modules one after the other: `Sequential(first, second)` or `Sequential(OrderedDict(name=module))`."""

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = args[0] if len(args) == 1 and isinstance(args[0], OrderedDict) else None
        for name, module in named.items() if named is not None else enumerate(args):
            self.add_module(str(name), module)

    def forward(self, input: Any) -> Any:
        """See Module."""
        for module in self:
            input = module(input)
        return input

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return list(self._modules.values())[self._place(index)]

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, list(self._modules)[self._place(index)], module)

    def __delitem__(self, index: int) -> None:
        kept = list(self._modules.values())
        del kept[self._place(index)]
        self._modules = {str(number): module for number, module in enumerate(kept)}

    def append(self, module: Module) -> "Sequential":
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def _place(self, index: int) -> int:
        place = operator.index(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"index {place} is out of range")
        return place % len(self)


class Identity(Module):
    """Its input as it is; arguments to its making are ignored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """See Module."""
        return input


class ReLU(Module):
    """Each element, or zero where it is negative."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return PUBLIC["relu_" if self.inplace else "relu"](input)

    def extra_repr(self) -> str:
        """See Module."""
        return "inplace=True" if self.inplace else ""


class Tanh(Module):
    """The hyperbolic tangent of each element."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return PUBLIC["tanh"](input)


class Sigmoid(Module):
    """1 / (1 + exp(-x)) of each element."""

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return PUBLIC["sigmoid"](input)


Linear.__module__ = "torch.nn.modules.linear"
Identity.__module__ = "torch.nn.modules.linear"
Sequential.__module__ = "torch.nn.modules.container"
ReLU.__module__ = Tanh.__module__ = Sigmoid.__module__ = "torch.nn.modules.activation"
