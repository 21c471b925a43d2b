"""The counter that tells whether a tensor's memory changed since autograd saved it. Knows nothing of tensors."""

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .tensor import Tensor


class Version:
    """How often some memory was written in place; one object shared by a tensor, its views and its detached twins."""

    __slots__ = ("recorded", "value", "views")

    def __init__(self, value: int = 0) -> None:
        self.value = value
        self.recorded = False  # free for the recorder: whether the present content is already kept
        self.views: list[weakref.ref[Tensor]] = []  # whose histories follow an in-place operation on the base
