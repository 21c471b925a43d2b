"""What PyTorch does at the edges of an operation, where a formula alone says something else: run through both."""

import warnings

import numpy as np
import pytest

from engine import torch

real = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


def var_of_nothing(module):
    nothing = module.empty(0, 3)
    return nothing.var(correction=-1), nothing.std(0, correction=-2), module.std_mean(nothing, 1, correction=-1)[0]


def spread_gradients(module, dim, correction):
    x = module.arange(6.0).reshape(2, 3).requires_grad_()
    made = [x.var(dim, correction=correction), x.std(dim, correction=correction)]
    made += [module.var_mean(x, dim, correction=correction)[0], module.std_mean(x, dim, correction=correction)[0]]
    return [module.autograd.grad(each.sum(), x)[0] for each in made]


def product_of_one_element(module):
    column = module.tensor([[float("nan"), 1.0], [float("inf"), 1.0], [1.0, 1.0]])[:, :1]
    zero = module.zeros(1, 1)
    return column @ zero[0], column @ zero, zero @ column.t(), module.addmm(zero, column, zero), zero[0] @ column.t()


def distance_of_integers(module):
    one, other = module.tensor([[1, 2]], dtype=module.uint8), module.tensor([[3, 2]], dtype=module.uint8)
    distance = module.nn.functional.pairwise_distance
    return distance(one, other, eps=1), distance(one.long(), other.long(), 1, 1)


def ctc_with_blank_among_the_labels(module):
    x = module.linspace(-1, 1, 24).reshape(4, 2, 3).requires_grad_()
    labels, lengths = module.tensor([[0, 1], [2, 0]]), module.tensor([2, 2])
    loss = module.nn.functional.ctc_loss(x.log_softmax(-1), labels, module.tensor([4, 4]), lengths)
    return loss, *module.autograd.grad(loss, x)


def least_squares_with_a_batch_on_one_side(module):
    b = module.arange(20.0, dtype=module.float64).reshape(4, 5)
    return (module.linalg.lstsq(module.arange(32.0, dtype=b.dtype).reshape(4, 4, 2).cos(), b).solution.contiguous(),)


def sum_of_another_dtype_in_linear(module):
    return (module.nn.functional.linear(module.ones(3), module.ones(3), module.tensor(1.0, dtype=module.float64)),)


def drawn_along_memory(module):
    module.manual_seed(3)
    permuted = module.ones(3, 4, 5).permute(2, 0, 1)
    return module.rand_like(permuted), module.randn_like(permuted), module.randint_like(permuted, 9)


def sorted_along_memory(module):
    permuted = module.arange(24.0).reshape(2, 3, 4).sin().permute(2, 0, 1)
    return *permuted.sort(0), *permuted.sort(stable=True), permuted.argsort(1), *permuted.topk(2), *permuted.cummax(0)


def runs_by_position(module):
    x, runs = module.tensor([1, 1, 2, 2, 3, 1]), module.unique_consecutive
    return *runs(x, True), *runs(x, False, True), *runs(x, True, True), *runs(x, False, return_counts=True)


def entropy_of_two_dtypes(module):
    x, target = module.tensor([-2.0, 0.5, 1.0]), module.tensor([0.1, 0.2, 0.9], dtype=module.float64)
    entropy = module.nn.functional.binary_cross_entropy_with_logits
    return entropy(x, target), entropy(x, target, pos_weight=module.tensor(1.3), reduction="none")


def between_by_a_number_of_another_dtype(module):
    half = module.tensor(0.5, dtype=module.float64)
    whole = module.tensor([1, 2]), module.tensor([0, 4])
    return (
        module.lerp(*whole, half),
        module.lerp(whole[0].float(), whole[1].float(), half),
        module.lerp(whole[0].double(), whole[1].double(), half.float()),
    )


def second_gradients_of_prelu(module):
    x, weight = module.tensor(-1.0, requires_grad=True), module.tensor(0.25, requires_grad=True)
    y = module.nn.functional.prelu(x, weight)
    upstream = module.ones_like(y).requires_grad_()
    first = module.autograd.grad(y, (x, weight), upstream, create_graph=True)
    every = (x, weight, upstream)
    return [found for each in first for found in module.autograd.grad(each, every, retain_graph=True)]


