"""`torch.nn.utils.stateless`: the former place of `torch.func.functional_call`."""

import functools
import warnings
from typing import Any

from ....transforms import functional_call as _current
from ...names import missing as _missing


@functools.wraps(_current.functional_call)
def functional_call(*args: Any, **keywords: Any) -> Any:
    """See `torch.func.functional_call`."""
    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future "
        "version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in replacement.",
        FutureWarning,
        stacklevel=2,
    )
    return _current.functional_call(*args, **keywords)


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.utils.stateless", name)


__all__ = ["functional_call"]
