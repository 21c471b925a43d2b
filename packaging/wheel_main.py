"""The wheel's `retrograde/__main__.py`: makes `app`, `engine` and `ui` importable under their own names, then runs.

In the wheel they lie beside this file; in an editable install they lie in the checkout, which is on the path already.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """The command `retrograde`."""
    if (HERE / "app").is_dir():
        sys.path.insert(0, str(HERE))
    from app.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
