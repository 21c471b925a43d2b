"""Every line of tests/oracle/expressions/*.txt, against what real PyTorch made of it: values, dtypes, nodes, gradients,
second derivatives, error types and messages."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from engine import torch
from tests.oracle.op_inputs import evaluate

FOLDER = Path(__file__).parents[1] / "oracle" / "expressions"
CASES = [
    pytest.param(line, stored, id=f"{source.stem}: {line}")
    for source in sorted(FOLDER.glob("*.json"))
    for line, stored in json.loads(source.read_text()).items()
]
DIGITS = {"torch.float32": 1e-6, "torch.float64": 1e-9}


@pytest.mark.parametrize(("line", "stored"), CASES)
def test_an_expression_gives_what_it_gives_in_pytorch(line, stored):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = evaluate(torch, line)

    if "error" in stored:
        assert found.get("error") == stored["error"]
        return
    assert "error" not in found, found["error"]
    assert found.get("repr") == stored.get("repr")
    assert found.get("nodes") == stored.get("nodes")
    assert found.get("no_gradient") == stored.get("no_gradient")
    for ours, theirs in zip(found.get("outputs", ()), stored.get("outputs", ()), strict=True):
        assert (ours["dtype"], ours["shape"]) == (theirs["dtype"], theirs["shape"])
        np.testing.assert_allclose(ours["values"], theirs["values"], rtol=DIGITS.get(theirs["dtype"], 0), atol=1e-9)
    for kind in ("grads", "second"):
        ours, theirs = found.get(kind, {}), stored.get(kind, {})
        assert sorted(ours) == sorted(theirs)
        for name, values in theirs.items():
            np.testing.assert_allclose(ours[name], values, rtol=1e-8, atol=1e-8, err_msg=f"{kind} of {name}")
