"""What sparse tensors have: every tensor here is dense, and says so as PyTorch's dense ones do."""

from collections.abc import Callable
from typing import Any, Final

from ...tensor import Tensor
from ..table import METHODS, PUBLIC, expose

_LAYOUTS: Final = {
    "indices": "coordinate ",
    "coalesce": "coordinate ",
    "values": "",
    "crow_indices": "row compressed ",
    "col_indices": "row compressed ",
    "ccol_indices": "column compressed ",
    "row_indices": "column compressed ",
}


def _expects(name: str, layout: str) -> Callable[[Tensor], Tensor]:
    def refuse(input: Tensor) -> Tensor:
        raise RuntimeError(f"{name} expected sparse {layout}tensor layout but got Strided")

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


for _name, _layout in _LAYOUTS.items():
    METHODS[_name] = _expects(_name, _layout)
    if _name != "coalesce":
        PUBLIC[f"{_name}_copy"] = _expects(_name, _layout)


@expose("dense_dim", function=False)
def dense_dim(input: Tensor) -> int:
    """The number of dims, all of them dense."""
    return input.array.ndim


@expose("sparse_dim", function=False)
def sparse_dim(input: Tensor) -> int:
    """None is sparse."""
    del input
    return 0


@expose("smm")
def smm(input: Tensor, mat2: Tensor) -> Any:
    """The product with a sparse matrix. Raises RuntimeError: there is none."""
    raise RuntimeError("tensor.sspaddmm(...) can only be called on sparse tensors")


@expose("sspaddmm")
def sspaddmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """A sum with the product of a sparse matrix. Raises RuntimeError: there is none."""
    raise RuntimeError("tensor.sspaddmm(...) can only be called on sparse tensors")
