"""Equal elements in sort, topk, kthvalue, mode and median: PyTorch leaves open which of them an index names."""

import numpy as np

from .compare import Group, Plain, difference


def differ_only_in_ties(expected, got, source, tolerances):
    """Whether two results are the same but for the choice among equal elements of `source`, the input's array.

    Results are indices, or (values, indices). The dimension is the one along which PyTorch's indices fit.
    """
    if isinstance(expected, Group) and isinstance(got, Group) and len(expected.items) == len(got.items) == 2:
        values, indices = expected.items
        if difference(values, got.items[0], tolerances) is not None:
            return False
        return _tied(source, indices, got.items[1], values.array)
    return isinstance(expected, Plain) and isinstance(got, Plain) and _tied(source, expected, got, None)


def _tied(source, expected, got, values):
    theirs, ours = expected.array, got.array
    if expected.dtype != "int64" or got.dtype != "int64" or theirs.shape != ours.shape:
        return False
    return any(_tied_along(source, theirs, ours, values, axis) for axis in range(source.ndim))


def _tied_along(source, theirs, ours, values, axis):
    if theirs.ndim == source.ndim - 1:
        theirs, ours = np.expand_dims(theirs, axis), np.expand_dims(ours, axis)
        values = None if values is None else np.expand_dims(values, axis)
    fits = theirs.ndim == source.ndim and all(
        have == wanted
        for place, (have, wanted) in enumerate(zip(theirs.shape, source.shape, strict=True))
        if place != axis
    )
    length = source.shape[axis]
    if not fits or any(((indices < 0) | (indices >= length)).any() for indices in (theirs, ours)):
        return False
    taken = np.take_along_axis(source, theirs, axis)
    if values is not None and not np.array_equal(taken, values, equal_nan=_has_nan(taken)):
        return False
    if not np.array_equal(taken, np.take_along_axis(source, ours, axis), equal_nan=_has_nan(taken)):
        return False
    return bool((np.diff(np.sort(ours, axis), axis=axis) > 0).all())  # no element is named twice


def _has_nan(array):
    return array.dtype.kind in "fc"
