"""Write sessions/*.json: what real PyTorch prints for every session of sessions/*.txt. Needs torch.

A session is a heading `# sentence` and the lines below it, run in order in one fresh namespace.
Run: .venv/bin/python -m tests.oracle.make_sessions [FILE ...]   (without names: all)
"""

import json
import sys

import torch
import torch.nn.attention  # which torch itself does not import, as those below
import torch.nn.utils.fusion
import torch.nn.utils.prune
import torch.utils.data.distributed

from tests.oracle.sessions import FOLDER, read, run


def main() -> None:
    torch.set_warn_always(True)
    wanted = sys.argv[1:] or [source.stem for source in sorted(FOLDER.glob("*.txt"))]
    for source in (FOLDER / f"{name}.txt" for name in wanted):
        found = {title: run(torch, code) for title, code in read(source).items()}
        source.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
        print(source.name, len(found))


if __name__ == "__main__":
    main()
