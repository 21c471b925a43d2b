import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from engine.trace import NONE, EdgeKind, NodeFlag, NodeKind
from tests.engine.programs import record
from tests.tapes import mlp_trace
from tests.traces import chain_trace, linear_trace, seed_trace
from ui.grouping.gather import gather
from ui.naming import Names
from ui.search.match import Matcher, begins_word
from ui.search.query import Field, Pattern, Query, Range, Sizes, Term, Text, parse
from ui.shown_state import Grouping
from ui.snapshot import Snapshot
from ui.stepping import PassSteps

MODULES = """
class Pair(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.near, self.far = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
    def forward(self, x):
        return self.far(torch.relu(self.near(x)))
net = torch.nn.Sequential(Pair())
loss = net(torch.ones(2)).sum()
loss.backward()
"""
TRACES = (
    seed_trace(), chain_trace(5), linear_trace(), linear_trace(poison=True), mlp_trace(), record(MODULES),
)  # fmt: skip


def steps_of(trace):
    return PassSteps(trace, len(trace.passes) - 1) if len(trace.passes) else None


def found(trace, text):
    names = Names.of(trace)
    return [names.title(int(node)) for node in Matcher(trace, steps_of(trace)).find(parse(text))]


# -- the same, said node by node ---------------------------------------------------------------------------------------


def gradient_handle(trace, node, steps):
    """The array of the gradient that came to a node in the pass."""
    kind = trace.node(node).kind
    rows = [trace.row("steps", row) for row in range(len(trace.steps)) if trace.steps.pass_[row] == steps.pass_id]
    of = {row["node"]: row for row in rows}
    edges = [trace.row("edges", row) for row in range(len(trace.edges))]
    if kind is NodeKind.FUNCTION:
        return of[node]["arrived"] if node in of else NONE
    if kind is NodeKind.ACCUMULATE:
        return of[node]["added"] if node in of else NONE
    if kind is NodeKind.GRAD:
        writers = [e["dst"] for e in edges if e["kind"] == EdgeKind.GRAD and e["src"] == node and e["dst"] in of]
        return of[writers[0]]["after"] if writers else NONE
    makers = [e["src"] for e in edges if e["kind"] == EdgeKind.OUTPUT and e["dst"] == node]
    if makers:
        return of[makers[0]]["arrived"] if makers[0] in of else NONE
    owned = [n for n in of if trace.node(n).kind is NodeKind.ACCUMULATE and trace.node(n).owner == node]
    return of[owned[0]]["added"] if owned else NONE


def between(number, value):
    above = number > value.low if value.open_low else number >= value.low
    below = number < value.high if value.open_high else number <= value.high
    return above and below


def holds(trace, node, term, steps):
    view, value, names = trace.node(node), term.value, Names.of(trace).columns
    called = {names.texts.all[names.name[node]], names.texts.all[names.title[node]]}
    if isinstance(value, Sizes):
        same = len(view.shape) == len(value.sizes)
        fits = same and all(want in (None, size) for size, want in zip(view.shape, value.sizes, strict=True))
        return fits and view.dtype != "" and view.kind in (NodeKind.TENSOR, NodeKind.ACCUMULATE, NodeKind.GRAD)
    if isinstance(value, Range):
        if term.field is Field.LINE:
            lines = range(view.line, max(view.line, view.end_line) + 1)
            return view.line > 0 and any(between(line, value) for line in lines)
        if term.field is Field.CELL:
            return view.cell != NONE and between(trace.row("cells", view.cell)["number"], value)
        handle = gradient_handle(trace, node, steps) if steps is not None else NONE
        if handle == NONE:
            return False
        array = trace.array(handle)
        return between(float("inf") if array.nans or array.infs else array.norm, value)
    if term.field is Field.IS:
        return is_so(trace, node, value.text, steps)
    if term.field is Field.DTYPE:
        return value.holds(view.dtype)
    if term.field is Field.OP:
        return begins_word(value, view.op)
    if term.field is Field.NAME:
        return any(value.holds(name) for name in called)
    if term.field is Field.MODULE:
        return in_module(trace, node, value)
    return any(value.holds(text) for text in (*called, view.label)) or begins_word(value, view.op)


def is_so(trace, node, flag, steps):
    view = trace.node(node)
    kinds = {
        "tensor": NodeKind.TENSOR, "function": NodeKind.FUNCTION, "accumulate": NodeKind.ACCUMULATE,
        "grad": NodeKind.GRAD, "constant": NodeKind.CONSTANT,
    }  # fmt: skip
    if flag in kinds:
        return view.kind is kinds[flag]
    if flag == "former":
        return Names.of(trace).is_former(node)
    if flag in ("nan", "inf", "nonfinite"):
        handles = [view.value] + ([gradient_handle(trace, node, steps)] if steps is not None else [])
        arrays = [trace.array(handle) for handle in handles if handle != NONE]
        return any((a.nans and flag != "inf") or (a.infs and flag != "nan") for a in arrays)
    bit = {"param": NodeFlag.PARAMETER}.get(flag) or NodeFlag[flag.upper()]
    return bool(view.flags & bit)


