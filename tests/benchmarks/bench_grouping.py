"""What groups cost: gathering, choosing what opens closed and folding, on a training loop and on a long chain."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from tests.engine.programs import record
from ui.canvas.shown.shown_graph import View, show
from ui.grouping.choice import fitted
from ui.grouping.gather import gather
from ui.shown_state import Grouping, ShownState
from ui.snapshot import Snapshot

TRAINING = """
net = torch.nn.Sequential(*[torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Tanh()) for _ in range(6)])
x = torch.ones(3, 4)
for epoch in range(30):
    for batch in range(20):
        loss = net(x).sum()
        loss.backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= 0.1 * p.grad
"""
CHAIN = "y = torch.ones(1, requires_grad=True)\nfor i in range(17_000):\n    y = y * 1.1\n    y = y + 1"


def median(work: Callable[[], object], runs: int = 5) -> float:
    """Milliseconds of the middle one of some runs."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e3


def main() -> int:
    """Print milliseconds per kind of groups; `flat` is the same graph without groups."""
    for name, code in (("training", TRAINING), ("chain", CHAIN)):
        trace = record(code)
        snapshot = Snapshot.of(trace)
        flat = median(lambda s=snapshot: show(s))
        print(f"{name}: {len(trace.nodes):,} nodes, {len(trace.scopes):,} scopes; flat {flat:.0f} ms")
        print(f"{'':22}{'groups':>8}{'gather':>8}{'choose':>8}{'show':>8}{'boxes':>8}")
        for grouping in list(Grouping)[1:]:
            groups = gather(snapshot, grouping)
            choice = fitted(groups, 300)
            state = ShownState(grouping, choice.collapsed)
            gathering = median(lambda s=snapshot, g=grouping: gather(s, g))
            choosing = median(lambda g=groups: fitted(g, 300))
            showing = median(lambda s=snapshot, t=state: show(s, View.TENSORS_AND_FUNCTIONS, t))
            print(
                f"{grouping.value:22}{len(groups):8,}{gathering:8.1f}{choosing:8.1f}{showing:8.0f}{choice.boxes:8,}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
