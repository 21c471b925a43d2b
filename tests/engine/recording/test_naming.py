"""What the record calls tensors that modules and containers hold."""

from engine import torch
from engine.recording.naming import is_name, named_tensors
from tests.engine.programs import record

NET = "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
NET += "        self.fc = torch.nn.Linear(2, 1)\n"
NET += "    def forward(self, x):\n        return self.fc(x)\n"


def _labels(trace):
    return {trace.strings[label] for label in trace.nodes.label}


def test_variables_come_first_then_what_modules_and_containers_hold():
    layer, w = torch.nn.Linear(2, 1), torch.ones(1)
    found = named_tensors(
        {"layer": layer, "w": w, "ws": [w, torch.ones(2)], "state": {"h": torch.zeros(1), 3: 4}, "_x": w, "Out": {1: w}}
    )

    assert list(found) == ["w", "layer.weight", "layer.bias", "ws[1]", "state['h']"]


def test_a_long_list_gives_no_names():
    assert named_tensors({"many": [torch.ones(1) for _ in range(100)]}) == {}


def test_parameters_are_called_by_the_path_that_leads_to_them():
    trace = record(NET + "net = Net()\nloss = net(torch.ones(1, 2)).sum()\nloss.backward()")

    assert {"net.fc.weight", "net.fc.bias"} <= _labels(trace)
    names = {trace.strings[name]: node for name, node in zip(trace.names.name, trace.names.node, strict=True)}
    assert trace.node(names["net.fc.weight"]).label == "net.fc.weight"


def test_a_parameter_that_an_optimizer_wrote_over_keeps_its_name():
    trace = record(
        NET + "net = Net()\no = torch.optim.SGD(net.parameters(), lr=0.1)\n"
        "for _ in range(3):\n    o.zero_grad()\n    net(torch.ones(1, 2)).sum().backward()\n    o.step()"
    )

    assert not any("step" in label for label in _labels(trace))


def test_a_parameter_that_no_variable_leads_to_keeps_the_text_that_made_it():
    trace = record(
        "def made():\n    layer = torch.nn.Linear(2, 1)\n    return layer(torch.ones(1, 2)).sum()\nmade().backward()"
    )

    assert "net" not in "".join(_labels(trace))


def test_names_and_expressions_are_told_apart():
    assert all(map(is_name, ("w", "net.fc1.weight", "params[0]", "state['h']")))
    assert not any(map(is_name, ("x + 1", "f(x)", "", "(x)", "-x")))


def test_what_has_no_shape_yet_is_left_out_and_recorded_when_it_has_one():
    lazy = "net, w = torch.nn.LazyLinear(1), torch.nn.LazyLinear(2).weight\n"
    before = record(lazy + "x = torch.ones(2, requires_grad=True)\n(x * 2).sum().backward()")
    after = record(lazy + "loss = net(torch.ones(1, 2)).sum()\nloss.backward()")

    assert not _labels(before) & {"w", "net.weight"}
    assert {"net.weight", "net.bias"} <= _labels(after)
    assert "w" not in _labels(after)
