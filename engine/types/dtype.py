"""Element types: one object per PyTorch dtype and the NumPy dtype behind it. Knows nothing of tensors.

A dtype that the engine cannot compute with right (half precision, complex, the wide unsigned integers) exists by name,
so that code which only mentions it runs; asking for its NumPy side says so.
"""

from typing import Final, final

import numpy as np


@final
class dtype:  # noqa: N801 - PyTorch's own name, seen in `type(torch.float32)`
    """A PyTorch element type; compare with `is`."""

    __slots__ = ("_numpy", "is_complex", "is_floating_point", "is_signed", "itemsize", "name", "scalar_type")

    def __init__(
        self, name: str, scalar_type: str, itemsize: int, kind: str, stored_as: type[np.generic] | None
    ) -> None:
        self.name = name
        self.scalar_type = scalar_type  # the word of error messages: "Float", "Long"
        self.itemsize = itemsize
        self.is_floating_point = kind == "f"
        self.is_complex = kind == "c"
        self.is_signed = kind in "fci"
        self._numpy: np.dtype[np.generic] | None = None if stored_as is None else np.dtype(stored_as)

    @property
    def numpy(self) -> "np.dtype[np.generic]":
        """The NumPy dtype that stores it. Raises NotImplementedError where the engine has none."""
        if self._numpy is None:
            raise NotImplementedError(
                f"tensors of dtype {self} are not supported by the embedded engine; use torch.float32 or torch.float64"
                if self.is_floating_point or self.is_complex
                else f"tensors of dtype {self} are not supported by the embedded engine; use torch.int64"
            )
        return self._numpy

    def to_real(self) -> "dtype":
        """The real dtype of a complex one; any other dtype itself."""
        return _REAL_OF.get(self, self)

    def to_complex(self) -> "dtype":
        """The complex dtype whose parts have this dtype's width (torch.complex64 for float32)."""
        return _COMPLEX_OF.get(self, self if self.is_complex else complex64)

    def __repr__(self) -> str:
        return "torch." + self.name

    def __reduce__(self) -> str:
        return self.name


dtype.__module__ = "torch"


float64 = double = dtype("float64", "Double", 8, "f", np.float64)
float32 = dtype("float32", "Float", 4, "f", np.float32)
float16 = half = dtype("float16", "Half", 2, "f", None)
bfloat16 = dtype("bfloat16", "BFloat16", 2, "f", None)
complex32 = chalf = dtype("complex32", "ComplexHalf", 4, "c", None)
complex64 = cfloat = dtype("complex64", "ComplexFloat", 8, "c", None)
complex128 = cdouble = dtype("complex128", "ComplexDouble", 16, "c", None)
uint8 = dtype("uint8", "Byte", 1, "u", np.uint8)
uint16 = dtype("uint16", "UInt16", 2, "u", None)
uint32 = dtype("uint32", "UInt32", 4, "u", None)
uint64 = dtype("uint64", "UInt64", 8, "u", None)
int8 = dtype("int8", "Char", 1, "i", np.int8)
int16 = short = dtype("int16", "Short", 2, "i", np.int16)
int32 = dtype("int32", "Int", 4, "i", np.int32)
int64 = long = dtype("int64", "Long", 8, "i", np.int64)
bool_ = dtype("bool", "Bool", 1, "b", np.bool_)

# Every name under which `torch` shows a dtype; `float`, `int` and `bool` would hide Python's own inside this module.
NAMES: Final[dict[str, dtype]] = {
    **{made.name: made for made in (float64, float32, float16, bfloat16, complex32, complex64, complex128)},
    **{made.name: made for made in (uint8, uint16, uint32, uint64, int8, int16, int32, int64, bool_)},
    **{"double": float64, "float": float32, "half": float16, "chalf": complex32, "cfloat": complex64},
    **{"cdouble": complex128, "short": int16, "int": int32, "long": int64},
}

_REAL_OF: Final = {complex32: float16, complex64: float32, complex128: float64}
_COMPLEX_OF: Final = {float16: complex32, float32: complex64, float64: complex128}
_OF_NUMPY: "Final[dict[np.dtype[np.generic], dtype]]" = {
    made._numpy: made for made in NAMES.values() if made._numpy is not None
}
_NUMPY_NAMES: Final = {"float16": float16, "complex64": complex64, "complex128": complex128}
_NUMPY_WIDE: Final = {"uint16": uint16, "uint32": uint32, "uint64": uint64}


def of_numpy(stored_as: "np.dtype[np.generic]") -> dtype:
    """The PyTorch dtype of a NumPy one. Raises TypeError with PyTorch's words where there is none."""
    found = _OF_NUMPY.get(stored_as)
    if found is not None:
        return found
    by_name = _NUMPY_NAMES | _NUMPY_WIDE
    if stored_as.name in by_name:
        return by_name[stored_as.name]
    native = _OF_NUMPY.get(stored_as.newbyteorder("="))  # same type in the other byte order
    if native is not None:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. "
            "Conversion between byte orders is currently not supported."
        )
    raise TypeError(
        f"can't convert np.ndarray of type {_type_name(stored_as)}. The only supported types are: "
        "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, "
        "and bool."
    )


def _type_name(stored_as: "np.dtype[np.generic]") -> str:
    return f"numpy.{stored_as.type.__name__}"


_default = float32


def get_default_dtype() -> dtype:
    """The dtype that Python floats become; float32 until `set_default_dtype`."""
    return _default


def set_default_dtype(d: dtype, /) -> None:
    """Make `d` the dtype that Python floats become. Raises TypeError unless it is a floating-point dtype."""
    global _default  # noqa: PLW0603 - the one process-wide setting, as in PyTorch
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _ = d.numpy  # says so now, not at the first tensor, where the engine has no such numbers
    _default = d


# What C++ calls the types, as some messages do.
C_NAMES: Final = {
    "float32": "float",
    "float64": "double",
    "int64": "long int",
    "int32": "int",
    "int16": "short int",
    "int8": "signed char",
    "uint8": "unsigned char",
    "bool": "bool",
}
