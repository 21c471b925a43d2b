"""Every row of pointwise and binary operations: its rule is its text, its gradient is the slope, and so is its
gradient's gradient; and every row of the whole table is reached by some expression.

The expressions are those of tests/oracle/expressions, which test_expressions.py compares with PyTorch.
"""

from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from engine import observe, torch
from engine.ops import rules
from engine.ops.table import TABLE
from engine.saving.saved import as_array
from tests.engine.ops import words
from tests.engine.test_backward import Notes
from tests.oracle.op_inputs import namespace, weights

FOLDER = Path(__file__).parents[2] / "oracle" / "expressions"


def _lines(*names):
    sources = [FOLDER / f"{name}.txt" for name in names] if names else FOLDER.glob("*.txt")
    lines = {line for source in sources for line in source.read_text().splitlines()}
    return sorted(line for line in lines if line and not line.startswith("#"))


LINES = _lines(
    "pointwise",
    "binary",
    "cast",
    "components",
    "pairs",
    "operators",
    "special",
    "activation",
    "scatter",
    "parts",
    "pad",
    "turn",
    "copies",
    "sorting",
    "running",
    "distances",
    "masked",
    "convolution",
    "pooling",
    "sampling",
)
WORDS = {name: member for name, member in vars(rules).items() if not name.startswith("_")} | words.WORDS
MOVES = ("select_backward", "slice_backward", "diagonal_backward", "unfold_backward")  # rules of test_rules.py
STEP = 1e-6
JUMP = 1e4
# Single precision is too coarse for difference quotients; the slope does not see what is cut off the graph.
ROUGH = ("detach", "data", ".float()")


class Rows(Notes):
    """An observer that keeps the rows of the nodes it met."""

    def __init__(self):
        super().__init__()
        self.met = set()

    def operation(self, node, op, operands, outputs, inplace):
        if node is not None:
            self.met.add(node.row.key)


class Rules(Notes):
    """An observer that compares each new node's rules with their texts, or those of kernels of gradients alone."""

    def __init__(self, kernels=False):
        super().__init__()
        self.kernels = kernels
        self.random = np.random.RandomState(3)

    def operation(self, node, op, operands, outputs, inplace):
        if node is None or node.row.node in ("NotImplemented", "CopySlices") or node.row.joint or node.row.many:
            return
        row = node.row
        if self.kernels and not (row.name.endswith("_backward") and node.row.key not in MOVES):
            return
        gradient = self.random.uniform(-1, 1, node.shape).astype(node.dtype)
        made = node.run(gradient, as_array)
        names = _names(node, operands, outputs[0], gradient)
        for each, value in zip(row.gradients, made, strict=True):
            if each is None or value is None:
                continue
            found = eval(each.text, {**each.rule.__globals__, **WORDS}, names)
            one, other = np.broadcast_arrays(found, value)  # engines un-broadcast later, texts need not
            np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9, err_msg=f"{row.key}: {each.text}")


def _names(node, operands, output, gradient):
    """What the names in a row's texts stand for."""
    plain = [x.array if isinstance(x, torch.Tensor) else x for x in operands]
    names = dict(zip(node.row.inputs + node.row.constants, plain, strict=False))
    names |= {"result": output.array, "grad": gradient}
    saved = {
        name: value if value is None else as_array(node, value, version) for name, value, version in node.saved_items()
    }
    return names | saved


@contextmanager
def observed_by(observer):
    before, observe.observer = observe.observer, observer
    try:
        yield
    finally:
        observe.observer = before


def _run(line, names):
    torch.manual_seed(0)
    try:
        result = eval(compile(line, "<expression>", "eval"), dict(names))
    except Exception:
        return []
    outputs = result if isinstance(result, (tuple, list)) else [result]
    return [x for x in outputs if isinstance(x, torch.Tensor) and x.requires_grad and x.grad_fn is not None]


@pytest.mark.parametrize("line", LINES)
def test_the_text_of_a_gradient_computes_what_its_rule_computes(line):
    with observed_by(Rules()):
        _run(line, namespace(torch))


@pytest.mark.parametrize("line", LINES)
def test_the_text_of_a_gradients_gradient_computes_what_its_rule_computes(line):
    with observed_by(Rules(kernels=True)), suppress(NotImplementedError):
        _first(line, namespace(torch), True)


