import sys


def test_qt_does_not_eat_none(qapp):
    # PySide6 6.12.0 on Python < 3.12 loses one reference of None in every void call and aborts after some thousands.
    before = sys.getrefcount(None)
    for _ in range(500):
        qapp.processEvents()
    assert sys.getrefcount(None) > before - 100
