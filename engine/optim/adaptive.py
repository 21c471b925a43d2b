"""Step lengths from sums or means of squared gradients, or from their signs: Adagrad, Adadelta, RMSprop, Rprop."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .update import (
    Array,
    PerParameter,
    State,
    check,
    check_fused,
    check_rate,
    check_sign,
    decay_into,
    decayed,
    lerp_into,
    number,
)


class Adagrad(PerParameter):
    """w ← w - lr · g / (√Σg² + eps). Source: Duchi, Hazan and Singer, "Adaptive subgradient methods" (2011)."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_rate(lr)
        check_sign(lr_decay, f"Invalid lr_decay value: {lr_decay}")
        check_sign(weight_decay, f"Invalid weight_decay value: {weight_decay}")
        start = initial_accumulator_value
        check_sign(start, f"Invalid initial_accumulator_value value: {start}")
        check_sign(eps, f"Invalid epsilon value: {eps}")
        defaults = {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": start, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, defaults)
        check_fused(defaults)
        for group in self.param_groups:
            for parameter in group["params"]:
                self.begin(State(self.state[parameter], parameter.array), parameter.array, group)

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """See PerParameter."""
        state.add_number("step")
        state.add("sum", np.full_like(gradient, self.defaults["initial_accumulator_value"]))

    def share_memory(self) -> None:
        """Refused: raises NotImplementedError."""
        raise NotImplementedError("Adagrad.share_memory is not supported by the embedded engine")

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        step = state.count()
        gradient = decayed(values, gradient, group)
        rate = number(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
        total = state["sum"]
        total += gradient * gradient
        return values + (-rate * gradient) / (np.sqrt(total) + group["eps"]), 1


class Adadelta(PerParameter):
    """Steps in units of earlier steps. Source: Zeiler, "ADADELTA: an adaptive learning rate method" (2012)."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_rate(lr)
        check(0.0 <= rho <= 1.0, f"Invalid rho value: {rho}")
        check_sign(eps, f"Invalid epsilon value: {eps}")
        check_sign(weight_decay, f"Invalid weight_decay value: {weight_decay}")
        defaults = {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "capturable": capturable, "foreach": foreach, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """See PerParameter."""
        state.add_number("step")
        state.add_zeros("square_avg", "acc_delta")

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        state.count()
        rho, eps = group["rho"], group["eps"]
        gradient = decayed(values, gradient, group)
        square, steps = state["square_avg"], state["acc_delta"]
        decay_into(square, rho, gradient)
        change = np.sqrt(steps + eps) / np.sqrt(square + eps) * gradient
        decay_into(steps, rho, change)
        return values - number(group["lr"]) * change, 1


class RMSprop(PerParameter):
    """w ← w - lr · g / (√mean(g²) + eps). Source: Hinton, "Neural networks for machine learning", lecture 6 (2012).

    `centered` divides by the standard deviation instead: Graves, "Generating sequences with recurrent networks" (2013).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_rate(lr)
        check_sign(eps, f"Invalid epsilon value: {eps}")
        check_sign(momentum, f"Invalid momentum value: {momentum}")
        check_sign(weight_decay, f"Invalid weight_decay value: {weight_decay}")
        check_sign(alpha, f"Invalid alpha value: {alpha}")
        defaults = {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
            "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """See PerParameter."""
        state.add_number("step")
        state.add_zeros("square_avg")
        if group["momentum"] > 0:
            state.add_zeros("momentum_buffer")
        if group["centered"]:
            state.add_zeros("grad_avg")

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        state.count()
        alpha, lr = group["alpha"], number(group["lr"])
        gradient = decayed(values, gradient, group)
        square = state["square_avg"]
        decay_into(square, alpha, gradient)
        if group["centered"]:
            mean = state["grad_avg"]
            lerp_into(mean, gradient, 1 - alpha)
            square = square - mean * mean
        scale = np.sqrt(square) + group["eps"]
        if group["momentum"] > 0:
            velocity = state["momentum_buffer"]
            velocity *= group["momentum"]
            velocity += gradient / scale
            return values - lr * velocity, 1
        return values + (-lr * gradient) / scale, 1


class Rprop(PerParameter):
    """Steps that grow while the gradient's sign stays and shrink when it turns; its size plays no part.

    Source: Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning" (1993).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_rate(lr)
        check(0.0 < etas[0] < 1.0 < etas[1], f"Invalid eta values: {etas[0]}, {etas[1]}")
        defaults = {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """See PerParameter."""
        state.add_number("step")
        state.add_zeros("prev")
        state.add("step_size", np.full_like(gradient, number(group["lr"])))

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        state.count()
        (shrink, grow), (least, most) = group["etas"], group["step_sizes"]
        before, size = state["prev"], state["step_size"]
        turned = gradient * before
        factor = np.where(turned > 0, grow, np.where(turned < 0, shrink, 1)).astype(size.dtype)
        size *= factor
        np.clip(size, least, most, out=size)
        before[...] = np.where(turned < 0, 0, gradient)
        return values - np.sign(before) * size, 1
