"""A program by itself: reads graphs as JSON, lays them out with networkx or Graphviz, writes places as JSON.

It is run by its path, in a process of its own: what it calls cannot be interrupted and may hold Python's global lock
for minutes, and a process can be ended. It must import nothing of ours.

    in   {"kind": "spring", "across": false, "parts": [{"sizes": [[w, h], ...], "edges": [[u, v], ...]}, ...]}
    out  {"parts": [{"places": [[x, y], ...], "splines": [[[x, y], ...], ...] or null}, ...]}
    or   {"missing": "scipy"}, {"trouble": "G is not planar."}

y grows downwards. A spline holds the control points of the cubics that draw an edge.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from typing import Any

_MOST_PAIRED = 1_500

Places = list[list[float]]
Splines = list[Places] | None


def lay_out(kind: str, part: dict[str, Any], *, across: bool) -> tuple[Places, Splines]:
    """The places of one part's nodes; `across` lets layers follow each other to the right."""
    if kind == "dot":
        return _dot(part, across=across)
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(part["sizes"])))
    graph.add_edges_from((u, v) for u, v in part["edges"] if u != v)
    found = _LAYOUTS[kind](nx, graph)
    places = [[float(found[node][0]), float(found[node][1])] for node in range(len(graph))]
    return [[y, x] for x, y in places] if across else places, None


def _by_depth(nx: Any, graph: Any) -> dict[int, int]:
    """The longest way to each node from where nothing comes in; of a cycle all nodes are equally deep."""
    depth: dict[int, int] = {}
    whole = nx.condensation(graph)
    for level, members in enumerate(nx.topological_generations(whole)):
        for member in members:
            depth.update(dict.fromkeys(whole.nodes[member]["members"], level))
    return depth


def _multipartite(nx: Any, graph: Any) -> Any:
    nx.set_node_attributes(graph, _by_depth(nx, graph), "subset")
    return nx.multipartite_layout(graph, align="horizontal")


def _shells(nx: Any, graph: Any) -> Any:
    """What is made last in the middle."""
    depth = _by_depth(nx, graph)
    deepest = max(depth.values())
    shells = [[node for node in graph if depth[node] == level] for level in range(deepest, -1, -1)]
    return nx.shell_layout(graph, nlist=[shell for shell in shells if shell])


def _springs(nx: Any, graph: Any) -> Any:
    """From 500 nodes on networkx's springs want SciPy; ForceAtlas2, which is much alike, does without."""
    graph = graph.to_undirected()
    if len(graph) >= 500 and importlib.util.find_spec("scipy") is None and len(graph) <= _MOST_PAIRED:
        return nx.forceatlas2_layout(graph, seed=1, max_iter=60)
    return nx.spring_layout(graph, seed=1, iterations=80)


_LAYOUTS: dict[str, Callable[[Any, Any], Any]] = {
    "multipartite": _multipartite,
    "shell": _shells,
    "spring": _springs,
    "kamada_kawai": lambda nx, graph: nx.kamada_kawai_layout(graph.to_undirected()),
    "spectral": lambda nx, graph: nx.spectral_layout(graph.to_undirected()),
    "planar": lambda nx, graph: nx.planar_layout(graph.to_undirected()),
    "circular": lambda nx, graph: nx.circular_layout(graph),
    "spiral": lambda nx, graph: nx.spiral_layout(graph, equidistant=True),
}


def _dot(part: dict[str, Any], *, across: bool) -> tuple[Places, Splines]:
    """Sizes and places are points, 72 to the inch, which is what dot takes sizes in; its y grows upwards."""
    import pygraphviz

    drawn = pygraphviz.AGraph(directed=True, strict=False)
    drawn.graph_attr.update(rankdir="LR" if across else "TB", nodesep=30 / 72, ranksep=56 / 72)
    drawn.node_attr.update(shape="box", fixedsize="true", label="")
    drawn.edge_attr.update(arrowhead="none")
    for node, (width, height) in enumerate(part["sizes"]):
        drawn.add_node(node, width=width / 72, height=height / 72)
    for row, (u, v) in enumerate(part["edges"]):
        drawn.add_edge(u, v, key=row)
    drawn.layout("dot")
    places = [_point(drawn.get_node(node).attr["pos"]) for node in range(len(part["sizes"]))]
    splines = [
        [_point(point) for point in drawn.get_edge(u, v, key=row).attr["pos"].split()]
        for row, (u, v) in enumerate(part["edges"])
    ]
    return places, splines


def _point(text: str) -> list[float]:
    x, y = text.split(",")
    return [float(x), -float(y)]


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """What is written for what was read."""
    try:
        found = [lay_out(task["kind"], part, across=task["across"]) for part in task["parts"]]
    except ImportError as error:
        return {"missing": (error.name or "").partition(".")[0] or str(error)}
    except Exception as error:  # each library has errors of its own; the window says what they say
        return {"trouble": str(error) or type(error).__name__}
    return {"parts": [{"places": places, "splines": splines} for places, splines in found]}


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
