"""A session with a real kernel, shared by the tests of this module; each starts from `import torch`."""

import time

import numpy as np
import pytest

from engine.trace import NONE, NodeKind, Status
from tests.app.kernels import Driver


@pytest.fixture(scope="module", autouse=True)
def own_ipython_folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        yield


@pytest.fixture(scope="module")
def shared(qapp, own_ipython_folder, tmp_path_factory):
    driver = Driver(folder=str(tmp_path_factory.mktemp("work")))
    yield driver
    driver.close()


@pytest.fixture
def driver(shared):
    if shared.session.state == "dead":
        shared.revive()
    shared.run("%reset -f\nimport torch")
    shared.said()
    shared.messages.clear()
    return shared


def test_a_cell_given_before_the_kernel_is_ready_runs_and_loses_no_output(qapp):
    driver = Driver()
    request = driver.session.run("print('first')")
    driver.wait(lambda: request in driver.finished)
    assert driver.said() == "first\n"
    assert driver.states[:2] == ["starting", "idle"]
    driver.close()


def test_a_snippet_becomes_a_graph_and_a_pass(driver):
    driver.run("x = torch.ones(2, 2, requires_grad=True)")
    driver.run("y = x + 2\nz = y * y * 3\nout = z.sum()")
    cell = driver.run("out.backward()\nprint(x.grad)")
    assert driver.said("stdout") == "tensor([[18., 18.],\n        [18., 18.]])\n"
    assert cell["status"] == Status.OK
    assert driver.name("out").label == "out"
    passes = driver.trace.passes
    assert (passes.status[-1], passes.steps[-1], passes.cell[-1]) == (Status.OK, 5, cell["id"])


def test_printing_a_grad_fn_reads_as_in_pytorch(driver):
    driver.run("y = torch.ones(2, requires_grad=True) + 2\nprint(y.grad_fn)")
    assert driver.said().startswith("<AddBackward0 object at 0x")


def test_cells_run_in_order_and_carry_their_requests(driver):
    requests = [driver.session.run(f"print({number})") for number in range(5)]
    driver.wait(lambda: all(driver.cell(request) in driver.cells for request in requests))
    driver.wait(lambda: len(driver.outputs) == 5)
    assert driver.said() == "0\n1\n2\n3\n4\n"
    cells = [driver.cell(request) for request in requests]
    assert cells == sorted(cells)


def test_a_cell_of_a_document_keeps_title_path_and_line(driver):
    cell = driver.run("w = torch.ones(3)", title="notes.py", path="/home/me/notes.py", first_line=7)
    source = dict(driver.trace.row("sources", cell["source"]))
    assert (source["title"], source["path"]) == ("notes.py", "/home/me/notes.py")
    assert (driver.name("w").source, driver.name("w").line) == (cell["source"], 7)


def test_a_console_can_run_the_next_cell_of_a_document(driver):
    driver.session.set_source_for_next("notes.py", "/home/me/notes.py", 3)
    request = driver.session.client.execute("v = torch.ones(3)")
    driver.wait(lambda: driver.cell(request) in driver.cells)
    assert driver.name("v").line == 3
    request = driver.session.client.execute("u = torch.ones(3)")
    driver.wait(lambda: driver.cell(request) in driver.cells)
    assert driver.trace.row("sources", driver.name("u").source)["title"].startswith("In [")


def test_cells_can_be_sent_through_a_console(driver):
    seen = []

    def execute(code):
        seen.append(code)
        driver.session.client.execute(code)

    driver.session.execute_through(execute)
    driver.run("s = torch.ones(1)")
    driver.session.execute_through(None)
    assert seen == ["s = torch.ones(1)"]


def test_silent_requests_are_no_cells(driver):
    before = len(driver.trace.cells)
    request = driver.session.client.execute("1 + 1", silent=True)
    driver.wait(lambda: request in driver.finished)
    driver.run("pass")
    assert len(driver.trace.cells) == before + 1


def test_an_empty_cell_does_not_hold_up_the_next(driver):
    driver.session.run("  \n")
    assert driver.run("print('next')")["status"] == Status.OK


