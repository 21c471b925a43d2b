"""A run over one of PyTorch's operators, against the engine as it is and against engines that are broken on purpose."""

import pytest

from engine import torch as engine_torch

from . import oracle
from .report import outcome

pytest.importorskip("torch")
pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def sin():
    return next(op for op in oracle.load() if op.name == "sin")


def run(op):
    from .run import Options, run_op

    return run_op(op, Options(samples=3, second=True))


def test_the_engines_sine_passes(sin):
    report = run(sin)
    assert outcome(report) == "pass"
    assert {"forward pass", "gradient pass", "second pass", "tangent pass", "graph pass"} <= set(report["counts"])


def refuse(x):
    raise NotImplementedError("sin() is not supported")


def fail(x):
    raise KeyError("sin")


def change_its_argument(x):
    result = x.sin()
    x.detach().mul_(2)
    return result


@pytest.mark.parametrize(
    ("broken", "key"),
    [
        (lambda x: x.sin() * 1.00001, "forward wrong"),
        (lambda x: x.sin().detach(), "forward wrong"),
        (lambda x: (x.sin(),), "forward wrong"),
        (lambda x: x.sin().double() if x.dtype is engine_torch.float32 else x.sin(), "forward wrong"),
        (fail, "forward wrong"),
        (change_its_argument, "forward wrong"),
        (refuse, "forward missing"),
        (lambda x: x.sin() + (x - x.detach()), "gradient wrong"),
        (lambda x: x.sin().neg().neg(), "graph wrong"),
    ],
)
def test_what_is_broken_is_found(sin, monkeypatch, broken, key):
    monkeypatch.setattr(engine_torch, "sin", broken)
    assert run(sin)["counts"].get(key)
