"""Which of several equal elements sort, topk, kthvalue and mode name: that which PyTorch's algorithms come upon.

PyTorch leaves it open, but its CPU kernels are deterministic: introsort and introselect (D. Musser, 1997) and heaps as
the C++ library of its Linux builds runs them, and a quickselect of its own. Only lines with equal elements come here;
a line is a list of ranks, equal ones for equal elements, and the result the indices in their new order.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..shape.slices import at

Array = npt.NDArray[Any]
Ranks = list[int] | list[float]
SMALL = 16  # lines up to this length are sorted by insertion
_MOST = 100_000  # elements; in larger tensors equal ones are named in their order, which PyTorch's words allow
_PARTIAL = 64  # a heap is used where at most one in so many is wanted


def with_ties(array: Array, dim: int, found: Array, tell: Callable[[Ranks, int], list[int]]) -> Array:
    """`found` (indices along `dim`, one or more per line) with the lines that have ties as `tell` names them.

    `tell` gets a line's ranks, NaN ranking highest, and how many NaN there are.
    """
    length = array.shape[dim]
    if array.size > _MOST or not found.size:
        return found
    ordered = np.sort(array, axis=dim)
    one, other = ordered[at(dim, slice(1, None))], ordered[at(dim, slice(None, -1))]
    same = one == other
    if array.dtype.kind == "f":
        same |= np.isnan(one) & np.isnan(other)
    if not same.any():
        return found
    lines = np.moveaxis(array, dim, -1).reshape(-1, length)
    named = np.array(np.moveaxis(found, dim, -1))
    rows = named.reshape(lines.shape[0], -1)
    tied = np.moveaxis(same, dim, -1).reshape(lines.shape[0], length - 1).any(-1)
    for row in np.flatnonzero(tied).tolist():
        ranks = np.unique(lines[row], return_inverse=True)[1]
        missing = int(np.isnan(lines[row]).sum()) if array.dtype.kind == "f" else 0
        rows[row] = tell(ranks.tolist(), missing)
    return np.moveaxis(rows.reshape(named.shape), -1, dim)


def topmost(ranks: Ranks, count: int, largest: bool) -> list[int]:
    """The indices of the `count` largest, or smallest, in order."""
    keys = [-rank for rank in ranks] if largest else ranks
    items = list(range(len(keys)))
    if not count:
        return []
    if count * _PARTIAL <= len(keys):
        _heap_select(items, keys, 0, count, len(items))
        _sort_heap(items, keys, 0, count)
    else:
        _select(items, keys, count - 1)
        _sort(items, keys, 0, count - 1)
    return items[:count]


def sorted_indices(ranks: Ranks) -> list[int]:
    """The indices in order."""
    items = list(range(len(ranks)))
    _sort(items, ranks, 0, len(items))
    return items


def first_of_equals(length: int) -> int:
    """The index that stands first once a line of equal elements was partly sorted for its first element."""
    items = list(range(length))
    _select(items, [0] * length, 0)
    return items[0]


def most_frequent(ranks: Ranks, missing: int) -> int:
    """The index of the last of the longest run of equal elements; NaN equals nothing."""
    items = sorted_indices(ranks)
    best, longest, run = items[0], 0, 0
    for place, item in enumerate(items):
        run += 1
        ends = place + 1 == len(items) or ranks[items[place + 1]] != ranks[item] or place >= len(items) - missing
        if ends:
            if run > longest:
                best, longest = item, run
            run = 0
    return best


def quick(ranks: Ranks, place: int) -> int:
    """The index of the element at `place` in order, by a quickselect that takes the median of three as pivot."""
    items = list(range(len(ranks)))
    keys = list(ranks)

    def swap(one: int, other: int) -> None:
        items[one], items[other] = items[other], items[one]
        keys[one], keys[other] = keys[other], keys[one]

    left, right = 0, len(items) - 1
    while right > left:
        if right == left + 1:
            if keys[left] > keys[right]:
                swap(left, right)
            break
        swap(left + (right - left) // 2, left + 1)
        for one, other in ((left + 1, right), (left, right), (left + 1, left)):
            if keys[one] > keys[other]:
                swap(one, other)
        i, j, pivot = left + 1, right, keys[left]
        while True:
            i += 1
            while pivot > keys[i]:
                i += 1
            j -= 1
            while keys[j] > pivot:
                j -= 1
            if j < i:
                break
            swap(i, j)
        swap(left, j)
        if j <= place:
            left = i
        if j >= place:
            right = j - 1
    return items[place]


def _select(items: list[int], keys: Ranks, nth: int) -> None:
    first, last = 0, len(items)
    if nth >= last:
        return
    limit = 2 * (last.bit_length() - 1)
    while last - first > 3:
        if limit == 0:
            _heap_select(items, keys, first, nth + 1, last)
            items[first], items[nth] = items[nth], items[first]
            return
        limit -= 1
        cut = _partition(items, keys, first, last)
        if cut <= nth:
            first = cut
        else:
            last = cut
    _insertion_sort(items, keys, first, last)


def _sort(items: list[int], keys: Ranks, first: int, last: int) -> None:
    if last - first < 2:
        return
    waiting = [(first, last, 2 * ((last - first).bit_length() - 1))]
    while waiting:
        start, end, limit = waiting.pop()
        while end - start > SMALL:
            if limit == 0:
                _heap_select(items, keys, start, end, end)
                _sort_heap(items, keys, start, end)
                break
            limit -= 1
            cut = _partition(items, keys, start, end)
            waiting.append((cut, end, limit))
            end = cut
    _insertion_sort(items, keys, first, min(first + SMALL, last))
    for place in range(first + SMALL, last):
        _insert(items, keys, place)


def _partition(items: list[int], keys: Ranks, first: int, last: int) -> int:
    """Smaller elements to the front of the median of the second, middle and last; gives where the others begin."""
    median = _median(items, keys, first + 1, first + (last - first) // 2, last - 1)
    items[first], items[median] = items[median], items[first]
    pivot = keys[items[first]]
    low, high = first + 1, last
    while True:
        while keys[items[low]] < pivot:
            low += 1
        high -= 1
        while pivot < keys[items[high]]:
            high -= 1
        if low >= high:
            return low
        items[low], items[high] = items[high], items[low]
        low += 1


def _median(items: list[int], keys: Ranks, a: int, b: int, c: int) -> int:
    one, two, three = keys[items[a]], keys[items[b]], keys[items[c]]
    if one < two:
        if two < three:
            return b
        return c if one < three else a
    if one < three:
        return a
    return c if two < three else b


def _insertion_sort(items: list[int], keys: Ranks, first: int, last: int) -> None:
    for place in range(first + 1, last):
        if keys[items[place]] < keys[items[first]]:
            items.insert(first, items.pop(place))
        else:
            _insert(items, keys, place)


def _insert(items: list[int], keys: Ranks, place: int) -> None:
    value = items[place]
    while keys[value] < keys[items[place - 1]]:
        items[place] = items[place - 1]
        place -= 1
    items[place] = value


def _heap_select(items: list[int], keys: Ranks, first: int, until: int, last: int) -> None:
    """The smallest elements to first..until, as a heap with the largest of them on top."""
    length = until - first
    for parent in range((length - 2) // 2, -1, -1):
        _sift(items, keys, first, parent, length, items[first + parent])
    for place in range(until, last):
        if keys[items[place]] < keys[items[first]]:
            value, items[place] = items[place], items[first]
            _sift(items, keys, first, 0, length, value)


def _sort_heap(items: list[int], keys: Ranks, first: int, last: int) -> None:
    for end in range(last - 1, first, -1):
        value, items[end] = items[end], items[first]
        _sift(items, keys, first, 0, end - first, value)


def _sift(items: list[int], keys: Ranks, first: int, hole: int, length: int, value: int) -> None:
    """Put `value` into the heap's hole: the larger children move up to the end, then the value moves up from there."""
    top, child = hole, hole
    while child < (length - 1) // 2:
        child = 2 * (child + 1)
        if keys[items[first + child]] < keys[items[first + child - 1]]:
            child -= 1
        items[first + hole] = items[first + child]
        hole = child
    if length % 2 == 0 and child == (length - 2) // 2:
        child = 2 * (child + 1)
        items[first + hole] = items[first + child - 1]
        hole = child - 1
    parent = (hole - 1) // 2
    while hole > top and keys[items[first + parent]] < keys[value]:
        items[first + hole] = items[first + parent]
        hole, parent = parent, (parent - 1) // 2
    items[first + hole] = value
