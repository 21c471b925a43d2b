"""`import torch` in the kernel gives the embedded engine. Knows the import system, not the engine.

The finder answers for `torch` and everything below it, also where PyTorch is installed: code in the window runs on one
engine, and a submodule that this engine lacks says so instead of mixing in PyTorch's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class TorchFinder(MetaPathFinder):
    """Finds `torch.*` as the module of the same place below the package `target`."""

    def __init__(self, target: str) -> None:
        self._target = target

    def install(self) -> None:
        """Answer before everybody else. What is loaded already is known at once, so that importing it sets nothing.

        Importing a submodule sets it in its parent; `torch.autograd.gradcheck` would stop being the function.
        """
        sys.meta_path.insert(0, self)
        for name, module in list(sys.modules.items()):
            if name == self._target or name.startswith(f"{self._target}."):
                sys.modules["torch" + name.removeprefix(self._target)] = module

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a `torch` module; None for other names.

        Raises `ModuleNotFoundError` for what the engine lacks.
        """
        if fullname != "torch" and not fullname.startswith("torch."):
            return None
        real_name = self._target + fullname.removeprefix("torch")
        try:
            module = import_module(real_name)
        except ModuleNotFoundError as error:
            if error.name is None or not real_name.startswith(error.name):
                raise
            raise ModuleNotFoundError(
                f"No module named '{fullname}': the embedded engine that stands for PyTorch here does not have it",
                name=fullname,
            ) from None
        return ModuleSpec(fullname, _Alias(module), origin=module.__file__, is_package=hasattr(module, "__path__"))


class _Alias(Loader):
    """Hands out a module that is loaded already under its own name."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec  # the import system put the alias's spec there; relative imports need its own