CASES = [
    second_gradients_of_prelu,
    between_by_a_number_of_another_dtype,
    runs_by_position,
    entropy_of_two_dtypes,
    least_squares_with_a_batch_on_one_side,
    sum_of_another_dtype_in_linear,
    drawn_along_memory,
    sorted_along_memory,
    var_of_nothing,
    *(
        lambda module, dim=dim, correction=correction: spread_gradients(module, dim, correction)
        for dim, correction in (([], 1), ([], 0), (0, 2), (0, 5), (None, 6))
    ),
    product_of_one_element,
    distance_of_integers,
    ctc_with_blank_among_the_labels,
]


@pytest.mark.parametrize("case", CASES)
def test_an_edge_is_as_in_pytorch(case):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = case(torch), case(real)

    for one, other in zip(ours, theirs, strict=True):
        assert (str(one.dtype), one.stride()) == (str(other.dtype), other.stride())
        close = 1e-12 if one.dtype is torch.float64 else 1e-6
        np.testing.assert_allclose(one.detach().numpy(), other.detach().numpy(), rtol=close, atol=close / 10)


def test_the_counts_of_a_histogram_are_tracked_where_pytorch_tracks_them():
    for choose in (lambda x, bins: (x.requires_grad_(), 3), lambda x, bins: (x, bins.requires_grad_())):
        tracked = []
        for module in (torch, real):
            x, bins = module.arange(6.0), module.tensor([0.0, 2.0, 7.0])
            weight, edges = choose(module.ones(6), bins)
            tracked.append([each.requires_grad for each in module.histogram(x, edges, weight=weight)])
        assert tracked[0] == tracked[1]


REFUSED = {
    "logdet of a singular matrix": lambda module, x: module.autograd.grad(module.logdet(x * 0), x, create_graph=True),
    "slogdet of one": lambda module, x: module.autograd.grad(module.slogdet(x[:1, :1] * 0)[1], x, create_graph=True),
    "reshape twice": lambda module, x: x.reshape(-1, shape=-1),
    "expand twice": lambda module, x: x.expand(2, size=(2, 2)),
    "permute twice": lambda module, x: x.permute(0, dims=(1, 0)),
    "reshape to an int": lambda module, x: x.reshape(shape=-1),
    "linear with a vector": lambda module, x: module.nn.functional.linear(x.reshape(1, 2, 2), x[0], x[1]),
    "lstsq of other batches": lambda module, x: module.linalg.lstsq(module.ones(2, 3, 2), module.ones(3, 3)),
    "mv of a number": lambda module, x: module.mv(x[0, 0], x[0]),
    "index_put of another dtype": lambda module, x: x.detach().index_put([module.tensor([7])], x[0].double()),
    "shapes that do not broadcast": lambda module, x: module.broadcast_shapes((2,), [-1]),
    "narrow_copy from beyond": lambda module, x: module.narrow_copy(x, 0, 3, -2),
    "lstsq of one more": lambda module, x: module.linalg.lstsq(module.ones(2, 1, 3, 2), module.ones(2, 3, 2)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_pytorch_refuses_is_refused_in_its_words(case):
    errors = []
    for module in (torch, real):
        with pytest.raises((RuntimeError, TypeError, IndexError)) as caught:
            REFUSED[case](module, module.ones(2, 2, requires_grad=True))
        errors.append((caught.type.__name__, str(caught.value)))

    assert errors[0] == errors[1]


def test_the_zero_of_a_singular_matrix_has_the_sign_of_its_factors():
    for module in (torch, real):
        signs = [
            module.slogdet(module.tensor(rows))[0] for rows in ([[-1.0, 0.0], [-2.0, 0.0]], [[0.0, -1.0], [0.0, 2.0]])
        ]

        assert [bool(np.signbit(sign.numpy())) for sign in signs] == [True, False]


@pytest.mark.parametrize("reduce", ["amin", "amax"])
def test_a_source_larger_than_the_index_shares_the_gradient_as_in_pytorch(reduce):
    gradients = []
    for module in (torch, real):
        x = module.tensor([[1.0, -2.0], [0.5, 3.0], [2.0, 0.0]], requires_grad=True)
        source = module.tensor([[1.0, 4.0], [0.5, -3.0], [7.0, 0.0]], requires_grad=True)
        x.scatter_reduce(0, module.zeros(1, 2, dtype=module.int64), source, reduce).square().sum().backward()
        gradients.append((x.grad.tolist(), source.grad.tolist()))

    assert gradients[0] == gradients[1]
