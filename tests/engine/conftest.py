import pytest

from engine import warn_once


@pytest.fixture
def fresh_warnings(monkeypatch):
    """Warnings that come once per process come once per test."""
    monkeypatch.setattr(warn_once, "_given", set())
