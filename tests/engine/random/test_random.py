"""Streams of random numbers beyond what the stored expressions show."""

import numpy as np
import pytest

from engine import torch


def test_the_same_seed_gives_the_same_numbers_again():
    torch.manual_seed(3)
    first = torch.randn(40).tolist()
    torch.manual_seed(3)

    assert torch.randn(40).tolist() == first


def test_a_seed_forgets_the_normal_number_that_was_waiting():
    torch.manual_seed(0)
    expected = torch.randn(1).item()
    torch.randn(1)
    torch.randn(1)
    torch.manual_seed(0)

    assert torch.randn(1).item() == expected


def test_a_generator_of_its_own_leaves_the_default_one_alone():
    torch.manual_seed(0)
    expected = torch.rand(2).tolist()
    torch.manual_seed(0)
    torch.rand(5, generator=torch.Generator().manual_seed(1))

    assert torch.rand(2).tolist() == expected


def test_only_the_low_half_of_a_seed_counts_as_in_pytorch():
    torch.manual_seed(5)
    low = torch.rand(3).tolist()
    torch.manual_seed(5 + 2**32)

    assert torch.rand(3).tolist() == low
    assert torch.initial_seed() == 5 + 2**32


def test_seed_starts_somewhere_else_each_time():
    assert torch.seed() != torch.seed()


def test_a_large_sample_has_the_moments_of_its_distribution():
    torch.manual_seed(0)
    sample = torch.randn(200_000, dtype=torch.float64).numpy()

    assert abs(sample.mean()) < 0.01
    assert abs(sample.var() - 1) < 0.01
    assert sorted(torch.randperm(1000).tolist()) == list(range(1000))


def test_the_mean_of_normal_numbers_gets_a_gradient_of_zero_as_in_pytorch():
    mean = torch.ones(2, requires_grad=True)

    drawn = torch.normal(mean, 1.0)
    drawn.sum().backward()

    assert drawn.grad_fn.name() == "NormalBackward1"
    assert mean.grad.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("fill", ["exponential_", "cauchy_", "log_normal_", "bernoulli_"])
def test_memory_is_filled_in_its_own_order(fill):
    torch.manual_seed(1)
    plain = getattr(torch.empty(2, 3), fill)()
    torch.manual_seed(1)
    turned = getattr(torch.empty(2, 3).t(), fill)()

    assert turned.t().tolist() == plain.tolist()


def test_all_places_are_drawn_once_without_replacement_and_impossible_ones_never_with_it():
    torch.manual_seed(2)

    assert sorted(torch.multinomial(torch.tensor([0.5, 2.0, 1.0]), 3).tolist()) == [0, 1, 2]
    assert set(torch.multinomial(torch.tensor([0.0, 2.0, 0.0, 1.0]), 50, True).tolist()) == {1, 3}


@pytest.mark.parametrize("rate", [0.0, 3.0, 40.0])
def test_poisson_numbers_have_their_rate_as_mean_and_variance(rate):
    torch.manual_seed(3)
    drawn = torch.poisson(torch.full((2000,), rate))

    assert drawn.mean().item() == pytest.approx(rate, rel=0.05, abs=1e-9)
    assert drawn.var().item() == pytest.approx(rate, rel=0.15, abs=1e-9)


@pytest.mark.torch
def test_numbers_equal_pytorch_s_over_many_seeds_and_sizes():
    real = pytest.importorskip("torch")
    if real.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        pytest.skip("PyTorch rounds float32 normals in another way on this processor")
    for seed in range(20):
        torch.manual_seed(seed)
        real.manual_seed(seed)
        for size in (1, 5, 15, 16, 17, 31, 33, 200):
            for ours, theirs in (
                (torch.rand(size), real.rand(size)),
                (torch.randn(size), real.randn(size)),
                (torch.randn(size, dtype=torch.float64), real.randn(size, dtype=real.float64)),
                (torch.empty(size).normal_(0.3, 2.5), real.empty(size).normal_(0.3, 2.5)),
                (torch.randint(-9, 2**33, (size,)), real.randint(-9, 2**33, (size,))),
                (torch.randperm(size), real.randperm(size)),
            ):
                assert np.array_equal(ours.numpy(), theirs.numpy())
