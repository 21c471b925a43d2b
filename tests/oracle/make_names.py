"""Writes down PyTorch's public names, so that the engine can tell "not supported" from "no such thing".

.venv/bin/python tests/oracle/make_names.py        (needs torch; writes engine/torch/names.json)
"""

import importlib
import json
import types
from pathlib import Path

import torch

MODULES = (
    "torch",
    "torch.autograd",
    "torch.autograd.anomaly_mode",
    "torch.autograd.function",
    "torch.autograd.functional",
    "torch.autograd.graph",
    "torch.autograd.forward_ad",
    "torch.nn",
    "torch.nn.modules",
    "torch.nn.parameter",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.utils",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.linalg",
    "torch.fft",
    "torch.masked",
    "torch.return_types",
    "torch.signal",
    "torch.signal.windows",
    "torch.special",
    "torch.func",
    "torch.utils",
    "torch.utils.checkpoint",
    "torch.utils.hooks",
    "torch.utils.data",
    "torch.testing",
    "torch.distributions",
    "torch.random",
    "torch.cuda",
    "torch.amp",
    "torch.backends",
    "torch.compiler",
    "torch.distributed",
    "torch.jit",
    "torch.nn.parallel",
    "torch.nn.utils.parametrizations",
    "torch.nn.utils.parametrize",
    "torch.nn.utils.rnn",
    "torch.onnx",
    "torch.optim.swa_utils",
    "torch.types",
)


def public(owner: object) -> list[str]:
    """The public names of a module or class. Of torch's modules inside torch, only those in MODULES."""
    names = []
    for name in dir(owner):
        if name.startswith("_"):
            continue
        value = getattr(owner, name, None)
        if isinstance(value, types.ModuleType) and not value.__name__.startswith("torch"):
            continue
        names.append(name)
    return names


def main() -> None:
    """Write the file."""
    found = {module: public(importlib.import_module(module)) for module in MODULES}
    found["torch.Tensor"] = public(torch.Tensor)
    path = Path(__file__).parents[2] / "engine" / "torch" / "names.json"
    path.write_text(json.dumps({"torch_version": [torch.__version__.split("+")[0]], **found}, indent=0) + "\n")


if __name__ == "__main__":
    main()
