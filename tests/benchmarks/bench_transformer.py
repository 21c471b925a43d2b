"""Training steps of sequence models: the engine beside real PyTorch (CPU, 2 threads), medians in one process.

Milliseconds per step (forward, loss, backward): a transformer encoder block (batch 8, 32 tokens, width 64, 4 heads),
an LSTM and a GRU (batch 8, 32 steps, width 64). `ratio` is engine / PyTorch.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import torch as ours

ROUNDS = 60
Step = Callable[[], object]
BATCH, TOKENS, WIDTH, HEADS = 8, 32, 64, 4


def transformer(torch: Any) -> Step:
    """A post-norm encoder block."""
    torch.manual_seed(0)
    layer = torch.nn.TransformerEncoderLayer(WIDTH, HEADS, 4 * WIDTH, dropout=0.0, batch_first=True)
    return _step(torch, layer)


def lstm(torch: Any) -> Step:
    """One layer of LSTM: one node."""
    torch.manual_seed(0)
    return _step(torch, torch.nn.LSTM(WIDTH, WIDTH, batch_first=True))


def gru(torch: Any) -> Step:
    """One layer of GRU: some ten nodes per token."""
    torch.manual_seed(0)
    return _step(torch, torch.nn.GRU(WIDTH, WIDTH, batch_first=True))


def _step(torch: Any, layer: Any) -> Step:
    numbers = np.random.default_rng(0).standard_normal((BATCH, TOKENS, WIDTH)).astype(np.float32)
    x = torch.tensor(numbers, requires_grad=True)

    def step() -> None:
        made = layer(x)
        out = made[0] if isinstance(made, tuple) else made
        loss = (out * out).mean()
        for weight in layer.parameters():
            weight.grad = None
        loss.backward()

    return step


def measure(steps: dict[str, Step]) -> dict[str, float]:
    """The median milliseconds of each, one round after the other."""
    found: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            started = time.perf_counter()
            step()
            found[name].append((time.perf_counter() - started) * 1e3)
    return {name: statistics.median(times[ROUNDS // 6 :]) for name, times in found.items()}


def main() -> None:
    """Print the table."""
    try:
        import torch
    except ImportError:
        print("torch is not installed: nothing to compare with")
        return
    torch.set_num_threads(2)
    print(f"{'':14}{'torch ms':>10}{'engine ms':>11}{'ratio':>7}")
    for model in (transformer, lstm, gru):
        found = measure({"torch": model(torch), "engine": model(ours)})
        theirs, mine = found["torch"], found["engine"]
        print(f"{model.__name__:14}{theirs:10.2f}{mine:11.2f}{mine / theirs:7.2f}")


if __name__ == "__main__":
    main()
