"""Every line of tests/oracle/layers.txt against what real PyTorch made of it: the repr, the very same weights for the
same seed, outputs, nodes, gradients, what training changed, error types and messages."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine import torch
from tests.oracle import layer_cases

STORED = json.loads((Path(layer_cases.__file__).with_name("layers.json")).read_text())


def close(found, stored):
    assert [value is None for value in found] == [value is None for value in stored]
    pairs = [(a, b) for a, b in zip(found, stored, strict=True) if a is not None]
    np.testing.assert_allclose([a for a, _ in pairs], [b for _, b in pairs], rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("line", layer_cases.LINES)
def test_a_layer_is_and_does_what_it_is_and_does_in_pytorch(line):
    stored = STORED[line]
    found = layer_cases.evaluate(torch, line)

    assert found.get("error") == stored.get("error")
    assert found.get("repr") == stored.get("repr")
    assert found.get("nodes") == stored.get("nodes")
    for kind in ("state", "after"):
        ours, theirs = found.get(kind, {}), stored.get(kind, {})
        assert list(ours) == list(theirs)
        close(list(ours.values()), list(theirs.values()))
    for ours, theirs in zip(found.get("outputs", ()), stored.get("outputs", ()), strict=True):
        assert ours[:2] == theirs[:2]
        np.testing.assert_allclose(ours[2], theirs[2], rtol=2e-5, atol=2e-5)
    for kind in ("grads", "weights"):
        close(found.get(kind, []), stored.get(kind, []))
