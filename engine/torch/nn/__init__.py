"""`torch.nn`."""

from ...nn.parameter import Parameter
from ..names import missing as _missing
from . import functional, init, modules, parameter, utils
from .modules import *  # noqa: F403 - every layer, as that module lists them


def __getattr__(name: str) -> object:
    raise _missing("torch.nn", name)


__all__ = ["Parameter", "functional", "init", "modules", "parameter", "utils"]
__all__ += modules.__all__