def test_a_syntax_error_has_its_line_and_leaves_the_graph(driver):
    driver.run("x = torch.ones(2, requires_grad=True)\ny = x * 2")
    nodes = len(driver.trace.nodes)
    cell = driver.run("z = y\n\nz = = 3")
    assert (cell["status"], cell["error_type"], cell["error_line"]) == (Status.ERROR, "SyntaxError", 3)
    assert cell["error_source"] == cell["source"]
    assert len(driver.trace.nodes) == nodes
    assert driver.name("y") is not None


def test_an_exception_keeps_the_graph_up_to_there_and_marks_the_node(driver):
    cell = driver.run("x = torch.ones(2, requires_grad=True)\ny = x * 2\nz = y.mul(torch.ones(3))\nw = y * 5")
    assert (cell["status"], cell["error_type"], cell["error_line"]) == (Status.ERROR, "RuntimeError", 3)
    failed = driver.trace.node(cell["error_node"])
    assert (failed.kind, failed.op, failed.label) == (NodeKind.FUNCTION, "mul", "y.mul(torch.ones(3))")
    assert driver.name("y") is not None
    assert driver.name("w") is None
    assert "RuntimeError" in driver.said("error")


def test_a_failed_cell_empties_the_queue_and_says_so(driver):
    requests = [driver.session.run(code) for code in ("1 / 0", "print('never')", "print('never')")]
    driver.wait(lambda: all(request in driver.finished for request in requests))
    assert [driver.finished[request] for request in requests] == ["error", "aborted", "aborted"]
    assert driver.messages == ["2 cells that waited were not run."]
    assert "never" not in driver.said("stdout")


def test_a_function_we_do_not_have_names_itself(driver):
    cell = driver.run("torch.stft(torch.ones(4), 2)")
    assert "stft" in cell["error_message"]
    assert "embedded engine" in cell["error_message"]


def test_an_endless_loop_is_interrupted(driver):
    request = driver.session.run("x = torch.ones(2, requires_grad=True)\nprint('in')\nwhile True: pass")
    driver.wait(lambda: ("stdout", "in\n") in driver.outputs)
    assert driver.session.state == "busy"
    driver.session.interrupt()
    driver.wait(lambda: driver.cell(request) in driver.cells)
    cell = driver.trace.row("cells", driver.cell(request))
    assert (cell["status"], cell["error_line"]) == (Status.INTERRUPTED, 3)
    assert driver.name("x") is not None
    assert driver.run("print(x.sum())")["status"] == Status.OK


def test_a_loop_of_operations_is_interrupted_and_the_graph_stays_whole(driver):
    request = driver.session.run("y = torch.ones(2, requires_grad=True)\nwhile True: y = y * 1.0")
    count = len(driver.trace.nodes)
    driver.wait(lambda: len(driver.trace.nodes) > count + 1000)
    driver.session.interrupt()
    driver.wait(lambda: driver.cell(request) in driver.cells, 60)
    assert driver.trace.row("cells", driver.cell(request))["status"] == Status.INTERRUPTED
    assert driver.run("z = y * 2")["status"] == Status.OK


def test_the_graph_grows_and_arrays_are_fetched_while_a_cell_runs(driver):
    driver.session.run("a = torch.ones(1000, requires_grad=True)\nb = a * 2\nwhile True: pass")
    driver.wait(
        lambda: driver.trace.nodes.kind.tolist()[-3:] != [] and driver.trace.arrays.nbytes.tolist()[-1:] == [4000]
    )
    handle = len(driver.trace.arrays) - 1
    arrived = []
    driver.session.array_arrived.connect(arrived.append)
    driver.session.fetch(handle)
    driver.wait(lambda: arrived == [handle])
    assert driver.trace.values[handle].shape == (1000,)
    driver.session.array_arrived.disconnect(arrived.append)
    driver.session.interrupt()
    driver.wait(lambda: driver.session.state == "idle")