def in_module(trace, node, value):
    snapshot = Snapshot.of(trace)
    groups = gather(snapshot, Grouping.BY_MODULE)
    words = []
    for group in groups.path(int(groups.of_node[node])):
        row = int(groups.row[group])
        name, type_ = (snapshot.strings[column[row]] for column in (snapshot.scope_name, snapshot.scope_type))
        words.append(name)
        if begins_word(value, type_) or begins_word(value, ".".join(word for word in words if word)):
            return True
    return False


WORDS = (
    "x", "y", "mul", "/^[a-y]/", "/BACK/i", '"y"', "a b", "op:mul", "op:/^M/", 'op:"MulBackward0"', "name:w",
    "dtype:float", "shape:()", "shape:(*,*)", "shape:(2,2)", "shape:2", "line:1-3", "line:>2", "cell:1", "cell:<=0",
    "grad:>0.5", "grad:<1", "grad:inf", "grad:0", "is:leaf", "is:param", "is:view", "is:inplace", "is:requires_grad",
    "is:tensor",
    "is:function", "is:accumulate", "is:grad", "is:constant", "is:former", "is:nonfinite", "is:nan", "is:inf",
    "is:retains_grad", "is:failed", "module:linear", "module:0", "*", "3",
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(TRACES), st.lists(st.tuples(st.booleans(), st.sampled_from(WORDS)), min_size=1, max_size=4))
def test_what_is_found_is_what_a_loop_over_the_nodes_finds(trace, words):
    query, steps = parse(" ".join("-" * no + word for no, word in words)), steps_of(trace)
    assert query.problem == ""
    naive = [
        node
        for node in range(len(trace.nodes))
        if all(holds(trace, node, term, steps) != term.negated for term in query.terms)
    ]
    assert Matcher(trace, steps).find(query).tolist() == naive


@pytest.mark.parametrize("trace", TRACES)
def test_every_word_of_the_list_means_something_somewhere_and_its_negation_the_rest(trace):
    matcher = Matcher(trace, steps_of(trace))
    for word in ("x", "op:mul", "is:leaf", "shape:()", "grad:>0"):
        here, rest = matcher.find(parse(word)), matcher.find(parse(f"-{word}"))
        assert sorted([*here.tolist(), *rest.tolist()]) == list(range(len(trace.nodes)))


# -- cases -------------------------------------------------------------------------------------------------------------


def test_an_op_is_found_where_one_of_its_words_begins():
    assert found(seed_trace(), "op:mul") == ["MulBackward0", "MulBackward0"]  # and not AccuMULateGrad
    assert found(seed_trace(), "op:grad") == ["AccumulateGrad"]
    assert begins_word(Text("softmax"), "LogSoftmaxBackward0")
    assert begins_word(Text("log_softmax"), "_log_softmax")


def test_quotes_find_y_and_not_what_is_made_of_it():
    assert found(seed_trace(), '"y"') == ["y"]
    assert "y * y" in found(seed_trace(), "y")


def test_gradients_are_found_by_their_size_in_the_pass():
    assert found(seed_trace(), "grad:>4 is:grad") == ["x.grad"]
    assert found(seed_trace(), "grad:1 is:tensor") == ["out"]


def test_without_a_pass_nothing_has_a_gradient():
    assert Matcher(seed_trace(), None).find(parse("grad:>=0")).tolist() == []


def test_what_modules_call_is_found_by_their_paths_and_their_classes():
    trace = TRACES[-1]
    inside = set(found(trace, "module:Pair"))
    assert {"net.0.near.weight", "net.0.far.bias"} <= inside
    assert set(found(trace, "module:near is:param")) == {"net.0.near.weight", "net.0.near.bias"}
    assert set(found(trace, "module:Linear is:function")) < set(found(trace, "is:function"))
    assert found(trace, "module:Conv2d") == []


def test_an_empty_query_and_an_empty_trace_find_nothing():
    assert Matcher(seed_trace()).find(Query()).tolist() == []
    empty = type(seed_trace())()
    for word in WORDS:
        assert Matcher(empty).find(parse(word)).tolist() == []


def test_the_matcher_knows_every_field():
    matcher = Matcher(seed_trace(), PassSteps(seed_trace(), 0))
    for field in Field:
        value = {Field.SHAPE: Sizes(()), Field.LINE: Range(), Field.CELL: Range(), Field.GRAD: Range()}.get(field)
        term = Term(field, value or Text("leaf", exact=field is Field.IS))
        assert matcher.find(Query((term,))).dtype == np.int64
    assert isinstance(parse("/x/").terms[0].value, Pattern)
