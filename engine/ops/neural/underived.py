"""Gradients that have no gradient of their own, in PyTorch's words: rows whose node says so when it is reached."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...tensor import TENSORS
from ..general import general
from ..table import CALLS, Row


def underived(
    name: str, forward: Callable[..., Any], inputs: tuple[str, ...], arguments: tuple[str, ...], many: bool = False
) -> Callable[..., Any]:
    """The row of a gradient that cannot be differentiated, as a function on arrays and on tensors alike."""
    count = len(inputs)
    general(
        Row(
            name,
            forward,
            inputs,
            (None,) * count,
            node="NotImplemented",
            arguments=arguments,
            many=many,
            tensors=(),
        )
    )

    def gradient(*given: Any) -> Any:
        if any(type(each) in TENSORS for each in given[:count]):
            return CALLS[name](given[:count], given[count:])
        return forward(np.asarray(given[0]), *given[1:])

    return gradient
