"""Traces made by hand, as the recorder would make them, for tests that need no kernel.

`seed_trace()` is x = ones(2, 2); y = x + 2; z = y * y * 3; out = z.mean(); out.backward().
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.trace import (
    NONE,
    SCHEMA,
    Batch,
    EdgeKind,
    EventKind,
    NodeFlag,
    NodeKind,
    PassFlag,
    PassKind,
    Status,
    Trace,
    column_dtype,
    shape_text,
)

REQUIRES = NodeFlag.REQUIRES_GRAD
SEED_CODE = """import torch
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()"""


class TraceBuilder:
    """Collects rows as plain values and adds them to a trace in one batch."""

    def __init__(self) -> None:
        self.trace = Trace()
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMA}
        self._strings = {"": 0}
        self._values: dict[int, np.ndarray] = {}

    def add(self, table: str, **row: Any) -> int:
        """One row; columns not given are 0 / "" / NONE. Returns its index."""
        index = len(self.trace.table(table)) + len(self._rows[table])
        full = {
            c: row.get(c, "" if k == "str" else 0 if k in ("u1", "u4", "f8") else NONE)
            for c, k in SCHEMA[table].items()
        }
        if "id" in SCHEMA[table] and "id" not in row:
            full["id"] = index
        self._rows[table].append(full)
        return int(full["id"]) if "id" in SCHEMA[table] else index

    def array(self, value: Any) -> int:
        a = np.asarray(value, np.float32)
        finite = a[np.isfinite(a)].astype(np.float64)
        some = finite.size > 0
        handle = self.add(
            "arrays", shape=shape_text(a.shape), dtype="float32", nbytes=a.nbytes,
            norm=float(np.linalg.norm(finite)) if some else 0.0, mean=float(finite.mean()) if some else 0.0,
            std=float(finite.std()) if some else 0.0, min=float(finite.min()) if some else 0.0,
            max=float(finite.max()) if some else 0.0, zeros=int((a == 0).sum()),
            nans=int(np.isnan(a).sum()), infs=int(np.isinf(a).sum()),
        )  # fmt: skip
        if a.nbytes <= 512:
            self._values[handle] = a
        return handle

    def tensor(self, label: str, value: Any, *, flags: NodeFlag = REQUIRES, line: int = 0, **more: Any) -> int:
        a = np.asarray(value, np.float32)
        return self.add(
            "nodes", kind=NodeKind.TENSOR, flags=flags, label=label, shape=shape_text(a.shape), dtype="float32",
            value=self.array(a), version=0, cell=more.pop("cell", 0), source=0, line=line, end_line=line, **more,
        )  # fmt: skip

    def leaf(self, label: str, value: Any, *, line: int = 0) -> tuple[int, int]:
        """A leaf that requires grad, its .grad slot and AccumulateGrad. Returns (leaf, AccumulateGrad)."""
        leaf = self.tensor(label, value, flags=NodeFlag.LEAF | REQUIRES, line=line)
        shape = shape_text(np.shape(value))
        acc = self.add(
            "nodes", kind=NodeKind.ACCUMULATE, op="AccumulateGrad", owner=leaf, shape=shape, dtype="float32", cell=0
        )
        grad = self.add("nodes", kind=NodeKind.GRAD, owner=leaf, shape=shape, dtype="float32", cell=0)
        self.add("edges", kind=EdgeKind.GRAD, src=grad, dst=acc, slot=0)
        return leaf, acc

    def constant(self, text: str, line: int = 0) -> int:
        return self.add("nodes", kind=NodeKind.CONSTANT, label=text, cell=0, source=0, line=line)

    def function(
        self,
        op: str,
        label: str,
        inputs: list[Any],
        output: str,
        value: Any,
        *,
        line: int = 0,
        columns: tuple[int, int] = (0, 0),
    ) -> tuple[int, int, list[int]]:
        """One op on tensor nodes or (leaf, AccumulateGrad). Returns (function, output tensor, edges per slot)."""
        where = {"source": 0, "line": line, "end_line": line, "column": columns[0], "end_column": columns[1], "cell": 0}
        fn = self.add(
            "nodes",
            kind=NodeKind.FUNCTION,
            op=op,
            rule=op,
            label=label,
            sequence=len(self._rows["nodes"]),
            flags=REQUIRES,
            **where,
        )
        edges = []
        for slot, source in enumerate(inputs):
            tensor, acc = source if isinstance(source, tuple) else (source, None)
            name = ("self", "other")[slot] if len(inputs) == 2 else "self"
            edge = self.add("edges", kind=EdgeKind.INPUT, src=tensor, dst=fn, slot=slot, name=name)
            if acc is not None:
                edge = self.add("edges", kind=EdgeKind.ACCUMULATE, src=acc, dst=fn, slot=slot, name=name)
            edges.append(edge)
        out = self.tensor(output, value, line=line, column=columns[0], end_column=columns[1])
        edges.append(self.add("edges", kind=EdgeKind.OUTPUT, src=fn, dst=out, slot=0))
        return fn, out, edges

    def build(self) -> Trace:
        """Add everything collected so far to the trace, and return it."""
        batch = Batch(values=dict(self._values))
        for name, rows in self._rows.items():
            if rows:
                batch.tables[name] = {
                    c: np.array([self._intern(r[c]) if k == "str" else r[c] for r in rows], column_dtype(k))
                    for c, k in SCHEMA[name].items()
                }
        batch.strings = list(self._strings)[len(self.trace.strings) :]
        self.trace.extend(batch)
        self._rows = {name: [] for name in SCHEMA}
        self._values = {}
        return self.trace

    def _intern(self, text: str) -> int:
        return self._strings.setdefault(text, len(self._strings))


def seed_trace() -> Trace:
    """The seed notebook's graph with its first backward pass (5 steps)."""
    b = TraceBuilder()
    b.add("sources", title="cell 1", text=SEED_CODE)
    b.add("cells", source=0, number=1, status=Status.OK, seconds=0.002)
    ones = np.ones((2, 2))
    x, acc = b.leaf("x", ones, line=2)
    add, y, add_edges = b.function(
        "AddBackward0", "x + 2", [(x, acc), b.constant("2", 3)], "y", 3 * ones, line=3, columns=(4, 9)
    )
    mul, yy, mul_edges = b.function("MulBackward0", "y * y", [y, y], "y * y", 9 * ones, line=4, columns=(4, 9))
    mul3, z, mul3_edges = b.function(
        "MulBackward0", "y * y * 3", [yy, b.constant("3", 4)], "z", 27 * ones, line=4, columns=(4, 13)
    )
    mean, out, mean_edges = b.function("MeanBackward0", "z.mean()", [z], "out", 27.0, line=5, columns=(6, 14))
    for name, node in (("x", x), ("y", y), ("z", z), ("out", out)):
        b.add("names", name=name, node=node, cell=0)
    for op, rules in {
        "AddBackward0": [("self", "grad"), ("other", "grad")],
        "MulBackward0": [("self", "grad * other"), ("other", "grad * self")],
        "MeanBackward0": [("self", "grad.expand(self.shape) / self.numel()")],
    }.items():
        for slot, (name, text) in enumerate(rules):
            b.add("formulas", rule=op, slot=slot, input=name, text=text)
    b.add("saved", node=mul, name="self", tensor=y, version=0)
    b.add("saved", node=mul, name="other", tensor=y, version=0)
    b.add("saved", node=mul3, name="other", text="3", version=0)
    p = b.add(
        "passes",
        cell=0,
        source=0,
        line=6,
        title="out.backward()",
        kind=PassKind.BACKWARD,
        root=out,
        status=Status.OK,
        steps=5,
        seconds=0.0004,
        parent=NONE,
    )
    g1, g025, g075, g225, g45 = (b.array(v) for v in (1.0, 0.25 * ones, 0.75 * ones, 2.25 * ones, 4.5 * ones))
    b.add("flows", pass_=p, step=0, edge=mean_edges[1], target=mean, target_slot=0, value=g1)
    b.add("steps", pass_=p, index=1, node=mean, arrived=g1, used=g1)
    b.add("flows", pass_=p, step=1, edge=mean_edges[0], target=mul3, target_slot=0, value=g025)
    b.add("steps", pass_=p, index=2, node=mul3, arrived=g025, used=g025)
    b.add("flows", pass_=p, step=2, edge=mul3_edges[0], target=mul, target_slot=0, value=g075)
    b.add("steps", pass_=p, index=3, node=mul, arrived=g075, used=g075)
    for row in (0, 1):
        b.add("events", kind=EventKind.SAVED_USED, node=mul, pass_=p, step=3, saved=row, version=0)
    b.add("events", kind=EventKind.SAVED_FREED, node=mul, pass_=p, step=3)
    b.add("flows", pass_=p, step=3, edge=mul_edges[0], target=add, target_slot=0, value=g225)
    b.add("flows", pass_=p, step=3, edge=mul_edges[1], target=add, target_slot=0, value=g225)
    b.add("steps", pass_=p, index=4, node=add, arrived=g45, used=g45)
    b.add("flows", pass_=p, step=4, edge=add_edges[0], target=acc, target_slot=0, value=g45)
    b.add("steps", pass_=p, index=5, node=acc, arrived=g45, used=g45, before=NONE, added=g45, after=g45)
    b.add("meter", bytes=1234, budget=1 << 30, dropped=0)
    return b.build()


