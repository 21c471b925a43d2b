"""Forward mode on every expression of tests/oracle/expressions: tangents are slopes, they agree with the gradients, and
the tangents of gradients are second derivatives."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from engine import torch
from engine.ops.table import TABLE
from engine.transforms import carrier
from tests.oracle.op_inputs import namespace, weights

FOLDER = Path(__file__).parents[2] / "oracle" / "expressions"
LINES = sorted(
    {
        line
        for source in FOLDER.glob("*.txt")
        if source.stem != "underived"
        for line in source.read_text().splitlines()
        if line and not line.startswith("#")
    }
)
forward = torch.autograd.forward_ad
STEP = 1e-6


def outcomes(line, names):
    """The floating-point results of an expression; none where it fails."""
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = eval(compile(line, "<expression>", "eval"), dict(names))
        except Exception:
            return []
    outputs = result if isinstance(result, (tuple, list)) else [result]
    return [x for x in outputs if isinstance(x, torch.Tensor) and x.is_floating_point()]


def leaves_of(names):
    return {name: x for name, x in names.items() if isinstance(x, torch.Tensor) and x.requires_grad}


def total(outputs):
    return sum((x.double() * torch.tensor(weights(x.shape))).sum() for x in outputs)


def tangents_for(leaves):
    random = np.random.RandomState(11)
    return {name: torch.tensor(np.asarray(random.uniform(-1, 1, x.shape))) for name, x in leaves.items()}


def pushed(line, tracked=False):
    """The weighted total of the results' tangents, and of what the gradients' tangents are."""
    names = namespace(torch)
    leaves = leaves_of(names)
    tangents = tangents_for(leaves)
    with forward.dual_level():
        for name, leaf in leaves.items():
            names[name] = forward.make_dual(leaf if tracked else leaf.detach(), tangents[name])
        outputs = outcomes(line, names)
        if not outputs or any("tangent" not in repr(x) and x.requires_grad for x in outputs):
            return None
        whole = total(outputs)
        if not tracked:
            return forward.unpack_dual(whole).tangent
        if not whole.requires_grad:
            return None
        found = torch.autograd.grad(whole, list(leaves.values()), allow_unused=True)
        return {
            name: forward.unpack_dual(gradient).tangent
            for name, gradient in zip(leaves, found, strict=True)
            if gradient is not None
        }


def pulled(line):
    """The gradients' product with the same tangents, with a graph; None where nothing is tracked."""
    names = namespace(torch)
    leaves = leaves_of(names)
    tangents = tangents_for(leaves)
    outputs = outcomes(line, names)
    whole = total(outputs) if outputs else None
    if whole is None or not whole.requires_grad or not bool(torch.isfinite(whole.detach())):
        return None, leaves
    found = torch.autograd.grad(whole, list(leaves.values()), create_graph=True, allow_unused=True)
    pairs = [(g, tangents[name]) for name, g in zip(leaves, found, strict=True) if g is not None]
    if not pairs:
        return None, leaves
    return sum((g * t).sum() for g, t in pairs), leaves


# PyTorch has no derivative of their gradients, and says so; forward mode is made of it.
ONCE_ONLY = (
    "multi_margin_loss",
    "multilabel_margin_loss",
    "ctc_loss",
    "per_sample_weights",
    "attention(D",
    "MultiheadAttention",
    "pdist",
    "cdist(",
    "unique",
)
TWICE = [line for line in LINES if not any(word in line for word in ONCE_ONLY)]
REPEATED = "a.index_put((torch.tensor([0, 0]),), v)"  # the gradient counts both writes to a place, as PyTorch's does


@pytest.mark.parametrize("line", [line for line in TWICE if line != REPEATED])
def test_a_tangent_is_what_the_gradients_say(line):
    wanted, _ = pulled(line)
    if wanted is None or not bool(torch.isfinite(wanted.detach())):
        return
    found = pushed(line)
    made = 0.0 if found is None else found.item()
    assert made == pytest.approx(wanted.item(), rel=1e-5, abs=1e-6)


# Single precision is too coarse for difference quotients; counts and what is cut off have none.
ROUGH = (".float()", "float32", ".half()", "norm(0)", "detach", ".data", "padding_idx", "by_freq", "torch.normal(")
# Where a derivative goes through log(0) or 0 / 0, the two orders of differentiation meet it in different places.
SINGULAR = (
    "torch.nn.functional.cosine_similarity(a * 0, p.detach())",
    "(z * 0).norm()",
    "0 ** p",
    "torch.pow(z.abs(), p)",
)
JUMP = 1e4


@pytest.mark.parametrize("line", LINES)
def test_a_tangent_is_a_slope(line):
    found = pushed(line)
    if found is None or any(word in line for word in ROUGH):
        return
    values = []
    for sign in (-1, 0, 1):
        names = namespace(torch)
        leaves = leaves_of(names)
        tangents = tangents_for(leaves)
        for name, leaf in leaves.items():
            names[name] = torch.tensor(leaf.detach().array + sign * STEP * tangents[name].array)
        values.append(float(total(outcomes(line, names))))
    left, right = (values[1] - values[0]) / STEP, (values[2] - values[1]) / STEP
    scale = max(1.0, abs(left), abs(right))
    if not np.isfinite([left, right]).all() or scale > JUMP or abs(left - right) > 1e-3 * scale:
        return  # a corner or a jump
    assert found.item() == pytest.approx((left + right) / 2, rel=1e-4, abs=1e-4)


# PyTorch's gradient treats its norms as constants when it is differentiated again, so the order matters.
UNSYMMETRIC = {line for line in TWICE if line.startswith("torch._weight_norm") and not line.endswith("-1)")}


@pytest.mark.parametrize("line", [line for line in TWICE if line not in {*SINGULAR, *UNSYMMETRIC}])
def test_the_tangents_of_gradients_are_second_derivatives(line):
    product, leaves = pulled(line)
    if product is None or not product.requires_grad:
        return
    wanted = torch.autograd.grad(product, list(leaves.values()), allow_unused=True)
    found = pushed(line, tracked=True) or {}
    for (name, leaf), second in zip(leaves.items(), wanted, strict=True):
        made = found.get(name)
        one = np.zeros(leaf.shape) if made is None else made.detach().array
        other = np.zeros(leaf.shape) if second is None else second.array
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6, err_msg=name)


def test_the_expressions_push_tangents_through_every_tracked_row(monkeypatch):
    met = set()
    rule = carrier.jvp.rule

    def noting(row, *rest):
        met.add(row.key)
        return rule(row, *rest)

    monkeypatch.setattr(carrier.jvp, "rule", noting, raising=False)
    for line in LINES:
        pushed(line)
        pushed(line, tracked=True)
    tracked = {key for key, row in TABLE.items() if row.node and row.node != "NotImplemented"}
    # What unpack_dual makes of a tensor has no tangent, and as_strided gives views their bases' histories; PyTorch has
    # no derivative of the others, or of their gradients.
    underived = {"hardsigmoid", "acosh.in_place", "asinh.in_place", "atanh.in_place", "special_zeta.other_scalar"}
    underived |= {"_pdist_backward", "_cdist_backward", "_standard_gamma", "_standard_gamma_grad"}
    underived |= {"resize"}  # deprecated, which it says: see tests/engine/semantics/memory.txt
    underived |= {"mkldnn_rnn_layer"}  # single precision only: see tests/engine/nn/test_recurrent.py
    assert tracked - met <= {"_fw_primal", "as_strided", "scatter_reduce.delayed_error"} | underived
