"""A session that goes on with a record from a file."""

import numpy as np
import pytest

from app.store import open_session
from engine.trace import NONE, Batch, Status
from tests.app.kernels import Driver
from tests.app.store.sessions import saved
from tests.tapes import started
from tests.traces import chain_trace, seed_trace


@pytest.fixture(scope="module")
def driver(qapp, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        driver = Driver()
        driver.wait(lambda: driver.session.state == "idle")
        yield driver
        driver.close()


def replaced(driver, trace, stored=None, transcript=()):
    driver.session.replace(trace, stored, transcript)
    driver.wait(lambda: driver.session.state == "idle")


def test_new_cells_continue_the_record_and_its_names_mean_something_until_then(driver):
    driver.run("import torch\nold = torch.ones(3)")
    trace = seed_trace()
    before = trace.counts()
    replaced(driver, trace)
    assert driver.trace is trace
    assert trace.counts() == before
    assert driver.name("x") is not None
    driver.run("import torch\nnew = torch.ones(2, requires_grad=True) * 2")
    assert len(trace.cells) == before["cells"] + 1
    assert driver.name("new") is not None
    assert driver.name("x") is None
    driver.run("old")
    assert "NameError" in driver.said()


def test_what_was_running_when_the_record_was_kept_has_died(driver):
    trace = seed_trace()
    cells = {name: getattr(trace.cells, name).copy() for name in trace.cells._columns}
    cells["status"][:] = Status.RUNNING
    trace.extend(Batch({"cells": cells}))
    replaced(driver, trace)
    assert trace.cells.status.tolist() == [Status.DIED]


def test_a_record_can_be_replaced_while_a_cell_runs_and_while_the_kernel_restarts(driver):
    request = driver.session.run("while True: pass")
    driver.wait(lambda: driver.session.state == "busy")
    driver.session.replace(chain_trace(5))
    assert driver.finished[request] == "aborted"
    last = seed_trace()
    driver.session.replace(last)
    counts = last.counts()
    cell = driver.run("import torch\ny = torch.ones(3)")
    assert cell["id"] == counts["cells"]
    assert driver.trace is last


def test_arrays_come_from_the_file_whole_and_in_slices(driver, tmp_path):
    builder = started()
    value = np.arange(600, dtype=np.float32).reshape(30, 20)
    for _ in range(2):
        builder.add("arrays", shape="30,20", dtype="float32", nbytes=2400)
    path = saved(tmp_path / "a.retro", builder.build(), arrays=[(0, value)])
    stored = open_session(path)
    replaced(driver, stored.trace, stored.arrays)
    arrived, slices, failed = [], [], []
    session = driver.session
    session.array_arrived.connect(arrived.append)
    session.slice_arrived.connect(lambda number, array: slices.append((number, array)))
    session.array_failed.connect(lambda handle, why: failed.append((handle, why)))
    session.fetch(0)
    driver.wait(lambda: arrived == [0])
    assert np.array_equal(session.trace.values[0], value)
    number = session.fetch_slice(0, ((2, 9, 3), (None, None, None)))
    driver.wait(lambda: slices)
    assert slices[0][0] == number
    assert np.array_equal(slices[0][1], value[2:9:3])
    session.fetch(1)
    driver.wait(lambda: failed)
    assert failed == [(1, "The values were not saved with the session.")]


def test_the_transcript_goes_on(driver):
    replaced(driver, seed_trace(), transcript=[("In [1]", "x"), ("Out[1]", "1\n")])
    driver.run("print('more')")
    entries = driver.session.transcript.entries
    assert entries[:2] == [("In [1]", "x"), ("Out[1]", "1\n")]
    more = [entry for entry in entries[2:] if entry[0] != "stderr"]  # where a kernel that starts may warn
    assert [kind.partition("[")[0] for kind, _ in more] == ["In ", "stdout"], entries
    assert more[1] == ("stdout", "more\n")


def test_the_names_of_a_record_are_bound_to_nothing_only_once(driver):
    trace = seed_trace()
    replaced(driver, trace)
    driver.session.restart()
    driver.wait(lambda: driver.session.state == "idle")
    names = len(trace.names)
    assert trace.names.node[-1] == NONE
    driver.run("1 + 1")
    assert len(trace.names) == names


def test_a_session_closed_while_its_kernel_restarts_leaves_no_process(qapp):
    other = Driver()
    other.wait(lambda: other.session.state == "idle")
    other.session.restart()
    manager = other.session.manager
    other.close()
    qapp.processEvents()
    assert not manager.has_kernel
    assert manager.context.closed
