"""`torch.nn`."""

from ...nn.buffer import Buffer
from ...nn.parameter import Parameter
from ...nn.uninitialized import UninitializedBuffer, UninitializedParameter
from ..names import missing as _missing
from . import attention, common_types, functional, init, modules, parallel, parameter, utils
from .modules import *  # noqa: F403 - every layer, as that module lists them
from .parallel import DataParallel


def __getattr__(name: str) -> object:
    raise _missing("torch.nn", name)


__all__ = [
    "Buffer",
    "DataParallel",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "attention",
    "common_types",
    "functional",
    "init",
    "modules",
    "parallel",
    "parameter",
    "utils",
]
__all__ += modules.__all__
