"""`torch.optim.swa_utils`: averages of a model's parameters over its training, and the rate that goes with them.

Source: Izmailov et al., "Averaging weights leads to wider optima and better generalization" (2018).
"""

import math
from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import chain
from typing import Any

from ...creation.factories import tensor
from ...grad_mode import no_grad
from ...nn.batchnorm import _BatchNorm
from ...nn.module import Module
from ...optim.optimizer import Optimizer
from ...optim.scheduler import LRScheduler, Rates, per_group
from ...types.dtype import int64

Average = Callable[[Any, Any, Any], Any]


def get_ema_multi_avg_fn(decay: float = 0.999) -> Average:
    """A function that moves lists of averages by `1 - decay` of their way to the current values."""
    _check_decay(decay)

    def update(averages: Any, currents: Any, _count: Any) -> None:
        with no_grad():
            for average, current in zip(averages, currents, strict=True):
                if average.is_floating_point():
                    average.lerp_(current, 1 - decay)
                else:
                    average.copy_(average * decay + current * (1 - decay))

    return update


def get_swa_multi_avg_fn() -> Average:
    """A function that makes lists of averages count all values alike."""

    def update(averages: Any, currents: Any, count: Any) -> None:
        with no_grad():
            for average, current in zip(averages, currents, strict=True):
                if average.is_floating_point():
                    average.lerp_(current, float(1 / (count + 1)))
                else:
                    average.add_((current - average) / (count + 1))

    return update


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """A function that gives the moving average of one tensor."""
    _check_decay(decay)

    def update(average: Any, current: Any, _count: Any) -> Any:
        with no_grad():
            return decay * average + (1 - decay) * current

    return update


def get_swa_avg_fn() -> Average:
    """A function that gives the equal average of one tensor."""

    def update(average: Any, current: Any, count: Any) -> Any:
        with no_grad():
            return average + (current - average) / (count + 1)

    return update


def _check_decay(decay: float) -> None:
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


class AveragedModel(Module):
    """A copy of a model whose parameters are averages; `update_parameters` takes the model's present ones in."""

    def __init__(
        self,
        model: Any,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Average | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module: Any = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", tensor(0, dtype=int64, device=device))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **keywords: Any) -> Any:
        """See Module: what the averaged copy gives."""
        return self.module(*args, **keywords)

    def update_parameters(self, model: Any) -> None:
        """Take the model's present parameters into the averages; the first are copied."""
        count: Any = self.n_averaged
        averages = [each.detach() for each in self._averaged(self.module)]
        currents = [each.detach() for each in self._averaged(model)]
        if count == 0:
            for average, current in zip(averages, currents, strict=False):
                average.copy_(current)
        elif self.multi_avg_fn is not None:
            for kind in dict.fromkeys(each.dtype for each in averages):
                pairs = [pair for pair in zip(averages, currents, strict=False) if pair[0].dtype is kind]
                self.multi_avg_fn([pair[0] for pair in pairs], [pair[1] for pair in pairs], count)
        else:
            update = self.avg_fn or get_swa_avg_fn()
            for average, current in zip(averages, currents, strict=False):
                average.copy_(update(average, current, count))
        if not self.use_buffers:
            for mine, theirs in zip(self.module.buffers(), model.buffers(), strict=True):
                mine.detach().copy_(theirs.detach())
        count += 1

    def _averaged(self, model: Any) -> Iterable[Any]:
        return chain(model.parameters(), model.buffers()) if self.use_buffers else model.parameters()


def update_bn(loader: Iterable[Any], model: Any, device: Any = None) -> None:
    """Measure the running statistics of all batch normalisations anew, in one pass over the data."""
    layers = {module: module.momentum for module in model.modules() if isinstance(module, _BatchNorm)}
    if not layers:
        return
    was_training = model.training
    with no_grad():
        model.train()
        for layer in layers:
            layer.reset_running_stats()
            layer.momentum = None
        for batch in loader:
            input = batch[0] if isinstance(batch, (list, tuple)) else batch
            model(input if device is None else input.to(device))
        for layer, momentum in layers.items():
            layer.momentum = momentum
        model.train(was_training)


class SWALR(LRScheduler):
    """The rate goes to `swa_lr` within `anneal_epochs` steps, by half a cosine or in a straight line, and stays."""

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: Any,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        for rate, group in zip(per_group("swa_lr", optimizer, swa_lr), optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_strategy = anneal_strategy
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def anneal_func(self, t: float) -> float:
        """How much of the way is done at the share `t` of the steps."""
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def get_lr(self) -> Rates:
        """See LRScheduler."""
        self._ask()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = (self.anneal_func(max(0, min(1, each / max(1, self.anneal_epochs)))) for each in (step - 1, step))
        rates = []
        for group in self.optimizer.param_groups:
            target = group["swa_lr"]
            start = target if before == 1 else (group["lr"] - before * target) / (1 - before)
            rates.append(target * now + start * (1 - now))
        return rates


__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]
