import pytest


@pytest.fixture
def keep(qtbot):
    """Holds widgets until the test is over.

    A widget that only its own signals refer to is garbage for Python, and may be collected, and with it deleted, in
    the middle of its own paint event: pytest-qt keeps weak references only.
    """
    kept = []

    def hold(widget):
        qtbot.addWidget(widget)
        kept.append(widget)
        return widget

    yield hold
    for widget in kept:
        widget.close()
