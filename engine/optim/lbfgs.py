"""The limited-memory Broyden-Fletcher-Goldfarb-Shanno algorithm.

Source: Nocedal and Wright, "Numerical Optimization", algorithm 7.4, with PyTorch's stopping rules and state.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .. import grad_mode, observe
from ..ops.inplace import write
from ..tensor import TENSORS, Tensor, from_array
from .line_search import strong_wolfe
from .optimizer import Closure, Optimizer
from .update import Array, check_rate, number


class LBFGS(Optimizer):
    """Quasi-Newton steps from the last `history_size` changes of the gradient. `step` needs a closure."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: Any = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        check_rate(lr)
        defaults = {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "history_size": history_size,
            "line_search_fn": line_search_fn,
        }  # fmt: skip
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params: list[Tensor] = self.param_groups[0]["params"]

    def step(self, closure: Closure) -> Any:  # type: ignore[override]  # the closure is required here, as in PyTorch
        """Take up to `max_iter` steps; `closure` computes the loss and its gradients anew. Returns the first loss."""
        with grad_mode.no_grad():
            return self._steps(closure)

    def _steps(self, closure: Closure) -> Any:
        group = self.param_groups[0]
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = self._evaluate(closure)
        loss, gradient = number(first_loss), self._gradient()
        evaluations = 1
        state["func_evals"] += 1
        if np.abs(gradient).max() <= group["tolerance_grad"]:
            return first_loss
        memory = _Memory(state, group["history_size"])
        taken = 0
        while taken < group["max_iter"]:
            taken += 1
            state["n_iter"] += 1
            direction = memory.direction(gradient, state["n_iter"] == 1)
            memory.gradient, memory.loss = gradient.copy(), loss
            rate = _plain(group["lr"])
            length: Any = rate
            if state["n_iter"] == 1:
                length = min(1.0, 1.0 / np.abs(gradient).sum()) * rate
            slope = gradient.dot(direction)
            memory.length = length
            if slope > -group["tolerance_change"]:
                break
            used = 0
            if group["line_search_fn"] is not None:
                if group["line_search_fn"] != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                found, used = self._search(closure, memory, loss, gradient, slope, group["max_eval"] - evaluations)
                loss, gradient, memory.length = found.loss, found.gradient, found.length
                self._move(memory.length, direction)
            else:
                self._move(length, direction)
                if taken != group["max_iter"]:  # nobody would use the loss after the last step
                    loss, gradient = number(self._evaluate(closure)), self._gradient()
                    used = 1
            evaluations += used
            state["func_evals"] += used
            if (
                evaluations >= group["max_eval"]
                or np.abs(gradient).max() <= group["tolerance_grad"]
                or np.abs(direction * memory.length).max() <= group["tolerance_change"]
                or abs(loss - memory.loss) < group["tolerance_change"]
            ):
                break
        memory.keep()
        return first_loss

    def _search(
        self, closure: Closure, memory: "_Memory", loss: float, gradient: Array, slope: Any, most: int
    ) -> tuple[Any, int]:
        origin = [parameter.array.copy() for parameter in self._params]

        def evaluate(length: Any) -> tuple[float, Array]:
            self._move(length, memory.way)
            found = number(self._evaluate(closure)), self._gradient()
            for parameter, values in zip(self._params, origin, strict=True):
                write(parameter, values)
            return found

        return strong_wolfe(evaluate, memory.length, memory.way, loss, gradient, slope, 1e-9, most)

    @staticmethod
    def _evaluate(closure: Closure) -> Any:
        with grad_mode.enable_grad():
            return closure()

    def _gradient(self) -> Array:
        parts = [
            np.zeros(parameter.array.size, parameter.array.dtype)
            if parameter.grad is None
            else parameter.grad.array.ravel()
            for parameter in self._params
        ]
        return np.concatenate(parts)

    def _move(self, length: Any, direction: Array) -> None:
        start = 0
        for parameter in self._params:
            array = parameter.array
            part = direction[start : start + array.size].reshape(array.shape)
            write(parameter, array + array.dtype.type(length) * part)
            start += array.size
            if observe.observer is not None:
                observe.observer.operation(None, "LBFGS.step", (parameter,), (parameter,), True)


class _Memory:
    """The last changes of the gradient (`old_dirs`) and of the parameters (`old_stps`), kept in the state."""

    def __init__(self, state: dict[str, Any], size: int) -> None:
        self._state, self._size = state, size
        self.changes: list[Array] = [x.array for x in state.get("old_dirs") or []]
        self.steps: list[Array] = [x.array for x in state.get("old_stps") or []]
        self.inverse: list[Any] = [_plain(x) for x in state.get("ro") or []]
        self.scale: Any = _plain(state.get("H_diag", 1))
        self.length: Any = _plain(state.get("t"))
        self.loss: float = state.get("prev_loss", 0.0)
        self.way: Array = _plain(state.get("d"))
        self.gradient: Array | None = _plain(state.get("prev_flat_grad"))

    def direction(self, gradient: Array, is_first: bool) -> Array:
        """Minus the approximate inverse Hessian times the gradient."""
        if is_first:
            self.changes, self.steps, self.inverse, self.scale = [], [], [], 1
            self.way = -gradient
            return self.way
        assert self.gradient is not None
        change, step = gradient - self.gradient, self.way * gradient.dtype.type(self.length)
        curvature = change.dot(step)
        if curvature > 1e-10:
            if len(self.changes) == self._size:
                del self.changes[0], self.steps[0], self.inverse[0]
            self.changes.append(change)
            self.steps.append(step)
            self.inverse.append(1.0 / curvature)
            self.scale = curvature / change.dot(change)
        way = -gradient
        shares = []
        for change, step, inverse in zip(self.changes[::-1], self.steps[::-1], self.inverse[::-1], strict=True):
            share = step.dot(way) * inverse
            way = way - share * change
            shares.append(share)
        unused = [None] * (self._size - len(shares))
        self._state["al"] = [*map(_shown, reversed(shares)), *unused]
        way = way * self.scale
        for change, step, inverse in zip(self.changes, self.steps, self.inverse, strict=True):
            way = way + (shares.pop() - change.dot(way) * inverse) * step
        self.way = np.asarray(way)
        return self.way

    def keep(self) -> None:
        """Write everything back to the state, in PyTorch's words."""
        assert self.gradient is not None
        self._state |= {
            "d": from_array(self.way),
            "t": _shown(self.length),
            "old_dirs": [from_array(x) for x in self.changes],
            "old_stps": [from_array(x) for x in self.steps],
            "ro": [_shown(x) for x in self.inverse],
            "H_diag": _shown(self.scale),
            "prev_flat_grad": from_array(self.gradient),
            "prev_loss": self.loss,
        }


def _plain(value: Any) -> Any:
    return value.array if type(value) in TENSORS else value


def _shown(value: Any) -> Any:
    return from_array(np.asarray(value)) if isinstance(value, (np.generic, np.ndarray)) else value
