"""Write tests/engine/semantics/*.json: what real PyTorch prints for every case of the table. Needs torch.

Run: .venv/bin/python -m tests.oracle.make_semantics [NAME ...]
"""

import json
import sys
from pathlib import Path

import torch

from tests.oracle.sessions import read, run

FOLDER = Path(__file__).parents[1] / "engine" / "semantics"


def main() -> None:
    torch.set_warn_always(True)
    for source in sorted(FOLDER.glob("*.txt")):
        if len(sys.argv) < 2 or source.stem in sys.argv[1:]:
            found = {title: run(torch, code) for title, code in read(source).items()}
            source.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
            print(source.name, len(found))


if __name__ == "__main__":
    main()
