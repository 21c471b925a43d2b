"""Write layers.json: what real PyTorch's layers are and do for every line of layers.txt. Needs torch.

Run: .venv/bin/python -m tests.oracle.make_layers
"""

import json
from pathlib import Path

import torch

from tests.oracle.layer_cases import LINES, evaluate


def main() -> None:
    found = {line: evaluate(torch, line) for line in LINES}
    rows = ",\n".join(f"{json.dumps(line)}: {json.dumps(each, separators=(',', ':'))}" for line, each in found.items())
    Path(__file__).with_name("layers.json").write_text("{\n" + rows + "\n}\n")
    print(len(found), "layers, of them errors:", sum("error" in each for each in found.values()))


if __name__ == "__main__":
    main()
