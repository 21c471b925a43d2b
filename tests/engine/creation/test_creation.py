"""Sizes, devices and dtypes where tensors are made. What tensors come out is in oracle/expressions/creation.txt."""

from operator import add

import numpy as np
import pytest

from engine import torch


def test_a_size_is_a_tuple_whose_slices_and_sums_are_sizes():
    size = torch.zeros(2, 3, 4).shape

    assert size == (2, 3, 4)
    assert repr(size) == "torch.Size([2, 3, 4])"
    assert repr(size[1:]) == "torch.Size([3, 4])"
    assert repr(add(size, (5,))) == "torch.Size([2, 3, 4, 5])"
    assert repr(add((1,), size[:1])) == "torch.Size([1, 2])"
    assert size[0] == 2
    assert size.numel() == 24
    assert hash(size) == hash((2, 3, 4))


def test_a_size_holds_integers_only():
    with pytest.raises(TypeError, match=r"^torch.Size\(\) takes an iterable of 'int' \(item 0 is 'float'\)$"):
        torch.Size([2.5])


def test_the_device_is_the_cpu_and_others_say_so():
    assert torch.zeros(2, device="cpu").device == torch.device("cpu")
    assert repr(torch.device("cpu")) == "device(type='cpu')"
    assert str(torch.device("cpu", 0)) == "cpu:0"
    with pytest.raises(AssertionError, match=r"^Torch not compiled with CUDA enabled$"):
        torch.zeros(2, device="cuda")
    with pytest.raises(
        RuntimeError, match=r"^Expected one of cpu, cuda, .* device type at start of device string: foo$"
    ):
        torch.device("foo")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.complex64, torch.uint16])
def test_a_dtype_that_would_be_computed_wrong_is_refused_by_name(dtype):
    with pytest.raises(NotImplementedError, match=f"{dtype} are not supported by the embedded engine; use torch"):
        torch.zeros(2, dtype=dtype)


def test_complex_numbers_are_refused():
    with pytest.raises(NotImplementedError, match=r"torch\.complex64 are not supported"):
        torch.tensor([1j, 2])


def test_half_precision_arrays_are_refused():
    with pytest.raises(NotImplementedError, match=r"torch\.float16 are not supported"):
        torch.tensor(np.zeros(2, dtype=np.float16))


def test_out_is_refused_with_a_way_out():
    with pytest.raises(NotImplementedError, match=r"zeros\(out=...\) is not supported .* assign the result instead"):
        torch.zeros(2, out=torch.ones(2))


def test_the_default_dtype_decides_for_python_floats():
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.tensor([1.5]).dtype is torch.float64
        assert torch.zeros(2).dtype is torch.float64
        assert torch.arange(3.0).dtype is torch.float64
        assert torch.arange(3).dtype is torch.int64
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_copy_of_a_tensor_warns_and_drops_its_history():
    x = torch.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="To copy construct from a tensor, it is recommended to use"):
        copy = torch.tensor(x * 2)

    assert not copy.requires_grad


def test_an_array_that_cannot_be_written_to_warns():
    array = np.zeros(2)
    array.flags.writeable = False
    with pytest.warns(UserWarning, match="The given NumPy array is not writable"):
        torch.from_numpy(array)


def test_a_long_nested_list_is_read_without_recursion():
    deep = [1.0]
    for _ in range(100):
        deep = [deep]

    with pytest.raises((ValueError, RuntimeError)):
        torch.tensor(deep)  # more dims than NumPy has: an error, not a crash
    assert torch.tensor([[float(i)] for i in range(10_000)]).shape == (10_000, 1)
