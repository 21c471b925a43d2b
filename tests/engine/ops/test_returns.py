"""Results with names: tuples that are made of one sequence, print as PyTorch's and go through torch.func as such."""

import pytest

from engine import torch


def test_a_named_result_is_a_tuple_with_its_fields():
    result = torch.tensor([[1.0, 3.0, 2.0]]).sort(1)

    values, indices = result
    assert isinstance(result, torch.return_types.sort)
    assert result.values is values
    assert result.indices is indices
    assert (result.n_fields, result.n_sequence_fields, result.n_unnamed_fields) == (2, 2, 0)


def test_a_named_result_prints_its_type_and_fields():
    assert repr(torch.tensor([1, 2]).aminmax()) == "torch.return_types.aminmax(\nmin=tensor(1),\nmax=tensor(2))"


def test_a_named_result_is_made_of_one_sequence_of_the_right_length():
    assert torch.return_types.topk((1, 2)).indices == 2
    with pytest.raises(TypeError, match=r"torch.return_types.topk\(\) takes a 2-sequence \(3-sequence given\)"):
        torch.return_types.topk((1, 2, 3))


def test_a_named_result_keeps_its_type_through_vmap():
    result = torch.vmap(lambda row: row.max(0))(torch.tensor([[1.0, 3.0], [5.0, 2.0]]))

    assert isinstance(result, torch.return_types.max)
    assert result.values.tolist() == [3.0, 5.0]


def test_a_type_that_the_engine_lacks_says_so():
    with pytest.raises(NotImplementedError, match=r"torch\.return_types\.linalg_eig_out is not supported"):
        _ = torch.return_types.linalg_eig_out
    with pytest.raises(AttributeError, match=r"module 'torch\.return_types' has no attribute 'nothing'"):
        _ = torch.return_types.nothing
