import json

import pytest

CELLS = (
    "%matplotlib inline",
    "import torch",
    "x = torch.ones(2, 2, requires_grad=True)\nprint(x)",
    "y = x + 2\nprint(y)",
    "print(y.grad_fn)",
    "z = y * y * 3\nout = z.mean()\n\nprint(z, out)",
    "a = torch.randn(2, 2)\na = ((a * 3) / (a - 1))\nprint(a.requires_grad)\na.requires_grad_(True)\n"
    "print(a.requires_grad)\nb = (a * a).sum()\nprint(b.grad_fn)",
    "out.backward()",
    "print(x.grad)",
    "x = torch.randn(3, requires_grad=True)\n\ny = x * 2\ncount = 1\nwhile y.data.norm() < 1000:\n    y = y * 2\n"
    "    count += 1\n\nprint(y, count)",
    "v = torch.tensor([0.1, 1.0, 0.0001], dtype=torch.float)\ny.backward(v)\n\nprint(x.grad)",
    "print(x.requires_grad)\nprint((x ** 2).requires_grad)\n\nwith torch.no_grad():\n\tprint((x ** 2).requires_grad)",
    "print(x.requires_grad)\ny = x.detach()\nprint(y.requires_grad)\nprint(x.eq(y).all())",
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Settings, history and log of their own."""
    monkeypatch.setenv("RETROGRADE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("IPYTHONDIR", raising=False)


@pytest.fixture
def notebook(tmp_path):
    """A notebook with the operations of PyTorch's autograd tutorial."""
    cells = [{"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in CELLS]
    cells.insert(1, {"cell_type": "markdown", "source": "# Tensors\nwords", "metadata": {}})
    path = tmp_path / "tutorial.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}))
    return path
