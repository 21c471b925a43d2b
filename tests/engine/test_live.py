"""Random shapes, indices and arguments through the engine and through real PyTorch, where that is installed."""

import random
import warnings

import numpy as np
import pytest

from engine import torch

real = pytest.importorskip("torch")
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]
ROUNDS = 400


def outcome(module, function, array):
    """The result of `function(module, x)`, its gradient and the nodes that made it, or the error."""
    x = module.tensor(array, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = function(module, x)
        except (RuntimeError, IndexError, TypeError, ValueError) as error:
            return type(error), str(error)
    weights = module.arange(1.0, result.numel() + 1, dtype=result.dtype).reshape(result.shape)
    (grad,) = module.autograd.grad((result * weights).sum(), x, allow_unused=True)
    numbers = [result.detach().numpy(), None if grad is None else grad.numpy()]
    return str(result.dtype), nodes(result.grad_fn), result._is_view(), result.is_contiguous(), numbers


def nodes(node):
    name = type(node).__name__
    return [name, *(nodes(following) for following, _ in node.next_functions)] if node is not None else name


def assert_same(function, array, case):
    ours, theirs = outcome(torch, function, array), outcome(real, function, array)

    assert ours[:-1] == theirs[:-1], case
    if not isinstance(theirs[-1], list):
        assert ours[-1] == theirs[-1], case
        return
    for one, other in zip(ours[-1], theirs[-1], strict=True):
        assert (one is None) == (other is None), case
        if one is not None:
            assert one.shape == other.shape, case
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9, err_msg=str(case))


def random_key(chance, numbers, shape):
    """An index of every kind; arrays stand for index tensors."""
    key, used = [], 0
    while used < len(shape) and chance.random() < 0.8:
        length, kind = shape[used], chance.choice("isslatmnb")
        if kind == "i":
            key.append(chance.randint(-length, length - 1))
        elif kind == "s":
            key.append(
                slice(chance.choice([None, 0, 1, -2]), chance.choice([None, 1, 3, -1]), chance.choice([None, 2]))
            )
        elif kind == "l":
            key.append([chance.randint(0, length - 1)] * 2)
        elif kind in "at":
            key.append(numbers.randint(-length, length, chance.choice([(2,), (1,), (2, 2), ()])))
        elif kind == "m":
            key.append(numbers.rand(length) > 0.4)
        elif kind == "n":
            key.append(None)
            continue
        else:
            key.append(chance.choice([True, False]))
            continue
        used += 1
    return tuple(key)


def as_key(module, key):
    return tuple(module.tensor(item) if isinstance(item, np.ndarray) else item for item in key)


def test_any_index_reads_as_in_pytorch():
    chance, numbers = random.Random(1), np.random.RandomState(1)
    for _ in range(ROUNDS):
        shape = tuple(chance.randint(1, 4) for _ in range(chance.randint(1, 4)))
        key = random_key(chance, numbers, shape)
        assert_same(lambda module, x, key=key: x[as_key(module, key)], numbers.randn(*shape), (shape, key))


def test_any_assignment_writes_as_in_pytorch():
    chance, numbers = random.Random(2), np.random.RandomState(2)

    def assign(module, x, key):
        y = x * 1
        y[as_key(module, key)] = 2.5
        return y

    for _ in range(ROUNDS):
        shape = tuple(chance.randint(1, 4) for _ in range(chance.randint(1, 3)))
        key = tuple(item for item in random_key(chance, numbers, shape) if not isinstance(item, bool))
        if key:
            assert_same(lambda module, x, key=key: assign(module, x, key), numbers.randn(*shape), (shape, key))


def test_any_ranks_multiply_as_in_pytorch():
    chance, numbers = random.Random(3), np.random.RandomState(3)
    for _ in range(ROUNDS):
        inner, batch = chance.randint(1, 3), [chance.randint(1, 2), chance.randint(1, 2)]
        left, right = (*batch, chance.randint(1, 3), inner), (*batch, inner, chance.randint(1, 3))
        ranks = chance.randint(1, 4), chance.randint(1, 4)
        one = left[-ranks[0] :]
        other = right[-ranks[1] :] if ranks[1] > 1 else (inner,)
        second = numbers.randn(*other)
        turned = chance.random() < 0.3 and len(one) > 1

        def product(module, x, second=second, turned=turned):
            x = x.mT.contiguous().mT if turned else x
            return x @ module.tensor(second)

        assert_same(product, numbers.randn(*one), (one, other, turned))


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "amax", "amin", "logsumexp", "var", "std", "norm"])
def test_any_dims_reduce_as_in_pytorch(name):
    chance, numbers = random.Random(name), np.random.RandomState(4)
    for _ in range(ROUNDS // 8):
        ndim = chance.randint(1, 4)
        shape = tuple(chance.randint(2, 3) for _ in range(ndim))
        dims = tuple(chance.sample(range(-ndim, 0), chance.randint(1, min(ndim, 2))))
        arguments = {"dim": dims[0] if name == "prod" else dims, "keepdim": chance.random() < 0.5}
        array = np.round(numbers.randn(*shape), 1) if name in ("amax", "amin") else numbers.randn(*shape)
        turn = chance.random() < 0.3 and ndim > 1

        def reduced(module, x, arguments=arguments, turn=turn):
            return getattr(x.transpose(0, 1) if turn else x, name)(**arguments).contiguous()

        assert_same(reduced, array, (name, shape, arguments, turn))
