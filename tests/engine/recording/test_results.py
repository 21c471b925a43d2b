"""What the results of one instruction are called: the name belongs to the last of them."""

from tests.engine.programs import nodes, record

NET = "nn = torch.nn\nnet = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))\nx = torch.ones(5, 3)\n"


def made(*cells):
    """The labels of what operations made, in order."""
    return [node.label for node in nodes(record(*cells), "TENSOR") if not node.flags & 1]


def test_only_the_last_result_of_a_module_has_the_name_it_is_stored_to():
    assert made(NET + "h = net(x)") == ["t(net.0.weight)", "net.0(…)", "net.1(…)", "t(net.2.weight)", "h"]


def test_each_turn_of_a_loop_has_its_own_last_result():
    labels = made(NET + "for _ in range(3):\n    h = net(x)")
    assert labels == ["t(net.0.weight)", "net.0(…)", "net.1(…)", "t(net.2.weight)", "h"] * 3


def test_a_local_name_is_given_to_the_last_result_as_well():
    code = "def loss():\n    inner = net(x)\n    return inner.sum()\nloss()"
    assert made(NET + code)[-3:] == ["t(net.2.weight)", "inner", "inner.sum()"]


def test_a_module_of_the_users_own_leaves_the_name_to_what_comes_last():
    code = (
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.fc = nn.Linear(3, 3)\n"
        "    def forward(self, x):\n"
        "        x = self.fc(x)\n"
        "        return x.relu()\n"
        "own = nn.Sequential(nn.Linear(3, 3), Net(), nn.Tanh())\nh = own(x)"
    )
    labels = made(NET + code)
    assert labels == ["t(own.0.weight)", "own.0(…)", "t(own.1.fc.weight)", "x", "x.relu()", "h"]


def test_a_result_that_is_used_where_it_was_made_without_a_name_keeps_its_expression():
    assert made(NET + "print(net(x).sum() is None)")[-2:] == ["net(x)", "net(x).sum()"]


def test_a_hook_that_runs_after_the_last_layer_does_not_take_the_name():
    code = "net.register_forward_hook(lambda m, a, out: out * 2)\nh = net(x)"
    assert made(NET + code)[-2:] == ["net.2(…)", "out * 2"]


def test_writing_in_place_inside_of_a_module_is_not_the_end_of_it():
    code = "norm = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU())\nh = norm(x)"
    assert made(NET + code)[-3:] == ["norm.0(…)", "norm.1(…)", "h"]


def test_writing_in_place_after_an_instruction_is_the_end_of_it():
    assert made(NET + "h = net(x)\nh += 1")[-2:] == ["h", "h"]


def test_a_backward_pass_after_an_instruction_is_the_end_of_it():
    assert made(NET + "loss = nn.functional.mse_loss(net(x), x[:, :2])\nloss.backward()")[-1] == "loss"


def test_a_frozen_module_has_its_inner_results_called_alike():
    code = "net.requires_grad_(False)\nw = torch.ones(5, 2, requires_grad=True)\nh = net(x)\ny = h * w"
    assert made(NET + code) == ["y"]
    assert "h" in [node.label for node in nodes(record(NET + code), "TENSOR")]


def test_what_a_library_does_belongs_to_the_line_that_called_it():
    trace = record(NET + "import copy\nw = torch.ones(2, requires_grad=True)\nothers = copy.deepcopy([w, net])")
    assert len(trace.sources) == 1
    trace = record(
        "import functools\nx = torch.ones(2, requires_grad=True)\ny = functools.reduce(torch.add, [x, x, x])"
    )
    assert len(trace.sources) == 1
    assert {node.line for node in nodes(trace, "FUNCTION")} == {3}
