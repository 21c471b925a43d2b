import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from ui.inspector.charts import MOST_ELEMENTS, NormPlot, counts, scaled, thinned


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


def test_a_long_line_keeps_its_extremes_and_its_gaps():
    heights = np.zeros(100_000)
    heights[77_777], heights[5] = 1.0, np.nan
    shares, kept = thinned(heights, 300)
    assert len(shares) == len(kept) <= 600
    assert np.nanmax(kept) == 1.0
    assert np.isnan(kept).sum() == 2
    assert (np.diff(shares) >= 0).all()


def test_a_short_line_keeps_every_step():
    shares, kept = thinned(np.array([0.0, 1.0, 0.5]), 300)
    assert shares.tolist() == [0, 0.5, 1]
    assert kept.tolist() == [0, 1, 0.5]


def test_a_click_on_the_plot_chooses_the_step_under_it(keep, qtbot):
    plot = keep(NormPlot())
    plot.resize(300, 70)
    plot.set_norms(np.arange(1.0, 12.0))
    chosen = []
    plot.position_chosen.connect(chosen.append)
    area = plot._area()
    for position in (0, 4, 10):
        x = round(area.left() + area.width() * position / 10)
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(x, 30))
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(299, 30))
    assert chosen == [0, 4, 10, 10]
