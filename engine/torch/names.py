"""Names that PyTorch has and the embedded engine lacks, and the error that says so."""

import difflib
import json
import opcode
import sys
from functools import cache
from pathlib import Path
from types import FrameType


class MissingError(NotImplementedError, AttributeError):
    """PyTorch has this name, the engine does not. An AttributeError too, so that `hasattr` answers False."""


class MissingImportError(NotImplementedError, ImportError):
    """PyTorch has the name that is imported, the engine does not; `except ImportError` takes it too."""


@cache
def public_names() -> dict[str, list[str]]:
    """PyTorch's public names by module, as `tests/oracle/make_names.py` wrote them down."""
    found: dict[str, list[str]] = json.loads((Path(__file__).parent / "names.json").read_text(encoding="utf-8"))
    return found


def missing(module: str, name: str) -> AttributeError | ImportError:
    """The exception for `module.name`, which the engine does not have. For the `__getattr__` of modules to raise."""
    if name not in public_names().get(module, ()):
        return AttributeError(f"module '{module}' has no attribute '{name}'")
    loaded = sys.modules.get(f"{__package__}{module.removeprefix('torch')}")
    nearest = _nearest(name, [] if loaded is None else getattr(loaded, "__all__", list(vars(loaded))))
    hint = f"; the nearest that it has is {module}.{nearest}" if nearest else ""
    return lacking(f"{module}.{name} is not supported by the embedded engine{hint}", sys._getframe(2))


def lacking(message: str, asking: FrameType) -> AttributeError | ImportError:
    """An exception with this message for the frame that asked a module for a name."""
    return MissingImportError(message) if _is_import(asking) else MissingError(message)


def _is_import(frame: FrameType) -> bool:
    """Whether it is at `from module import name`, which hides the words of any AttributeError."""
    return frame.f_lasti >= 0 and opcode.opname[frame.f_code.co_code[frame.f_lasti]] == "IMPORT_FROM"


def install_missing(tensor: type) -> None:
    """Give the tensor class a property for each of PyTorch's public attributes that it lacks; it raises on access."""
    for name in public_names()["torch.Tensor"]:
        if not hasattr(tensor, name):
            setattr(tensor, name, _Missing(name))


class _Missing:
    """An attribute of Tensor that the engine lacks."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> object:
        nearest = _nearest(self.name, [name for name, member in vars(owner).items() if type(member) is not _Missing])
        hint = f"; the nearest that it has is Tensor.{nearest}" if nearest else ""
        raise MissingError(f"Tensor.{self.name} is not supported by the embedded engine{hint}")


def _nearest(name: str, known: list[str]) -> str:
    found = difflib.get_close_matches(name, [other for other in known if not other.startswith("_")], n=1, cutoff=0.75)
    return found[0] if found else ""
