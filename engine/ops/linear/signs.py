"""The SVD with the signs that PyTorch shows.

Singular vectors are determined up to their sign, one per pair. LAPACK's gesdd settles it by the path it takes, and the
one that PyTorch ships (MKL) takes another than NumPy's (OpenBLAS) for some shapes: it starts with a QR decomposition
for four by three, and never with an LQ decomposition, so that wide matrices become lower bidiagonal ones.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SVD = tuple[Array, Array, Array]


def reduced_svd(array: Array) -> SVD:
    """U, S and Vh, with as many singular vectors as values."""
    height, width = array.shape[-2:]
    if not array.size or height == width:
        return _plain(array)
    if height > width:
        return _after_qr(array) if width <= 3 else _plain(array)
    return _of_two_rows(array) if height == 2 else _lower(array) if height > 2 else _plain(array)


def full_svd(array: Array) -> SVD:
    """U, S and Vh, with U and Vh square. The vectors beyond the singular values are any that complete them."""
    left, values, right = np.linalg.svd(array, True)
    signed_left, values, signed_right = reduced_svd(array)
    count = values.shape[-1]
    left[..., :, :count], right[..., :count, :] = signed_left, signed_right
    height, width = array.shape[-2:]
    if height > width and 0 < width <= 3:
        left[..., :, count:] = np.linalg.qr(array, mode="complete")[0][..., :, count:]
    return left, values, right


def _plain(array: Array) -> SVD:
    left, values, right = np.linalg.svd(array, False)
    return left, values, right


def _after_qr(array: Array) -> SVD:
    basis, triangle = np.linalg.qr(array)
    left, values, right = np.linalg.svd(triangle)
    return basis @ left, values, right


def _lower(array: Array) -> SVD:
    """Through a lower triangle beside a column of zeros, which LAPACK takes for a wide matrix."""
    basis, triangle = np.linalg.qr(array.swapaxes(-2, -1))
    lower = triangle.swapaxes(-2, -1)
    wide = np.concatenate([lower, np.zeros_like(lower[..., :1])], -1)
    left, values, right = np.linalg.svd(wide, False)
    return left, values, right[..., :-1] @ basis.swapaxes(-2, -1)


def _of_two_rows(array: Array) -> SVD:
    """U is a rotation; which of the two follows from LAPACK's dlasv2 on the bidiagonal."""
    left, values, right = np.linalg.svd(array, False)
    one, other = array[..., 0, :], array[..., 1, :]
    length = (one * one).sum(-1)
    along = (one * other).sum(-1)
    # Of the lower triangle [[a, 0], [b, c]] with positive a and c: b < 0 and a * c > a * a + b * b.
    squares = length * (other * other).sum(-1) - along * along  # (a * a) * (c * c)
    exchanged = (along < 0) & (np.sqrt(np.maximum(squares, 0)) * length > length * length + along * along)
    wanted = np.where(exchanged, -1, 1)
    first = np.where(np.signbit(left[..., 0, 0]), -1, 1) * wanted
    rotation = np.where(np.linalg.det(left) < 0, -1, 1)
    flips = np.stack([first, first * rotation], -1).astype(array.dtype)
    return left * flips[..., None, :], values, right * flips[..., :, None]
