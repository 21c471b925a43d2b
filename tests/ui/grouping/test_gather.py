import numpy as np
import pytest

from engine.trace import NONE, NodeKind, Trace
from tests.engine.programs import record
from tests.traces import chain_trace, seed_trace
from tests.ui.grouping.graphs import BRANCHES, LAYERS, RECURRENT, TRAINING, snapshot
from ui.grouping.facts import facts, title_of
from ui.grouping.gather import What, gather
from ui.shown_state import Grouping
from ui.snapshot import Snapshot

PROGRAMS = (LAYERS, RECURRENT, TRAINING, BRANCHES)


def tree(s, grouping, deepest=9):
    """Titles of groups, each after the titles of those around it."""
    groups = gather(s, grouping)
    titles = [title_of(s, groups, group) for group in range(len(groups))]
    return [" > ".join(titles[g] for g in groups.path(group)) for group in range(len(groups))
            if len(groups.path(group)) <= deepest]  # fmt: skip


def group_of(s, groups, label):
    node = next(i for i in range(len(s.kind)) if s.strings[s.label[i]] == label and s.kind[i] == NodeKind.TENSOR)
    return int(groups.of_node[node])


@pytest.mark.parametrize("grouping", list(Grouping))
@pytest.mark.parametrize("program", PROGRAMS)
def test_groups_are_a_forest_in_which_parents_come_first(program, grouping):
    s = snapshot(program)
    groups = gather(s, grouping)
    assert len(groups.of_node) == len(s.kind)
    assert (groups.parent < np.arange(len(groups))).all()
    assert len(set(groups.keys)) == len(groups)
    for group in range(len(groups)):
        members = set(groups.members(group).tolist())
        assert len(members) == groups.size[group] > 0
        assert min(members) == groups.first_node[group]
        below = {group, *groups.below(group).tolist()}
        assert members == {i for i, g in enumerate(groups.of_node.tolist()) if g in below}
        assert all(groups.path(inner)[: len(groups.path(group))] == groups.path(group) for inner in below)


@pytest.mark.parametrize("grouping", list(Grouping))
@pytest.mark.parametrize("trace", [Trace(), seed_trace(), chain_trace(20)])
def test_a_trace_without_scopes_has_groups_of_cells_only(trace, grouping):
    groups = gather(Snapshot.of(trace), grouping)
    assert len(groups) == (grouping is Grouping.BY_CELL and len(trace.nodes) > 0)


def test_modules_are_inside_the_module_that_called_them():
    found = tree(snapshot(LAYERS), Grouping.BY_MODULE)
    assert "net (Encoder) > layers (Sequential) > 3 (Layer) > far (Linear)" in found
    assert "net (Encoder) > head (Linear)" in found
    assert len(found) == 1 + 1 + 1 + 12 * 3


def test_parameters_and_what_belongs_to_them_are_with_the_module_that_uses_them():
    s = snapshot(LAYERS)
    groups = gather(s, Grouping.BY_MODULE)
    for node in np.flatnonzero(s.kind == NodeKind.GRAD).tolist():
        owner = int(s.owner[node])
        assert groups.of_node[node] == groups.of_node[owner]
        assert title_of(s, groups, int(groups.of_node[owner])).endswith("(Linear)")


def test_a_parameter_that_two_modules_use_is_with_what_is_around_both():
    code = """
class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = torch.nn.Linear(2, 2, bias=False), torch.nn.Linear(2, 2, bias=False)
        self.b.weight = self.a.weight
    def forward(self, x):
        return self.b(self.a(x))
tied = Tied()
y = tied(torch.ones(1, 2))
"""
    s = Snapshot.of(record(code))
    groups = gather(s, Grouping.BY_MODULE)
    weights = {title_of(s, groups, int(groups.of_node[s.owner[i]])) for i in np.flatnonzero(s.kind == NodeKind.GRAD)}
    assert weights == {"tied (Tied)"}


def test_functions_and_turns_of_loops_are_inside_what_ran_them():
    found = tree(snapshot(TRAINING), Grouping.BY_FUNCTION)
    assert found[:2] == ["turn 0", "turn 0 > loss_of()"]
    assert "turn 199 > loss_of()" in found


def test_cells_hold_what_they_ran_and_leaves_hold_their_gradients():
    s = snapshot("x = torch.ones(2, requires_grad=True)", "y = x * 2\ny.sum().backward()")
    groups = gather(s, Grouping.BY_CELL)
    assert [title_of(s, groups, group) for group in (0, 1)] == ["In [1]", "In [2]"]
    gradient = int(np.flatnonzero(s.kind == NodeKind.GRAD)[0])
    assert groups.of_node[gradient] == group_of(s, groups, "x") == 0
    assert group_of(s, groups, "y") == 1


def test_names_gather_all_calls_of_a_module():
    s = snapshot(LAYERS, "again = net(torch.zeros(3, 4))")
    found = tree(s, Grouping.BY_NAMESPACE)
    assert found.count("net > layers > 3 > far") == 1
    assert len(found) == 1 + 1 + 1 + 12 * 3


def test_layers_of_one_kind_are_one_block():
    s = snapshot(LAYERS)
    groups = gather(s, Grouping.BY_BLOCK)
    (run,) = np.flatnonzero(groups.what == What.RUN).tolist()
    assert title_of(s, groups, run) == "Layer ×12"
    assert groups.count[run] == len(groups.children(run)) == 12
    assert facts(s, groups, run).functions == 12 * facts(s, groups, int(groups.children(run)[0])).functions
    assert len(facts(s, groups, run).parameters) == 12 * 4


