"""Where PyTorch's names are found, and what is said of those that the engine lacks."""

import sys

import pytest

from engine import torch
from engine.torch.names import MissingError


def test_a_name_that_is_lacking_says_so_when_it_is_imported_too():
    with pytest.raises(ImportError, match=r"^torch\.stft is not supported by the embedded engine") as caught:
        from engine.torch import stft  # noqa: F401
    assert isinstance(caught.value, NotImplementedError)


def test_a_name_that_is_lacking_says_so_when_it_is_read_and_hasattr_answers_no():
    with pytest.raises(MissingError, match=r"^torch\.stft is not supported by the embedded engine"):
        torch.stft  # noqa: B018 - reading it is the test
    assert not hasattr(torch, "stft")


def test_a_name_that_pytorch_does_not_have_is_unknown_as_python_words_it():
    with pytest.raises(ImportError, match=r"^cannot import name 'nothing' from"):
        from engine.torch.nn import nothing  # noqa: F401


def test_the_nearest_name_is_one_that_is_offered_to_users():
    with pytest.raises(MissingError, match=r"embedded engine$"):
        torch.testing.make_tensor  # noqa: B018 - `as_tensor`, which that module uses, is not the nearest
    with pytest.raises(MissingError, match=r"the nearest that it has is torch\.jit\.trace_module$"):
        torch.jit.TracedModule  # noqa: B018 - reading it is the test


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("nn.modules.conv", "Conv2d _ConvNd"),
        ("nn.modules.batchnorm", "BatchNorm1d _BatchNorm"),
        ("nn.modules.loss", "MSELoss _Loss _WeightedLoss"),
        ("nn.modules.utils", "_pair _single _triple"),
        ("nn.modules.module", "Module"),
        ("optim.adam", "Adam"),
        ("optim.sgd", "SGD"),
    ],
)
def test_classes_are_found_where_pytorch_has_them(place, names):
    module = sys.modules[f"engine.torch.{place}"]
    for name in names.split():
        assert callable(getattr(module, name))
    with pytest.raises(AttributeError, match=f"^module 'torch.{place}' has no attribute 'nothing'$"):
        module.nothing  # noqa: B018 - reading it is the test


def test_a_layer_may_be_written_on_pytorchs_base_of_convolutions():
    class Own(torch.nn.modules.conv._ConvNd):
        def __init__(self):
            pair = torch.nn.modules.utils._pair
            super().__init__(1, 2, pair(3), pair(1), pair(0), pair(1), False, pair(0), 1, True, "zeros")

        def forward(self, input):
            return torch.nn.functional.conv2d(input, self.weight, self.bias, self.stride, self.padding)

    assert Own()(torch.ones(1, 1, 4, 4)).shape == (1, 2, 2, 2)
    assert repr(Own()) == "Own(1, 2, kernel_size=(3, 3), stride=(1, 1))"


def test_convolutions_refuse_other_devices():
    with pytest.raises(AssertionError, match="Torch not compiled with CUDA enabled"):
        torch.nn.Conv2d(1, 1, 1, device="cuda")


def test_what_is_scripted_runs_as_python_and_tracing_is_refused():
    @torch.jit.script
    def twice(x):
        return x * 2

    assert twice(torch.ones(1)).item() == 2.0
    assert not torch.jit.is_scripting()
    with pytest.raises(NotImplementedError, match=r"^torch\.jit\.trace is not supported by the embedded engine; call"):
        torch.jit.trace(twice, torch.ones(1))


def test_a_device_may_be_named_by_type():
    assert torch.device(type="cpu", index=0) == torch.device("cpu:0")
    with pytest.raises(TypeError, match=r"^device\(\) received an invalid combination of arguments - got \(\)"):
        torch.device()


def test_switches_of_other_libraries_are_modules_that_change_nothing():
    from engine.torch.backends import cudnn

    assert sys.modules["engine.torch.backends.cudnn"] is cudnn
    cudnn.benchmark = True
    with cudnn.flags(enabled=False):
        assert not cudnn.is_available()
