"""Scopes are compared with what the programs themselves say of where they are."""

import gc
import sys
import weakref

import pytest
from hypothesis import Phase, given, settings, strategies as st

from engine import observe
from engine.recording.loops import Loops, watched_loops
from engine.trace import NONE, NodeKind, ScopeKind
from tests.engine.programs import Recording, nodes, record, rows

LEAF = "x = torch.ones(2, requires_grad=True)\n"


def path(trace, scope):
    """`["turn 0", "f", "net: Net"]`: the scopes around a scope and itself, outermost first."""
    found = []
    while scope != NONE:
        row = trace.row("scopes", scope)
        kind, name = ScopeKind(row["kind"]), row["name"]
        spelled = {ScopeKind.ITERATION: f"turn {name}", ScopeKind.CALL: name}
        found.append(spelled.get(kind, f"{name}: {row['type']}"))
        scope = row["parent"]
    return found[::-1]


def paths(trace):
    return [path(trace, node.scope) for node in nodes(trace, "FUNCTION")]


def test_what_runs_outside_of_everything_has_no_scope():
    assert paths(record(LEAF + "y = x * 2")) == [[]]


def test_a_function_is_a_scope_with_its_name_and_line():
    trace = record(LEAF + "def f(a):\n    return a * 2\ny = f(f(x))")
    assert paths(trace) == [["f"], ["f"]]
    first, second = rows(trace, "scopes")
    assert (first["source"], first["line"], first["cell"], first["parent"]) == (0, 2, 0, NONE)
    assert first == second


def test_an_output_is_in_the_scope_of_its_function():
    trace = record(LEAF + "def f(a):\n    return a * 2\ny = f(x)\nwith torch.no_grad():\n    z = f(x)")
    scopes = {node.label: path(trace, node.scope) for node in nodes(trace, "TENSOR")}
    assert scopes == {"x": [], "a * 2": ["f"]}


@pytest.mark.parametrize(
    "loop", ["for i in range(3):", "i = 0\nwhile (i := i + 1) <= 3:", "for i, j in zip('abc', 'def'):"]
)
def test_each_turn_of_a_loop_is_a_scope(loop):
    trace = record(LEAF + loop + "\n    x = x * 2\n    x = x + 1")
    assert paths(trace) == [[f"turn {i}"] for i in range(3) for _ in range(2)]
    assert {row["line"] for row in rows(trace, "scopes")} == {2 + loop.count("\n")}


def test_a_loop_of_one_operation_turns():
    assert paths(record(LEAF + "for i in range(3): x = x * 2")) == [["turn 0"], ["turn 1"], ["turn 2"]]


def test_an_outer_loop_that_only_has_an_inner_one_turns_with_its_item():
    trace = record(LEAF + "for epoch in range(2):\n    for batch in range(3):\n        x = x * 2")
    assert paths(trace) == [[f"turn {i}", f"turn {j}"] for i in range(2) for j in range(3)]


def test_an_item_that_is_written_over_tells_nothing():
    code = "for row in [x, x]:\n    y = row.exp()\n    for i in range(3):\n        row = row * 2\n"
    trace = record(LEAF + "def f():\n    " + code.replace("\n", "\n    ") + "\nf()")
    assert paths(trace) == [["f", f"turn {i}", *inner] for i in range(2)
                            for inner in ([], ["turn 0"], ["turn 1"], ["turn 2"])]  # fmt: skip


def test_an_inner_loop_of_one_turn_does_not_hide_the_outer_one():
    trace = record(LEAF + "for epoch in range(3):\n    for batch in [0]:\n        x = x * 2")
    assert paths(trace) == [[f"turn {i}", "turn 0"] for i in range(3)]


def test_branches_that_exclude_each_other_are_in_two_turns():
    trace = record(LEAF + "for i in range(4):\n    if i % 2:\n        x = x * 2\n    else:\n        x = x + 1")
    assert paths(trace) == [[f"turn {i}"] for i in range(4)]


def test_continue_break_and_handlers_stay_in_the_loop():
    code = """
for i in range(4):
    if i == 1:
        x = x + 1
        continue
    try:
        x = x * 2
        if i == 2:
            raise ValueError
    except ValueError:
        x = x.exp()
    if i == 3:
        break
    x = x - 1
x = x / 2
"""
    assert paths(record(LEAF + code)) == [[f"turn {i}"] for i in (0, 0, 1, 2, 2, 2, 3)] + [[]]


def test_while_with_continue_is_one_loop():
    code = "k = 0\nwhile k < 3:\n    k += 1\n    x = x * 2\n    if k == 2:\n        continue\n    x = x + 1"
    assert paths(record(LEAF + code)) == [["turn 0"], ["turn 0"], ["turn 1"], ["turn 2"], ["turn 2"]]


def test_a_comprehension_is_a_loop():
    assert paths(record(LEAF + "ys = [x * i for i in range(2)]")) == [["turn 0"], ["turn 1"]]
    assert paths(record(LEAF + "ys = {i: x * i for i in range(2)}")) == [["turn 0"], ["turn 1"]]


