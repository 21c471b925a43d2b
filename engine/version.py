"""The counter that tells whether a tensor's memory changed since autograd saved it. Knows nothing of operations."""

import weakref
from typing import TYPE_CHECKING

from . import grad_mode

if TYPE_CHECKING:
    from .tensor import Tensor


class Version:
    """How often some memory was written in place; one object shared by a tensor, its views and its detached twins."""

    __slots__ = ("recorded", "value", "views")

    def __init__(self, value: int = 0) -> None:
        self.recorded = False  # free for the recorder: whether the present content is already kept
        self.views: list[weakref.ref[Tensor]] = []  # whose histories follow an in-place operation on the base
        self.value = value

    @property
    def count(self) -> int:
        """`value`, of inference tensors too."""
        return self.value

    def bump(self) -> None:
        """The memory was written: count, and let the views' histories be made anew when somebody next asks."""
        self.value += 1
        if self.views:
            self.outdate_views()

    def outdate_views(self) -> None:
        """The views' histories are no longer what made their content."""
        for reference in self.views:
            view = reference()
            if view is not None:
                view.outdate()


class InferenceVersion(Version):
    """Of a tensor that was made in inference mode, by which it is known. Autograd cannot save such a tensor.

    Whoever saves a tensor reads `value`, so the refusal costs other tensors nothing.
    """

    __slots__ = ("_count",)

    def __init__(self, value: int = 0) -> None:  # not the parent's, which sets `value`
        self.recorded = False
        self.views = []
        self._count = value

    @property
    def count(self) -> int:
        """See Version."""
        return self._count

    def bump(self) -> None:
        """The memory was written. Raises RuntimeError, when it is too late, where that is not allowed, as PyTorch."""
        if not grad_mode.local.inference:
            raise RuntimeError(
                "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a "
                "normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more "
                "details."
            )
        self._count += 1

    @property
    def value(self) -> int:  # type: ignore[override]  # a slot there, refused here
        """Refused: raises RuntimeError."""
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in "
            "computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use "
            "it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`."
        )


def writes_of(tensor: "Tensor") -> int:
    """How often a tensor's memory was written in place: its `_version`, known of inference tensors too."""
    counter = tensor._version_counter
    return 0 if counter is None else counter.count
