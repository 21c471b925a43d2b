"""PyTorch's modules that only say where a class is written: `torch.nn.modules.conv`, `torch.optim.adam`, ...

Programs import from them. The engine's classes are in other files, and carry PyTorch's place in `__module__`; the
modules are made from that, so that no list of them has to be kept.
"""

import sys
from collections.abc import Iterable, Mapping
from types import ModuleType

from .names import missing

Members = Mapping[str, object]


def make_places(package: str, classes: Iterable[type], more: Mapping[str, Members] | None = None) -> None:
    """Add a module below `package` (`engine.torch.nn.modules`) for every place that its classes name.

    `more` holds what else is found there, by the module's name: bases and helpers that are not among the classes.
    """
    ours = f"torch{package.removeprefix(__package__)}"
    members: dict[str, dict[str, object]] = {name: dict(found) for name, found in (more or {}).items()}
    for kind in classes:
        above, _, name = kind.__module__.rpartition(".")
        if above == ours:
            members.setdefault(name, {})[kind.__name__] = kind
    for name, found in members.items():
        _add(package, name, ours, found)


def rename_classes(package: str) -> None:
    """Let classes written in modules of `package` say that they are PyTorch's: `torch.utils.data.dataset.Dataset`."""
    for name, module in list(sys.modules.items()):
        if name == package or name.startswith(f"{package}."):
            for member in list(vars(module).values()):
                if isinstance(member, type) and member.__module__.startswith(f"{__package__}."):
                    member.__module__ = f"torch{member.__module__.removeprefix(__package__)}"


def _add(package: str, name: str, ours: str, members: Members) -> None:
    module = sys.modules.get(f"{package}.{name}")
    if module is None:
        module = ModuleType(f"{package}.{name}", f"`{ours}.{name}`.")

        def absent(asked: str) -> object:
            raise missing(f"{ours}.{name}", asked)

        vars(module).update(__getattr__=absent, __file__=sys.modules[package].__file__)
        sys.modules[module.__name__] = module
        setattr(sys.modules[package], name, module)
    for key, member in members.items():
        vars(module).setdefault(key, member)
