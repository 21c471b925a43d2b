"""`torch.strided`, `torch.contiguous_format` and their like: names for the one way in which memory is laid out here."""

from typing import Final, final


@final
class layout:  # noqa: N801 - PyTorch's own name
    """How elements are stored; the engine knows `torch.strided`."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"


@final
class memory_format:  # noqa: N801 - PyTorch's own name
    """The order of elements in memory; results are contiguous unless they keep an operand's order."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"


layout.__module__ = memory_format.__module__ = "torch"

strided: Final = layout("strided")
contiguous_format: Final = memory_format("contiguous_format")
preserve_format: Final = memory_format("preserve_format")
