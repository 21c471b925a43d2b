"""Live breakpoints with a real kernel: a pass pauses, is looked at, goes on, is stepped, aborted, interrupted, lost."""

import pytest

from app.protocol.stops import Stop, StopError, is_pause, stops_from
from engine.trace import NONE, PassKind, Status
from tests.app.kernels import Driver

CODE = "import torch\nx = torch.ones(3, requires_grad=True)\ny = x * 2\nz = y.exp()\nout = z.sum()"


class Pausing(Driver):
    """A driver that remembers the pauses."""

    def __init__(self, **keywords):
        super().__init__(**keywords)
        self.pauses, self.resumptions = [], 0
        self.session.paused.connect(self.pauses.append)
        self.session.resumed.connect(self._count)

    def _count(self):
        self.resumptions += 1

    def start_cell(self, code):
        """Run a cell and wait for its first pause."""
        before = len(self.pauses)
        request = self.session.run(code)
        self.wait(lambda: len(self.pauses) > before)
        return request

    def go_on(self, action):
        """Resume and wait until the pass goes on."""
        before = self.resumptions
        self.session.resume(action)
        self.wait(lambda: self.resumptions > before)

    def end(self, request):
        """Wait for the end of a cell; its row."""
        self.wait(lambda: request in self.finished and self.cell(request) in self.cells)
        return dict(self.trace.row("cells", self.cell(request)))

    def last_pass(self):
        """The row of the newest pass."""
        return self.trace.row("passes", len(self.trace.passes) - 1)

    def ops(self):
        """The ops of the steps of the last pass."""
        last = len(self.trace.passes) - 1
        steps = self.trace.steps
        return [self.trace.node(node).op for node in steps.node[steps.pass_ == last].tolist()]

    def row_of(self, op):
        """The newest node of that op."""
        nodes = [self.trace.node(index) for index in range(len(self.trace.nodes))]
        return [node.id for node in nodes if node.op == op][-1]


@pytest.fixture(scope="module")
def kernel(qapp):
    driver = Pausing()
    yield driver
    driver.close()


@pytest.fixture
def driver(kernel):
    """The kernel with a new graph, without stops and pauses."""
    kernel.session.set_stops([])
    kernel.run(CODE)
    kernel.said()
    kernel.pauses.clear()
    kernel.resumptions = 0
    return kernel


def test_a_pass_pauses_before_an_op_with_all_that_happened_and_goes_on(driver):
    driver.session.set_stops([Stop(op="ExpBackward0")])
    request = driver.start_cell("out.backward()")
    (told,) = driver.pauses
    assert (told["step"], told["when"], told["stop"]) == (2, "before", 0)
    assert told["pass"] == len(driver.trace.passes) - 1
    assert driver.trace.node(told["node"]).op == "ExpBackward0"
    assert driver.ops() == ["SumBackward0"]
    assert driver.last_pass()["status"] == Status.RUNNING
    driver.go_on("continue")
    assert driver.end(request)["status"] == Status.OK
    assert driver.ops() == ["SumBackward0", "ExpBackward0", "MulBackward0", "AccumulateGrad"]
    assert len(driver.pauses) == 1


def test_arrays_can_be_fetched_while_a_pass_is_paused(driver):
    driver.run("big = torch.ones(1000, requires_grad=True)\nout = (big * 3).sum()")
    driver.session.set_stops([Stop(op="AccumulateGrad")])
    request = driver.start_cell("out.backward()")
    value = driver.trace.nodes.value[driver.name("big").id]
    driver.session.fetch(int(value))
    driver.wait(lambda: int(value) in driver.trace.values)
    driver.go_on("continue")
    driver.end(request)


def test_stepping_pauses_before_each_step_until_the_pass_ends(driver):
    driver.session.set_stops([Stop(node=driver.row_of("SumBackward0"))])
    request = driver.start_cell("out.backward()\nout2 = (x * 3).sum()\nout2.backward()")
    for count in (2, 3, 4):
        driver.session.resume("step")
        driver.wait(lambda count=count: len(driver.pauses) == count)
    assert [told["step"] for told in driver.pauses] == [1, 2, 3, 4]
    assert [told["stop"] for told in driver.pauses] == [0, NONE, NONE, NONE]
    driver.session.resume("step")
    assert driver.end(request)["status"] == Status.OK
    assert len(driver.pauses) == 4


