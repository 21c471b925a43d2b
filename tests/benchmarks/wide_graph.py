"""Wide graphs of any size with a pass over all of them, made as columns: benchmarks need no kernel and no layout."""

from __future__ import annotations

import numpy as np

from engine.trace import NONE, SCHEMA, Batch, EdgeKind, NodeFlag, NodeKind, PassKind, Status, Trace, column_dtype
from ui.canvas.layout import Drawing as Layout, Routes
from ui.canvas.picture.drawing import Drawing, Measure, box_sizes, place
from ui.canvas.shown.shown_graph import show
from ui.snapshot import Snapshot

COLUMN, ROW = 190.0, 106.0


def wide_trace(count: int) -> tuple[Trace, int]:
    """About `count` nodes in rows of functions and tensors in turn, 1.3 edges per node. Returns it and its width."""
    width = max(4, int(np.sqrt(count / 2)))
    rows = count // width // 2 * 2
    rng = np.random.default_rng(1)
    node = np.arange(rows * width).reshape(rows, width)
    is_function = np.repeat(np.arange(rows) % 2 == 1, width)
    up, down = node[:-1].ravel(), node[1:].ravel()
    into_function = is_function[down]
    side = np.flatnonzero(into_function & (rng.random(len(down)) < 0.6))
    neighbour = np.clip(down[side] % width + rng.integers(-2, 3, len(side)), 0, width - 1)
    src = np.concatenate([up, down[side] // width * width - width + neighbour])
    dst = np.concatenate([down, down[side]])
    kind = np.where(is_function[dst], EdgeKind.INPUT, EdgeKind.OUTPUT).astype("u1")
    slot = np.concatenate([np.zeros(len(down)), np.ones(len(side))]).astype("<i4")
    ran = node.ravel()[is_function][::-1]  # later rows first
    step_of = np.full(rows * width, 0)
    step_of[ran] = np.arange(1, len(ran) + 1)
    producer = np.full(rows * width, NONE)
    producer[dst[kind == EdgeKind.OUTPUT]] = src[kind == EdgeKind.OUTPUT]
    flow = np.flatnonzero((kind == EdgeKind.INPUT) & (producer[src] != NONE))
    norms = np.exp(rng.normal(size=len(flow) + len(ran)) * 3)
    strings = ["", "MulBackward0", "y", "y * 2", "64,128", "float32", "self", "out.backward()"]
    batch = Batch(strings=strings[1:])

    def table(table_name: str, length: int, /, **columns: object) -> None:
        batch.tables[table_name] = {
            c: np.broadcast_to(
                np.asarray(columns.get(c, 0 if k in ("str", "u1", "u4", "f8") else NONE)), length
            ).astype(column_dtype(k))
            for c, k in SCHEMA[table_name].items()
        }

    table("sources", 1)
    table("cells", 1, id=0, source=0, status=Status.OK)
    table(
        "nodes", rows * width, kind=np.where(is_function, NodeKind.FUNCTION, NodeKind.TENSOR),
        flags=np.full(rows * width, NodeFlag.REQUIRES_GRAD), op=np.where(is_function, 1, 0),
        label=np.where(is_function, 3, 2), shape=np.where(is_function, 0, 4), dtype=np.where(is_function, 0, 5),
        cell=0, source=0,
    )  # fmt: skip
    table("edges", len(src), kind=kind, src=src, dst=dst, slot=slot, name=6)
    table("arrays", len(norms), shape=4, dtype=5, norm=norms, max=norms, nbytes=8)
    table("passes", 1, id=0, cell=0, title=7, kind=PassKind.BACKWARD, root=int(node[-1, 0]), status=Status.OK,
          steps=len(ran))  # fmt: skip
    table("steps", len(ran), pass_=0, index=np.arange(1, len(ran) + 1), node=ran, arrived=np.arange(len(ran)),
          used=np.arange(len(ran)))  # fmt: skip
    order = np.argsort(step_of[dst[flow]], kind="stable")
    table("flows", len(flow), pass_=0, step=step_of[dst[flow]][order], edge=flow[order],
          target=producer[src[flow]][order], target_slot=0, value=np.arange(len(flow)) + len(ran))  # fmt: skip
    trace = Trace()
    trace.extend(batch)
    return trace, width


def wide_drawing(trace: Trace, width: int, measure: Measure) -> Drawing:
    """The trace's picture in the grid it was made on."""
    graph = show(Snapshot.of(trace))
    sizes = box_sizes(graph, measure)
    number = np.arange(len(graph.node))
    x, y = (number % width) * COLUMN, (number // width) * ROW
    a, b = graph.src, graph.dst
    points_x = np.stack([x[a], x[b] + 16.0 * graph.slot], axis=1).ravel()
    points_y = np.stack([y[a] + sizes[a, 1] / 2, y[b] - sizes[b, 1] / 2], axis=1).ravel()
    start = np.arange(len(a)) * 2
    return place(graph, sizes, Layout(x.astype(float), y.astype(float), Routes(points_x, points_y, start, start + 2)))
