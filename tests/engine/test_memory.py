"""What keeps a graph alive, and what does not: references alone free memory here, without the collector."""

import gc
import weakref

import pytest

from engine import torch

graph = torch.autograd.graph


@pytest.fixture(autouse=True)
def _without_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def leaf():
    return torch.tensor([1.0, 2.0], requires_grad=True)


def test_a_pass_releases_what_was_saved_and_a_retained_graph_keeps_it():
    x, w = leaf(), torch.ones(2)
    y = x * w
    saved = weakref.ref(w)
    del w
    y.sum().backward(retain_graph=True)
    assert saved() is not None
    y.sum().backward()
    assert saved() is None


def test_packed_values_are_released_by_a_pass():
    class Box:
        def __init__(self, tensor):
            self.tensor = tensor

    boxes = []

    def pack(tensor):
        box = Box(tensor.detach())
        boxes.append(weakref.ref(box))
        return box

    with graph.saved_tensors_hooks(pack, lambda box: box.tensor):
        y = (leaf() * leaf()).exp()
    assert [box() is None for box in boxes] == [False] * 3
    y.sum().backward()
    assert [box() is None for box in boxes] == [True] * 3


def test_an_exception_in_a_hook_keeps_no_graph():
    def run():
        y = leaf() * 2

        def fail(grad):
            raise KeyError(1)

        y.register_hook(fail)
        with pytest.raises(KeyError):
            y.sum().backward()
        return weakref.ref(y.grad_fn)

    assert run()() is None


def test_an_outdated_view_frees_its_old_and_its_new_history():
    x = leaf()
    y = x * 2
    v = y[:1]
    old = weakref.ref(v.grad_fn)
    y.mul_(3)
    new = weakref.ref(v.grad_fn)
    assert old() is None
    del v
    assert new() is None


def test_a_view_keeps_its_base_and_a_base_no_view():
    y = leaf() * 2
    v = y[:1]
    base, view = weakref.ref(y), weakref.ref(v)
    del y
    assert base() is not None
    del v
    assert (base(), view()) == (None, None)


def test_an_edge_keeps_the_graph_and_not_the_tensor():
    y = leaf() * 2
    edge, tensor = graph.get_gradient_edge(y), weakref.ref(y)
    node = weakref.ref(y.grad_fn)
    del y
    assert tensor() is None
    assert node() is not None
    del edge
    assert node() is None


def test_a_pass_inside_a_hook_leaves_nothing_behind():
    x = leaf()
    nodes = []

    def inner(grad):
        with torch.enable_grad():
            z = (x * 5).sum()
        nodes.append(weakref.ref(z.grad_fn))
        z.backward()

    y = x * 2
    y.register_hook(inner)
    y.sum().backward()
    nodes.append(weakref.ref(y.grad_fn))
    del y
    assert [node() for node in nodes] == [None, None]


def test_a_chain_of_writes_to_views_is_freed_without_recursion():
    y = leaf() * 1
    first = weakref.ref(y.grad_fn)
    for _ in range(20_000):
        y[:1].add_(1)
    assert first() is not None
    del y
    assert first() is None


def test_gradients_of_gradients_keep_no_cycle_of_their_own():
    x = leaf()
    (g,) = torch.autograd.grad((x.exp() * x).sum(), x, create_graph=True)
    node = weakref.ref(g.grad_fn)
    (h,) = torch.autograd.grad(g.sum(), x)
    del g
    assert node() is None
    assert not h.requires_grad
