"""Breaking rigid blocks that make a drawing wide.

| | |      Each long edge takes one line from top to bottom. Where many pass each other that needs far more room than
| | +--    any layer has boxes and edges for: a block stands right of one neighbour up here, which stands right of
| +--+     another down there, and so on. Where such a staircase changes layers, its blocks get a bend.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .arrays import FloatArray, IntArray
from .blocks import Blocks, separated
from .proper import ProperGraph
from .relaxation import distances
from .starts import Layers

_ROUNDS = 30

_TIGHT = 1e-6
"""Neighbours with so much more room than they need (px) touch."""


def break_blocks(
    graph: ProperGraph,
    layers: Layers,
    blocks: Blocks,
    extents: tuple[FloatArray, FloatArray],
    gaps: tuple[float, float],
    width: float,
    check: Callable[[], None],
) -> Blocks:
    """The same blocks, broken until they fit into this ``width`` (px) or the widest staircase has no step left."""
    for _ in range(_ROUNDS):
        check()
        x = _leftmost(blocks)
        if float(x.max(initial=0.0)) <= width:
            break
        cut = _cuts(blocks, x, graph.layers)
        if (cut == graph.layers).all():
            break
        parts = 2 * blocks.of + (graph.layer >= cut[blocks.of])
        _, of = np.unique(parts, return_inverse=True)
        blocks = separated(graph, layers, of, extents, gaps)
    return blocks


def _leftmost(blocks: Blocks) -> FloatArray:
    """The x of each block when all are packed to the left: the longest path to it."""
    after = distances(blocks.count, blocks.left, blocks.right, blocks.distance)
    missing = np.bincount(blocks.right, minlength=blocks.count).tolist()
    x = [0.0] * blocks.count
    queue = [b for b, count in enumerate(missing) if count == 0]
    for b in queue:  # grows while it is read
        for c, distance in after[b]:
            x[c] = max(x[c], x[b] + distance)
            missing[c] -= 1
            if missing[c] == 0:
                queue.append(c)
    return np.array(x)


def _cuts(blocks: Blocks, x: FloatArray, layers: int) -> IntArray:
    """The layer from which on each block is to be cut off, ``layers`` where it is not: blocks of the widest staircase.

    Where a block touches several neighbours on its left, one that it touches in the layer it is left by needs no cut.
    """
    cut = np.full(blocks.count, layers, dtype=np.int64)
    touching = np.flatnonzero(x[blocks.left] + blocks.distance > x[blocks.right] - _TIGHT)
    pushed_by: dict[int, list[tuple[int, int]]] = {}
    for left, right, layer in zip(
        blocks.left[touching].tolist(), blocks.right[touching].tolist(), blocks.layer[touching].tolist(), strict=True
    ):
        pushed_by.setdefault(right, []).append((left, layer))
    block = int(np.argmax(x))
    came: int | None = None  # the layer in which the block pushes the one on its right
    while block in pushed_by:
        steps = pushed_by[block]
        if came is None:
            left, layer = steps[0]
        else:
            _, left, layer = min((abs(layer - came), left, layer) for left, layer in steps)
            if layer != came:
                cut[block] = (layer + came + 1) // 2
        block, came = left, layer
    return cut
