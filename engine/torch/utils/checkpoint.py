"""`torch.utils.checkpoint`."""

from ...functions.checkpoint import (
    CheckpointError,
    checkpoint,
    checkpoint_sequential,
    noop_context_fn,
    set_checkpoint_early_stop,
)
from ...functions.checkpoint_function import CheckpointFunction
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.utils.checkpoint", name)


__all__ = [
    "CheckpointError",
    "CheckpointFunction",
    "checkpoint",
    "checkpoint_sequential",
    "noop_context_fn",
    "set_checkpoint_early_stop",
]
