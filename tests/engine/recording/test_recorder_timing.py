"""What is recorded does not depend on when it is worked off: after each event, or all of it at the end of the cell."""

import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from engine.recording.recorder import Recorder
from engine.trace import REFERENCES, SCHEMA, NodeFlag
from tests.engine.programs import Recording

LEAF = "x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\nw = torch.ones(3, requires_grad=True)\n"
BLOCKS = (Path(__file__).parent / "programs.txt").read_text().split("\n\n")
PROGRAMS = {title.removeprefix("# "): code for title, _, code in (block.partition("\n") for block in BLOCKS)}
UNTIMED = {"seconds", "started", "sequence"}


class Prompt(Recorder):
    """Works everything off as soon as it was told."""

    def operation(self, *arguments):
        super().operation(*arguments)
        self.process()

    def step(self, step):
        super().step(step)
        self.process()

    def pass_started(self, run):
        super().pass_started(run)
        self.process()

    def pass_ended(self, run, error):
        super().pass_ended(run, error)
        self.process()


def told(trace):
    """Every table as rows, arrays by their content, strings spelled out."""
    arrays = {handle: (value.dtype.str, value.tolist()) for handle, value in trace.values.items()}
    found = {}
    for name in SCHEMA:
        if name in ("arrays", "drops", "meter"):
            continue
        rows = [dict(trace.row(name, index)) for index in range(len(trace.table(name)))]
        for row in rows:
            for column in row:
                if column in UNTIMED:
                    row[column] = None
                elif REFERENCES.get((name, column)) == "arrays":
                    handle = row[column]
                    shape = None if handle < 0 else trace.array(handle)._replace(id=0)
                    row[column] = repr(arrays.get(handle, shape))
            if name == "nodes":
                row["flags"] &= ~int(NodeFlag.RETAINS_GRAD)  # which is set after the row was made, or before
        found[name] = rows
    return found


def recorded(code, kind):
    recording = Recording()
    recording.recorder = kind(recording.trace.counts())
    trace = recording.run(LEAF + code)
    if recording.error is not None:
        raise recording.error
    return told(trace)


def assert_alike(late, prompt):
    for name in prompt:
        for index, (one, other) in enumerate(zip(late[name], prompt[name], strict=False)):
            different = {column for column in one if one[column] != other[column]}
            assert not different, (name, index, {column: (one[column], other[column]) for column in different})
        assert len(late[name]) == len(prompt[name]), name


@pytest.mark.parametrize("title", PROGRAMS)
def test_the_record_is_the_same_whenever_it_is_worked_off(title):
    prompt, late = recorded(PROGRAMS[title], Prompt), recorded(PROGRAMS[title], Recorder)
    assert_alike(late, prompt)


STATEMENTS = [  # each keeps a and b vectors of three
    "a = a * b",
    "b = a + b",
    "a = a.exp() * 0.1",
    "b = torch.tanh(b)",
    "a = a * 1\na.mul_(b.detach())",
    "a = (a * b).sum() * b",
    "b = b.clone()\nb[0] = 2.0",
    "a.register_hook(lambda g: g * 2)",
    "b = a.detach() * b",
    "c = torch.stack([a, b])\na, b = c.unbind()",
    "(a * b).sum().backward(retain_graph=True)",
    "x.grad = None",
    "torch.autograd.grad((a * a).sum(), x, create_graph=True, allow_unused=True)",
    "with torch.no_grad():\n    w.mul_(1.5)\n    w = w.detach().requires_grad_()",
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=10))
def test_random_programs_are_recorded_alike_whenever_they_are_worked_off(lines):
    code = "a, b = x * 1, w * 2\ntry:\n" + "\n".join(
        "    " + line for text in [*lines, "(a * b).sum().backward()"] for line in text.split("\n")
    )
    code += "\nexcept RuntimeError as error:\n    failed = str(error)\n"
    with np.errstate(all="ignore"):
        prompt, late = recorded(code, Prompt), recorded(code, Recorder)
    assert_alike(late, prompt)


@pytest.fixture
def frequent_switches():
    """Threads take turns a thousand times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("frequent_switches")
def test_the_record_is_the_same_when_another_thread_works_it_off_meanwhile():
    class Shared(Recorder):
        """Worked off by a thread of its own, a few events at a time."""

        def begin_cell(self, *arguments):
            self.over = threading.Event()
            self.thread = threading.Thread(target=self.work_off)
            self.thread.start()
            super().begin_cell(*arguments)

        def work_off(self):
            while not self.over.is_set():
                self.process(3)

        def end_cell(self, *arguments):
            self.over.set()
            self.thread.join()
            super().end_cell(*arguments)

    for title in ("two passes over one graph", "an optimizer", "a hook that runs a pass", "several outputs"):
        code = "for _ in range(20):\n" + textwrap.indent(PROGRAMS[title], "    ")
        assert_alike(recorded(code, Shared), recorded(code, Recorder))