def test_a_slice_of_a_large_array_is_fetched(driver):
    driver.run("a = torch.ones(100, 200)\na[3] = 7")
    got = []
    driver.session.slice_arrived.connect(lambda number, array: got.append((number, array)))
    number = driver.session.fetch_slice(driver.name("a").value, ((2, 5, None), (0, 2, None)))
    driver.wait(lambda: bool(got))
    assert got[0][0] == number
    assert np.array_equal(got[0][1], [[1, 1], [7, 7], [1, 1]])


def test_a_value_that_was_overwritten_is_fetched_as_it_was(driver):
    driver.run("a = torch.ones(1000)")
    before = driver.name("a").value
    driver.run("a.add_(1)\nfor _ in range(100): a.mul_(1.5)")
    arrived = []
    driver.session.array_arrived.connect(arrived.append)
    driver.session.fetch(before)
    driver.wait(lambda: bool(arrived))
    driver.session.array_arrived.disconnect(arrived.append)
    assert set(driver.trace.values[before].tolist()) == {1.0}
    assert driver.name("a").version == 101


def test_ten_megabytes_of_output_arrive(driver):
    driver.run("for _ in range(10): print('x' * 2**20)")
    assert len(driver.said("stdout")) == 10 * (2**20 + 1)


def test_a_tensor_of_a_gigabyte_is_recorded_with_its_statistics(driver):
    cell = driver.run("big = torch.zeros(2**28)")
    assert cell["status"] == Status.OK
    found = driver.trace.array(driver.name("big").value)
    assert (found.nbytes, found.zeros, found.norm) == (2**30, 2**28, 0.0)
    failed = []
    driver.session.array_failed.connect(lambda handle, why: failed.append(why))
    driver.session.fetch(driver.name("big").value)
    driver.wait(lambda: bool(failed))
    assert "slice" in failed[0] or "no longer kept" in failed[0]


def test_values_past_the_budget_are_given_up_and_said(qapp):
    driver = Driver(budget=100_000)
    driver.run("import torch\na = torch.ones(20_000)\nb = torch.ones(20_000)")
    assert len(driver.trace.drops) == 1
    assert "budget" in driver.messages[0]
    failed = []
    driver.session.array_failed.connect(lambda handle, why: failed.append((handle, why)))
    driver.session.fetch(driver.name("a").value)
    driver.wait(lambda: bool(failed))
    assert failed[0][0] == driver.name("a").value
    assert "statistics" in failed[0][1]
    driver.close()


def test_gradients_that_are_not_finite_arrive(driver):
    driver.run("x = torch.tensor([0.0, -1.0], requires_grad=True)\nx.sqrt().sum().backward()")
    found = driver.trace.array(driver.trace.steps.after.tolist()[-1])
    assert (found.nans, found.infs) == (1, 1)


@pytest.mark.parametrize("shape", ["()", "(0,)"])
def test_empty_and_0d_tensors_arrive(driver, shape):
    driver.run(f"e = torch.zeros({shape}, requires_grad=True)\n(e * 2).sum().backward()")
    assert driver.trace.passes.status[-1] == Status.OK


def test_matplotlib_inline_is_quiet_without_matplotlib(driver):
    cell = driver.run("%matplotlib inline\nm = 3")
    assert cell["status"] == Status.OK
    assert driver.said("stderr", "error") == ""


def test_input_is_refused_where_nobody_could_answer(driver):
    assert driver.run("input()")["error_type"] == "StdinNotImplementedError"


def test_the_environment_gives_the_token_away_to_nobody(driver):
    driver.run("import os\nprint([name for name in os.environ if 'RETROGRADE' in name])")
    assert driver.said() == "[]\n"


def test_a_file_that_is_imported_keeps_its_path_and_lines(driver):
    driver.run("import pathlib\npathlib.Path('mine.py').write_text('\\n\\ndef double(x):\\n    return x * 2\\n')")
    driver.run("import mine\nd = mine.double(torch.ones(2, requires_grad=True))")
    source = driver.trace.row("sources", driver.name("d").source)
    assert (source["title"], driver.name("d").line) == ("mine.py", 4)
    assert source["path"].endswith("mine.py")


