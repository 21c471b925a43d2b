"""`torch.optim.lr_scheduler`."""

from ...optim.combined import ChainedScheduler, ReduceLROnPlateau, SequentialLR
from ...optim.cycles import CyclicLR, OneCycleLR
from ...optim.scheduler import LRScheduler
from ...optim.schedules import (
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from ..names import missing as _missing

_LRScheduler = LRScheduler  # the old name

for _class in list(vars().values()):
    if isinstance(_class, type):
        _class.__module__ = "torch.optim.lr_scheduler"


def __getattr__(name: str) -> object:
    raise _missing("torch.optim.lr_scheduler", name)


__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
