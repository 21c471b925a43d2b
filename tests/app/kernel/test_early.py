import os

import pytest

from app.kernel.early import EarlyKernel
from app.session.kernel_process import KernelProcess
from tests.app.kernels import Driver

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX systems start their kernel early")
ASK = "import os\nprint(os.getpid(), os.getcwd(), os.environ.get('GIVEN'))"


@pytest.fixture(autouse=True)
def own_ipython_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))


@pytest.fixture
def start(qapp):
    drivers = []

    def begin(early, folder):
        drivers.append(Driver(early, folder=str(folder)))
        return drivers[-1]

    yield begin
    for driver in drivers:
        driver.close()


def test_the_waiting_process_becomes_the_kernel_with_the_sessions_folder_and_variables(start, tmp_path, monkeypatch):
    early = EarlyKernel()
    monkeypatch.setenv("GIVEN", "later")
    driver = start(early, tmp_path)
    driver.run(ASK)
    assert driver.said() == f"{early.process.pid} {tmp_path} later\n"


def test_it_records_and_is_interrupted_like_any_other(start, tmp_path):
    driver = start(EarlyKernel(), tmp_path)
    driver.run("import torch\nx = torch.ones(2, requires_grad=True)\nx.sum().backward()")
    assert len(driver.trace.passes) == 1
    request = driver.session.run("while True: pass")
    driver.wait(lambda: driver.session.state == "busy")
    driver.session.interrupt()
    driver.wait(lambda: request in driver.finished)
    assert driver.finished[request] == "error"


def test_one_that_died_meanwhile_is_replaced(start, tmp_path):
    early = EarlyKernel()
    early.process.kill()
    early.process.wait()
    driver = start(early, tmp_path)
    driver.run(ASK)
    assert not driver.said().startswith(f"{early.process.pid} ")


def test_it_ends_when_nobody_needs_it():
    early = EarlyKernel()
    early.cancel()
    assert early.process.returncode == 0


def test_a_kernel_that_runs_is_not_cancelled(start, tmp_path):
    early = EarlyKernel()
    driver = start(early, tmp_path)
    early.cancel()
    driver.run("print('alive')")
    assert driver.said() == "alive\n"


def test_a_kernel_whose_welcome_is_lost_becomes_ready_all_the_same(qapp, tmp_path, monkeypatch):
    take = KernelProcess._on_iopub
    lose = lambda self, message: message["header"]["msg_type"] == "iopub_welcome" or take(self, message)  # noqa: E731
    monkeypatch.setattr(KernelProcess, "_on_iopub", lose)
    driver = Driver(folder=str(tmp_path))
    driver.run("print('ready')")
    assert driver.said() == "ready\n"
    driver.close()
