"""`torch.finfo` and `torch.iinfo`: the limits of the number types. Plain figures; knows nothing of tensors."""

from typing import Final

from .dtype import bfloat16, bool_, dtype, float16, float32, float64, get_default_dtype

# Significand bits (the hidden one included), largest exponent, decimal digits that survive.
_FORMATS: Final = {float16: (11, 16, 3), bfloat16: (8, 128, 2), float32: (24, 128, 6), float64: (53, 1024, 15)}


class finfo:  # noqa: N801 - PyTorch's own name
    """Limits of a floating-point dtype (the default one if none is given)."""

    __slots__ = ("_type", "bits", "eps", "max", "min", "resolution", "smallest_normal", "tiny")

    def __init__(self, type: dtype | None = None, /) -> None:
        given = get_default_dtype() if type is None else type
        if not isinstance(given, dtype):
            raise TypeError(f"finfo(): argument 'type' (position 1) must be torch.dtype, not {_kind(given)}")
        real = given.to_real()
        if real not in _FORMATS:
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'"
            )
        digits, exponent, decimals = _FORMATS[real]
        self._type = real
        self.bits = real.itemsize * 8
        self.eps = 2.0 ** (1 - digits)
        self.max = (2.0 - 2.0 ** (1 - digits)) * 2.0 ** (exponent - 1)
        self.min = -self.max
        self.tiny = self.smallest_normal = 2.0 ** (2 - exponent)
        self.resolution = float(f"1e-{decimals}")

    @property
    def dtype(self) -> str:
        """The dtype's name, without `torch.`."""
        return self._type.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, finfo) and self._type is other._type

    def __hash__(self) -> int:
        return hash(self._type)

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:  # noqa: N801 - PyTorch's own name
    """Limits of an integer dtype."""

    __slots__ = ("_type", "bits", "max", "min")

    def __init__(self, type: dtype, /) -> None:
        if not isinstance(type, dtype):
            raise TypeError(f"iinfo(): argument 'type' (position 1) must be torch.dtype, not {_kind(type)}")
        if type is bool_:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if type.is_floating_point or type.is_complex:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        self._type = type
        self.bits = type.itemsize * 8
        self.max = 2 ** (self.bits - type.is_signed) - 1
        self.min = -(2 ** (self.bits - 1)) if type.is_signed else 0

    @property
    def dtype(self) -> str:
        """The dtype's name, without `torch.`."""
        return self._type.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and self._type is other._type

    def __hash__(self) -> int:
        return hash(self._type)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


def _kind(value: object) -> str:
    return type(value).__name__


finfo.__module__ = iinfo.__module__ = "torch"
