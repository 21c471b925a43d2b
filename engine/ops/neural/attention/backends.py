"""Which ways of computing attention are allowed: `torch.nn.attention.sdpa_kernel`."""

import threading
from enum import Enum


class SDPBackend(Enum):
    """A way of computing scaled dot product attention. The CPU has two: the composed one and the fused kernel."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


class Choice(threading.local):
    """What this thread allows; None for everything."""

    allowed: tuple[SDPBackend, ...] | None = None


choice = Choice()


def fused(possible: bool) -> bool:
    """Whether to use the fused kernel where it is possible. Raises RuntimeError where nothing that is left will do."""
    allowed = choice.allowed
    if allowed is None:
        return possible
    flash, math = SDPBackend.FLASH_ATTENTION in allowed, SDPBackend.MATH in allowed
    if not (flash or math):
        raise RuntimeError(
            "No viable backend for scaled_dot_product_attention was found. This is likely due to turning off both the "
            "math kernel and the fused kernels."
        )
    if not math and not possible:
        raise RuntimeError("No available kernel.  Aborting execution.")
    return possible and flash


SDPBackend.__module__ = "torch.nn.attention"
