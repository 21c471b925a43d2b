"""`torch.optim`."""

from ...optim.adam import Adam, Adamax, AdamW, NAdam, RAdam
from ...optim.adaptive import Adadelta, Adagrad, RMSprop, Rprop
from ...optim.lbfgs import LBFGS
from ...optim.optimizer import Optimizer
from ...optim.sgd import ASGD, SGD
from ..names import missing as _missing
from ..places import make_places as _make_places
from . import lr_scheduler, optimizer, swa_utils

_CLASSES = (Optimizer, SGD, ASGD, Adam, AdamW, Adamax, NAdam, RAdam, Adagrad, Adadelta, RMSprop, Rprop, LBFGS)
for _class in _CLASSES:
    _class.__module__ = "torch.optim.optimizer" if _class is Optimizer else f"torch.optim.{_class.__name__.lower()}"
_make_places(__name__, _CLASSES)


def __getattr__(name: str) -> object:
    raise _missing("torch.optim", name)


__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "lr_scheduler",
    "optimizer",
    "swa_utils",
]