def test_a_kernel_that_dies_is_noticed_within_a_second_and_the_picture_stays(driver):
    driver.run("x = torch.ones(2, requires_grad=True)\ny = x * 2")
    nodes = len(driver.trace.nodes)
    request = driver.session.run("import os, time\nprint(time.time(), flush=True)\nos._exit(1)")
    driver.wait(lambda: driver.session.state == "dead")
    noticed = time.time()
    printed = [text for kind, text in driver.outputs if kind == "stdout"]
    if printed:  # the last words of a dying process may be lost
        assert noticed - float(printed[0]) < 1.0
    assert driver.trace.row("cells", driver.cell(request))["status"] == Status.DIED
    assert driver.cell(request) in driver.cells
    assert driver.finished[request] == "aborted"
    assert len(driver.trace.nodes) >= nodes
    assert driver.name("y") is None
    assert driver.messages == ["The kernel ended (exit status 1). The graph stays; restart the kernel to go on."]


def test_a_dead_kernel_runs_nothing_until_it_is_restarted(driver):
    driver.session.run("import os; os._exit(3)")
    driver.wait(lambda: driver.session.state == "dead")
    driver.messages.clear()
    assert driver.session.run("print(1)") == ""
    assert driver.messages == ["The kernel is dead. Restart it to run code."]
    driver.session.interrupt()
    driver.revive()
    assert driver.run("print('back')")["status"] == Status.OK


def test_a_pass_that_the_kernel_dies_under_has_died(driver):
    driver.run("x = torch.ones(2, requires_grad=True)\ny = x * 2")
    driver.session.run(
        "import os, time\nz = x * y\nz.register_hook(lambda g: (time.sleep(0.5), os._exit(1)))\nz.sum().backward()"
    )
    driver.wait(lambda: driver.session.state == "dead")
    assert driver.trace.passes.status[-1] == Status.DIED


def test_after_a_restart_the_trace_goes_on(driver):
    driver.run("x = torch.ones(2, requires_grad=True)\ny = x * 2")
    before = driver.trace.counts()
    driver.session.restart()
    assert driver.name("y") is None
    assert driver.session.state == "restarting"
    cell = driver.run("import torch\nx = torch.ones(3, requires_grad=True)\ny = x * 3\ny.sum().backward()")
    assert cell["status"] == Status.OK
    assert cell["id"] == before["cells"]
    assert cell["number"] == 1
    assert driver.name("y").shape == (3,)
    assert driver.trace.node(before["nodes"] - 1).shape in ((), (2,))
    assert driver.states[-4:] == ["restarting", "idle", "busy", "idle"] or driver.session.state == "busy"


def test_a_busy_kernel_is_restarted(driver):
    request = driver.session.run("while True: pass")
    driver.wait(lambda: driver.session.state == "busy")
    waiting = driver.session.run("print('never')")
    driver.revive()
    assert (driver.finished[request], driver.finished[waiting]) == ("aborted", "aborted")
    assert driver.trace.row("cells", driver.cell(request))["status"] == Status.DIED
    assert driver.run("print('back')")["status"] == Status.OK


def test_an_array_asked_of_a_kernel_that_dies_fails(driver):
    driver.run("a = torch.ones(1000)")
    handle = driver.name("a").value
    driver.session.run("import os; os._exit(1)")
    driver.wait(lambda: driver.session.state == "dead")
    failed = []
    driver.session.array_failed.connect(lambda *what: failed.append(what))
    driver.session.fetch(handle)
    driver.wait(lambda: bool(failed))
    assert failed[0][0] == handle


def test_recorded_references_are_rows_or_none(driver):
    assert set(driver.trace.cells.error_node.tolist()) <= {NONE, *range(len(driver.trace.nodes))}


def test_a_cell_that_is_sent_right_behind_one_that_fails_still_runs(driver):
    client = driver.session.client
    client.execute("1 / 0")
    client.execute("print('still')")
    driver.wait(lambda: ("stdout", "still\n") in driver.outputs)
