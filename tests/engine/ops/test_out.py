"""`out=`: results written into tensors that are there already."""

import pytest

from engine import torch


def test_the_result_is_written_into_the_tensor_and_it_is_returned():
    a, out = torch.tensor([1.0, 2.0]), torch.zeros(2)
    memory = out.data_ptr()

    made = torch.add(a, 1, alpha=3, out=out)

    assert made is out
    assert out.tolist() == [4.0, 5.0]
    assert out.data_ptr() == memory
    assert out._version == 1


def test_a_wider_dtype_takes_the_result_and_a_lower_kind_refuses_it():
    a = torch.tensor([1.0, 4.0])

    assert torch.sqrt(a, out=torch.zeros(2, dtype=torch.float64)).tolist() == [1.0, 2.0]
    with pytest.raises(RuntimeError, match="result type Float can't be cast to the desired output type Long"):
        torch.sqrt(a, out=torch.zeros(2, dtype=torch.int64))


def test_an_empty_tensor_takes_the_shape_of_the_result_and_another_one_with_a_warning():
    a = torch.ones(2, 3)

    assert torch.exp(a, out=torch.empty(0)).shape == (2, 3)
    with pytest.warns(UserWarning, match=r"since it had shape \[4\], which does not match the required output shape"):
        assert torch.mul(a, a, out=torch.empty(4)).shape == (2, 3)


def test_a_view_is_not_given_another_shape():
    with pytest.raises(NotImplementedError, match="a view as out="):
        torch.exp(torch.ones(3), out=torch.zeros(4)[:2])


@pytest.mark.parametrize("tracked", ["operand", "out"])
def test_history_is_refused(tracked):
    a = torch.ones(2, requires_grad=tracked == "operand")
    out = torch.zeros(2, requires_grad=tracked == "out")

    with pytest.raises(RuntimeError, match=r"exp\(\): functions with out=... arguments don't support automatic"):
        torch.exp(a, out=out)
    with torch.no_grad():
        assert torch.exp(a, out=out) is out


def test_memory_that_overlaps_is_refused_and_the_operand_itself_is_not():
    a = torch.tensor([1.0, 2.0, 3.0])

    with pytest.raises(RuntimeError, match="some elements of the input tensor and the written-to tensor"):
        torch.neg(a[1:], out=a[:2])
    assert torch.add(a, a, out=a).tolist() == [2.0, 4.0, 6.0]


def test_something_else_than_a_tensor_is_refused():
    with pytest.raises(TypeError, match=r"exp\(\): argument 'out' must be Tensor, not int"):
        torch.exp(torch.ones(2), out=3)
