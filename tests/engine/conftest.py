import pytest

from engine import autograd
from engine.ops import protocol


@pytest.fixture
def fresh_warnings(monkeypatch):
    """Warnings that come once per process come once per test."""
    monkeypatch.setattr(autograd, "_warned", set())
    monkeypatch.setattr(protocol, "_warned", set())
