"""Stochastic gradient descent, with momentum and weight decay; and its average over time, ASGD."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .update import Array, PerParameter, State, check, check_fused, check_rate, check_sign, decayed, number


class SGD(PerParameter):
    """w ← w - lr · v, where v is the gradient or, with momentum μ, v ← μ v + (1 - dampening) g.

    Source: Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: Any = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_rate(lr)
        check(not momentum < 0.0, f"Invalid momentum value: {momentum}")
        check(not weight_decay < 0.0, f"Invalid weight_decay value: {weight_decay}")
        defaults = {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
            "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, defaults)
        check_fused(defaults)

    def remembers(self, group: dict[str, Any]) -> bool:
        """See PerParameter."""
        return bool(group["momentum"] != 0)

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        gradient = decayed(values, gradient, group)
        momentum = group["momentum"]
        if momentum != 0:
            if "momentum_buffer" in state:
                velocity = state["momentum_buffer"]
                velocity *= momentum
                velocity += (1 - group["dampening"]) * gradient
            else:
                state.add("momentum_buffer", gradient.copy())
                velocity = state["momentum_buffer"]
            gradient = gradient + momentum * velocity if group["nesterov"] else velocity
        new = np.asarray(number(group["lr"]) * gradient)  # NumPy's product of arrays without dims is no array
        np.subtract(values, new, out=new)
        return new, 1


class ASGD(PerParameter):
    """Gradient descent whose average over the last steps is kept in the state `ax`.

    Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging" (1992), in PyTorch's form.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_rate(lr)
        check_sign(weight_decay, f"Invalid weight_decay value: {weight_decay}")
        defaults = {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """See PerParameter."""
        state.add_number("step")
        state.add_number("eta", number(group["lr"]))
        state.add_number("mu", 1.0)
        state.add_zeros("ax")

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        step = state.count()
        gradient = decayed(values, gradient, group)
        eta, mu, average = state["eta"], state["mu"], state["ax"]
        lambd, lr = group["lambd"], number(group["lr"])
        new = values * (1 - lambd * float(eta))
        new -= float(eta) * gradient
        average[...] = average + (new - average) * mu if float(mu) != 1 else new
        eta[...] = np.asarray(lr / ((1 + lambd * lr * step) ** group["alpha"]), eta.dtype)
        mu[...] = np.asarray(1 / max(1, step - group["t0"]), mu.dtype)
        return new, 2
