"""The quiet offer at the bottom of the canvas."""

from PySide6.QtWidgets import QLabel, QPushButton

from ui.canvas.overlays.offer import Offer
from ui.theme import LIGHT

TEXT = "The graph has grown into a crooked picture: its edges run longer than they need to."


def shown(qtbot, width):
    offer = Offer(LIGHT)
    qtbot.addWidget(offer)
    offer.show_offer(TEXT, "Lay out afresh", lambda: None)
    offer.fit(width)
    offer.layout().activate()
    return offer


def test_an_offer_longer_than_the_canvas_is_wide_takes_more_lines(qtbot):
    narrow, wide = shown(qtbot, 420), shown(qtbot, 2000)
    assert narrow.width() <= 420
    assert narrow.height() > wide.height()
    assert wide.width() < 2000
    for part in (*narrow.findChildren(QPushButton), narrow.findChild(QLabel)):
        assert narrow.rect().contains(part.geometry())
    label = narrow.findChild(QLabel)
    assert label.height() >= label.heightForWidth(label.width())


def test_an_offer_is_one_line_again_where_there_is_room(qtbot):
    offer = shown(qtbot, 420)
    offer.fit(2000)
    assert offer.size() == shown(qtbot, 2000).size()
