import gc
import weakref

import pytest

from engine import torch
from engine.node import AccumulateGrad
from tests.oracle.sessions import check, titles


@pytest.fixture
def without_collector():
    """Only reference counts free memory."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("fresh_warnings")
@pytest.mark.parametrize("title", titles("node"))
def test_a_session_prints_what_pytorch_prints(title):
    check(torch, "node", title)


def _graphs(x):
    yield x * x
    yield x.exp()
    yield x**x
    yield torch.cat([x, x * 2])
    yield x.view(2, 1).unbind()[0]
    written = x * 2
    written[0].mul_(3)
    yield written
    squashed = x * 2
    squashed.tanh_()
    yield squashed


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("number", range(7))
def test_a_graph_is_freed_without_the_collector_when_its_result_goes(number):
    x = torch.ones(2, requires_grad=True)
    result = list(_graphs(x))[number]
    node, tensor = weakref.ref(result.grad_fn), weakref.ref(result)
    del result
    assert tensor() is None
    assert node() is None


@pytest.mark.usefixtures("without_collector")
def test_a_leaf_is_freed_with_its_graph():
    x = torch.ones(2, requires_grad=True)
    result = (x * 2).sum()
    result.backward()
    leaf = weakref.ref(x)
    del x
    assert leaf() is not None
    del result
    assert leaf() is None


@pytest.mark.usefixtures("without_collector")
def test_a_pass_frees_what_was_saved():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    saved = weakref.ref(y)
    z = (y * y).sum()
    del y
    assert saved() is not None
    z.backward()
    assert saved() is None


def test_dropping_a_chain_of_a_hundred_thousand_nodes_does_not_recurse():
    x = torch.ones(2, requires_grad=True)
    y = x
    for _ in range(100_000):
        y = y * x
    first = weakref.ref(y.grad_fn)
    del y
    assert first() is None


def test_all_uses_of_a_leaf_lead_to_one_accumulate_grad():
    x = torch.ones(2, requires_grad=True)
    ends = {edge[0] for edge in (x * x).grad_fn.next_functions}
    (end,) = ends
    assert isinstance(end, AccumulateGrad)
    assert end.variable is x


def test_saved_items_name_values_and_versions():
    x, y = torch.ones(2, requires_grad=True), torch.ones(2)
    y.add_(1)
    assert (x * y).grad_fn.saved_items() == [("self", None, 0), ("other", y, 1)]
    assert (x**3).grad_fn.saved_items()[1] == ("exponent", 3, 0)


def test_the_outputs_of_one_node_have_numbers():
    x = torch.ones(2, 2, requires_grad=True)
    first, second = x.unbind()
    assert first.grad_fn is second.grad_fn
    assert (first.output_nr, second.output_nr) == (0, 1)
    assert (second * 2).grad_fn.next_functions[0] == (first.grad_fn, 1)
