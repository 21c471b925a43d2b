"""Traces of small models with real gradients, as the recorder would write them, for tests that need no kernel."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.trace import NONE, NodeFlag, NodeKind, PassKind, Status, Trace
from tests.traces import REQUIRES, TraceBuilder

Rule = Callable[[Any], list[Any]]  # the arriving gradient → one gradient per input, None where there is none


def started() -> TraceBuilder:
    """A builder with one cell, for traces of a few rows."""
    b = TraceBuilder()
    b.add("sources", title="cell 1", text="...")
    b.add("cells", source=0, number=1, status=Status.OK)
    return b


class Tape:
    """Records functions with their gradient rules, then plays a backward pass over them into the trace."""

    def __init__(self, text: str) -> None:
        self.b = TraceBuilder()
        self.b.add("sources", title="cell 1", text=text)
        self.b.add("cells", source=0, number=1, status=Status.OK)
        self._made_by: dict[int, int] = {}
        self._calls: dict[int, tuple[list[Any], list[int], Rule]] = {}

    def op(self, op: str, label: str, inputs: list[Any], output: str, value: Any, rule: Rule, line: int = 0) -> int:
        """One function; inputs are tensor nodes or (leaf, AccumulateGrad). Returns the output tensor."""
        function, out, edges = self.b.function(op, label, inputs, output, value, line=line)
        self._made_by[out] = function
        self._calls[function] = (inputs, edges, rule)
        return out

    def _target(self, source: Any) -> int:
        return source[1] if isinstance(source, tuple) else self._made_by.get(source, NONE)

    def backward(self, root: int, title: str = "loss.backward()") -> int:
        """A pass in PyTorch's order: the latest ready function first, AccumulateGrad as soon as it is ready."""
        b, waiting = self.b, dict.fromkeys(self._calls, 0)
        for inputs, _, _ in self._calls.values():
            for source in inputs:
                waiting[self._target(source)] = waiting.get(self._target(source), 0) + 1
        start = self._made_by[root]
        arrived: dict[int, Any] = {start: np.float32(1.0)}
        flows, steps = [(0, self._calls[start][1][-1], start, arrived[start])], []
        queue = [(-start, start)]
        while queue:
            _, node = heapq.heappop(queue)
            gradient = arrived[node]
            steps.append((node, gradient))
            inputs, edges, rule = self._calls.get(node, ([], [], None))
            for source, edge, sent in zip(inputs, edges, rule(gradient) if rule else [], strict=False):
                target = self._target(source)
                if sent is None or target == NONE:
                    continue
                flows.append((len(steps), edge, target, sent))
                arrived[target] = arrived.get(target, 0.0) + sent
                waiting[target] -= 1
                if waiting[target] == 0:
                    heapq.heappush(queue, (-target if target in self._calls else -(1 << 40), target))
        row = b.add(
            "passes", cell=0, source=0, title=title, kind=PassKind.BACKWARD, root=root,
            status=Status.OK, steps=len(steps), seconds=0.001,
        )  # fmt: skip
        for step, edge, target, value in flows:
            b.add("flows", pass_=row, step=step, edge=edge, target=target, target_slot=0, value=b.array(value))
        for index, (node, gradient) in enumerate(steps, 1):
            handle = b.array(gradient)
            kept = {} if node in self._calls else {"before": NONE, "added": handle, "after": handle}
            b.add("steps", pass_=row, index=index, node=node, arrived=handle, used=handle, **kept)
        return row


