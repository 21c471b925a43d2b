import pytest

from ui.canvas import fitting
from ui.canvas.fitting import Camera


def seen(camera, width, height):
    return (
        camera.x - width / 2 / camera.scale, camera.y - height / 2 / camera.scale,
        camera.x + width / 2 / camera.scale, camera.y + height / 2 / camera.scale,
    )  # fmt: skip


@pytest.mark.parametrize("bounds", [(0, 0, 5000, 80), (-40, -70, 30, 90000), (0, 0, 300, 200), (3, 3, 3, 3)])
@pytest.mark.parametrize("reserve", [0.0, 200.0])
def test_everything_is_in_view_after_a_fit(bounds, reserve):
    camera = fitting.fit(bounds, 800, 600, reserve)
    left, top, right, bottom = seen(camera, 800, 600)
    assert left <= bounds[0]
    assert top <= bounds[1]
    assert right >= bounds[2]
    assert bottom >= bounds[3]


def test_a_small_graph_is_not_blown_up():
    assert fitting.fit((0, 0, 10, 10), 800, 600).scale == fitting.LARGEST_FIT


def test_the_legend_stands_free_where_that_costs_little():
    bounds = (0, 0, 600, 2000)
    camera = fitting.fit(bounds, 400, 800, reserve=150)
    assert (bounds[0] - seen(camera, 400, 800)[0]) * camera.scale >= 150


def test_zooming_leaves_the_point_under_the_pointer_in_place():
    before = Camera(0.5, 100, 200)
    after = fitting.zoom_at(before, 1.3, 40, 260)
    for axis, point in (("x", 40), ("y", 260)):
        assert (point - getattr(before, axis)) * before.scale == pytest.approx(
            (point - getattr(after, axis)) * after.scale
        )


def test_scales_stay_within_limits_and_a_large_graph_can_still_be_fitted():
    assert fitting.clamp_scale(100, 1) == fitting.LARGEST
    assert fitting.clamp_scale(1e-9, 1) == fitting.SMALLEST
    assert fitting.clamp_scale(1e-4, 1e-4) == 1e-4


@pytest.mark.parametrize("last", [Camera(2.0, 50, -10), Camera(0.5, 50, -10)])
def test_a_motion_begins_and_ends_where_it_should(last):
    first = Camera(0.5, 0, 0)
    assert fitting.between(first, last, 0.0) == pytest.approx(first)
    assert fitting.between(first, last, 1.0) == pytest.approx(last)
