"""`torch.nn`."""

from ...nn.parameter import Parameter
from ..names import missing as _missing
from . import functional, init, modules, parallel, parameter, utils
from .modules import *  # noqa: F403 - every layer, as that module lists them
from .parallel import DataParallel


def __getattr__(name: str) -> object:
    raise _missing("torch.nn", name)


__all__ = ["DataParallel", "Parameter", "functional", "init", "modules", "parallel", "parameter", "utils"]
__all__ += modules.__all__
