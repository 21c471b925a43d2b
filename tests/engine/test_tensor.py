import pytest

from engine import torch
from tests.oracle.sessions import check, titles


@pytest.mark.usefixtures("fresh_warnings")
@pytest.mark.parametrize("title", titles("tensor"))
def test_a_session_prints_what_pytorch_prints(title):
    check(torch, "tensor", title)


@pytest.mark.usefixtures("fresh_warnings")
def test_numbers_in_a_tensor_that_requires_grad_warn_once():
    x = torch.ones((), requires_grad=True)
    with pytest.warns(UserWarning, match="Converting a tensor with requires_grad=True to a scalar"):
        assert float(x) == 1.0


@pytest.mark.parametrize("name", ["stft", "quantize_per_tensor", "optim.Muon", "nn.SyncBatchNorm"])
def test_a_name_that_pytorch_has_and_the_engine_lacks_says_so(name):
    *path, last = name.split(".")
    owner = torch
    for part in path:
        owner = getattr(owner, part, None) or pytest.fail(f"the engine has no {part}")
    with pytest.raises(NotImplementedError, match="is not supported by the embedded engine") as caught:
        getattr(owner, last)
    assert isinstance(caught.value, AttributeError)


def test_a_name_that_pytorch_lacks_is_an_attribute_error_as_python_words_it():
    with pytest.raises(AttributeError, match=r"^module 'torch' has no attribute 'xyz'$"):
        _ = torch.xyz
    with pytest.raises(AttributeError, match=r"^'Tensor' object has no attribute 'xyz'$"):
        _ = torch.ones(2).xyz


def test_hasattr_answers_false_for_a_missing_method():
    assert not hasattr(torch.ones(2), "stft")
    assert hasattr(torch.ones(2), "exp")


def test_complex_numbers_say_that_they_are_not_supported():
    with pytest.raises(NotImplementedError, match="complex"):
        _ = torch.ones(2) + 1j


def test_nan_and_inf_come_without_numpy_warnings():
    x = torch.zeros(3, requires_grad=True)
    (x / x).sum().backward()
    assert torch.isnan(x.grad).all()
    assert torch.isneginf(torch.log(torch.zeros(2))).all()
