import pytest

from tests.traces import chain_trace
from ui.canvas.overlays.mini_map import MiniMap
from ui.canvas.picture.picture import Picture
from ui.theme import DARK


@pytest.fixture
def overview(qtbot):
    made = MiniMap(DARK)
    qtbot.addWidget(made)
    return made


def colours(widget):
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_the_graph_is_drawn_once_the_map_is_shown_and_has_settled(overview, qtbot):
    picture = Picture.of_trace(chain_trace(20))
    drawn = []
    picture.paint = lambda *args: drawn.append(args)
    overview.set_picture(picture)
    overview.grab()
    qtbot.wait(120)
    assert not drawn
    overview.show()
    qtbot.waitUntil(lambda: len(drawn) == 1)


def test_a_frame_of_the_window_never_waits_for_the_map(overview, qtbot):
    picture = Picture.of_trace(chain_trace(20))
    overview.show()
    overview.set_picture(picture)
    before = colours(overview)
    qtbot.waitUntil(lambda: colours(overview) != before)
