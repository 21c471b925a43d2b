"""Keeps our modules and the user's apart in the kernel: `import engine` there is the user's own `engine.py`.

Our folders are imported as `app` and `engine`; when the kernel has booted they move to `retrograde.app` and
`retrograde.engine` in `sys.modules`, and our root leaves `sys.path`. Imports inside our folders are relative, so they
follow. Knows nothing of what the modules do.
"""

from __future__ import annotations

import os
import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType

PACKAGE = "retrograde"
FOLDERS = ("app", "engine", "ui")
ROOT = Path(__file__).resolve().parents[2]


def hide_own_modules() -> None:
    """Move our modules below `retrograde` and take our root off `sys.path`."""
    package = ModuleType(PACKAGE, "Retrograde's own modules.")
    package.__path__ = [str(ROOT)]
    sys.modules[PACKAGE] = package
    for name in [name for name in sys.modules if name.partition(".")[0] in FOLDERS]:
        module = sys.modules[name]
        if _is_ours(module):
            del sys.modules[name]
            _rename(module, name)
            sys.modules[f"{PACKAGE}.{name}"] = module
            if "." not in name:
                setattr(package, name, module)
    if not is_bundle():  # there everything else is found below our root too
        sys.path[:] = [entry for entry in sys.path if entry == "" or not _same_folder(entry)]


def own_root_first() -> None:
    """Let our modules, and no file of the user's folder, answer while the kernel boots."""
    sys.path[:] = [str(ROOT), *(entry for entry in sys.path if entry not in ("", str(ROOT), os.getcwd()))]


def load_everything(package: ModuleType) -> None:
    """Import all of a package now: a bundle's modules are found by their first names only."""
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        import_module(found.name)


def is_bundle() -> bool:
    """Whether this is a frozen application."""
    return bool(getattr(sys, "frozen", False))


def _is_ours(module: ModuleType) -> bool:
    places = [module.__file__] if getattr(module, "__file__", None) else list(getattr(module, "__path__", []))
    return any(place is not None and Path(place).resolve().is_relative_to(ROOT) for place in places)


def _rename(module: ModuleType, old: str) -> None:
    new = f"{PACKAGE}.{old}"
    module.__name__ = new
    if module.__package__:
        module.__package__ = f"{PACKAGE}.{module.__package__}"
    if module.__spec__ is not None:
        module.__spec__.name = new
    for value in vars(module).values():
        if isinstance(value, type | FunctionType) and value.__module__ == old:
            value.__module__ = new  # what `copy`, `pickle` and a printed class look up


def _same_folder(entry: str) -> bool:
    try:
        return Path(entry).resolve() == ROOT
    except OSError:
        return False
