"""Write expressions/*.json: what real PyTorch makes of every line of expressions/*.txt. Needs torch.

Run: .venv/bin/python -m tests.oracle.make_expressions [names of files, all of them when there are none]
"""

import json
import sys
import warnings
from pathlib import Path

import torch

from tests.oracle.op_inputs import evaluate

FOLDER = Path(__file__).with_name("expressions")


def main() -> None:
    warnings.simplefilter("ignore")
    for source in sorted(FOLDER.glob("*.txt")):
        if sys.argv[1:] and source.stem not in sys.argv[1:]:
            continue
        lines = [line for line in source.read_text().splitlines() if line and not line.startswith("#")]
        found = {line: evaluate(torch, line) for line in lines}
        rows = ",\n".join(f"{json.dumps(line)}: {json.dumps(each)}" for line, each in found.items())
        source.with_suffix(".json").write_text("{\n" + rows + "\n}\n")
        print(source.name, len(found), "of them errors:", sum("error" in each for each in found.values()))


if __name__ == "__main__":
    main()