def chain_trace(length: int) -> Trace:
    """x, then `length` multiplications by 2 ending in out, and its pass: for sizes (2,000 nodes and more)."""
    b = TraceBuilder()
    b.add("sources", title="cell 1", text="y = x\nfor _ in range(n):\n    y = y * 2\ny.backward()")
    b.add("cells", source=0, number=1, status=Status.OK)
    x, acc = b.leaf("x", 1.0, line=1)
    current: Any = (x, acc)
    functions, edges = [], []
    for i in range(length):
        fn, out, es = b.function(
            "MulBackward0", "y * 2", [current, b.constant("2", 3)], "y", float(2.0 ** min(i, 60)), line=3
        )
        functions.append(fn)
        edges.append(es)
        current = out
    p = b.add(
        "passes", cell=0, source=0, line=4, title="y.backward()", root=current, status=Status.OK, steps=length + 1
    )
    value = b.array(1.0)
    b.add("flows", pass_=p, step=0, edge=edges[-1][2], target=functions[-1], target_slot=0, value=value)
    for k in range(length):
        i = length - 1 - k
        b.add("steps", pass_=p, index=k + 1, node=functions[i], arrived=value, used=value)
        value = b.array(float(2.0 ** min(k + 1, 60)))
        b.add(
            "flows",
            pass_=p,
            step=k + 1,
            edge=edges[i][0],
            target=functions[i - 1] if i else acc,
            target_slot=0,
            value=value,
        )
    b.add(
        "steps", pass_=p, index=length + 1, node=acc, arrived=value, used=value, before=NONE, added=value, after=value
    )
    b.add("names", name="x", node=x, cell=0)
    b.add("names", name="y", node=current, cell=0)
    return b.build()


