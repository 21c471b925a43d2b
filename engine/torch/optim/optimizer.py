"""`torch.optim.optimizer`."""

from ...optim.optimizer import Optimizer, required
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.optim.optimizer", name)


__all__ = ["Optimizer", "required"]
