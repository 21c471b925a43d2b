import json
import pickle

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from engine.codec import VERSION, CodecError, decode_array, decode_batch, encode_array, encode_batch
from engine.trace import SCHEMA, Batch, Trace, TraceError, column_dtype

DTYPES = ["bool", "int8", "int64", "uint8", "float16", "float32", "float64", "complex64"]
small_arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
)


def columns(name, count):
    return {column: np.arange(count).astype(column_dtype(kind)) for column, kind in SCHEMA[name].items()}


@st.composite
def batches(draw):
    names = draw(st.sets(st.sampled_from(sorted(SCHEMA))))
    return Batch(
        {name: columns(name, draw(st.integers(0, 5))) for name in sorted(names)},
        draw(st.lists(st.text())),
        dict(enumerate(draw(st.lists(small_arrays, max_size=4)))),
    )


def as_bytes(frames):
    return [bytes(frame) for frame in frames]


@given(batches())
def test_a_batch_comes_back_as_it_was(batch):
    again = decode_batch(as_bytes(encode_batch(batch)))
    assert again.strings == batch.strings
    assert again.tables.keys() == batch.tables.keys()
    for name, rows in batch.tables.items():
        for column, values in rows.items():
            assert again.tables[name][column].dtype == values.dtype
            assert np.array_equal(again.tables[name][column], values)
    assert again.values.keys() == batch.values.keys()
    for handle, value in batch.values.items():
        assert again.values[handle].shape == value.shape
        assert again.values[handle].tobytes() == value.tobytes()


@given(hnp.arrays(st.sampled_from(["float32", "int64", "bool"]), hnp.array_shapes(min_dims=0, max_side=5)))
def test_an_array_comes_back_as_it_was(array):
    again = decode_array(as_bytes(encode_array(array)))
    assert again.dtype == array.dtype
    assert again.shape == array.shape
    assert again.tobytes() == array.tobytes()
    assert not again.flags.writeable


def test_strided_and_big_endian_arrays_arrive_with_the_same_numbers():
    array = np.arange(12, dtype=">i4").reshape(3, 4).T[::2]
    assert np.array_equal(decode_array(as_bytes(encode_array(array))), array)


def test_a_contiguous_array_is_sent_without_a_copy():
    array = np.arange(1000.0)
    _, data = encode_array(array)
    assert np.shares_memory(np.frombuffer(data, "u1"), array)


def test_lone_surrogates_in_a_source_survive():
    batch = Batch(strings=["π = '\ud800'"])
    assert decode_batch(encode_batch(batch)).strings == batch.strings


def test_what_python_objects_hold_is_never_sent():
    with pytest.raises(CodecError, match="object"):
        encode_array(np.array([{}, []], dtype=object))
    with pytest.raises(CodecError, match="object"):
        encode_batch(Batch(values={0: np.array({}, dtype=object)}))


@given(batches(), st.data())
def test_damaged_frames_raise_a_codec_error_or_are_refused_by_the_trace(batch, data):
    frames = as_bytes(encode_batch(batch))
    which = data.draw(st.integers(0, len(frames) - 1))
    frame = bytearray(frames[which])
    if frame and data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(frame) - 1))
        frame[at] ^= data.draw(st.integers(1, 255))
    else:
        frame += data.draw(st.binary(min_size=1, max_size=16))
    frames[which] = bytes(frame)
    try:
        Trace().extend(decode_batch(frames))
    except (CodecError, TraceError):
        return


@given(st.lists(st.binary(max_size=64), max_size=7))
def test_random_frames_raise_a_codec_error(frames):
    with pytest.raises(CodecError):
        decode_batch(frames)
    with pytest.raises(CodecError):
        decode_array(frames)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"retrograde": 1}, "version 1 of the format, not 2"),
        ({"retrograde": None}, "version None"),
        ({"tables": {"secrets": 1}}, "does not know"),
        ({"tables": {"drops": -1}}, "no count"),
        ({"tables": {"drops": 10**12}}, "cut off"),
        ({"tables": {"drops": True}}, "no count"),
        ({"tables": []}, "does not know"),
        ({"strings": 7}, "as many strings"),
        ({"values": 1}, "damaged"),
        ({"extra": 1}, "unknown fields"),
    ],
)
def test_a_hostile_header_is_refused(change, message):
    frames = encode_batch(Batch())
    frames[0] = json.dumps(json.loads(frames[0]) | change).encode()
    with pytest.raises(CodecError, match=message):
        decode_batch(frames)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"dtype": "object", "shape": [1]}, "unknown dtype"),
        ({"dtype": "float32", "shape": [-2]}, "no count"),
        ({"dtype": "float32", "shape": [2**40, 2**40]}, "cut off"),
        ({"dtype": "float32", "shape": [0, 2**52, 2**52]}, "."),
        ({"dtype": "float32", "shape": "2"}, "list of sizes"),
        ({"dtype": ["float32"], "shape": []}, "unknown dtype"),
    ],
)
def test_a_hostile_array_header_is_refused(header, message):
    data = b"" if header["shape"][:1] == [0] else b"\0" * 8
    with pytest.raises(CodecError, match=message):
        decode_array([json.dumps({"retrograde": VERSION} | header).encode(), data])


def test_a_pickle_is_not_read():
    bomb = pickle.dumps({"retrograde": VERSION})
    with pytest.raises(CodecError, match="JSON"):
        decode_array([bomb, bomb])


def test_large_values_do_not_travel_inside_a_batch():
    with pytest.raises(CodecError, match="bytes"):
        decode_batch(encode_batch(Batch(values={0: np.zeros(1000)})))


def test_a_truth_value_is_zero_or_one():
    header, _ = encode_array(np.zeros(1, bool))
    with pytest.raises(CodecError, match="truth"):
        decode_array([header, b"\x07"])
