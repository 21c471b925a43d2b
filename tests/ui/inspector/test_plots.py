import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from ui.inspector.heat_picture import HeatPicture
from ui.inspector.plot_library import library
from ui.inspector.plots import Histogram, NormPlot
from ui.theme import DARK, LIGHT

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


def shown(keep, qtbot, plot, theme=DARK, size=(300, 160)):
    """The plot in a window of this size, as pyqtgraph's views take themselves apart when they are closed."""
    window = keep(QWidget())
    room = QVBoxLayout(window)
    room.setContentsMargins(0, 0, 0, 0)
    room.addWidget(plot)
    plot.set_theme(theme)
    window.resize(*size)
    with qtbot.waitExposed(window):
        window.show()
    return plot


@pytest.fixture
def norms(keep, qtbot):
    return shown(keep, qtbot, NormPlot(96), size=(300, 96))


@pytest.fixture
def picture(keep, qtbot):
    return shown(keep, qtbot, HeatPicture(160))


def pixel(plot, x, y):
    """The pixel of the widget where a point in data coordinates is."""
    return plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))


def colours(widget):
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def wheel(plot, modifiers):
    middle = QPointF(plot.rect().center())
    turned = QPoint(0, 120)
    event = QWheelEvent(
        middle, QPointF(plot.mapToGlobal(middle.toPoint())), turned, turned, Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)
    return event.isAccepted()


# -- loading ---------------------------------------------------------------------------------------------------------

LATER = """
import sys
from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from tests.traces import seed_trace
from ui.inspector import Inspector
from ui.inspector.plot_library import library
from ui.view_state import ViewState
app = QApplication([])
empty = Inspector(ViewState())
assert "pyqtgraph" not in sys.modules
state = ViewState(seed_trace())
state.set_step(0, 3)
loop = QEventLoop()
library().ready.connect(loop.quit)
inspector = Inspector(state)
assert inspector._plot is None and "norm:  1.5" in inspector.text()
loop.exec()
app.processEvents()
assert inspector._plot is not None and empty._plot is not None
print("drawn")
"""


def test_pyqtgraph_is_loaded_in_the_background_when_there_is_something_to_draw():
    done = subprocess.run([sys.executable, "-c", LATER], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "drawn"), done.stderr


BROKEN = """
import sys
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication
from tests.traces import seed_trace
from ui.inspector import Inspector
from ui.inspector.plot_library import library
from ui.view_state import ViewState
sys.modules["pyqtgraph"] = None
app = QApplication([])
state = ViewState(seed_trace())
state.set_step(0, 3)
loop = QEventLoop()
library().failed.connect(loop.quit)
inspector = Inspector(state)
loop.exec()
app.processEvents()
print(inspector._plot_title.text())
"""


def test_without_pyqtgraph_the_card_says_why_there_is_no_plot():
    done = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The plots could not be loaded: ")
    assert "pyqtgraph" in done.stdout


def test_what_is_loaded_is_not_loaded_again():
    assert library().is_ready
    library().load()
    assert library() is library()


# -- norms -----------------------------------------------------------------------------------------------------------


def test_a_click_on_the_norms_chooses_the_step_under_it(norms, qtbot):
    norms.set_norms(np.arange(1.0, 12.0))
    chosen = []
    norms.position_chosen.connect(chosen.append)
    for position in (0, 4, 10):
        qtbot.mouseClick(norms.viewport(), Qt.MouseButton.LeftButton, pos=pixel(norms, position, 0.5))
    assert chosen == [0, 4, 10]


def test_the_current_step_is_marked_where_its_norm_is(norms):
    norms.set_norms(np.array([1.0, 2.0, 3.0]))
    assert DARK.now in colours(norms)
    norms.set_position(2)
    assert norms._now.getData()[0].tolist() == [2]
    assert norms._now.getData()[1].tolist() == [1.0]
    norms.set_position(7)
    assert not norms._now.isVisible()


def test_non_finite_steps_are_seen_even_among_very_many(norms):
    values = np.exp(np.random.default_rng(0).normal(size=100_001))
    values[77_777] = np.nan
    norms.set_norms(values)
    assert DARK.nonfinite in colours(norms)


def test_a_long_line_is_thinned_but_keeps_its_extremes(norms):
    values = np.ones(100_001)
    values[77_777] = 1e9
    norms.set_norms(values)
    xs, ys = norms._line.curve.getData()
    assert len(xs) < 5_000
    assert np.nanmax(ys) == 1.0


@THEMES
@pytest.mark.parametrize("values", [[], [2.0], [np.nan, np.nan], [0.0, 0.0], [1.0, np.inf, 3.0], [1e-9, 0, 1e9]])
def test_every_kind_of_norms_is_drawn(keep, qtbot, theme, values):
    plot = shown(keep, qtbot, NormPlot(96), theme)
    plot.set_norms(np.array(values, np.float64))
    plot.set_position(0)
    plot.grab()


