"""An interrupt that comes while something must not be left half done comes at its end."""

import signal
import threading

import pytest

from app.interrupts import deferred_interrupt


def test_an_interrupt_comes_when_the_work_is_done():
    done = []

    @deferred_interrupt()
    def work():
        signal.raise_signal(signal.SIGINT)
        done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["all of it"]


def test_without_an_interrupt_nothing_comes_and_the_handler_is_as_it_was():
    before = signal.getsignal(signal.SIGINT)
    with deferred_interrupt():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_handler_of_the_users_is_called():
    calls = []
    before = signal.signal(signal.SIGINT, lambda *_: calls.append(1))
    try:
        with deferred_interrupt():
            signal.raise_signal(signal.SIGINT)
            assert not calls
        assert calls == [1]
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_error_of_the_work_is_told_when_no_interrupt_came():
    with pytest.raises(ValueError, match="ours"), deferred_interrupt():
        raise ValueError("ours")


def test_other_threads_change_nothing():
    seen = []

    def work():
        with deferred_interrupt():
            seen.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