def test_a_call_that_calls_back_does_not_turn_the_loop_around_it():
    code = "def f(a):\n    return a * 2\nfor i in range(2):\n    ys = list(map(f, [x, x, x]))"
    assert paths(record(LEAF + code)) == [[f"turn {i}", "f"] for i in range(2) for _ in range(3)]


def test_a_generator_is_called_again_in_each_turn_that_resumes_it():
    code = "def each():\n    for i in range(3):\n        yield x * i\nfor y in each():\n    z = y + 1"
    assert paths(record(LEAF + code)) == [
        found for i in range(3) for found in ([f"turn {i}", "each", "turn 0"], [f"turn {i}"])
    ]  # fmt: skip


def test_recursion_nests():
    code = "def f(a, n):\n    return f(a * 2, n - 1) if n else a\nf(x, 3)"
    assert paths(record(LEAF + code)) == [["f"] * n for n in (1, 2, 3)]


def test_very_deep_recursion_is_recorded():
    code = "def f(a, n):\n    return f(a, n - 1) if n else a * 2\nf(x, 400)"
    assert paths(record(LEAF + code)) == [["f"] * 401]


NET = """
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
    def forward(self, x):
        return self.layers(x) * 2
net = Net()
"""


def test_a_module_is_called_by_its_path_below_the_one_that_called_it():
    trace = record(LEAF + NET + "y = net(x)")
    found = paths(trace)
    layers = ["net: Net", "Net.forward", "layers: Sequential"]
    assert found[0] == [*layers, "0: Linear"]
    assert found[-2:] == [[*layers, "1: ReLU"], ["net: Net", "Net.forward"]]
    assert all(path == [*layers, "0: Linear"] for path in found[:-2])


def test_every_call_of_a_module_is_another_scope():
    trace = record(LEAF + NET + "for i in range(2): y = net(x)")
    modules = [row for row in rows(trace, "scopes") if row["type"] == "Net"]
    assert [path(trace, row["parent"]) for row in modules] == [["turn 0"], ["turn 1"]]


def test_a_module_that_raises_is_left():
    recording = Recording()
    recording.run(LEAF + NET)
    recording.run("net(torch.ones(7))")
    assert recording.error is not None
    trace = recording.run("y = x * 2\nz = net(x)")
    assert paths(trace)[-1] == ["net: Net", "Net.forward"]
    assert [path(trace, node.scope) for node in nodes(trace, "FUNCTION") if node.label == "x * 2"] == [[]]


def test_a_module_deep_below_its_caller_has_the_whole_path():
    code = (
        NET
        + "class Outer(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.net = net\n"
    )
    code += "    def forward(self, x):\n        return self.net.layers[1](x)\nouter = Outer()\ny = outer(x)"
    assert paths(record(LEAF + code))[-1] == ["outer: Outer", "Outer.forward", "net.layers.1: ReLU"]


def test_calls_of_the_library_are_no_scopes():
    code = "from functools import lru_cache, reduce\n@lru_cache\ndef f(n):\n    return x * n\n"
    code += "y = reduce(lambda a, b: a + b, [x, x, x])\nf(2)"
    assert paths(record(LEAF + code)) == [["<lambda>"], ["<lambda>"], ["f"]]


def test_a_layer_of_many_operations_is_one_turn():
    code = "f = torch.nn.functional\nnet = torch.nn.Linear(2, 2)\nfor i in range(3): z = f.layer_norm(net(x), (2,))"
    found = paths(record(LEAF + code))
    assert {tuple(path[:1]) for path in found} == {("turn 0",), ("turn 1",), ("turn 2",)}


def test_scopes_keep_no_frame_and_nothing_in_it_alive():
    recording = Recording()
    recording.run(LEAF + "class Big: pass\ndef f(a):\n    big = Big()\n    seen.append(ref(big))\n    return a * 2\n")
    recording.namespace.update(seen=[], ref=weakref.ref)
    recording.run("for i in range(3): y = f(x)")
    gc.collect()
    assert [reference() for reference in recording["seen"]] == [None] * 3


def test_a_debuggers_trace_function_is_left_alone():
    recording = Recording()
    heard = []

    def trace(frame, event, argument):
        heard.append(event)
        return trace

    recording.run(LEAF + "def f(a):\n    b = a * 2\n    return b + 1")
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        recording.run("y = f(x)")
    finally:
        sys.settrace(before)
    assert heard.count("line") >= 3
    assert len(nodes(recording.trace, "FUNCTION")) == 2


def test_a_trace_function_that_comes_later_does_not_fail_on_what_the_recorder_left():
    recording = Recording()
    recording.namespace["sys"] = sys
    before = sys.gettrace()
    code = "def f(a):\n    b = a * 2\n    sys.settrace(lambda *event: None)\n    c = b + 1\n    return c * 2\ny = f(x)"
    try:
        recording.run(LEAF + code)
    finally:
        sys.settrace(before)
    assert recording.error is None
    assert paths(recording.trace) == [["f"]] * 3


