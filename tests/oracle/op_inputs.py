"""The variables that the expressions of expressions/*.txt are written in; the same numbers for torch and the engine."""

import numpy as np

SHAPES = {"a": (2, 3), "m": (3, 4), "v": (3,), "w": (3,), "B": (2, 2, 3), "C": (2, 3, 4), "S": (3, 3), "s": ()}
SHAPES |= {"e": (0,), "E": (2, 0), "L": (1, 3), "D": (5, 1, 2, 3)}
# Signals, images and volumes with their filters: convolution, pooling, sampling.
SPATIAL = {"x1": (2, 4, 5), "x2": (1, 4, 5, 4), "x3": (1, 2, 3, 4, 3), "y2": (4, 5, 4)}
SPATIAL |= {"f1": (4, 2, 3), "f2": (4, 2, 3, 2), "f3": (2, 1, 2, 2, 2), "b4": (4,)}
CONSTANTS = {
    "i": np.arange(6).reshape(2, 3),
    "k": np.array([0, 2, 0]),
    "j": np.array([[0, 1, 0], [1, 0, 1]]),
    "u": np.arange(6, dtype=np.uint8).reshape(2, 3),
    "b": np.array([[True, False, True], [False, False, True]]),
    "f": np.arange(6, dtype=np.float32).reshape(2, 3),
}


def arrays() -> dict[str, np.ndarray]:
    """Float64 inputs that require grad: `z` has zeros, `t` has ties, the others neither."""
    random = np.random.RandomState(7)
    made = {name: np.asarray(np.round(random.uniform(-2, 2, shape), 3)) for name, shape in SHAPES.items()}
    made["p"] = np.round(random.uniform(0.5, 2, (2, 3)), 3)
    made["z"] = np.array([[0.0, 1.5, -2.0], [3.0, 0.0, 0.0]])
    random = np.random.RandomState(11)  # its own, so that the numbers above stay what they are
    made |= {name: np.round(random.uniform(-2, 2, shape), 3) for name, shape in SPATIAL.items()}
    made["t"] = np.array([[1.0, 3.0, 3.0], [3.0, -1.0, -1.0]])
    return made


def namespace(torch) -> dict[str, object]:
    """Every variable as a tensor of that torch."""
    found = {name: torch.tensor(array, requires_grad=True) for name, array in arrays().items()}
    found |= {name: torch.tensor(array) for name, array in CONSTANTS.items()}
    return found | {"torch": torch, "F": torch.nn.functional, "np": np, "inf": np.inf, "nan": np.nan}


def weights(shape) -> np.ndarray:
    """What a result is multiplied with before it is summed and differentiated."""
    count = int(np.prod(shape, dtype=int))
    return np.round(np.cos(np.arange(1, count + 1) * 1.7) + 1.5, 3).reshape(shape)


def evaluate(torch, expression: str) -> dict[str, object]:
    """What an expression gives: the value with its gradients and second derivatives, or the error."""
    names = namespace(torch)
    torch.manual_seed(0)
    try:
        result = eval(compile(expression, "<expression>", "eval"), names)
    except Exception as error:
        return {"error": [type(error).__name__, str(error)]}
    outputs = result if isinstance(result, (tuple, list)) else (result,)
    if not outputs or not all(isinstance(output, torch.Tensor) for output in outputs):
        return {"repr": repr(result)}
    found = {"outputs": [_describe(output) for output in outputs]}
    tracked = [output for output in outputs if output.requires_grad]
    if tracked:
        found["nodes"] = [_nodes(output.grad_fn, 0) for output in tracked]
        try:
            found |= _gradients(torch, tracked, names)
        except RuntimeError as error:
            found["no_gradient"] = [type(error).__name__, str(error)]
    return found


def _describe(tensor) -> dict[str, object]:
    return {"dtype": str(tensor.dtype), "shape": list(tensor.shape), "values": _plain(tensor.detach().numpy())}


def _nodes(node, depth):
    if node is None:
        return None
    name = type(node).__name__
    if name == "AccumulateGrad" or depth > 6:
        return name
    return [name, *(_nodes(following, depth + 1) for following, _ in node.next_functions)]


def _gradients(torch, outputs, names) -> dict[str, object]:
    leaves = {name: given for name, given in names.items() if isinstance(given, torch.Tensor) and given.requires_grad}
    total = sum((output * torch.tensor(weights(output.shape), dtype=output.dtype)).sum() for output in outputs)
    first = torch.autograd.grad(total, tuple(leaves.values()), create_graph=True, allow_unused=True)
    used = {name: grad for name, grad in zip(leaves, first, strict=True) if grad is not None}
    found = {"grads": {name: _plain(grad.detach().numpy(force=True)) for name, grad in used.items()}}
    again = [grad for grad in used.values() if grad.requires_grad]
    if again:
        total = sum((grad * torch.tensor(weights(grad.shape), dtype=grad.dtype)).sum() for grad in again)
        second = torch.autograd.grad(total, tuple(leaves.values()), allow_unused=True)
        found["second"] = {
            name: _plain(grad.detach().numpy(force=True))
            for name, grad in zip(leaves, second, strict=True)
            if grad is not None and bool((grad != 0).any())
        }
    return found


def _plain(array: np.ndarray):
    if array.dtype.kind == "f":
        return [float(f"{value:.10g}") for value in array.reshape(-1).tolist()]
    return array.reshape(-1).tolist()