def test_ctrl_and_the_wheel_zoom_and_a_double_click_shows_all_again(norms, qtbot):
    norms.set_norms(np.arange(1.0, 102.0))
    whole = norms.box.viewRange()[0]
    assert wheel(norms, Qt.KeyboardModifier.ControlModifier)
    zoomed = norms.box.viewRange()[0]
    assert zoomed[1] - zoomed[0] < whole[1] - whole[0]
    qtbot.mouseDClick(norms.viewport(), Qt.MouseButton.LeftButton, pos=norms.rect().center())
    assert norms.box.viewRange()[0] == pytest.approx(whole)


def test_the_wheel_alone_is_left_to_the_panel(norms):
    norms.set_norms(np.arange(1.0, 102.0))
    whole = norms.box.viewRange()[0]
    assert not wheel(norms, Qt.KeyboardModifier.NoModifier)
    assert norms.box.viewRange()[0] == whole


# -- histogram -------------------------------------------------------------------------------------------------------


@THEMES
def test_a_histogram_draws_its_bars_and_tells_its_ends(keep, qtbot, theme):
    histogram = shown(keep, qtbot, Histogram(80), theme, (140, 80))
    histogram.set_values(np.array([0.0, 1.0, 1.0, 3.0]))
    assert sum(histogram.bins()) == 4
    assert (histogram._low.text(), histogram._high.text()) == ("0", "3")
    assert theme.function in colours(histogram)
    histogram.set_values(np.full(3, np.nan))
    assert histogram._low.text() == "no finite element"
    histogram.grab()


# -- picture ---------------------------------------------------------------------------------------------------------


@THEMES
@pytest.mark.parametrize("shape", [(28, 28), (64, 48), (1, 5000), (3000, 2), (600, 700)])
def test_elements_are_painted_in_their_colours(keep, qtbot, theme, shape):
    picture = shown(keep, qtbot, HeatPicture(160), theme)
    values = np.linspace(-1, 1, shape[0] * shape[1], dtype=np.float32).reshape(shape)
    picture.set_matrix(values, -1, 1)
    image = picture.grab().toImage()
    for share in (0.05, 0.5, 0.95):
        at = pixel(picture, share * shape[1], share * shape[0])
        place = picture.element_at(picture.box.mapSceneToView(picture.mapToScene(at)))
        seen, meant = image.pixelColor(at).getRgb()[:3], picture.colour_of(*place)
        assert seen == pytest.approx([int(meant[i : i + 2], 16) for i in (1, 3, 5)], abs=8)


def test_one_nan_in_a_large_array_is_seen(picture):
    values = np.ones((512, 512), np.float32)
    picture.set_matrix(values, 1, 1)
    assert DARK.nonfinite not in colours(picture)
    values = values.copy()
    values[100, 301] = np.nan
    picture.set_matrix(values, 1, 1)
    assert DARK.nonfinite in colours(picture)


def test_very_many_nans_are_marked_few_times(picture):
    picture.set_matrix(np.full((2000, 1000), np.inf, np.float32), 0, 0)
    assert len(picture._broken.getData()[0]) <= 64 * 64
    assert DARK.nonfinite in colours(picture)


def test_the_pointer_tells_index_and_value(picture, qtbot):
    values = np.arange(64 * 48, dtype=np.float32).reshape(64, 48)
    picture.set_matrix(values, 0, values.max())
    assert picture.element_at(QPointF(7.9, 3.1)) == (3, 7)
    assert picture.element_at(QPointF(-0.1, 3.1)) is None
    picture.hovered.emit(QPointF(7.5, 3.5))
    assert picture.toolTip().startswith("[3, 7]  151.0")


def test_zooming_in_draws_every_element_of_a_very_large_matrix(picture):
    picture.set_matrix(np.zeros((4000, 4000), np.float32), 0, 0)
    assert max(picture._image.image.shape) <= 512
    picture.box.setRange(xRange=(1000, 1060), yRange=(2000, 2060), padding=0)
    drawn = picture._image.mapRectToView(picture._image.boundingRect())
    assert drawn.width() == picture._image.image.shape[1]


def test_a_square_matrix_stays_square_and_a_very_long_one_fills_the_room(picture):
    picture.set_matrix(np.zeros((30, 30), np.float32), 0, 0)
    across, down = pixel(picture, 30, 0) - pixel(picture, 0, 0), pixel(picture, 0, 30) - pixel(picture, 0, 0)
    assert abs(across.x() - down.y()) <= 1
    picture.set_matrix(np.zeros((5000, 1), np.float32), 0, 0)
    across = pixel(picture, 1, 0) - pixel(picture, 0, 0)
    assert across.x() > 280


def test_what_is_zoomed_stays_zoomed_when_the_next_array_has_the_same_shape(picture):
    picture.set_matrix(np.zeros((100, 100), np.float32), 0, 0)
    assert wheel(picture, Qt.KeyboardModifier.ControlModifier)
    zoomed = picture.box.viewRange()
    picture.set_matrix(np.ones((100, 100), np.float32), 1, 1)
    assert picture.box.viewRange() == zoomed
