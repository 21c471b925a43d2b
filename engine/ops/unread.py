"""Gradients that a kernel gives without reading some of its operands, of which PyTorch yet holds them to depend.

PyTorch computes the gradients of several operands by one kernel, and each of its results is tracked as soon as one
operand is. In a graph of gradients such an operand then has a gradient of zeros rather than none.
"""

from typing import Any

import numpy as np

from ..tensor import TENSORS
from .single import one
from .table import CALLS, Gradient, Row
from .tools import like, raw


def _zeros(grad: Any, shape: tuple[int, ...]) -> Any:
    return like(np.zeros(shape, raw(grad).dtype), grad)


UNREAD = Gradient("zeros_like(self)", lambda grad, self_shape: _zeros(grad, self_shape))

for _name, _of_self in (("", UNREAD), ("none", None)):
    one(
        Row(
            "unread_backward",
            lambda grad, self: grad.copy(),
            ("grad_output", "self"),
            (Gradient("grad", lambda grad: grad), _of_self),
            node="NotReadBackward0",
            overload=_name,
        )
    )


def beside(made: Any, *operands: Any, zeros: bool = False) -> Any:
    """A gradient, tracked where one of the operands that its kernel does not read is.

    Its own gradient there is zeros, whatever else it depends on, or else none.
    """
    if type(made) not in TENSORS:
        return made
    if zeros:
        for operand in operands:
            if type(operand) in TENSORS and operand.requires_grad:
                made = CALLS["unread_backward"]((made, operand))
        return made
    if made.requires_grad:
        return made
    for operand in operands:
        if type(operand) in TENSORS and operand.requires_grad:
            return CALLS["unread_backward.none"]((made, operand))
    return made
