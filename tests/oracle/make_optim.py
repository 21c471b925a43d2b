"""Write optim.json: what real PyTorch's optimizers and schedulers do in optim_programs.py. Needs torch.

Run: .venv/bin/python -m tests.oracle.make_optim
"""

import json
from pathlib import Path

import torch

from tests.oracle.optim_programs import ERRORS, OPTIMIZERS, SCHEDULERS, error, plateau, schedule, train


def main() -> None:
    found = {
        "train": {name: {dtype: train(torch, name, dtype) for dtype in ("float32", "float64")} for name in OPTIMIZERS},
        "schedule": {name: schedule(torch, name) for name in SCHEDULERS},
        "plateau": {mode: plateau(torch, mode) for mode in ("min", "max")},
        "error": {name: error(torch, name) for name in ERRORS},
    }
    Path(__file__).with_name("optim.json").write_text(json.dumps(found, indent=0) + "\n")


if __name__ == "__main__":
    main()
