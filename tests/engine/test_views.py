"""Views share memory and version with their base, copies do not."""

import numpy as np
import pytest

from engine import torch

VIEWS = {
    "select": lambda x: x[0],
    "slice": lambda x: x[:, 1:],
    "ellipsis": lambda x: x[...],
    "none": lambda x: x[None],
    "view": lambda x: x.view(6),
    "reshape": lambda x: x.reshape(3, 2),
    "flatten": lambda x: x.flatten(),
    "transpose": lambda x: x.transpose(0, 1),
    "t": lambda x: x.t(),
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "permute": lambda x: x.permute(1, 0),
    "movedim": lambda x: x.movedim(0, 1),
    "expand": lambda x: x.expand(4, 2, 3),
    "unsqueeze": lambda x: x.unsqueeze(0),
    "squeeze": lambda x: x.squeeze(),
    "narrow": lambda x: x.narrow(1, 0, 2),
    "diagonal": lambda x: x.diagonal(),
    "unbind": lambda x: x.unbind()[1],
    "split": lambda x: x.split(1)[0],
    "chunk": lambda x: x.chunk(3, 1)[2],
    "unflatten": lambda x: x.unflatten(1, (3, 1)),
    "view_of_view": lambda x: x[1][1:],
}
COPIES = {
    "index": lambda x: x[[0, 1]],
    "mask": lambda x: x[x > 2],
    "reshape": lambda x: x.t().reshape(6),
    "contiguous": lambda x: x.t().contiguous(),
    "flip": lambda x: x.flip(0),
    "repeat": lambda x: x.repeat(1, 1),
    "diag": lambda x: x.diag(),
    "gather": lambda x: x.gather(1, torch.tensor([[0], [1]])),
    "matmul": lambda x: x @ x.t(),
    "tril": lambda x: x.tril(),
    "cat": lambda x: torch.cat([x]),
}


def matrix():
    return torch.arange(6.0).clone().reshape(2, 3).clone()


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_knows_its_base_and_sees_what_is_written_to_it(name):
    x = matrix()
    view = VIEWS[name](x)

    assert view._is_view()
    assert view._base is x
    assert np.shares_memory(view.numpy(), x.numpy())
    x.mul_(2)
    assert np.array_equal(view.numpy(), VIEWS[name](x).numpy())
    assert view._version == x._version == 1


@pytest.mark.parametrize("name", [name for name in VIEWS if name != "expand"])
def test_writing_to_a_view_writes_to_its_base_and_counts_there(name):
    x = matrix()
    view = VIEWS[name](x)
    view.fill_(7.0)

    assert x._version == view._version == 1
    assert (x == 7.0).sum().item() == view.numel()


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_has_memory_and_version_of_its_own(name):
    x = matrix()
    copy = COPIES[name](x)
    before = copy.numpy().copy()
    x.add_(100)

    assert not copy._is_view()
    assert np.array_equal(copy.numpy(), before)
    assert copy._version == 0


def test_assigning_to_an_index_counts_a_version_and_changes_views():
    x = matrix()
    row = x[0]
    x[0] = torch.tensor([7.0, 8.0, 9.0])
    x[:, 1] = 0
    x[x > 8] = -1.0

    assert row.tolist() == [7.0, 0.0, -1.0]
    assert x._version == 3


def test_an_assignment_after_saving_makes_backward_fail():
    x = matrix().requires_grad_()
    y = x * 1
    z = (y * y).sum()
    y[0] = 0.0

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.backward()


def test_an_expanded_tensor_cannot_be_written_to():
    x = torch.zeros(3).expand(2, 3)

    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor refers to a single memory"):
        x[:, 0] = 1.0
    x[0] = 1.0  # a part that is not expanded may be written
    assert x.tolist() == [[1.0, 1.0, 1.0]] * 2


def test_an_assignment_to_a_leaf_that_requires_grad_is_refused():
    x = matrix().requires_grad_()

    with pytest.raises(
        RuntimeError, match=r"^a view of a leaf Variable that requires grad is being used in an in-place"
    ):
        x[0] = 1.0
    with pytest.raises(
        RuntimeError, match=r"^a leaf Variable that requires grad is being used in an in-place operation"
    ):
        x[x > 2] = 1.0


ASSIGNMENTS = {
    "row": (0, "CopySlices"),
    "column": ((slice(None), 1), "CopySlices"),
    "mask": (np.array([[True, False, True], [False, False, True]]), "IndexPutBackward0"),
    "places": (np.array([1]), "IndexPutBackward0"),
    "mixed": ((np.array([0, 1]), 2), "CopySlices"),
}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_gradients_flow_to_what_was_assigned_and_not_to_what_was_overwritten(name):
    key, node = ASSIGNMENTS[name]
    x, value = matrix().requires_grad_(), torch.tensor(5.0, requires_grad=True)
    y = x.clone()
    y[key] = value
    weights = torch.arange(1.0, 7.0).reshape(2, 3)
    (y * weights).sum().backward()

    written = np.zeros((2, 3), bool)
    written[key] = True
    assert type(y.grad_fn).__name__ == node
    assert value.grad.item() == weights.numpy()[written].sum()
    assert np.array_equal(x.grad.numpy(), np.where(written, 0, weights.numpy()))


def test_a_tensor_from_numpy_shares_memory_and_a_copy_does_not():
    array = np.arange(3.0)
    shared, copied = torch.from_numpy(array), torch.tensor(array)
    array[0] = 7

    assert shared.tolist() == [7.0, 1.0, 2.0]
    assert copied.tolist() == [0.0, 1.0, 2.0]
    assert torch.as_tensor(array).numpy() is not None
    assert np.shares_memory(torch.as_tensor(array).numpy(), array)
    assert torch.as_tensor(shared) is shared
