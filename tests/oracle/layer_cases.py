"""What a layer is and does, for real PyTorch and the engine alike: each line of layers.txt is `layer|its inputs`.

`x(2, 3)` is an input of that shape that requires grad, `i([...])` a tensor of integers.
"""

import warnings
from collections import OrderedDict
from pathlib import Path

import numpy as np

from tests.oracle.op_inputs import weights

LINES = [line for line in Path(__file__).with_name("layers.txt").read_text().splitlines() if line]
DEPTH = 5


def evaluate(torch, line):
    """The repr, the names and sums of the state, the outputs with their nodes, the gradients; or the error."""
    layer, _, inputs = line.partition("|")
    random = np.random.RandomState(3)
    leaves = []

    def x(*shape):
        made = torch.tensor(random.uniform(-1, 1, shape).astype(np.float32), requires_grad=True)
        leaves.append(made)
        return made

    torch.manual_seed(11)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = eval(layer, {"nn": torch.nn, "torch": torch, "OrderedDict": OrderedDict})
            found = {"repr": repr(module), "state": _sums(module.state_dict())}
            if not inputs:
                return found
            given = eval(f"({inputs},)", {"x": x, "i": torch.tensor, "torch": torch})
            outputs = _flat(module(*given))
    except Exception as error:
        return {"error": [type(error).__name__, str(error)]}
    found["outputs"] = [[str(o.dtype), list(o.shape), _rounded(o.detach().numpy())] for o in outputs]
    found["nodes"] = [_nodes(o.grad_fn, 0) for o in outputs]
    tracked = [o for o in outputs if o.requires_grad]
    if tracked:
        sum((o * torch.tensor(weights(o.shape), dtype=o.dtype)).sum() for o in tracked).backward()
        found["grads"] = [None if leaf.grad is None else _sum(leaf.grad) for leaf in leaves]
        found["weights"] = [None if p.grad is None else _sum(p.grad) for p in module.parameters()]
        found["after"] = _sums(module.state_dict())
    return found


def _flat(value):
    if isinstance(value, (tuple, list)):
        return [item for each in value for item in _flat(each)]
    return [] if value is None else [value]


def _sums(state):
    return {name: _sum(value) for name, value in state.items()}


def _sum(tensor):
    array = tensor.detach().numpy().astype(np.float64)
    return float(f"{(array * weights(array.shape)).sum():.6g}")


def _rounded(array):
    return [float(f"{value:.6g}") for value in array.reshape(-1).tolist()]


def _nodes(node, depth):
    if node is None:
        return None
    name = type(node).__name__
    if name == "AccumulateGrad" or depth == DEPTH:
        return name
    return [name, *(_nodes(following, depth + 1) for following, _ in node.next_functions)]
