"""`torch.nn.utils.init`: layers whose weights are not drawn."""

import inspect
from typing import Any

from ....nn.module import Module
from ....random.generator import default_generator
from ...names import missing as _missing


def skip_init(module_cls: Any, *args: Any, **kwargs: Any) -> Any:
    """A layer that takes nothing from the stream of random numbers; its weights have no meaning yet."""
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    before = default_generator.position()
    try:
        return module_cls(*args, **kwargs)
    finally:
        default_generator.go_to(before)


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.utils.init", name)


__all__ = ["skip_init"]
