"""`%matplotlib` that is kind where matplotlib is not installed. Knows IPython only."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

MISSING = "matplotlib is not installed in Retrograde's Python, so plots are not drawn; everything else works."


def install_matplotlib_magic(shell: Any) -> None:
    """Put `%matplotlib` in front of IPython's own, which ends in a traceback without the package."""
    original = shell.find_line_magic("matplotlib")

    def matplotlib(line: str) -> Any:
        """Set up matplotlib to work interactively; says so in one line where it is not installed."""
        if find_spec("matplotlib") is not None:
            return original(line)
        print(MISSING)  # noqa: T201 - the answer to a line that the user typed
        return None

    shell.register_magic_function(matplotlib, "line", "matplotlib")
