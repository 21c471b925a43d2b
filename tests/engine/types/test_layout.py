"""The memory order of results: the quick answers for plain orders agree with the rule for all orders."""

import numpy as np
from hypothesis import given, strategies as st

from engine import torch
from engine.types.layout import copied, empty_in_order, memory_order, ordered


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    """Views in any order of their dims, some with gaps, some expanded."""
    lengths = draw(st.lists(st.integers(1, 3), max_size=4))
    order = draw(st.permutations(range(len(lengths))))
    gaps = [draw(st.booleans()) for _ in lengths]
    held = np.arange(np.prod([length * 2 for length in lengths], initial=1), dtype=np.float32)
    held = held.reshape([length * 2 for length in lengths])
    parts = [slice(0, None, 2) if gap else slice(length) for length, gap in zip(lengths, gaps, strict=True)]
    view = np.asarray(held[tuple(parts)])
    if draw(st.booleans()):
        view = np.array(view, order="C")
    view = view.transpose(order)
    if view.ndim and draw(st.booleans()):
        dim = draw(st.integers(0, view.ndim - 1))
        view = np.broadcast_to(view.take([0], dim), view.shape)
    return view


def by_the_rule(array: np.ndarray) -> np.ndarray:
    """An array of that shape whose memory lies as `memory_order` says."""
    return empty_in_order(array.shape, memory_order(array.shape, [list(array.strides)]), array.dtype)


def telling(array: np.ndarray) -> list[int]:
    """The strides of dims that have more than one element."""
    return [stride for stride, length in zip(array.strides, array.shape, strict=True) if length > 1]


@given(arrays())
def test_results_and_copies_lie_in_memory_as_the_rule_says(array: np.ndarray) -> None:
    made = np.asarray(np.negative(array))
    result, copy = ordered(made, [array]), copied(array)
    assert telling(result) == telling(by_the_rule(array))
    assert np.array_equal(result, -array)
    assert np.array_equal(copy, array)
    if not array.flags.c_contiguous:
        assert copy.strides == by_the_rule(array).strides


def test_a_sum_lies_in_memory_as_its_first_operand() -> None:
    turned = torch.zeros(3, 2).t()
    assert (turned + torch.zeros(2, 3)).stride() == (1, 2)
    assert (torch.zeros(2, 3) + turned).stride() == (3, 1)


def test_parts_of_a_row_are_added_to_contiguous_results() -> None:
    left, right = torch.zeros(3, 4, 8).chunk(2, 2)
    assert (left + right).stride() == (16, 4, 1)
    assert left.clone().stride() == (16, 4, 1)
