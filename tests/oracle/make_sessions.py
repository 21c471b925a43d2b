"""Write sessions/*.json: what real PyTorch prints for every session of sessions/*.txt. Needs torch.

A session is a heading `# sentence` and the lines below it, run in order in one fresh namespace.
Run: .venv/bin/python -m tests.oracle.make_sessions
"""

import json
from pathlib import Path

import torch

from tests.oracle.sessions import FOLDER, read, run


def main() -> None:
    torch.set_warn_always(True)
    for source in sorted(Path(FOLDER).glob("*.txt")):
        found = {title: run(torch, code) for title, code in read(source).items()}
        source.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
        print(source.name, len(found))


if __name__ == "__main__":
    main()
