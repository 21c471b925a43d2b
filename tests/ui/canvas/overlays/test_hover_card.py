import pytest
from PySide6.QtCore import QPoint, QRect, QSize

from ui.canvas.overlays.hover_card import beside

ROOM, CARD = QSize(800, 600), QSize(300, 120)


def placed(around, at=None):
    where = QRect(beside(CARD, ROOM, at or around.center(), around), CARD)
    assert QRect(QPoint(0, 0), ROOM).contains(where)
    return where


@pytest.mark.parametrize("x", [0, 60, 300, 560, 690])
@pytest.mark.parametrize("y", [0, 10, 280, 540])
def test_a_card_never_covers_the_box_it_tells_of(x, y):
    box = QRect(x, y, 110, 50)
    assert not placed(box).intersects(box)


def test_a_card_stands_to_the_right_while_there_is_room():
    assert placed(QRect(100, 100, 110, 50)).left() > 210
    assert placed(QRect(600, 100, 110, 50)).right() < 600


def test_a_box_as_wide_as_the_view_has_its_card_below_or_above():
    assert placed(QRect(10, 100, 780, 50)).top() > 150
    assert placed(QRect(10, 500, 780, 90)).bottom() < 500


def test_a_box_that_fills_the_view_has_its_card_at_the_pointer():
    at = QPoint(700, 500)
    where = placed(QRect(-50, -50, 900, 700), at)
    assert not where.contains(at)
    assert where.right() < 700
    assert where.bottom() < 500
