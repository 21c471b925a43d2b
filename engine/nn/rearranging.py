"""Layers that only give their input another shape."""

from typing import Any

from ..ops.shape.shuffle import channel_shuffle, pixel_shuffle, pixel_unshuffle
from ..tensor import Tensor
from .module import Module


class Flatten(Module):
    """Dims from `start_dim` to `end_dim` become one."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return input.flatten(self.start_dim, self.end_dim)  # type: ignore[attr-defined]  # from the table

    def extra_repr(self) -> str:
        """See Module."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """A dim becomes several."""

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        super().__init__()
        if not isinstance(unflattened_size, (tuple, list)):
            found = type(unflattened_size).__name__
            raise TypeError(f"unflattened_size must be a tuple of ints, but found type {found}")
        for place, size in enumerate(unflattened_size):
            if not isinstance(size, int):
                raise TypeError(
                    f"unflattened_size must be tuple of ints, but found element of type {type(size).__name__} at pos "
                    f"{place}"
                )
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return input.unflatten(self.dim, self.unflattened_size)  # type: ignore[attr-defined]  # from the table

    def extra_repr(self) -> str:
        """See Module."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class PixelShuffle(Module):
    """Channels become finer pixels."""

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """See Module."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Pixels become channels."""

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        """See Module."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Channels of several groups in turn."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        """See Module."""
        return f"groups={self.groups}"


for _layer, _module in (
    (Flatten, "flatten"),
    (Unflatten, "flatten"),
    (PixelShuffle, "pixelshuffle"),
    (PixelUnshuffle, "pixelshuffle"),
    (ChannelShuffle, "channelshuffle"),
):
    _layer.__module__ = f"torch.nn.modules.{_module}"
