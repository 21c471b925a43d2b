"""The graph behind a result as lines of text: node names and `next_functions` down to the leaves, and saved names."""


def graph(world, result, tensors):
    """One line per edge met in depth-first order: its place, then the node or the leaf it leads to.

    A node met again is named by its number, so that shared nodes must be shared in both worlds.
    """
    lines, numbers = [], {}
    leaves = {id(tensor): f"input {index}" for index, tensor in enumerate(tensors)}
    roots = [(tensor.grad_fn, tensor.output_nr) for tensor in world.flat(result)]
    stack = [((str(index),), edge) for index, edge in reversed(list(enumerate(roots)))]
    while stack:
        path, (node, output_nr) = stack.pop()
        line = " > ".join(path) + ": " + _label(node, numbers, leaves)
        lines.append(line + (f" output {output_nr}" if output_nr else ""))
        if node is None or node in numbers:
            continue
        numbers[node] = len(numbers)
        below = enumerate(node.next_functions)
        stack += reversed([((*path[-2:], f"{node.name()}[{slot}]"), edge) for slot, edge in below])
    return lines


def saved_names(world, result):
    """The `_saved_*` attributes of the nodes right behind the results: "MulBackward0: _saved_other _saved_self"."""
    nodes = [tensor.grad_fn for tensor in world.flat(result)]
    return [
        f"{node.name()}: {' '.join(sorted(name for name in dir(node) if name.startswith('_saved_')))}"
        for node in nodes
        if node is not None
    ]


def first_difference(expected, got):
    """Where two such lists part; None when they do not."""
    for theirs, ours in zip(expected, got, strict=False):
        if theirs != ours:
            return f"{theirs} is expected, got {ours}"
    if len(expected) != len(got):
        return f"{len(expected)} nodes are expected, got {len(got)}"
    return None


def _label(node, numbers, leaves):
    if node is None:
        return "nothing"
    if node in numbers:
        return f"{node.name()} number {numbers[node]} again"
    variable = getattr(node, "variable", None)
    return node.name() if variable is None else f"{node.name()} of {leaves.get(id(variable), 'another tensor')}"
