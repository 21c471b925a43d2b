"""`torch.backends`: none of PyTorch's libraries is here; their switches can be set and change nothing."""

import sys
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import Any

from .names import missing as _missing


class Backend(ModuleType):
    """A library that is not here."""

    def __init__(self, name: str, **switches: Any) -> None:
        super().__init__(f"{__name__}.{name}")
        self.__dict__.update(switches, __file__=__file__)
        sys.modules[self.__name__] = self

    def is_available(self) -> bool:
        """False."""
        return False

    def is_built(self) -> bool:
        """False."""
        return False

    def version(self) -> None:
        """None."""
        return

    def flags(self, **switches: Any) -> AbstractContextManager[None]:
        """Switches for a while, which change nothing."""
        return nullcontext()


cudnn = Backend("cudnn", enabled=True, benchmark=False, deterministic=False, allow_tf32=True)
cuda = Backend("cuda", matmul=Backend("cuda.matmul", allow_tf32=False))
mps, mkl, mkldnn, openmp = map(Backend, ("mps", "mkl", "mkldnn", "openmp"))


def __getattr__(name: str) -> object:
    raise _missing("torch.backends", name)
