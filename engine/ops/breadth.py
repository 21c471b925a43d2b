"""Loads the modules whose rows and functions give Tensor its shapes, reductions, products and indexing."""

from . import (
    dimensions,
    expand,
    extremes,
    geometry,
    join,
    linalg,
    matmul,
    products,
    reduce,
    shape,
    slices,
    softmax,
    statistics,
    truth,
    where,
)

__all__ = [
    "dimensions",
    "expand",
    "extremes",
    "geometry",
    "join",
    "linalg",
    "matmul",
    "products",
    "reduce",
    "shape",
    "slices",
    "softmax",
    "statistics",
    "truth",
    "where",
]
