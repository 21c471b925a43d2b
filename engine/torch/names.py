"""Names that PyTorch has and the embedded engine lacks, and the error that says so."""

import difflib
import json
from functools import cache
from pathlib import Path


class MissingError(NotImplementedError, AttributeError):
    """PyTorch has this name, the engine does not. An AttributeError too, so that `hasattr` answers False."""


@cache
def public_names() -> dict[str, list[str]]:
    """PyTorch's public names by module, as `tests/oracle/make_names.py` wrote them down."""
    found: dict[str, list[str]] = json.loads((Path(__file__).parent / "names.json").read_text(encoding="utf-8"))
    return found


def missing(module: str, name: str) -> AttributeError:
    """The exception for `module.name`, which the engine does not have."""
    if name not in public_names().get(module, ()):
        return AttributeError(f"module '{module}' has no attribute '{name}'")
    return MissingError(f"{module}.{name} is not supported by the embedded engine{_nearest(module, name)}")


def _nearest(module: str, name: str) -> str:
    import sys

    loaded = sys.modules.get("engine." + module)
    known = [known for known in vars(loaded) if not known.startswith("_")] if loaded is not None else []
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    return f"; the nearest that it has is {module}.{close[0]}" if close else ""
