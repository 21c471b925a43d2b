"""`torch.masked`: reductions that leave out elements. Tensors that carry their mask along are not supported."""

from .. import install as _install  # noqa: F401 - the operations that these are made of
from ..ops.reductions.masked import (
    amax,
    amin,
    argmax,
    argmin,
    cumprod,
    cumsum,
    input_mask as _input_mask,
    logaddexp,
    logsumexp,
    norm,
    prod,
    sum,
)
from ..ops.reductions.masked_statistics import (
    log_softmax,
    mean,
    median,
    normalize,
    output_mask as _output_mask,
    softmax,
    softmin,
    std,
    var,
)
from .names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.masked", name)


__all__ = [
    "_input_mask",
    "_output_mask",
    "amax",
    "amin",
    "argmax",
    "argmin",
    "cumprod",
    "cumsum",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "mean",
    "median",
    "norm",
    "normalize",
    "prod",
    "softmax",
    "softmin",
    "std",
    "sum",
    "var",
]