def test_a_stop_after_a_step_shows_what_the_step_sent(driver):
    driver.session.set_stops([Stop(op="ExpBackward0", when="after"), Stop(op="AccumulateGrad", when="after")])
    request = driver.start_cell("out.backward()")
    assert (driver.pauses[0]["step"], driver.pauses[0]["when"]) == (2, "after")
    assert driver.ops() == ["SumBackward0", "ExpBackward0"]
    driver.session.resume("continue")
    driver.wait(lambda: len(driver.pauses) == 2)
    assert (driver.pauses[1]["step"], driver.pauses[1]["stop"]) == (4, 1)
    assert driver.ops()[-1] == "AccumulateGrad"
    driver.go_on("continue")
    driver.end(request)


def test_names_that_the_cell_bound_before_the_pause_mean_its_tensors(driver):
    """At the end of the cell it was too late: the tensors of the run before bore the names, these were former ones."""
    driver.session.set_stops([Stop(op="ExpBackward0")])
    request = driver.start_cell(CODE + "\nout.backward()")
    trace = driver.trace
    latest = dict(zip(map(trace.text, trace.names.name.tolist()), trace.names.node.tolist(), strict=True))
    exp = driver.row_of("ExpBackward0")
    assert trace.edges.src[(trace.edges.dst == latest["z"])].tolist() == [exp]
    assert latest["x"] == max(node for node in range(len(trace.nodes)) if trace.node(node).label == "x")
    driver.go_on("continue")
    driver.end(request)


def test_abort_raises_a_keyboard_interrupt_in_the_pass(driver):
    driver.session.set_stops([Stop(op="MulBackward0")])
    request = driver.start_cell("try:\n    out.backward()\nexcept KeyboardInterrupt as error:\n    print('stopped')")
    driver.go_on("abort")
    driver.end(request)
    assert "stopped" in driver.said("stdout")
    assert driver.last_pass()["status"] == Status.INTERRUPTED
    assert driver.trace.node(driver.last_pass()["error_node"]).op == "MulBackward0"


def test_an_interrupt_ends_a_pause(driver):
    driver.session.set_stops([Stop(op="MulBackward0")])
    request = driver.start_cell("out.backward()")
    driver.session.interrupt()
    assert driver.end(request)["status"] == Status.INTERRUPTED
    assert driver.resumptions == 1
    assert driver.run("print(x.grad)")["status"] == Status.OK
    assert "None" in driver.said("stdout")


def test_a_stop_on_a_line_of_a_cell(driver):
    source = driver.trace.row("sources", int(driver.trace.nodes.source[driver.row_of("ExpBackward0")]))
    driver.session.set_stops([Stop(title=source["title"], path=source["path"], line=3)])
    request = driver.start_cell("out.backward()")
    assert driver.trace.node(driver.pauses[0]["node"]).op == "MulBackward0"
    driver.go_on("continue")
    driver.end(request)


@pytest.mark.parametrize(
    "condition", ["norm > 10", "op == ExpBackward0", "step == 2 and shape == (3,)", "max|g| >= 14"]
)
def test_a_condition_is_asked_of_the_gradient_that_arrives(driver, condition):
    driver.session.set_stops([Stop(condition=condition)])
    request = driver.start_cell("(z * 7).sum().backward()")
    step = driver.pauses[0]["step"]
    driver.session.set_stops([])
    driver.go_on("continue")
    driver.end(request)
    assert step == {"norm > 10": 3, "max|g| >= 14": 4}.get(condition, 3 if "op" in condition else 2)


