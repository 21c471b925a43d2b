"""`torch.backends`: none of PyTorch's libraries is here; their switches can be set and change nothing."""

from typing import Any

from .names import missing as _missing


class Backend:
    """A library that is not here."""

    def __init__(self, **switches: Any) -> None:
        self.__dict__.update(switches)

    def is_available(self) -> bool:
        """False."""
        return False

    def is_built(self) -> bool:
        """False."""
        return False

    def version(self) -> None:
        """None."""
        return


cudnn = Backend(enabled=True, benchmark=False, deterministic=False, allow_tf32=True)
cuda = Backend(matmul=Backend(allow_tf32=False))
mps, mkl, mkldnn, openmp = Backend(), Backend(), Backend(), Backend()


def __getattr__(name: str) -> object:
    raise _missing("torch.backends", name)
