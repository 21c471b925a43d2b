"""gradcheck and gradgradcheck over every row of the table, by the expressions that reach it."""

import ast
from pathlib import Path

import pytest

from engine import torch
from engine.ops.table import TABLE
from tests.engine.ops.test_rows import Rows, observed_by
from tests.oracle.op_inputs import namespace

FOLDER = Path(__file__).parents[2] / "oracle" / "expressions"
MOST = 4  # expressions per row
CORNERS = {"z", "t"}  # inputs with zeros and ties, where slopes of both sides disagree
EMPTY = {"e", "E"}
# Differences see what is cut off or written twice; the second derivative of 0 ** x goes through log(0), as PyTorch's.
HIDDEN = ("detach", ".data", "torch.tensor([0, 0])", "0 ** p", "padding_idx", "by_freq", "[:0]")
EXCEPTIONS = {
    "to": "a gradient through single precision is no slope in double precision",
    "round.decimals": "its slope is zero or a jump",
    "mkldnn_rnn_layer": "single precision only; tests/engine/nn/test_recurrent.py checks it in double precision",
    "sign": "its expressions have zeros, where it jumps",
    "as_strided_scatter": "PyTorch's formula for the tensor that is written to is not its derivative",
    "scatter_reduce.delayed_error": "its gradient is an error, as PyTorch's",
    "_fw_primal": "the identity of dual tensors, reached in forward mode only",
    "normal": "its result does not depend on its input",
    "uniform": "its result does not depend on its input",
    "random": "its result does not depend on its input",
    "random.to": "its result does not depend on its input",
    "random.any": "its result does not depend on its input",
}
# PyTorch has no derivative of their gradients, and says so.
ONCE_ONLY = {"_scaled_dot_product_flash_attention_for_cpu", "multi_margin_loss", "multilabel_margin_loss"}
ONCE_ONLY |= {"_embedding_bag", "_ctc_loss"}
# What is drawn does not depend on the input; which elements differ has no derivative.
DRAWN = ("bernoulli", "bernoulli.Tensor", "bernoulli.float", "poisson", "normal.Tensor_float", "normal.float_Tensor")
DRAWN += ("normal.Tensor_Tensor", "exponential", "cauchy", "log_normal", "geometric")
EXCEPTIONS |= dict.fromkeys(DRAWN, "its result does not depend on its input")
EXCEPTIONS |= dict.fromkeys(("_unique2", "unique_dim", "unique_consecutive"), "PyTorch has no derivative for it")
EXCEPTIONS |= {"_weight_norm_interface": "PyTorch's formula treats its norms as constants"}
EXCEPTIONS |= {f"{name}.in_place": "PyTorch has no derivative for it" for name in ("acosh", "asinh", "atanh")}
EXCEPTIONS |= {"hardsigmoid": "PyTorch has no derivative of its gradient", "special_zeta.other_scalar": "nor for it"}
EXCEPTIONS |= {"pdist": "PyTorch has no derivative of its gradient", "_cdist_forward": "nor of its"}
EXCEPTIONS |= {"resize": "it warns that it is deprecated; tests/engine/semantics/memory.txt differentiates it"}
EXCEPTIONS |= {"geqrf": "PyTorch has no derivative for it"}
EXCEPTIONS |= {"_standard_gamma": "drawn; tests/engine/torch/test_distributions.py checks its slope"}
EXCEPTIONS |= {"_standard_gamma_grad": "PyTorch has no derivative for it"}
# Built by gradients only; the gradgradcheck of the rows that they belong to runs them.
OF_GRADIENTS = {key for key in TABLE if key.partition(".")[0].endswith("_backward")}


def _lines():
    lines = {
        line
        for source in FOLDER.glob("*.txt")
        if source.stem != "underived"
        for line in source.read_text().splitlines()
    }
    return sorted(line for line in lines if line and not line.startswith("#"))


def _outputs(line, names):
    torch.manual_seed(0)
    result = eval(compile(line, "<expression>", "eval"), names)
    listed = result if isinstance(result, (tuple, list)) else [result]
    return tuple(x for x in listed if isinstance(x, torch.Tensor) and x.requires_grad and x.dtype == torch.float64)


def _leaves(line, names):
    used = {node.id for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Name)}
    if used & (CORNERS | EMPTY) or any(word in line for word in HIDDEN):
        return {}
    return {k: x for k, x in names.items() if k in used and isinstance(x, torch.Tensor) and x.requires_grad}


def _cases():
    """For each row the first expressions that reach it and are smooth where they are evaluated."""
    found = {}
    for line in _lines():
        rows, names = Rows(), namespace(torch)
        if not _leaves(line, names):
            continue
        try:
            with observed_by(rows):
                outputs = _outputs(line, names)
        except Exception:  # an expression that fails, as in PyTorch; test_expressions.py has it
            continue
        if outputs and all(bool(torch.isfinite(x.detach()).all()) for x in outputs):
            for key in rows.met & ONCE_ONLY or rows.met:
                found.setdefault(key, []).append(line)
    return found


CASES = _cases()


def test_every_tracked_row_is_checked_or_excepted_with_a_reason():
    tracked = {key for key, row in TABLE.items() if row.node and row.node != "NotImplemented"}
    assert tracked - set(CASES) - OF_GRADIENTS - set(EXCEPTIONS) == set()


@pytest.mark.parametrize("check", ["gradcheck", "gradgradcheck"])
@pytest.mark.parametrize("key", sorted(set(CASES) - set(EXCEPTIONS)))
def test_a_row_passes(key, check):
    if check == "gradgradcheck" and key in ONCE_ONLY:
        return
    for line in CASES[key][:MOST]:
        names = namespace(torch)
        leaves = _leaves(line, names)

        def function(*arguments, line=line, names=names, leaves=leaves):
            return _outputs(line, names | dict(zip(leaves, arguments, strict=True)))

        assert getattr(torch.autograd, check)(function, tuple(leaves.values()), fast_mode=True, atol=1e-4), line
