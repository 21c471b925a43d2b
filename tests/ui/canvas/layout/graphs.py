"""Graphs for the layout's tests, like those autograd makes."""

import random

import networkx as nx


def tutorial():
    """The first notebook: x + 2, y * y * 3, mean, with the leaf's AccumulateGrad."""
    graph = nx.MultiDiGraph()
    edges = [
        ("x", "add", 0), ("add", "y", None), ("y", "mul", 0), ("y", "mul", 1), ("mul", "y*y", None), ("y*y", "mul3", 0),
        ("3", "mul3", 1), ("mul3", "z", None), ("z", "mean", 0), ("mean", "out", None),
        ("x.grad", "AccumulateGrad", None), ("AccumulateGrad", "add", None),
    ]  # fmt: skip
    for u, v, slot in edges:
        graph.add_edge(u, v, **({} if slot is None else {"slot": slot}))
    return graph


def shared_weight_rnn(steps):
    """h = tanh(x @ W + h @ U): two weights used at every step."""
    graph = nx.DiGraph()
    state = "h0"
    for t in range(steps):
        for u, v in (
            (f"x{t}", f"mm_x{t}"),
            ("W", f"mm_x{t}"),
            (state, f"mm_h{t}"),
            ("U", f"mm_h{t}"),
            (f"mm_x{t}", f"add{t}"),
            (f"mm_h{t}", f"add{t}"),
            (f"add{t}", f"tanh{t}"),
        ):
            graph.add_edge(u, v)
        state = f"tanh{t}"
    return graph


def double_backward(steps):
    """A chain of tanh(x * w), its pass back, which takes every value again, and the sum of all gradients."""
    graph = nx.DiGraph()
    value, forward = "x", []
    for i in range(steps):
        graph.add_edges_from([(value, f"mul{i}"), (f"w{i}", f"mul{i}"), (f"mul{i}", f"tanh{i}")])
        value = f"tanh{i}"
        forward.append((f"mul{i}", f"w{i}", value))
    gradient, total = value, None
    for i, (product, weight, result) in reversed(list(enumerate(forward))):
        graph.add_edges_from([(result, f"pow{i}"), (gradient, f"back{i}"), (f"pow{i}", f"back{i}")])
        graph.add_edges_from([(f"back{i}", f"to_w{i}"), (product, f"to_w{i}")])
        graph.add_edges_from([(f"back{i}", f"to_x{i}"), (weight, f"to_x{i}")])
        gradient = f"to_x{i}"
        if total is not None:
            graph.add_edges_from([(total, f"sum{i}"), (f"to_w{i}", f"sum{i}")])
        total = f"to_w{i}" if total is None else f"sum{i}"
    return graph


def series_parallel(size, seed=0):
    """Edges doubled and divided at random: planar, so it can be drawn without crossings."""
    chance = random.Random(seed)
    edges = [(0, 1)]
    nodes = 2
    while nodes < size:
        u, v = edges.pop(chance.randrange(len(edges)))
        branches = chance.choice((1, 2, 2, 3))
        for _ in range(branches):
            edges += [(u, nodes), (nodes, v)]
            nodes += 1
    return nx.DiGraph(edges)


def mixed_dag(size, seed=0):
    """A connected random graph in which most nodes take one or two of the latest results."""
    chance = random.Random(seed)
    graph = nx.DiGraph()
    graph.add_node(0)
    for v in range(1, size):
        for u in {max(0, v - chance.randint(1, 6)), *([chance.randrange(v)] if chance.random() < 0.3 else [])}:
            graph.add_edge(u, v)
    return graph


def local_dag(size, seed=0):
    """A random graph in which every node takes up to three of the latest dozen results, now and then none."""
    chance = random.Random(seed)
    graph = nx.DiGraph()
    graph.add_node(0)
    for v in range(1, size):
        graph.add_node(v)
        for _ in range(chance.choice((0, 1, 1, 2, 2, 3))):
            graph.add_edge(chance.randrange(max(0, v - 12), v), v)
    return graph
