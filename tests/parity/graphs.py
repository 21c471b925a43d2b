"""The graph behind a result as lines of text (names and `next_functions` down to the leaves), and what nodes save."""

from .compare import describe, difference


def graph(world, result, tensors):
    """One line per edge met in depth-first order (its place, then the node or the leaf it leads to), and the nodes.

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
    return lines, list(numbers)


def saved_difference(their_world, theirs, our_world, ours, tolerances):
    """Which `_saved_*` attribute of two nodes differs in name or value; None when none does."""
    names, found = _saved_names(theirs), _saved_names(ours)
    if names != found:
        return f"{theirs.name()} saving {' '.join(names)} is expected, got {' '.join(found)}"
    for name in names:
        wanted, got = _saved(their_world, theirs, name), _saved(our_world, ours, name)
        text = difference(wanted, got, tolerances)
        if text is not None:
            return f"{theirs.name()}.{name}: {text}"
    return None


def _saved_names(node):
    return sorted(name for name in dir(node) if name.startswith("_saved_"))


def _saved(world, node, name):
    try:
        return describe(getattr(node, name), world.is_tensor)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


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