@pytest.mark.parametrize(
    ("condition", "op"), [("value.norm > 10 and numel > 1", "ExpBackward0"), ("value.max < 3", "MulBackward0")]
)
def test_a_condition_is_asked_of_the_value_of_the_node_too(driver, condition, op):
    driver.session.set_stops([Stop(condition=condition)])
    request = driver.start_cell("out.backward()")
    assert driver.trace.node(driver.pauses[0]["node"]).op == op
    driver.session.set_stops([])
    driver.go_on("continue")
    assert driver.end(request)["status"] == Status.OK


def test_a_condition_that_never_holds_pauses_nowhere(driver):
    driver.session.set_stops([Stop(condition="nan or inf")])
    assert driver.run("out.backward()")["status"] == Status.OK
    assert not driver.pauses


def test_stops_survive_a_restart_and_a_restart_ends_a_pause(driver):
    driver.session.set_stops([Stop(op="ExpBackward0")])
    driver.start_cell("out.backward()")
    driver.revive()
    assert driver.resumptions == 1
    request = driver.start_cell(f"{CODE}\nout.backward()")
    driver.go_on("continue")
    assert driver.end(request)["status"] == Status.OK


def test_a_pass_inside_a_hook_of_a_pass_pauses_too(driver):
    driver.session.set_stops([Stop(op="AddBackward0")])
    request = driver.start_cell(
        "def hook(grad):\n    with torch.enable_grad():\n        (x + 1).sum().backward()\n"
        "z.register_hook(hook)\nout.backward()"
    )
    assert driver.last_pass()["outer"] == driver.last_pass()["id"] - 1
    driver.go_on("continue")
    assert driver.end(request)["status"] == Status.OK


def test_autograd_grad_pauses_too(driver):
    driver.session.set_stops([Stop(op="MulBackward0")])
    request = driver.start_cell("torch.autograd.grad(out, x)")
    assert driver.last_pass()["kind"] == PassKind.GRAD
    driver.go_on("continue")
    driver.end(request)


def test_a_pass_of_another_thread_does_not_pause(driver):
    driver.session.set_stops([Stop(op="MulBackward0")])
    driver.run(
        "import threading\nt = threading.Thread(target=out.backward)\nt.start()\nt.join()\nprint(x.grad is not None)"
    )
    assert "True" in driver.said("stdout")
    assert not driver.pauses


def test_a_window_that_no_longer_answers_lets_the_pass_go_on(driver, monkeypatch):
    driver.session.set_stops([Stop(op="MulBackward0")])
    driver.run("import retrograde.app.kernel.gate as gate\nusual = gate.ASK_EVERY, gate.PATIENCE")
    driver.run("gate.ASK_EVERY, gate.PATIENCE = 0.05, 0.2")
    monkeypatch.setattr(driver.session._link, "_send_order", lambda order: None)
    request = driver.start_cell("out.backward()")
    assert driver.end(request)["status"] == Status.OK
    assert driver.resumptions == 1
    driver.run("gate.ASK_EVERY, gate.PATIENCE = usual")


def test_nothing_pauses_without_stops(driver):
    driver.session.set_stops([Stop(op="ExpBackward0")])
    driver.session.set_stops([])
    assert driver.run("out.backward()")["status"] == Status.OK
    assert not driver.pauses


@pytest.mark.parametrize("change", [{"pause": "1"}, {"node": -7}, {"when": "during"}, {"step": None}])
def test_what_is_no_pause_is_not_taken_for_one(change):
    pause = {"pause": 1, "pass": 0, "step": 2, "node": 5, "when": "before", "stop": NONE}
    assert is_pause(pause)
    assert not is_pause(pause | change)
    assert not is_pause([pause])


def test_what_cannot_be_a_stop_says_why():
    with pytest.raises(StopError, match="cannot be read"):
        stops_from([{"condition": "norm >"}])
    with pytest.raises(StopError, match="before or after"):
        stops_from([{"when": "during"}])
    with pytest.raises(StopError, match="are numbers"):
        stops_from([{"node": "3"}])
    with pytest.raises(StopError, match="has a node"):
        stops_from([{"place": 3}])
    with pytest.raises(StopError, match="a list"):
        stops_from({"node": 3})
    assert stops_from([Stop(op="a").to_data()]) == (Stop(op="a"),)
