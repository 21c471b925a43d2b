"""Adafactor, which keeps the squares of a matrix as one row and one column; and SparseAdam, for sparse gradients."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..tensor import TENSORS
from .update import Array, PerParameter, State, check, check_sign, lerp_into, number


class Adafactor(PerParameter):
    """w ← w - α · u / max(1, rms(u) / d), where u is the gradient by the root of a factored mean of squares.

    Source: Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost" (2018), in PyTorch's
    form: the rate is relative to the parameter's own size.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        if type(lr) in TENSORS and lr.array.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        check_sign(lr, f"Learning rate should be >= 0 but is: {lr}")
        check_sign(-beta2_decay, f"beta2_decay should be <= 0 but is: {beta2_decay}")
        check(eps[0] is None or eps[0] >= 0.0, f"epsilon1 should be >= 0 but is: {eps[0]}")
        check_sign(eps[1], f"epsilon2 should be >= 0 but is: {eps[1]}")
        check(d >= 1.0, f"Clipping threshold d should be >= 1 but is: {d}")
        check_sign(weight_decay, f"weight_decay should be >= 0 but is: {weight_decay}")
        defaults = {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
        }  # fmt: skip
        super().__init__(params, defaults)

    def begin(self, state: State, gradient: Array, group: dict[str, Any]) -> None:
        """See PerParameter."""
        state.add_number("step")
        if gradient.ndim > 1:
            state.add("row_var", np.zeros_like(gradient[..., :1], order="C"))
            state.add("col_var", np.zeros_like(gradient[..., :1, :], order="C"))
        else:
            state.add_zeros("variance")

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """See PerParameter."""
        rate, (least, smallest) = number(group["lr"]), group["eps"]
        least = float(np.finfo(values.dtype).eps) if least is None else least
        step = float(state.count())
        weight = step ** group["beta2_decay"]
        size = float(np.linalg.norm(values)) / math.sqrt(values.size) if values.size else 0.0
        relative = max(smallest, size) * min(rate, 1 / math.sqrt(step))
        decay = group["weight_decay"]
        new = values * (1 - rate * decay) if decay else values.copy()
        squares = self._squares(gradient, state, weight, least)
        change = gradient / np.sqrt(np.maximum(squares, least * least))
        longest = math.sqrt(change.size) * group["d"]
        new -= relative / max(1.0, float(np.linalg.norm(change)) / longest) * change
        return new, 2 if decay else 1

    def _squares(self, gradient: Array, state: State, weight: float, least: float) -> Any:
        """The mean of the gradient's squares: of a matrix the outer product of its rows' and its columns' means."""
        if gradient.ndim <= 1:
            lerp_into(state["variance"], gradient * gradient, weight)
            return state["variance"]
        for name, dim in (("row_var", -1), ("col_var", -2)):
            lerp_into(state[name], np.square(gradient).mean(dim, keepdims=True), weight)
        rows, columns = state["row_var"], state["col_var"]
        return (rows @ columns) / np.maximum(rows.mean(-2, keepdims=True), least)


class SparseAdam(PerParameter):
    """Adam for sparse gradients, which the engine does not have: a step refuses the dense ones, as PyTorch's does."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        if type(lr) in TENSORS and lr.array.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        check(0.0 < lr, f"Invalid learning rate: {lr}")  # noqa: SIM300 - in PyTorch's order
        check(0.0 < eps, f"Invalid epsilon value: {eps}")  # noqa: SIM300 - as above
        for place in (0, 1):
            check(0.0 <= betas[place] < 1.0, f"Invalid beta parameter at index {place}: {betas[place]}")
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def update(self, values: Array, gradient: Array, state: State, group: dict[str, Any]) -> tuple[Array, int]:
        """Refused: raises RuntimeError."""
        raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
