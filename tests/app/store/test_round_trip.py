import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as arrays

from app.store import Contents, Growth, StoreError, open_session, save_session
from app.store.packing import inflate, pack, pack_array, unpack
from engine.codec import DTYPES
from engine.trace import Batch
from tests.app.store.sessions import assert_same, model_trace, saved
from tests.engine.programs import Recording
from tests.traces import chain_trace, linear_trace, seed_trace


@pytest.mark.parametrize("make", [seed_trace, linear_trace, lambda: chain_trace(300), model_trace])
def test_a_trace_comes_back_as_it_was(tmp_path, make):
    trace = make()
    with open_session(saved(tmp_path / "a.retro", trace)) as stored:
        assert_same(stored.trace, trace)


def test_what_grows_between_two_writes_is_written_once(tmp_path):
    recording, growth, batches = Recording(), Growth(), []
    for code in ("x = torch.ones(2, requires_grad=True)", "y = (x * x).sum()", "y.backward()"):
        recording.run(code)
        batches.append(growth.take(recording.trace))
    assert growth.take(recording.trace) is None
    assert [len(batch.tables["cells"]["id"]) for batch in batches] == [1, 1, 1]
    assert len(batches[0].tables["nodes"]["kind"]) < len(recording.trace.nodes)


def test_rows_that_changed_since_are_written_again_and_the_last_one_counts(tmp_path):
    recording, growth = Recording(), Growth()
    recording.run("x = torch.ones(2, requires_grad=True)")
    first = growth.take(recording.trace)
    columns = {name: values.copy() for name, values in first.tables["cells"].items()}
    columns["status"][:] = 4
    recording.trace.extend(Batch({"cells": columns}))
    again = growth.take(recording.trace)
    assert set(again.tables) == {"cells"}


def test_large_arrays_come_on_demand_and_in_parts(tmp_path):
    trace = model_trace()
    handle = int(np.flatnonzero(trace.arrays.nbytes > 512)[0])
    row = trace.array(handle)
    value = np.arange(np.prod(row.shape), dtype=row.dtype).reshape(row.shape)
    with open_session(saved(tmp_path / "a.retro", trace, arrays=[(handle, value)])) as stored:
        assert handle not in stored.trace.values
        assert np.array_equal(stored.fetch(handle), value)
        assert not stored.fetch(handle).flags.writeable
    with open_session(saved(tmp_path / "a.retro", trace)) as stored, pytest.raises(StoreError, match="were not saved"):
        stored.fetch(handle)


def test_an_array_of_many_parts_is_put_together_again(tmp_path):
    recording = Recording()
    recording.run("w = torch.arange(700_000.0, requires_grad=True)\ny = w * 2")
    trace = recording.trace
    handle = int(trace.nodes.value[0])
    value = np.arange(700_000, dtype=np.float32)
    with open_session(saved(tmp_path / "a.retro", trace, arrays=[(handle, value)])) as stored:
        assert len(list(stored.arrays.parts(handle))) == 3
        assert np.array_equal(stored.fetch(handle), value)


def test_transcript_parts_and_facts_come_back(tmp_path):
    entries = [("input", "x = 1"), ("stdout", "\x1b[31mred\x1b[0m\n"), ("stderr", "ü 漢 \0")]
    parts = {"view": {"position": 3, "of another version": [1, {"a": None}]}, "unknown": [1, 2]}
    path = saved(tmp_path / "a.retro", seed_trace(), transcript=entries, parts=parts)
    with open_session(path) as stored:
        assert stored.transcript == entries
        assert stored.parts == parts
        assert stored.view["position"] == 3
        assert stored.info["program"] == "Retrograde"


def test_texts_that_no_window_can_show_come_back_without_their_broken_halves(tmp_path):
    path = save_session(tmp_path / "a.retro", Contents(Batch({}, ["half \ud800", "whole 😀"])))
    with open_session(path) as stored:
        assert stored.trace.strings == ["", "half �", "whole 😀"]


def test_an_empty_session_can_be_saved(tmp_path):
    with open_session(save_session(tmp_path / "a.retro", Contents(Batch()))) as stored:
        assert len(stored.trace.nodes) == 0


@settings(max_examples=60, deadline=None)
@given(data=st.data(), dtype=st.sampled_from(DTYPES))
def test_numbers_of_every_type_survive_packing(data, dtype):
    values = data.draw(arrays.arrays(np.dtype(dtype), arrays.array_shapes(min_dims=1, max_dims=1, min_side=0)))
    for packed in (pack(values), pack_array(values)):
        assert unpack(packed, np.dtype(dtype).newbyteorder("<"), len(values)).tobytes() == values.tobytes()


def test_what_cannot_be_compressed_is_stored_as_it_is():
    noise = np.frombuffer(np.random.default_rng(0).bytes(400_000), np.float32)
    assert len(pack_array(noise)) < 1.001 * noise.nbytes + 100
    assert len(pack_array(np.zeros(100_000, np.float32))) < 5_000


@pytest.mark.parametrize("size", [9, 11, 0, -1, 1 << 40])
def test_unpacking_believes_no_wrong_size(size):
    packed = pack(np.arange(10, dtype=np.uint8))
    with pytest.raises(ValueError, match=r"size|larger"):
        inflate(packed, size)
    assert len(inflate(packed, 10)) == 10
