"""`torch.optim`."""

from ...optim.adafactor import Adafactor, SparseAdam
from ...optim.adam import Adam, Adamax, AdamW, NAdam, RAdam
from ...optim.adaptive import Adadelta, Adagrad, RMSprop, Rprop
from ...optim.lbfgs import LBFGS
from ...optim.optimizer import Optimizer
from ...optim.sgd import ASGD, SGD
from ..names import missing as _missing
from ..places import make_places as _make_places
from . import lr_scheduler, optimizer, swa_utils

_CLASSES = (
    Optimizer, SGD, ASGD, Adam, AdamW, Adamax, NAdam, RAdam, Adagrad, Adadelta, RMSprop, Rprop, LBFGS, Adafactor,
    SparseAdam,
)  # fmt: skip
_PLACES = {"SparseAdam": "sparse_adam", "Optimizer": "optimizer"}
for _class in _CLASSES:
    _class.__module__ = f"torch.optim.{_PLACES.get(_class.__name__, _class.__name__.lower())}"
Adafactor.__module__ = "torch.optim"
_make_places(__name__, _CLASSES)


def __getattr__(name: str) -> object:
    raise _missing("torch.optim", name)


__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SparseAdam",
    "lr_scheduler",
    "optimizer",
    "swa_utils",
]
