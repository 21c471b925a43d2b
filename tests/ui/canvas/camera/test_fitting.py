import pytest

from ui.canvas.camera import fitting
from ui.canvas.camera.fitting import Camera, Corner


def seen(camera, width, height):
    return (
        camera.x - width / 2 / camera.scale, camera.y - height / 2 / camera.scale,
        camera.x + width / 2 / camera.scale, camera.y + height / 2 / camera.scale,
    )  # fmt: skip


@pytest.mark.parametrize("bounds", [(0, 0, 5000, 80), (-40, -70, 30, 90000), (0, 0, 300, 200), (3, 3, 3, 3)])
@pytest.mark.parametrize("legend", [(0.0, 0.0), (200.0, 120.0)])
def test_everything_is_in_view_after_a_fit(bounds, legend):
    camera = fitting.fit(bounds, 800, 600, legend).camera
    left, top, right, bottom = seen(camera, 800, 600)
    assert left <= bounds[0]
    assert top <= bounds[1]
    assert right >= bounds[2]
    assert bottom >= bounds[3]


def test_a_small_graph_is_not_blown_up():
    assert fitting.fit((0, 0, 10, 10), 800, 600).camera.scale == fitting.LARGEST_FIT


def covers(camera, corner, size, width=800, height=600):
    """What a legend of that size covers of the scene."""
    left, top, right, bottom = seen(camera, width, height)
    wide, high = size[0] / camera.scale, size[1] / camera.scale
    x = right - wide if corner in (Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT) else left
    y = bottom - high if corner in (Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT) else top
    return (x, y, x + wide, y + high)


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize(
    "boxes",
    [
        [(0, 0, 100, 3000)],
        [(0, 0, 4000, 100)],
        [(0, 0, 900, 700)],
        [(0, 0, 800, 100), (350, 0, 450, 900)],
        [(0, 0, 3, 3)],
    ],
)
def test_the_legend_never_lies_on_the_graph(boxes):
    bounds = tuple(pick(box[k] for box in boxes) for k, pick in enumerate((min, min, max, max)))
    size = (210.0, 130.0)
    camera, corner = fitting.fit(bounds, 800, 600, size, lambda rect: not any(overlap(rect, box) for box in boxes))
    assert not any(overlap(covers(camera, corner, size), box) for box in boxes)


def test_the_legend_stays_in_its_corner_while_that_is_free():
    found = fitting.fit((0, 0, 100, 900), 800, 600, (200, 100), lambda _: True, Corner.BOTTOM_RIGHT)
    assert found.corner is Corner.BOTTOM_RIGHT


def test_a_corner_that_is_free_costs_the_graph_nothing():
    bounds = (0, 0, 700, 600)
    size = (200.0, 100.0)
    plain = fitting.fit(bounds, 800, 600).camera
    below = (0, 500, 200, 600)
    camera, corner = fitting.fit(bounds, 800, 600, size, lambda rect: overlap(rect, below))
    assert (camera, corner) == (plain, Corner.BOTTOM_LEFT)


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


def test_a_camera_at_an_end_of_the_graph_does_not_look_into_the_void():
    bounds = (0, 0, 100, 9000)
    assert fitting.filled(Camera(1.0, 50, 20), bounds, 800, 600) == Camera(1.0, 50, 300)
    assert fitting.filled(Camera(1.0, 50, 8990), bounds, 800, 600) == Camera(1.0, 50, 8700)
    assert fitting.filled(Camera(1.0, 50, 4000), bounds, 800, 600) == Camera(1.0, 50, 4000)
