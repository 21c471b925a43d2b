import pytest
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter

from ui.canvas.painting.legend_painter import LegendFacts, LegendPainter
from ui.theme import DARK


def heights(colour):
    """How high the marks of one colour are in the legend, over all columns of pixels."""
    painter_of = LegendPainter(QFont(QGuiApplication.font()))
    facts = LegendFacts("0.1", "3", False, False, True)
    size = painter_of.size(facts)
    image = QImage(round(size.width()), round(size.height()), QImage.Format.Format_RGB32)
    image.fill(QColor(DARK.panel))
    painter = QPainter(image)
    painter_of.paint(painter, DARK, facts)
    painter.end()
    wanted, found = QColor(colour).rgb(), set()
    for x in range(image.width()):
        run = 0
        for y in range(image.height()):
            if image.pixel(x, y) == wanted:
                run += 1
            elif run:
                found.add(run)
                run = 0
    return found


@pytest.mark.usefixtures("qapp")
def test_signs_are_drawn_as_edges_and_states_as_boxes_since_they_share_their_colours():
    assert max(heights(DARK.now)) >= 9
    tall = {height for height in heights(DARK.function) if height >= 9}
    flat = {height for height in heights(DARK.function) if height <= 3}
    assert tall
    assert flat
