"""An interrupt that comes while something must not be left half done comes at its end."""

import signal
import threading
from types import SimpleNamespace

import pytest

from app.kernel.cells import CellHooks
from app.kernel.interrupts import deferred_interrupt, interrupt_main_thread


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


def test_the_main_thread_is_interrupted_from_another():
    never = threading.Event()
    timer = threading.Timer(0.01, interrupt_main_thread)
    with pytest.raises(KeyboardInterrupt):
        timer.start() or never.wait(20)
    timer.join()


class Shell:
    """What the hooks of cells need of a shell: nothing was asked, and the source is interrupted while it is read."""

    def __init__(self):
        self.hooks = {}
        self.events = SimpleNamespace(register=self.hooks.__setitem__)

    def get_parent(self):
        signal.raise_signal(signal.SIGINT)
        return {}


def test_an_interrupt_while_a_cell_is_begun_comes_when_its_code_runs():
    shell, told = Shell(), []
    shell.history_manager = SimpleNamespace(input_hist_parsed=[""])
    shell.compile = SimpleNamespace(get_code_name=lambda *_: "name")
    shell.user_ns = {}
    recorder = SimpleNamespace(begin_cell=lambda *arguments: told.append(arguments))
    CellHooks(shell, recorder, lambda: None, lambda order: None)
    never = threading.Event()
    shell.hooks["pre_run_cell"](SimpleNamespace(raw_cell="1"))
    assert len(told) == 1
    with pytest.raises(KeyboardInterrupt):
        never.wait(20)
