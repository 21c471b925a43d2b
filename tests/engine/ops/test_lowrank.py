"""Decompositions by random projections find what the exact ones find."""

import numpy as np
import pytest

from engine import torch


def matrix(*size):
    torch.manual_seed(1)
    return torch.randn(*size, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("size", [(8, 5), (5, 8), (2, 6, 4)])
def test_as_many_vectors_as_columns_give_the_whole_matrix(size):
    given = matrix(*size)
    left, values, right = torch.svd_lowrank(given, min(size[-2:]))
    whole = left @ torch.diag_embed(values) @ right.mT
    np.testing.assert_allclose(whole.detach().numpy(), given.detach().numpy(), atol=1e-10)


def test_a_matrix_of_low_rank_is_found_by_few_vectors():
    given = matrix(9, 2) @ matrix(2, 7)
    _, values, _ = torch.svd_lowrank(given, 3)
    exact = torch.linalg.svdvals(given)[:3]
    np.testing.assert_allclose(values.detach().numpy(), exact.detach().numpy(), atol=1e-10)


def test_what_is_subtracted_first_does_not_count():
    given, mean = matrix(6, 4), matrix(1, 4)
    _, values, _ = torch.svd_lowrank(given, 4, M=mean)
    exact = torch.linalg.svdvals(given - mean)
    np.testing.assert_allclose(values.detach().numpy(), exact.detach().numpy(), atol=1e-10)


def test_principal_components_are_those_of_centered_rows():
    given = matrix(7, 3)
    _, values, _ = torch.pca_lowrank(given, 3)
    exact = torch.linalg.svdvals(given - given.mean(0, keepdim=True))
    np.testing.assert_allclose(values.detach().numpy(), exact.detach().numpy(), atol=1e-10)
    values.sum().backward()
    assert given.grad is not None


def test_more_components_than_there_can_be_are_refused():
    with pytest.raises(ValueError, match=r"q\(=4\) must be non-negative integer and not greater than min\(m, n\)=3"):
        torch.pca_lowrank(matrix(7, 3), 4)
    with pytest.raises(ValueError, match=r"niter\(=-1\) must be non-negative integer"):
        torch.pca_lowrank(matrix(7, 3), niter=-1)


def test_the_error_of_singular_matrices_has_pytorch_s_names():
    with pytest.raises(torch.linalg.LinAlgError) as caught:
        torch.linalg.inv(torch.zeros(2, 2))
    assert caught.type is torch._C._LinAlgError
    assert issubclass(caught.type, RuntimeError)


@pytest.mark.parametrize("name", ["eig", "eigvals"])
def test_complex_eigenvalues_are_refused(name):
    with pytest.raises(NotImplementedError, match="complex dtypes are not supported by the embedded engine"):
        getattr(torch.linalg, name)(torch.eye(2))
