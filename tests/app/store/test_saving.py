import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from app.store import CannotSaveError, Contents, open_session, save_session
from app.store.saving import OLD_PART
from engine.trace import Batch
from tests.app.store.sessions import saved
from tests.traces import chain_trace, seed_trace

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed")
def test_a_process_killed_while_saving_leaves_the_old_file_or_the_new_one(tmp_path):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # a fork copies no other threads
    ran = subprocess.run(
        [sys.executable, "-m", "tests.app.store.killed", str(tmp_path), "220"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    old, new, _ = map(int, ran.stdout.split())
    assert old + new == 220
    assert old > 20
    assert new > 20


@pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed")
def test_a_process_killed_while_its_file_grows_leaves_every_finished_addition(tmp_path):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.app.store.killed_growing", str(tmp_path), "60"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert float(ran.stdout) > 1


def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(tmp_path):
    path = saved(tmp_path / "a.retro", seed_trace())
    before = path.read_bytes()

    def arrays():
        yield 0, np.ones(3)
        raise RuntimeError("the kernel is gone")

    with pytest.raises(RuntimeError, match="the kernel is gone"):
        saved(path, chain_trace(20), arrays=arrays())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told_with_the_next_move(tmp_path):
    with pytest.raises(CannotSaveError, match="Choose another place"):
        save_session(tmp_path / "none" / "a.retro", Contents(Batch()))


def test_a_folder_that_may_not_be_written_is_told(tmp_path, monkeypatch):
    def refuse(*_arguments, **_keywords):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(CannotSaveError, match="Permission denied"):
        save_session(tmp_path / "a.retro", Contents(Batch()))
    assert list(tmp_path.iterdir()) == []


def test_saving_through_a_link_replaces_the_file_it_leads_to(tmp_path):
    path = saved(tmp_path / "a.retro", seed_trace())
    link = tmp_path / "link.retro"
    link.symlink_to(path)
    saved(link, chain_trace(30))
    assert link.is_symlink()
    with open_session(path) as stored:
        assert len(stored.trace.nodes) > 90


def test_what_killed_processes_left_is_removed_when_it_is_old(tmp_path):
    old, recent, other = (tmp_path / name for name in (".a.retro.1.part", ".a.retro.2.part", ".b.retro.3.part"))
    for part in (old, recent, other):
        part.touch()
    long_ago = time.time() - OLD_PART - 10
    os.utime(old, (long_ago, long_ago))
    os.utime(other, (long_ago, long_ago))
    saved(tmp_path / "a.retro", seed_trace())
    assert {path.name for path in tmp_path.iterdir()} == {"a.retro", recent.name, other.name}


def test_an_open_session_goes_on_when_its_file_is_replaced(tmp_path):
    path = saved(tmp_path / "a.retro", seed_trace())
    with open_session(path) as stored:
        saved(path, chain_trace(30))
        assert stored.fetch(0) is not None
    with open_session(path) as stored:
        assert len(stored.trace.nodes) > 90
