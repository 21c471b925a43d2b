"""`torch.functional`: some of the functions of `torch`, where PyTorch has written them."""

from ..install import functions as _functions
from .names import missing as _missing

_known = _functions()
atleast_1d = _known["atleast_1d"]
atleast_2d = _known["atleast_2d"]
atleast_3d = _known["atleast_3d"]
block_diag = _known["block_diag"]
broadcast_shapes = _known["broadcast_shapes"]
broadcast_tensors = _known["broadcast_tensors"]
cartesian_prod = _known["cartesian_prod"]
cdist = _known["cdist"]
chain_matmul = _known["chain_matmul"]
einsum = _known["einsum"]
lu = _known["lu"]
meshgrid = _known["meshgrid"]
norm = _known["norm"]
split = _known["split"]
tensordot = _known["tensordot"]
unique = _known["unique"]
unique_consecutive = _known["unique_consecutive"]
unravel_index = _known["unravel_index"]


def __getattr__(name: str) -> object:
    raise _missing("torch.functional", name)


__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "broadcast_shapes",
    "broadcast_tensors",
    "cartesian_prod",
    "cdist",
    "chain_matmul",
    "einsum",
    "lu",
    "meshgrid",
    "norm",
    "split",
    "tensordot",
    "unique",
    "unique_consecutive",
    "unravel_index",
]
