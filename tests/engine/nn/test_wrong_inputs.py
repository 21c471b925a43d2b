"""What layers say of inputs that are no tensors: PyTorch's words, never the engine's own attributes."""

import numpy as np
import pytest

from engine import torch

nn = torch.nn
CALLS = {
    "Dropout": (nn.Dropout(), TypeError, r"^dropout\(\): argument 'input' \(position 1\) must be Tensor, not {}$"),
    "Embedding": (nn.Embedding(2, 2), TypeError, r"^embedding\(\): argument 'indices' .* must be Tensor, not {}$"),
    "Dropout2d": (nn.Dropout2d(), AttributeError, "^'{}' object has no attribute 'dim'$"),
    "EmbeddingBag": (nn.EmbeddingBag(2, 2), AttributeError, "^'{}' object has no attribute 'dim'$"),
    "Unflatten": (nn.Unflatten(0, (1, 2)), AttributeError, "^'{}' object has no attribute 'unflatten'$"),
    "BCELoss": (lambda x: nn.BCELoss()(torch.ones(2), x), AttributeError, "^'{}' object has no attribute 'size'$"),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("value", [[1.0], None, np.ones(2)], ids=["list", "None", "array"])
def test_an_input_that_is_no_tensor_is_refused_in_pytorchs_words(name, value):
    call, error, words = CALLS[name]
    if name == "BCELoss" and isinstance(value, np.ndarray):
        words = "a Tensor is needed, not ndarray"  # arrays have a size, which is a number; PyTorch fails calling it
        error = TypeError
    kind = type(value).__module__ + "." if isinstance(value, np.ndarray) else ""
    with pytest.raises(error, match=words.format(kind + type(value).__name__)):
        call(value)


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        (nn.Flatten, "nn.modules.flatten"),
        (nn.ZeroPad2d, "nn.modules.padding"),
        (nn.PixelShuffle, "nn.modules.pixelshuffle"),
        (torch.optim.lr_scheduler.StepLR, "optim.lr_scheduler"),
        (torch.utils.data.TensorDataset, "utils.data.dataset"),
        (torch.distributions.Normal, "distributions.normal"),
    ],
)
def test_classes_say_that_they_are_pytorchs(kind, place):
    assert str(kind) == f"<class 'torch.{place}.{kind.__name__}'>"
