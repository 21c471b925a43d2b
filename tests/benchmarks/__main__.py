"""`make bench`: run every `bench_*.py` beside this file in a process of its own and print what it measured.

A benchmark compares within one run and prints medians and ratios, since the machines it runs on are shared and noisy.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
# These choose a slow matrix product on some processors; a benchmark must not inherit them.
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def main(arguments: list[str]) -> int:
    """Run the benchmarks whose name contains one of the arguments (all without any); 1 when one of them failed."""
    environment = {"QT_QPA_PLATFORM": "offscreen", "QT_API": "pyside6", **os.environ}
    environment = {name: value for name, value in environment.items() if name not in UNSET}
    chosen = [
        path for path in sorted(HERE.glob("bench_*.py")) if not arguments or any(a in path.stem for a in arguments)
    ]
    print(f"Python {platform.python_version()}, NumPy {version('numpy')}, {os.cpu_count()} processors")
    print(f"unset: {' '.join(UNSET)}")
    failed = []
    for path in chosen:
        print(f"\n== {path.stem.removeprefix('bench_')}", flush=True)
        if subprocess.run(
            [sys.executable, "-m", f"tests.benchmarks.{path.stem}"], env=environment, check=False
        ).returncode:
            failed.append(path.stem)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
