"""`torch.save` and `torch.load`: everything comes back, foreign and damaged files are refused, nothing is run."""

import contextlib
import io
import json
import pickle
import struct
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from engine import torch


def _there_and_back(value):
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return torch.load(file)


def _same(one, other):
    torch.testing.assert_close(one, other, rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize(
    "value",
    [
        torch.arange(6.0).reshape(2, 3),
        torch.tensor(3, dtype=torch.int32),
        torch.zeros(0, 2, dtype=torch.bool),
        torch.ones(2, 3).t(),
        [1, 2.5, float("inf"), "x", None, True, (torch.ones(1, dtype=torch.float64), {"a": [torch.ones(2)]})],
        {1: "one", "two": torch.Size([2, 3])},
    ],
)
def test_what_was_saved_comes_back(value):
    found = _there_and_back(value)

    assert type(found) is type(value)
    if isinstance(value, list):
        assert (found[:3], found[3:6]) == (value[:3], value[3:6])
        _same(found[6], value[6])
    elif isinstance(value, dict):
        assert found == value
        assert type(found["two"]) is torch.Size
    else:
        _same(found, value)


def test_a_model_and_its_optimizer_continue_from_files(tmp_path):
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.Adam(model.parameters(), 0.1)
    model(torch.ones(3, 2)).sum().backward()
    optimizer.step()
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "c.pt")
    found = torch.load(tmp_path / "c.pt", weights_only=True)
    other = torch.nn.Linear(2, 1)
    other.load_state_dict(found["model"])
    again = torch.optim.Adam(other.parameters(), 0.5)
    again.load_state_dict(found["optimizer"])

    assert isinstance(found["model"], OrderedDict)
    assert again.param_groups[0]["lr"] == 0.1
    assert torch.equal(other.weight, model.weight)
    assert again.state[other.weight]["step"].item() == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "c.pt"]


def test_requires_grad_and_parameters_come_back():
    tensor, parameter = _there_and_back([torch.ones(1, requires_grad=True), torch.nn.Parameter(torch.ones(2))])

    assert tensor.requires_grad
    assert type(parameter) is torch.nn.Parameter


def test_a_loaded_tensor_can_be_written_to():
    assert _there_and_back(torch.ones(2)).add_(1).tolist() == [2.0, 2.0]


def test_a_module_is_refused_with_what_to_do_instead():
    with pytest.raises(TypeError, match="save a state_dict"):
        torch.save(torch.nn.Linear(1, 1), io.BytesIO())


@pytest.mark.parametrize("value", [np.ones(2), np.float32(1.5), {1, 2}, b"bytes", object()])
def test_what_is_no_data_of_ours_is_refused_by_name(value):
    with pytest.raises(TypeError, match=f"torch.save of {type(value).__name__} is not supported"):
        torch.save([value], io.BytesIO())


def test_a_state_dict_keeps_the_versions_of_its_modules():
    state = torch.nn.BatchNorm1d(2).state_dict()

    assert _there_and_back(state)._metadata == state._metadata


def test_a_file_that_cannot_be_put_in_place_leaves_no_other(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        torch.save(torch.ones(1), tmp_path / "folder")

    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "kept.pt"
    torch.save(torch.ones(1), path)
    with pytest.raises(TypeError):
        torch.save([torch.ones(1), object()], path)

    assert torch.load(path).tolist() == [1.0]


def test_any_writer_s_safetensors_file_gives_its_tensors():
    head = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    file = io.BytesIO(struct.pack("<Q", len(head)) + head + np.array([1, 2], "<f4").tobytes())

    assert torch.load(file)["w"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("content", [pickle.dumps({"a": 1}), b"PK\x03\x04rest"])
def test_a_pickle_is_not_read(content):
    with pytest.raises(RuntimeError, match="could run any code"):
        torch.load(io.BytesIO(content))


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_file_is_refused_or_read_but_never_runs_away(data):
    file = io.BytesIO()
    torch.save({"a": torch.arange(4.0), "b": [1, 2.5, (torch.ones(2, 2, dtype=torch.int64),)]}, file)
    content = bytearray(file.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    with contextlib.suppress(RuntimeError):  # the only thing that reading may raise
        torch.load(io.BytesIO(bytes(content[:cut])))
