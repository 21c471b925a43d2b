"""Results with names, such as `x.max(dim)`: tuples that print as `torch.return_types.max(values=..., indices=...)`."""

from typing import NamedTuple

from ..tensor import Tensor


def _repr(result: tuple[Tensor, ...]) -> str:
    kind = type(result)
    fields: tuple[str, ...] = getattr(kind, "_fields", ())
    parts = ",\n".join(f"{name}={value!r}" for name, value in zip(fields, result, strict=True))
    return f"torch.return_types.{kind.__name__}(\n{parts})"


class ValuesIndices(NamedTuple):
    """Values and where they were found."""

    values: Tensor
    indices: Tensor


def named(name: str) -> type[ValuesIndices]:
    """The result type of that name."""
    return type(name, (ValuesIndices,), {"__repr__": _repr, "__module__": "torch.return_types", "__slots__": ()})