def test_a_function_that_outlives_a_recorder_is_a_scope_of_the_next_one_too():
    first, second = Recording(), Recording()
    torch = first["torch"]

    def under(recorder, work):
        observe.observer, before = recorder, observe.observer
        try:
            return work()
        finally:
            observe.observer = before

    x = torch.ones(2, requires_grad=True)
    for recording in (first, second):
        for _ in range(2):
            y = under(recording.recorder, lambda: x * 2)
        recording.namespace["y"] = y
        trace = recording.run("z = y + 1")
        name = "test_a_function_that_outlives_a_recorder_is_a_scope_of_the_next_one_too"
        assert paths(trace)[0][0] == name
        assert paths(trace)[-1] == []


def test_with_recording_off_frames_are_left_alone():
    recording = Recording()
    recording.namespace["sys"] = sys
    assert observe.observer is None
    code = "def f(a):\n    b = a * 2\n    return sys._getframe().f_trace\nfound = f(torch.ones(2))"
    exec(code, recording.namespace)
    assert recording["found"] is None


def test_loops_come_from_instructions():
    def f(rows):
        for row in rows:
            while row:
                row = row[1:]
        while True:
            if rows:
                break

    first = f.__code__.co_firstlineno
    assert [loop.line - first for loop in Loops(f.__code__).loops] == [1, 2, 4]
    assert watched_loops(f.__code__) is None  # `row` becomes something else inside


# -- programs made by chance ---------------------------------------------------------------------------------------

# Every program keeps `where`, the scopes it is in, and writes it down beside each operation.
PRELUDE = """
where, said = [], []
def op(a):
    said.append(list(where))
    return a
"""


class Writer:
    """Writes a program of nested loops, calls and operations.

    Every turn of a loop does something; of a `while` by itself, since it has no item to tell that it turns.
    """

    def __init__(self, draw):
        self.draw, self.lines, self.count = draw, [], 0

    def block(self, indent, depth):
        for _ in range(self.draw(st.integers(1, 3))):
            self.statement(indent, depth)

    def statement(self, indent, depth):
        kind = self.draw(st.sampled_from(["op", "for", "while", "call", "if", "try"] if depth < 4 else ["op"]))
        pad = "    " * indent
        self.count += 1
        name = f"n{self.count}"
        if kind == "op":
            self.lines.append(f"{pad}x = op(x) * 2")
        elif kind in ("for", "while"):
            turns = self.draw(st.integers(1, 3))
            if kind == "for":
                self.lines.append(f"{pad}for {name} in range({turns}):")
            else:
                self.lines += [f"{pad}{name} = -1", f"{pad}while {name} < {turns - 1}:", f"{pad}    {name} += 1"]
            self.lines.append(f"{pad}    where.append(f'turn {{{name}}}')")
            if kind == "while" or self.draw(st.booleans()):
                self.lines.append(f"{pad}    x = op(x) + 1")
            self.block(indent + 1, depth + 1)
            self.lines.append(f"{pad}    where.pop()")
        elif kind == "call":
            self.lines.append(f"{pad}def {name}(x):")
            self.lines.append(f"{pad}    where.append('{name}')")
            self.block(indent + 1, depth + 1)
            self.lines += [f"{pad}    where.pop()", f"{pad}    return x"]
            self.lines.append(f"{pad}x = {name}(x)")
            if self.draw(st.booleans()):
                self.lines.append(f"{pad}x = {name}(x)")
        elif kind == "if":
            self.lines.append(f"{pad}if len(said) % 2:")
            self.block(indent + 1, depth + 1)
            self.lines.append(f"{pad}else:")
            self.block(indent + 1, depth + 1)
        else:
            self.lines.append(f"{pad}try:")
            self.block(indent + 1, depth + 1)
            self.lines += [f"{pad}    raise KeyError", f"{pad}except KeyError:"]
            self.block(indent + 1, depth + 1)


@st.composite
def programs(draw):
    writer = Writer(draw)
    writer.block(0, 0)
    return "\n".join(writer.lines)


@given(programs())
@settings(deadline=None, max_examples=120, phases=[Phase.generate, Phase.shrink])  # to explain, it traces frames
def test_scopes_are_where_the_program_says_it_is(code):
    recording = Recording()
    recording.run(PRELUDE + LEAF)
    trace = recording.run(code)
    assert recording.error is None
    found = [[name.rpartition(".")[2] for name in path] for path in paths(trace)]
    assert found == recording["said"]
    scopes = rows(trace, "scopes")
    assert all(row["parent"] < number for number, row in enumerate(scopes))
    assert all(NONE <= node.scope < len(scopes) for node in map(trace.node, range(len(trace.nodes))))
    assert all(node.kind != NodeKind.FUNCTION or node.cell == 1 for node in nodes(trace, "FUNCTION"))