def test_the_expressions_reach_every_tracked_row():
    rows = Rows()
    with observed_by(rows):
        for line in _lines():
            with suppress(NotImplementedError):  # rows without a derivative, as in PyTorch
                _first(line, namespace(torch), True)
    tracked = {key for key, row in TABLE.items() if row.node and row.node != "NotImplemented"}
    # No operations: what unpack_dual makes, and an error where a second gradient would be. `resize` warns that it is
    # deprecated: tests/engine/semantics/memory.txt has it.
    assert tracked - rows.met == {"_fw_primal", "scatter_reduce.delayed_error", "resize"}


def _total(outputs):
    return sum((output * torch.tensor(weights(output.shape), dtype=output.dtype)).sum() for output in outputs)


def _leaves(names):
    return {k: x for k, x in names.items() if isinstance(x, torch.Tensor) and x.requires_grad and x.array.dtype == "f8"}


def _first(line, names, create_graph):
    """The total of an expression, its leaves' gradients, and their total in turn."""
    outputs = _run(line, names)
    if not outputs or any(output.dtype != torch.float64 for output in outputs):
        return None, {}, None
    total = _total(outputs)
    if not total.requires_grad or not bool(torch.isfinite(total.detach())):
        return None, {}, None
    leaves = _leaves(names)
    try:
        found = torch.autograd.grad(total, list(leaves.values()), create_graph=create_graph, allow_unused=True)
    except RuntimeError:  # of some operands PyTorch has no derivative either
        return None, {}, None
    used = {name: grad for name, grad in zip(leaves, found, strict=True) if grad is not None}
    tracked = [grad for grad in used.values() if grad.requires_grad]
    return total, used, _total(tracked) if tracked else None


def _slopes(value_of, names, name, place):
    """The central difference quotient; None at a corner, where those of both sides disagree, and at a jump."""
    values = []
    for shift in (-STEP, 0.0, STEP):
        moved = dict(names)
        array = names[name].array.copy()
        array[place] += shift
        moved[name] = torch.tensor(array, requires_grad=True)
        values.append(value_of(moved))
    left, right = (values[1] - values[0]) / STEP, (values[2] - values[1]) / STEP
    scale = max(1.0, abs(left), abs(right))
    if scale > JUMP or abs(left - right) > 1e-2 * scale:
        return None
    return (values[2] - values[0]) / (2 * STEP)


def _compare(gradients, value_of, names):
    for name, gradient in gradients.items():
        if gradient.array.size == 0:
            continue
        for place in list(np.ndindex(gradient.array.shape))[:4]:
            slope = _slopes(value_of, names, name, place)
            if slope is not None and np.isfinite(slope):
                assert gradient.array[place] == pytest.approx(slope, rel=2e-4, abs=2e-4), (name, place)


SMOOTH = [line for line in LINES if not any(word in line for word in ROUGH)]
NAN_IN_PYTORCH_TOO = ("0 ** p",)  # 0 ** x is 0 for every x > 0, but its second derivative goes through log(0)


@pytest.mark.parametrize("line", SMOOTH)
def test_gradients_are_slopes(line):
    def value_of(names):
        torch.manual_seed(0)
        return float(_total(_run(line, names)).detach().array)

    names = namespace(torch)
    _, gradients, _ = _first(line, names, False)
    _compare(gradients, value_of, names)


UNDERIVED = ("pdist",)  # PyTorch has no derivative of their gradients, and says so
TWICE = [line for line in SMOOTH if line not in NAN_IN_PYTORCH_TOO and not any(word in line for word in UNDERIVED)]


@pytest.mark.parametrize("line", TWICE)
def test_gradients_of_gradients_are_slopes(line):
    def value_of(names):
        return float(_first(line, names, True)[2].detach().array)

    names = namespace(torch)
    _, _, again = _first(line, names, True)
    if again is None:
        return
    leaves = _leaves(names)
    found = torch.autograd.grad(again, list(leaves.values()), allow_unused=True)
    second = {name: grad for name, grad in zip(leaves, found, strict=True) if grad is not None}
    _compare(second, value_of, names)
