"""The layered layout: processor time from 12 to 100,000 nodes, and how long it keeps other threads waiting.

Where the design documents lie beside the project, their graphs are measured too and the layout's prototype runs in the
same run, so that the ratio means something on a busy machine.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from tests.ui.canvas.layout.graphs import (
    double_backward,
    local_dag,
    mixed_dag,
    series_parallel,
    shared_weight_rnn,
    tutorial,
)
from ui.canvas.layout import Problem, layered_layout, layout_arrays

SHARED = Path(__file__).parents[3] / "shared"
RUNS = 5
BOX = (110.0, 46.0)

Layout = Callable[..., dict[Any, Any]]


def prototype() -> Layout | None:
    """The prototype's layout, where the design documents are."""
    folder = SHARED / "design" / "prototype"
    if not (folder / "layered_layout_prototype.py").exists():
        return None
    sys.path.insert(0, str(folder))
    layout: Layout = importlib.import_module("layered_layout_prototype").sugiyama_layout
    return layout


def own_graphs() -> dict[str, nx.DiGraph]:
    """Graphs made here."""
    return {
        "tutorial": tutorial(),
        "shared weights, 15 steps": shared_weight_rnn(15),
        "shared weights, 150 steps": shared_weight_rnn(150),
        "series-parallel": series_parallel(1000),
        "mixed, 100 nodes": mixed_dag(100),
        "mixed": mixed_dag(300),
        "double backward": double_backward(10),
        "random, 100 nodes": local_dag(100),
        "random, 1,000 nodes": local_dag(1000),
        "chain": nx.path_graph(10_000, create_using=nx.DiGraph),
    }


def shared_graphs() -> dict[str, nx.DiGraph]:
    """The graphs that come with the design documents."""
    graphs = {}
    for path in sorted((SHARED / "graphs").glob("*.json")):
        data = json.loads(path.read_text())
        graph = nx.DiGraph()
        graph.add_nodes_from(range(len(data["nodes"])))
        graph.add_edges_from(map(tuple, data["edges"]))
        graphs[path.stem] = graph
    return graphs


def milliseconds(layout: Layout, graph: nx.DiGraph) -> float:
    """Processor time of one call."""
    size = dict.fromkeys(graph, BOX)
    start = time.process_time()
    layout(graph, size=size, info={})
    return (time.process_time() - start) * 1e3


def compare(name: str, graph: nx.DiGraph, rival: Layout | None) -> None:
    """Prints medians of calls taken in turn."""
    own, other = [], []
    for _ in range(RUNS):
        own.append(milliseconds(layered_layout, graph))
        if rival is not None and not graph.is_multigraph():
            other.append(milliseconds(rival, graph))
    line = f"{name:28} {len(graph):6} nodes {statistics.median(own):8.1f} ms"
    if other:
        line += f"   x{statistics.median(own) / statistics.median(other):.2f} of the prototype"
    print(line)


def longest_wait(n: int) -> None:
    """Lays out in a thread and samples how long the main thread has to wait for its turn."""
    graph = mixed_chain(n)
    worker = threading.Thread(target=layout_arrays, args=(graph,))
    waits = []
    started = last = time.perf_counter()
    worker.start()
    while worker.is_alive():
        time.sleep(0.001)
        now = time.perf_counter()
        waits.append(now - last)
        last = now
    total = (last - started) * 1e3
    print(f"in a thread, {n} nodes: {total:.0f} ms, longest wait of another thread {max(waits) * 1e3:.0f} ms")


def mixed_chain(n: int) -> Problem:
    """A long network: a main line with a parameter at every third node and a skip over every tenth."""
    line = np.arange(0, n - 1, dtype=np.int64)
    main = line[line % 3 != 1]
    src = np.concatenate((main[:-1], line[line % 3 == 1], main[:-10:10]))
    dst = np.concatenate((main[1:], line[line % 3 == 1] + 1, main[10::10]))
    fits = dst < n
    return Problem(src[fits], dst[fits], np.full(n, BOX[0]), np.full(n, BOX[1]))


def main() -> None:
    """Prints one line per graph."""
    rival = prototype()
    for name, graph in (own_graphs() | shared_graphs()).items():
        compare(name, graph, rival)
    for n in (10_000, 60_000, 100_000):
        longest_wait(n)


if __name__ == "__main__":
    main()
