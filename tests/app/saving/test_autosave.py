"""The copy of a running session: what is in it at any moment, its size, its end, and finding it again."""

import os
import time

import numpy as np
import pytest

from app.saving.autosave import Autosave
from app.saving.recovery import MOST_KEPT, leftovers
from app.store import open_session
from app.store.growing import GrowingFile, files_of, finished
from engine.trace import Status
from tests.app.kernels import Driver
from tests.app.store.sessions import assert_same
from tests.traces import seed_trace


@pytest.fixture(scope="module")
def shared(qapp, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        driver = Driver()
        yield driver
        driver.close()


@pytest.fixture
def made(shared, tmp_path):
    made = []

    def make(**options):
        options = {"largest": 64 << 20, **options}
        parts, info = lambda: {"view": {"position": 1}}, lambda: {"contents": "9 nodes"}
        autosave = Autosave(shared.session, tmp_path / "autosave", parts, info, **options)
        autosave.counted = []
        autosave.written.connect(lambda: autosave.counted.append(1))
        made.append(autosave)
        return autosave

    yield make
    for autosave in made:
        autosave.end()


def stored(path):
    """What a crash at this moment would leave: a copy of the files as they are."""
    other = path.parent.parent / "crashed"
    other.mkdir(exist_ok=True)
    for file in files_of(path):
        (other / file.name).write_bytes(file.read_bytes())
    return open_session(finished(other / path.name))


def test_each_cell_is_in_the_copy_once_it_is_written(shared, made):
    autosave = made()
    complete = []
    autosave.complete.connect(lambda: complete.append(1))
    for number in (1, 2, 3):
        shared.run(f"import torch\nx = torch.ones({number}, 200, requires_grad=True)\n(x * x).sum().backward()")
        shared.wait(lambda count=number: len(complete) >= count)
        with stored(autosave.path) as session:
            assert_same(session.trace, shared.trace)
            assert session.view == {"position": 1}
            large = np.flatnonzero(shared.trace.arrays.nbytes > 512).tolist()
            assert session.arrays.handles == set(large)
            assert session.fetch(large[0]).shape == shared.trace.array(large[0]).shape
            assert session.transcript == shared.session.transcript.entries


def test_a_cell_that_runs_is_in_the_copy_as_far_as_it_has_come(shared, made):
    autosave = made()
    request = shared.session.run(
        "import torch\ny = torch.ones(3, requires_grad=True)\nimport time\n"
        "for _ in range(300):\n    y = y * 1.01\n    time.sleep(0.01)"
    )
    shared.wait(lambda: len(shared.trace.cells) and shared.trace.cells.status[-1] == Status.RUNNING)
    before = len(shared.trace.nodes)
    shared.wait(lambda: len(shared.trace.nodes) > before)
    autosave.save()
    shared.wait(lambda: autosave.counted)
    with stored(autosave.path) as session:
        assert session.trace.cells.status[-1] == Status.RUNNING
        assert len(session.trace.nodes) > before
    shared.session.interrupt()
    shared.wait(lambda: request in shared.finished)


def test_a_session_in_which_nothing_ran_has_no_copy(qapp, tmp_path):
    driver = Driver()
    autosave = Autosave(driver.session, tmp_path / "autosave", dict, dict, largest=1 << 20)
    autosave.save()
    assert autosave.path is None
    autosave.end()
    driver.close()
    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_would_become_too_large_first_leaves_out_arrays_and_then_ends(shared, made):
    autosave = made(largest=1 << 20)
    shared.run("import torch\nx = torch.randn(300, 300, requires_grad=True)\nfor i in range(8):\n    x = x * 1.5")
    shared.wait(lambda: autosave.counted)
    assert sum(file.stat().st_size for file in files_of(autosave.path)) < 4 << 20  # with the log
    said = []
    autosave.stopped.connect(said.append)
    autosave._largest = 1
    shared.run("x = x + 1")
    shared.wait(lambda: said)
    assert "largest size" in said[0]
    path = autosave.path
    shared.run("x = x + 1")
    assert path.exists()


def test_a_clean_end_removes_the_copy_and_its_lock(shared, made, tmp_path):
    autosave = made()
    shared.run("import torch\nx = torch.ones(3)")
    shared.wait(lambda: autosave.counted)
    assert len(list((tmp_path / "autosave").iterdir())) >= 2
    autosave.end()
    assert list((tmp_path / "autosave").iterdir()) == []


def test_a_failing_disk_is_told_once_and_the_session_goes_on(shared, made, monkeypatch):
    autosave, said = made(), []
    autosave.stopped.connect(said.append)

    def full(*_arguments, **_keywords):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(GrowingFile, "add", full)
    shared.run("import torch\nx = torch.ones(3)")
    shared.wait(lambda: said)
    assert "No space left" in said[0]
    assert shared.run("x + 1")["status"] == Status.OK


def copy_of(folder, name, age=0.0):
    from app.store import Growth

    folder.mkdir(exist_ok=True)
    path = folder / name
    file = GrowingFile(path)
    file.add(Growth().take(seed_trace()), info={"contents": "13 nodes, 1 cell", "path": "/home/me/a.retro"})
    file.close()
    stamp = time.time() - age
    os.utime(path, (stamp, stamp))
    return path


def test_copies_are_found_newest_first_and_those_of_living_windows_are_not(qapp, tmp_path):
    from app.saving.file_lock import FileLock

    old, new, living = (copy_of(tmp_path / "a", f"{age}.retro", age) for age in (300, 100, 50))
    lock = FileLock(living)
    assert lock.take()
    assert [leftover.path for leftover in leftovers(tmp_path / "a")] == [new, old]
    lock.release()
    assert leftovers(tmp_path / "a")[0].title.startswith("a.retro, 13 nodes, 1 cell, ")


def test_only_the_newest_copies_are_kept(qapp, tmp_path):
    for age in range(MOST_KEPT + 3):
        copy_of(tmp_path / "a", f"{age}.retro", 100 * age)
    assert len(leftovers(tmp_path / "a")) == MOST_KEPT
    assert len(list((tmp_path / "a").glob("*.retro"))) == MOST_KEPT


def test_a_damaged_copy_is_left_out_and_left_alone(qapp, tmp_path):
    good = copy_of(tmp_path / "a", "good.retro", 100)
    bad = tmp_path / "a" / "bad.retro"
    bad.write_bytes(b"SQLite format 3\0" + bytes(900))
    assert [leftover.path for leftover in leftovers(tmp_path / "a")] == [good]
    assert bad.exists()


def test_there_is_nothing_to_recover_in_a_folder_that_is_not_there(qapp, tmp_path):
    assert leftovers(tmp_path / "none") == []
