"""The general builder with the type of what it gives: one tensor, or a tuple of them."""

from collections.abc import Callable

from ..tensor import Tensor
from .general import general
from .table import Row


def one(row: Row) -> Callable[..., Tensor]:
    """Build a row with one result."""
    return general(row)


def several(row: Row) -> Callable[..., tuple[Tensor, ...]]:
    """Build a row with several results."""
    return general(row)