def linear_trace(*, poison: bool = False) -> Trace:
    """w (3, 2) and b (2,) are leaves: a = x @ w + b; loss = (a * a).sum(), run twice without zeroing the gradients.

    With `poison` one element of x is infinite, so that gradients with Inf and NaN are born in the pass.
    """
    b = TraceBuilder()
    code = "a = x @ w + b\nloss = (a * a).sum()\nloss.backward(retain_graph=True)\nloss.backward()"
    b.add("sources", title="cell 1", text=code)
    b.add("cells", source=0, number=1, status=Status.OK)
    xs = np.array([[1.0, -2.0, 0.5], [0.0, 1.0, 3.0], [2.0, 0.25, -1.0], [1.0, 1.0, 1.0]], np.float32)
    if poison:
        xs[0, 0] = np.inf
    ws, bs = np.array([[0.5, -1.0], [1.0, 2.0], [-0.5, 0.0]], np.float32), np.array([0.1, -0.2], np.float32)
    with np.errstate(invalid="ignore", over="ignore"):
        hs = xs @ ws
        ys = hs + bs
        ga = 2 * ys
        gw, gb = xs.T @ ga, ga.sum(0)
        loss_value = (ys * ys).sum()
    x = b.tensor("x", xs, flags=NodeFlag.LEAF, line=1)
    w, w_acc = b.leaf("w", ws, line=1)
    bias, b_acc = b.leaf("b", bs, line=1)
    mm, h, mm_edges = b.function("MmBackward0", "x @ w", [x, (w, w_acc)], "x @ w", hs, line=1)
    add, a, add_edges = b.function("AddBackward0", "x @ w + b", [h, (bias, b_acc)], "a", ys, line=1)
    mul, aa, mul_edges = b.function("MulBackward0", "a * a", [a, a], "a * a", ys * ys, line=2)
    total, loss, sum_edges = b.function("SumBackward0", "(a * a).sum()", [aa], "loss", loss_value, line=2)
    for op, rules in {
        "MmBackward0": [("self", "grad @ other.T"), ("other", "self.T @ grad")],
        "AddBackward0": [("self", "grad"), ("other", "grad")],
        "MulBackward0": [("self", "grad * other"), ("other", "grad * self")],
        "SumBackward0": [("self", "grad.expand(self.shape)")],
    }.items():
        for slot, (name, text) in enumerate(rules):
            b.add("formulas", rule=op, slot=slot, input=name, text=text)
    b.add("saved", node=mm, name="self", tensor=x, version=0)
    b.add("saved", node=mul, name="self", tensor=a, version=0)
    b.add("saved", node=mul, name="other", tensor=a, version=0)
    before_w, before_b = NONE, NONE
    for line, flags in ((3, PassFlag.RETAIN_GRAPH), (4, PassFlag(0))):
        p = b.add(
            "passes", cell=0, source=0, line=line, title="loss.backward()", root=loss, status=Status.OK, steps=6,
            flags=flags, seconds=0.001,
        )  # fmt: skip
        g1, gs, gh = b.array(1.0), b.array(np.ones_like(ys)), b.array(ys)
        gsum, hw, hb = b.array(ga), b.array(gw), b.array(gb)
        after_w, after_b = (b.array(np.multiply(line - 2, g, dtype=np.float32)) for g in (gw, gb))
        b.add("flows", pass_=p, step=0, edge=sum_edges[1], target=total, target_slot=0, value=g1)
        b.add("steps", pass_=p, index=1, node=total, arrived=g1, used=g1)
        b.add("flows", pass_=p, step=1, edge=sum_edges[0], target=mul, target_slot=0, value=gs)
        b.add("steps", pass_=p, index=2, node=mul, arrived=gs, used=gs)
        for edge in mul_edges[:2]:
            b.add("flows", pass_=p, step=2, edge=edge, target=add, target_slot=0, value=gh)
        b.add("steps", pass_=p, index=3, node=add, arrived=gsum, used=gsum)
        b.add("flows", pass_=p, step=3, edge=add_edges[0], target=mm, target_slot=0, value=gsum)
        b.add("flows", pass_=p, step=3, edge=add_edges[1], target=b_acc, target_slot=0, value=hb)
        b.add("steps", pass_=p, index=4, node=b_acc, arrived=hb, used=hb, before=before_b, added=hb, after=after_b)
        b.add("steps", pass_=p, index=5, node=mm, arrived=gsum, used=gsum)
        b.add("flows", pass_=p, step=5, edge=mm_edges[1], target=w_acc, target_slot=0, value=hw)
        b.add("steps", pass_=p, index=6, node=w_acc, arrived=hw, used=hw, before=before_w, added=hw, after=after_w)
        before_w, before_b = after_w, after_b
    for name, node in (("x", x), ("w", w), ("b", bias), ("a", a), ("loss", loss)):
        b.add("names", name=name, node=node, cell=0)
    return b.build()