@pytest.mark.parametrize(("program", "turns"), [(RECURRENT, 50), (TRAINING, 200)])
def test_the_turns_of_a_loop_are_one_block(program, turns):
    s = snapshot(program)
    groups = gather(s, Grouping.BY_BLOCK)
    top = [title_of(s, groups, group) for group in groups.children(NONE).tolist()]
    assert top == [f"Block ×{turns}"]


def test_a_turn_that_does_something_else_parts_a_block():
    s = snapshot(BRANCHES)
    groups = gather(s, Grouping.BY_BLOCK)
    assert [title_of(s, groups, group) for group in groups.children(NONE).tolist()] == [
        "Block ×3", "turn 3", "Block ×2"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("x * y", "x / y"),  # other ops
        ("x * y", "(x * y).sum()"),  # more of them
        ("(x * y) - x", "x - (x * y)"),  # wired in another way inside
        ("x * y", "x[:1] * y[:1]"),
        ("x.exp() * y.exp()", "(lambda a: a * a)(x.exp())"),
    ],
)
def test_modules_of_one_class_that_do_something_else_are_no_block(first, second):
    code = f"""
class Step(torch.nn.Module):
    def __init__(self, do):
        super().__init__()
        self.do = do
    def forward(self, x, y):
        return self.do(x, y)
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
def one(x, y): return {first}
def other(x, y): return {second}
for do in DO: Step(do)(x, y)
"""
    same = Snapshot.of(record(code.replace("DO", "[one, one]")))
    assert (gather(same, Grouping.BY_BLOCK).what == What.RUN).sum() >= 1
    mixed = Snapshot.of(record(code.replace("for do in DO: Step(do)(x, y)", "Step(one)(x, y)\nStep(other)(x, y)")))
    groups = gather(mixed, Grouping.BY_BLOCK)
    tops = groups.children(NONE)
    assert (groups.what[tops] != What.RUN).all()


ROUNDS = """
nn = torch.nn
parts = [LAYERS]
net = nn.Sequential(*parts)
y = net(torch.ones(3, 4, requires_grad=True))
"""


@pytest.mark.parametrize(
    ("layers", "titles"),
    [
        ("m for _ in range(5) for m in (nn.Linear(4, 4), nn.ReLU())", ["Block ×5"]),
        ("m for _ in range(2) for m in (nn.Linear(4, 4), nn.ReLU(), nn.Tanh())", ["Block ×2"]),
        ("nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 8), nn.ReLU()",
         ["0 (Linear)", "1 (ReLU)", "2 (Linear)", "3 (ReLU)"]),
        ("nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)", ["0 (Linear)", "1 (ReLU)", "2 (Linear)"]),
        ("nn.Tanh(), *(m for _ in range(3) for m in (nn.Linear(4, 4), nn.ReLU())), nn.Tanh()",
         ["0 (Tanh)", "Block ×3", "7 (Tanh)"]),
        ("nn.Linear(4, 4), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.Linear(4, 4), nn.ReLU()",
         ["Linear ×2", "2 (ReLU)", "Linear ×2", "5 (ReLU)"]),
    ],
)  # fmt: skip
def test_layers_that_repeat_in_turn_are_one_block(layers, titles):
    s = Snapshot.of(record(ROUNDS.replace("LAYERS", layers)))
    groups = gather(s, Grouping.BY_BLOCK)
    net = next(g for g in range(len(groups)) if title_of(s, groups, g) == "net (Sequential)")
    assert [title_of(s, groups, group) for group in groups.children(net).tolist()] == titles
    for block in np.flatnonzero(groups.what == What.BLOCK).tolist():
        assert title_of(s, groups, block).startswith("Linear, ReLU")
        assert groups.what[groups.parent[block]] == What.RUN


def test_rounds_that_are_wired_in_another_way_are_no_block():
    code = """
class Two(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.down = torch.nn.Tanh(), torch.nn.Sigmoid()
    def forward(self, x):
        a = self.up(x)
        b = self.down(a)
        c = self.up(b)
        return self.down(b) * c
y = Two()(torch.ones(2, requires_grad=True))
"""
    s = Snapshot.of(record(code))
    groups = gather(s, Grouping.BY_BLOCK)
    assert not np.isin(groups.what, (What.RUN, What.BLOCK)).any()


def test_what_all_turns_share_is_in_their_block():
    s = snapshot("net = torch.nn.Linear(2, 2)\nfor i in range(3): y = net(torch.ones(1, 2))")
    groups = gather(s, Grouping.BY_BLOCK)
    (run,) = np.flatnonzero(groups.what == What.RUN).tolist()
    assert {int(groups.of_node[s.owner[i]]) for i in np.flatnonzero(s.kind == NodeKind.GRAD)} == {run}


def test_what_runs_between_two_modules_parts_them():
    code = "net = torch.nn.ReLU()\nx = torch.ones(2, requires_grad=True)\ny = net(x)\n{}z = net(y)"
    runs = [(gather(snapshot(code.format(between)), Grouping.BY_BLOCK).what == What.RUN).sum()
            for between in ("", "y = y * 2\n")]  # fmt: skip
    assert runs == [1, 0]


@pytest.mark.parametrize("grouping", list(Grouping))
def test_keys_stay_while_the_trace_grows(grouping):
    for first, second in ((LAYERS, "again = net(torch.ones(3, 4))"), (RECURRENT, "late = w.exp()")):
        before = gather(snapshot(first), grouping)
        s = snapshot(first, second)
        after = gather(s, grouping)
        for group, key in enumerate(before.keys):
            same = after.index(key)
            assert same != NONE
            functions = {node for node in before.members(group).tolist() if s.kind[node] == NodeKind.FUNCTION}
            assert functions <= set(after.members(same).tolist())
