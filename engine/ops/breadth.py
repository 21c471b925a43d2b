"""Loads the modules whose rows and functions give Tensor its shapes, reductions, products and indexing."""

from . import (
    dimensions,
    expand,
    extremes,
    geometry,
    products,
    reduce,
    shape,
    slices,
    softmax,
    statistics,
    truth,
)

__all__ = [
    "dimensions",
    "expand",
    "extremes",
    "geometry",
    "products",
    "reduce",
    "shape",
    "slices",
    "softmax",
    "statistics",
    "truth",
]