def mlp_trace(*, broken: bool = False) -> Trace:
    """A two-layer network on four samples and its loss, with one pass. `broken`: the loss's gradient has a NaN."""
    rng = np.random.default_rng(0)
    t = Tape("h = relu(x @ W1 + b1)\npred = h @ W2 + b2\nloss = ((pred - target) ** 2).mean()\nloss.backward()")
    b = t.b
    x = b.tensor("x", rng.normal(size=(4, 3)), flags=NodeFlag.LEAF, line=1)
    target = b.tensor("target", rng.normal(size=(4, 2)), flags=NodeFlag.LEAF, line=3)
    shapes = {"W1": (3, 8), "b1": (8,), "W2": (8, 2), "b2": (2,)}
    values = {name: rng.normal(size=shape) * 0.5 for name, shape in shapes.items()}
    leaves = {name: b.leaf(name, value, line=1) for name, value in values.items()}
    xv, tv = rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    h0 = xv @ values["W1"]
    h1 = h0 + values["b1"]
    h2 = np.maximum(h1, 0)
    p0 = h2 @ values["W2"]
    p1 = p0 + values["b2"]
    d = p1 - tv
    mm = t.op("MmBackward0", "x @ W1", [x, leaves["W1"]], "x @ W1", h0, lambda g: [None, xv.T @ g], 1)
    add = t.op("AddBackward0", "x @ W1 + b1", [mm, leaves["b1"]], "x @ W1 + b1", h1, lambda g: [g, g.sum(0)], 1)
    h = t.op("ReluBackward0", "relu(x @ W1 + b1)", [add], "h", h2, lambda g: [g * (h1 > 0)], 1)
    mm2 = t.op("MmBackward0", "h @ W2", [h, leaves["W2"]], "h @ W2", p0, lambda g: [g @ values["W2"].T, h2.T @ g], 2)
    pred = t.op("AddBackward0", "h @ W2 + b2", [mm2, leaves["b2"]], "pred", p1, lambda g: [g, g.sum(0)], 2)
    diff = t.op("SubBackward0", "pred - target", [pred, target], "pred - target", d, lambda g: [g, None], 3)
    square = t.op(
        "PowBackward0", "(pred - target) ** 2", [diff, b.constant("2", 3)], "(pred - target) ** 2", d * d,
        lambda g: [2 * d * g, None], 3,
    )  # fmt: skip
    poison = np.where(np.arange(8).reshape(4, 2) == 3, np.nan, 1.0) if broken else 1.0
    loss = t.op(
        "MeanBackward0", "((pred - target) ** 2).mean()", [square], "loss", (d * d).mean(),
        lambda g: [np.full((4, 2), g / 8) * poison], 3,
    )  # fmt: skip
    t.backward(loss)
    named = {"x": x, "target": target, "h": h, "pred": pred, "loss": loss}
    for name, node in [*named.items(), *((name, leaf) for name, (leaf, _) in leaves.items())]:
        b.add("names", name=name, node=node, cell=0)
    return b.build()


def flags_trace() -> Trace:
    """A view, an in-place write, a retained gradient, a parameter, a failed op, a lost name and a long expression."""
    t = Tape("w = nn.Parameter(...)")
    b = t.b
    w = b.leaf("w", np.ones((6, 4)), line=1)
    view = t.op("ViewBackward0", "w.view(4, 6)", [w], "v", np.ones((4, 6)), lambda g: [g.reshape(6, 4)], 2)
    double = t.op("MulBackward0", "v * v", [view, view], "y", np.ones((4, 6)), lambda g: [g, g], 3)
    inplace = t.op("AddBackward0", "y.add_(1)", [double, b.constant("1", 4)], "y", np.ones((4, 6)), lambda g: [g, None])
    long = t.op("SumBackward0", "torch.nn.functional.softmax(y, dim=1).sum(dim=(0, 1), keepdim=False)", [inplace],
                "total", 24.0, lambda g: [np.full((4, 6), g)])  # fmt: skip
    failed = t.op("DivBackward0", "total / nothing", [long, inplace], "total / nothing", 0.0, lambda g: [g, None])
    rows = b._rows["nodes"]
    rows[w[0]]["flags"] |= NodeFlag.PARAMETER
    rows[view]["flags"] |= NodeFlag.VIEW
    rows[inplace]["flags"] |= NodeFlag.INPLACE | NodeFlag.RETAINS_GRAD
    rows[t._made_by[failed]]["flags"] |= NodeFlag.FAILED
    rows[w[1]]["kind"] = NodeKind.ACCUMULATE
    for name, node in (("w", w[0]), ("weight", w[0]), ("v", view), ("y", double), ("y", inplace), ("total", long)):
        b.add("names", name=name, node=node, cell=0)
    rows[double]["flags"] |= REQUIRES
    return b.build()
