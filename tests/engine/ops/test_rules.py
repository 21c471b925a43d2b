"""Every node that the expressions leave behind: the text of its formula gives what its rule gives, and the gradient is
the slope of the function."""

import inspect
import warnings
from pathlib import Path

import numpy as np
import pytest

from engine import torch
from engine.node import AccumulateGrad
from engine.ops import rules, tools
from engine.ops.layouts import BinaryNode, GeneralNode, UnaryNode
from engine.ops.linear import products as linalg
from engine.ops.neural.attention import attention
from engine.ops.neural.embedding import embedding, embedding_bag
from engine.ops.neural.loss import class_loss, distance, multi_margin_loss, probability_loss, regression_loss
from engine.ops.neural.normalisation import batch_norm, group_norm, layer_norm
from engine.ops.pointwise import fill_random, where
from engine.ops.reductions import cumulative as products, extremes, norms, reduce, selecting, softmax, statistics
from engine.ops.shape import dimensions, expand, gather, index, join, parts, rearrange, shape, slices
from engine.ops.table import TABLE
from engine.saving.saved import as_array
from tests.engine.ops import words
from tests.oracle.op_inputs import arrays, namespace, weights

FOLDER = Path(__file__).parents[2] / "oracle" / "expressions"
OURS = (
    "reduce",
    "shape",
    "linalg",
    "decompositions",
    "equations",
    "factors",
    "matrices",
    "products",
    "index",
    "join",
    "loss",
    "losses",
    "norms",
    "lookups",
    "attention",
)
LINES = [
    line
    for name in OURS
    for line in (FOLDER / f"{name}.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
NEURAL = (attention, batch_norm, class_loss, distance, embedding, embedding_bag, group_norm, layer_norm)
NEURAL += (multi_margin_loss, probability_loss, regression_loss)
MODULES = (
    tools,
    slices,
    parts,
    rearrange,
    gather,
    index,
    join,
    linalg,
    *NEURAL,
    statistics,
    norms,
    extremes,
    fill_random,
    rules,
)
WORDS = {name: member for module in MODULES for name, member in vars(module).items() if inspect.isfunction(member)}
WORDS |= vars(tools) | {"bmm": np.matmul, "unbind": lambda x, dim: tuple(np.moveaxis(x, dim, 0))}
WORDS |= {
    "put": selecting.put,
    "select": slices.select_any,
    "slice": slices.slice_any,
    "diagonal": rearrange.diagonal_any,
    "gather": gather.gather_any,
    "squeeze": np.squeeze,
    "tril": np.tril,
    "triu": np.triu,
    "masked_fill": lambda x, mask, value: np.where(tools.raw(mask), value, x),
}
WORDS |= words.WORDS


OPTIONAL = ("pos_weight", "correction", "dim", "scale", "attn_mask")
NO_SLOPE = ("norm(0)", "float32", "detach()", "padding_idx", "by_freq")
REPEATED = "a.index_put((torch.tensor([0, 0]),), v)"  # PyTorch gives both copies of v the gradient


def outcomes(line, names):
    """The tracked outputs of an expression; none where it fails or tracks nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = eval(compile(line, "<expression>", "eval"), names)
        except Exception:
            return []
    outputs = result if isinstance(result, (tuple, list)) else (result,)
    return [x for x in outputs if isinstance(x, torch.Tensor) and x.requires_grad and not x.is_leaf]


def nodes(output):
    waiting, seen = [output.grad_fn], []
    while waiting:
        node = waiting.pop()
        if node is None or node in seen or isinstance(node, AccumulateGrad):
            continue
        seen.append(node)
        waiting.extend(following for following, _ in node.next_functions)
    return seen


def known_values(node):
    """What the rules of a node can ask for, by name."""
    if isinstance(node, GeneralNode):
        saved = {
            name: tuple(as_array(node, *each) for each in zip(value, version, strict=True))
            if isinstance(value, tuple)
            else as_array(node, value, version)
            for name, value, version in zip(node.saved_names, node.saved, node.versions, strict=True)
        }
        return saved | dict(zip(node.argument_names, node.arguments, strict=True))
    return {name: as_array(node, value, version) for name, value, version in node.saved_items()}


def _known(gradient, values):
    """Whether a node has kept what a gradient is computed of; some arguments may be missing."""
    optional = OPTIONAL + (("weight",) if "weighted(" in gradient.text else ())
    return all(name in values and (values[name] is not None or name in optional) for name in gradient.needs)


def _top(output):
    return output.grad_fn


def gradient_of(node, index_of_output):
    shape = node.shape if not node.outputs_many else index_of_output.shape
    return weights(shape).astype(np.float64)


TRACKED = [line for line in LINES if outcomes(line, namespace(torch))]


@pytest.mark.parametrize("line", TRACKED)
def test_the_text_of_a_formula_gives_what_its_rule_gives(line):
    for output in outcomes(line, namespace(torch)):
        for node in nodes(output):
            if not isinstance(node, (UnaryNode, BinaryNode, GeneralNode)) or node.outputs_many:
                continue
            values = known_values(node)
            grad = gradient_of(node, output)
            row = node.row
            for gradient in row.gradients:
                if gradient is None or not _known(gradient, values):
                    continue
                by_rule = gradient.rule(grad, *(values[name] for name in gradient.needs))
                if by_rule is None:
                    continue
                by_text = eval(gradient.text, gradient.rule.__globals__ | WORDS | values | {"grad": grad})
                for ours, shown in zip(_parts(by_rule), _parts(by_text), strict=True):
                    np.testing.assert_allclose(ours, np.broadcast_to(shown, ours.shape), err_msg=row.key)


SHARED_HEADS = "enable_gqa"  # the gradient of a key that several heads share is the sum over these
SEVERAL = [
    line
    for line in TRACKED
    if any(_top(output).row.many for output in outcomes(line, namespace(torch))) and SHARED_HEADS not in line
]


@pytest.mark.parametrize("line", SEVERAL)
def test_the_text_of_a_formula_of_several_results_gives_what_its_rule_gives(line):
    for node in dict.fromkeys(map(_top, outcomes(line, namespace(torch)))):
        if not node.row.many:
            continue
        values = known_values(node)
        grads = tuple(weights(shape).astype(np.float64) for shape, _ in node.output_kinds())
        for gradient in node.row.gradients:
            if gradient is None or not _known(gradient, values) or "_backward" in gradient.text:
                continue
            given = grads if gradient.takes_all else grads[0]
            by_rule = gradient.rule(given, *(values[name] for name in gradient.needs))
            names = gradient.rule.__globals__ | WORDS | values | {"grad": grads[0], "grads": grads}
            by_text = eval(gradient.text, names)
            for ours, shown in zip(_parts(by_rule), _parts(by_text), strict=True):
                np.testing.assert_allclose(ours, np.broadcast_to(shown, ours.shape), 1e-6, 1e-9, err_msg=node.row.key)


@pytest.mark.parametrize("line", TRACKED)
def test_the_gradient_is_the_slope_of_the_function(line):
    def total(names):
        outputs = outcomes(line, names)
        return sum((output * torch.tensor(weights(output.shape))).sum() for output in outputs)

    if any(word in line for word in NO_SLOPE) or line == REPEATED:
        pytest.skip("no slope to measure: a count, a result rounded, what gradients pass by, a place written twice")
    names = namespace(torch)
    leaves = {name: x for name, x in names.items() if isinstance(x, torch.Tensor) and x.requires_grad}
    grads = torch.autograd.grad(total(names), tuple(leaves.values()), allow_unused=True)
    step = 1e-6
    for name, grad in zip(leaves, grads, strict=True):
        if grad is None or (name in ("t", "z") and _has_corner(line)):
            continue
        start = arrays()[name]
        slope = np.zeros_like(start)
        for place in np.ndindex(start.shape):
            values = []
            for sign in (1, -1):
                moved = start.copy()
                moved[place] += sign * step
                values.append(total(namespace(torch) | {name: torch.tensor(moved, requires_grad=True)}).item())
            slope[place] = (values[0] - values[1]) / (2 * step)
        np.testing.assert_allclose(grad.numpy(), slope, rtol=2e-5, atol=2e-6, err_msg=name)


def test_the_expressions_reach_every_row_of_shapes_reductions_products_and_indexing():
    reached = {
        node.row.key for line in TRACKED for output in outcomes(line, namespace(torch)) for node in nodes(output)
    }
    homes = {
        module.__name__ for module in (*MODULES[1:-2], dimensions, expand, products, reduce, shape, softmax, where)
    }
    wanted = {row.key for row in TABLE.values() if row.gradients[0] and row.gradients[0].rule.__module__ in homes}
    inside_gradients = {"_fw_primal", "select_backward", "slice_backward", "diagonal_backward"}
    wanted = {key for key in wanted if "_copy" not in key and not key.startswith("unsafe_")}  # test_rows.py has them
    inside_gradients |= {"squeeze.all_", "squeeze.dims_", "unsqueeze.inplace", "clone.memory_format"}  # so have these

    inside_gradients |= {key for key in wanted if key.endswith("_loss_backward") or key.endswith("_loss2d_backward")}

    assert wanted - reached - inside_gradients == set()


def _has_corner(line):
    """Ties and zeros are where maxima and norms have no slope."""
    return any(word in line for word in ("max", "min", "norm", "std"))


def _parts(value):
    return value if isinstance(value, tuple) else (value,)
