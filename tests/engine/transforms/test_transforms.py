import gc
import weakref

import pytest

from engine import torch
from engine.transforms import levels
from engine.transforms.carrier import Carrier
from tests.engine.programs import record

forward = torch.autograd.forward_ad


def test_no_tensor_carries_anything_after_its_level():
    x = torch.ones(2)
    with forward.dual_level():
        dual = forward.make_dual(x, x)
        view, result = dual[0], dual * 2
        assert type(result) is Carrier
    assert {type(each) for each in (dual, view, result)} == {torch.Tensor}
    assert levels.active == 0
    assert "tangent" not in repr(result)


def test_a_tangent_is_freed_with_its_level():
    x = torch.ones(2)
    with forward.dual_level():
        result = forward.make_dual(x, x) * 3
        tangent = weakref.ref(forward.unpack_dual(result).tangent)
        assert tangent() is not None
    assert tangent() is None


@pytest.mark.parametrize(
    "run",
    [
        lambda f: torch.func.grad(f)(torch.ones(2)),
        lambda f: torch.func.jvp(f, (torch.ones(2),), (torch.ones(2),)),
        lambda f: torch.func.jacfwd(f)(torch.ones(2)),
        lambda f: torch.vmap(f)(torch.ones(2)),
        lambda f: torch.vmap(torch.func.grad(f))(torch.ones(2)),
    ],
)
def test_an_exception_closes_every_level(run):
    def fails(_x):
        raise KeyError("user")

    with pytest.raises(KeyError):
        run(fails)
    assert levels.active == 0
    assert levels.dual is None
    assert (levels.state.transforms, levels.state.jvps, levels.state.randomness, levels.state.batches) == (0, 0, [], {})


def test_the_graph_of_a_transform_is_freed_without_the_collector():
    seen = []

    def loss(x):
        y = x * x
        seen.append(weakref.ref(y.grad_fn))
        return y.sum()

    gc.collect()
    gc.disable()
    try:
        slopes = torch.func.grad(loss)(torch.ones(2))
        assert seen[0]() is None
    finally:
        gc.enable()
    assert slopes.tolist() == [2.0, 2.0]


def test_transforms_and_dual_tensors_can_be_recorded():
    trace = record(
        "x = torch.ones(2)\n"
        "with torch.autograd.forward_ad.dual_level():\n"
        "    y = torch.autograd.forward_ad.make_dual(x, x) * 2\n",
        "g = torch.func.grad(lambda x: (x ** 3).sum())(x)\nh = torch.func.hessian(lambda x: (x ** 3).sum())(x)",
        "v = torch.vmap(lambda r: r.sum())(torch.ones(3, 2))",
        "w = torch.ones(2, requires_grad=True)\ntorch.func.jvp(lambda w: w * w, (w,), (x,))[1].sum().backward()",
    )
    assert trace.counts()["nodes"] > 0


def test_numbers_drawn_in_the_same_mode_go_on_after_the_batch():
    torch.manual_seed(0)
    torch.vmap(lambda a: a + torch.rand(3), randomness="same")(torch.ones(4, 3))
    after = torch.rand(2)
    torch.manual_seed(0)
    torch.rand(3)
    assert torch.equal(torch.rand(2), after)
