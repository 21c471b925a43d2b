"""`make semantics`: run every case of the table beside what PyTorch printed, and count. 1 when one differs.

Knows the stored lines only: real PyTorch is not needed.
"""

import difflib
import json
import sys
from pathlib import Path

from engine import torch
from tests.oracle.sessions import read, run

HERE = Path(__file__).parent


def main() -> int:
    torch.set_warn_always(True)  # as when the lines were stored
    passed = total = 0
    for source in sorted(HERE.glob("*.txt")):
        wanted = json.loads(source.with_suffix(".json").read_text())
        good = 0
        cases = read(source)
        for title, code in cases.items():
            found = attempt(code)
            if found == wanted[title]:
                good += 1
            else:
                print(f"\n{source.stem}: {title}")
                print("\n".join(difflib.unified_diff(wanted[title], found, "PyTorch", "here", lineterm="", n=1)))
        print(f"{source.stem:20}{good:5} / {len(cases)}")
        passed, total = passed + good, total + len(cases)
    print(f"{'passed':20}{passed:5} / {total}")
    return 0 if passed == total else 1


def attempt(code: str) -> list[str]:
    """What the case prints here; an exception that leaves it is its last line."""
    try:
        return run(torch, code)
    except Exception as error:
        return [f"raised {type(error).__name__}: {error}"]


if __name__ == "__main__":
    sys.exit(main())
