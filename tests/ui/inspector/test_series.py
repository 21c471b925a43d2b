import numpy as np
import pytest

from ui.inspector.series import MOST_ELEMENTS, counts, evenly, scaled


def test_a_histogram_counts_every_finite_element_once():
    bins, low, high = counts(np.array([0.0, 1.0, 1.0, 3.0, np.nan, np.inf]))
    assert (bins.sum(), low, high) == (4, 0.0, 3.0)


def test_equal_elements_make_one_bar_in_the_middle():
    bins, low, high = counts(np.full((2, 2), 4.5))
    assert (bins > 0).sum() == 1
    assert bins[len(bins) // 2] == 4
    assert low == high == 4.5


@pytest.mark.parametrize("values", [np.zeros(0), np.array([np.nan, np.inf])])
def test_without_a_finite_element_there_are_no_bars(values):
    assert len(counts(values)[0]) == 0


def test_a_huge_array_is_sampled():
    bins, _, _ = counts(np.zeros(5 * MOST_ELEMENTS, np.float32))
    assert bins.sum() == MOST_ELEMENTS


def test_truth_values_and_extreme_numbers_can_be_counted():
    assert counts(np.array([True, False, True]))[0].sum() == 3
    assert counts(np.array([-1.7e308, 1.7e308]))[0].sum() == 2


def test_a_wide_range_of_norms_is_drawn_on_a_log_scale():
    heights, log = scaled(np.array([1e-3, 1.0, 1e3]))
    assert log
    assert heights.tolist() == pytest.approx([0, 0.5, 1])


def test_a_narrow_range_of_norms_is_drawn_as_it_is():
    heights, log = scaled(np.array([1.0, 2.0, 3.0]))
    assert not log
    assert heights.tolist() == [0, 0.5, 1]


def test_zeros_lie_at_the_bottom_and_non_finite_norms_stay_gaps():
    heights, log = scaled(np.array([0.0, 1e-6, 1.0, np.nan]))
    assert log
    assert heights[:3].tolist() == [0, 0, 1]
    assert np.isnan(heights[3])
    assert scaled(np.zeros(3))[0].tolist() == [0, 0, 0]


def test_indices_in_view_are_picked_evenly_and_never_outside():
    assert evenly(0, 10, 10, 512).tolist() == list(range(10))
    assert evenly(2.5, 4.2, 10, 512).tolist() == [2, 3, 4]
    assert evenly(-5, 99, 3, 512).tolist() == [0, 1, 2]
    assert evenly(20, 30, 3, 512).tolist() == [2]
    picked = evenly(0, 100_000, 100_000, 512)
    assert (len(picked), picked[0], picked[-1]) == (512, 0, 99_999)
