"""Optimizers that treat each parameter by itself: the loop over parameters, and writing what an update made.

An update works on plain arrays, as one operation of the graph: in the window a step changes a parameter once, however
many array operations its formula has. The formulas take the operations in the order of PyTorch's single-tensor loops,
so that results agree to the rounding of single operations.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from .. import grad_mode, observe
from ..ops.inplace import check_writable, write
from ..tensor import TENSORS, Tensor, from_array
from ..types.dtype import get_default_dtype
from .optimizer import Closure, Optimizer

Array = npt.NDArray[Any]


class State:
    """What an optimizer remembers of one parameter: tensors by name, handed to the formulas as arrays."""

    __slots__ = ("_entries", "_like")

    def __init__(self, entries: dict[str, Any], like: Array) -> None:
        self._entries = entries
        self._like = like

    def __getitem__(self, name: str) -> Array:
        array: Array = self._entries[name].array
        return array

    def __contains__(self, name: str) -> bool:
        return self._entries.get(name) is not None

    def add(self, name: str, array: Array) -> None:
        """Remember an array from now on."""
        self._entries[name] = from_array(np.asarray(array))  # NumPy's results without dims are no arrays

    def add_zeros(self, *names: str) -> None:
        """Remember arrays of zeros in the parameter's shape and layout."""
        for name in names:
            self.add(name, np.zeros_like(self._like))

    def add_number(self, name: str, value: float = 0.0) -> None:
        """Remember a number, as a tensor without dims in the default dtype, as PyTorch does."""
        single = get_default_dtype().numpy != np.float64
        self.add(name, np.array(value, np.float32 if single else np.float64))

    def count(self) -> int:
        """Count a step and tell how many there were."""
        step = self["step"]
        step += 1
        return int(step)

    @property
    def is_new(self) -> bool:
        """Nothing is remembered yet."""
        return not self._entries


class PerParameter(Optimizer):
    """An optimizer whose step treats each parameter by itself."""

    def step(self, closure: Closure | None = None) -> Any:
        """Change every parameter that has a gradient. `closure` computes the loss again and is run first."""
        loss = None
        if closure is not None:
            with grad_mode.enable_grad():
                loss = closure()
        with grad_mode.no_grad():
            for group in self.param_groups:
                _check_group(self, group)
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        self._step_one(parameter, group)
        return loss

    def _step_one(self, parameter: Tensor, group: dict[str, Any]) -> None:
        check_writable(parameter)
        values = parameter.array
        assert parameter.grad is not None
        gradient = parameter.grad.array
        if group.get("maximize"):
            gradient = -gradient
        remembered = State(self.state[parameter] if self.remembers(group) else {}, values)
        if remembered.is_new:
            self.begin(remembered, gradient, group)
        new, writes = self.update(values, gradient, remembered, group)
        write(parameter, new)
        parameter.version.value += writes - 1
        if observe.observer is not None:
            name = type(self).__name__
            observe.observer.operation(None, f"{name}.step", (parameter, parameter.grad), (parameter,), True)

    def remembers(self, group: dict[str, Any]) -> bool:
        """Whether the algorithm keeps anything about parameters."""
        return True

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """Fill the state of a parameter that is met for the first time."""

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """The parameter's new values, and how often PyTorch writes it in place to get there."""
        raise NotImplementedError


def number(value: Any) -> float:
    """An option that may be a number or a tensor of one element."""
    return value.item() if type(value) in TENSORS else value  # type: ignore[no-any-return]  # a number


def check(holds: Any, message: str) -> None:
    """Raise ValueError for an option out of its range."""
    if not holds:
        raise ValueError(message)


def check_sign(value: Any, message: str) -> None:
    """Raise ValueError for what is less than zero."""
    check(0.0 <= value, message)  # noqa: SIM300 - in PyTorch's order, which Python's error for a string names


def check_rate(lr: Any) -> None:
    """Raise PyTorch's ValueErrors for a learning rate that is negative, or a tensor of several elements."""
    if type(lr) in TENSORS and lr.array.size != 1:
        raise ValueError("Tensor lr must be 1-element")
    check_sign(lr, f"Invalid learning rate: {lr}")


def check_options(lr: Any, eps: float, weight_decay: float, betas: Any = None) -> None:
    """Raise PyTorch's ValueErrors for the options that most optimizers have, in the order in which it looks at them."""
    check_rate(lr)
    check_sign(eps, f"Invalid epsilon value: {eps}")
    for place in (0, 1) if betas is not None else ():
        check(0.0 <= betas[place] < 1.0, f"Invalid beta parameter at index {place}: {betas[place]}")
    check_sign(weight_decay, f"Invalid weight_decay value: {weight_decay}")


def check_fused(defaults: dict[str, Any]) -> None:
    """Raise PyTorch's RuntimeErrors for ways of running that exclude each other."""
    if defaults["fused"]:
        if defaults["differentiable"]:
            raise RuntimeError("`fused` does not support `differentiable`")
        if defaults["foreach"]:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def decayed(values: Array, gradient: Array, group: dict[str, Any]) -> Array:
    """The gradient with that of `weight_decay / 2 * |values|²` added."""
    decay = number(group["weight_decay"])
    made: Array = gradient + decay * values if decay != 0 else gradient
    return made


def lerp_into(mean: Array, towards: Array, weight: float) -> None:
    """Move `mean` in place towards another array, as `Tensor.lerp_` rounds it."""
    distance = towards - mean
    if weight < 0.5:
        distance *= weight
        mean += distance
    else:
        distance *= 1 - weight
        np.subtract(towards, distance, out=mean)


def decay_into(mean: Array, rate: float, gradient: Array) -> None:
    """mean = rate * mean + (1 - rate) * gradient², in place."""
    mean *= rate
    square = (1 - rate) * gradient
    square *= gradient
    mean += square


def _check_group(optimizer: Optimizer, group: dict[str, Any]) -> None:
    for option in ("differentiable", "capturable"):
        if group.get(option):
            raise NotImplementedError(
                f"{type(optimizer).__name__}({option}=True) is not supported by the embedded engine; leave it out"
            )
