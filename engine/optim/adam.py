"""Adam and its kin: steps scaled by running means of the gradient and of its square."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..tensor import TENSORS
from .update import (
    Array,
    PerParameter,
    State,
    check,
    check_fused,
    check_options,
    check_sign,
    decay_into,
    decayed,
    lerp_into,
    number,
)


class _Moments(PerParameter):
    """Keeps running means of the gradient and of its square."""

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """See PerParameter."""
        state.add_number("step")
        state.add_zeros("exp_avg", "exp_avg_sq")

    def _decay(self, values: Array, gradient: Array, group: dict[str, Any]) -> tuple[Array, Array, int]:
        """Values and gradient after weight decay, which acts on either, and the number of writes."""
        if group["weight_decay"] != 0 and group["decoupled_weight_decay"]:
            return values * (1 - number(group["lr"]) * group["weight_decay"]), gradient, 2
        return values, decayed(values, gradient, group), 1

    @staticmethod
    def _follow(state: State, gradient: Array, beta1: float, beta2: float) -> tuple[Array, Array]:
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        lerp_into(mean, gradient, 1 - beta1)
        decay_into(square, beta2, gradient)
        return mean, square


class Adam(_Moments):
    """w ← w - lr · m̂ / (√v̂ + eps), with the means m of g and v of g² corrected for their start at zero.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015); `amsgrad`: Reddi et al. (2018).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-3,
        betas: tuple[Any, Any] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        if type(lr) in TENSORS and foreach and not capturable:
            raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
        check_options(lr, eps, weight_decay, betas)
        kinds = {type(beta) in TENSORS if not isinstance(beta, float) else "float" for beta in betas}
        check(kinds in ({"float"}, {True}), "betas must be either both floats or both Tensors")
        defaults = {
            "lr": lr, "betas": tuple(map(number, betas)), "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable,
            "fused": fused, "decoupled_weight_decay": decoupled_weight_decay,
        }  # fmt: skip
        super().__init__(params, defaults)
        check_fused(defaults)

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """See PerParameter."""
        super().begin(state, gradient, group)
        if group["amsgrad"]:
            state.add_zeros("max_exp_avg_sq")

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        step = state.count()
        beta1, beta2 = group["betas"]
        values, gradient, writes = self._decay(values, gradient, group)
        mean, square = self._follow(state, gradient, beta1, beta2)
        if group["amsgrad"]:
            largest = state["max_exp_avg_sq"]
            np.maximum(largest, square, out=largest)
            square = largest
        scale = np.sqrt(square)
        scale /= (1 - beta2**step) ** 0.5
        scale += group["eps"]
        new = -(number(group["lr"]) / (1 - beta1**step)) * mean
        new /= scale
        new += values
        return new, writes


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter itself instead of adding to the gradient.

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-3,
        betas: tuple[Any, Any] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )


class NAdam(_Moments):
    """Adam that looks ahead with Nesterov's momentum. Source: Dozat, "Incorporating Nesterov momentum into Adam"."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr, eps, weight_decay, betas)
        check_sign(momentum_decay, f"Invalid momentum_decay value: {momentum_decay}")
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize, "foreach": foreach,
            "capturable": capturable, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """See PerParameter."""
        state.add_number("step")
        state.add_number("mu_product", 1.0)
        state.add_zeros("exp_avg", "exp_avg_sq")

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        step = state.count()
        beta1, beta2 = group["betas"]
        lr, decay = number(group["lr"]), group["momentum_decay"]
        values, gradient, writes = self._decay(values, gradient, group)
        now = beta1 * (1.0 - 0.5 * (0.96 ** (step * decay)))
        next_one = beta1 * (1.0 - 0.5 * (0.96 ** ((step + 1) * decay)))
        product = state["mu_product"]
        product *= now
        mean, square = self._follow(state, gradient, beta1, beta2)
        scale = np.sqrt(square / (1 - beta2**step)) + group["eps"]
        new = values + (-lr * (1.0 - now) / (1.0 - float(product)) * gradient) / scale
        new += (-lr * next_one / (1.0 - float(product) * next_one) * mean) / scale
        return new, writes + 1


class RAdam(_Moments):
    """Adam that waits with scaling until the variance of its means is known.

    Source: Liu et al., "On the variance of the adaptive learning rate and beyond" (2020).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr, eps, weight_decay, betas)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        step = state.count()
        beta1, beta2 = group["betas"]
        values, gradient, writes = self._decay(values, gradient, group)
        mean, square = self._follow(state, gradient, beta1, beta2)
        correction = 1 - beta2**step
        longest = 2 / (1 - beta2) - 1
        length = longest - 2 * step * (beta2**step) / correction
        change = mean / (1 - beta1**step) * number(group["lr"])
        if length > 5.0:
            rectified = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            change = change * (correction**0.5 / (np.sqrt(square) + group["eps"])) * rectified**0.5
        return values - change, writes


class Adamax(PerParameter):
    """Adam with the largest recent gradient in the place of the root mean square. See Kingma and Ba, section 7.1."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_options(lr, eps, weight_decay, betas)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """See PerParameter."""
        state.add_number("step")
        state.add_zeros("exp_avg", "exp_inf")

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        step = state.count()
        beta1, beta2 = group["betas"]
        gradient = decayed(values, gradient, group)
        mean, largest = state["exp_avg"], state["exp_inf"]
        lerp_into(mean, gradient, 1 - beta1)
        largest *= beta2
        np.maximum(largest, np.abs(gradient) + group["eps"], out=largest)
        return values + (-(number(group["lr"]) / (1 - beta1**step)) * mean) / largest, 1
