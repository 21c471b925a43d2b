"""Batches and single arrays as byte frames, for the wire and for files. Knows no socket and never unpickles.

A batch is five frames: a small JSON header, the new strings (a JSON list), the tables' columns one after the other
in the order of `SCHEMA`, an index of the values (handle, dtype, dimensions) and the values' bytes. All numbers are
little-endian. Whatever does not fit is refused whole with a `CodecError`; what a batch *means* is checked by
`Trace.extend`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from itertools import groupby, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .trace import INLINE_BYTES, SCHEMA, Batch, Columns, column_dtype

VERSION = 2
MAX_DIMENSIONS = 64  # NumPy's own limit
DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
)  # fmt: skip

_LITTLE = [np.dtype(name).newbyteorder("<") for name in DTYPES]
_CODES = {np.dtype(name): code for code, name in enumerate(DTYPES)}  # `dtype.name` costs microseconds
Buffer = bytes | bytearray | memoryview
Frames = list[Buffer]


class CodecError(ValueError):
    """Frames that are no batch (or no array) of this version."""


def encode_batch(batch: Batch) -> Frames:
    """The frames of a batch; the arrays' bytes are copied once."""
    sizes = {name: len(next(iter(rows.values()))) for name, rows in batch.tables.items()}
    columns = b"".join(
        np.ascontiguousarray(rows[column], column_dtype(kind)).tobytes()
        for name, rows in batch.tables.items()
        for column, kind in SCHEMA[name].items()
    )
    header = {"retrograde": VERSION, "tables": sizes, "strings": len(batch.strings), "values": len(batch.values)}
    index, data = _pack_values(batch.values)
    return [_json(header), _json(batch.strings), columns, index, data]


def decode_batch(frames: Sequence[Buffer]) -> Batch:
    """The batch in these frames. Raises `CodecError` for anything else than what `encode_batch` makes."""
    if len(frames) != 5:
        raise CodecError(f"a batch has 5 frames, not {len(frames)}")
    header = _header(frames[0], {"tables", "strings", "values"})
    strings = _parsed(frames[1])
    if not isinstance(strings, list) or not all(isinstance(text, str) for text in strings):
        raise CodecError("the strings of a batch are a list of texts")
    if len(strings) != _count(header["strings"]):
        raise CodecError("the batch does not hold as many strings as its header says")
    tables = _unpack_tables(header["tables"], memoryview(frames[2]).cast("B"))
    values = _unpack_values(_count(header["values"]), memoryview(frames[3]).cast("B"), memoryview(frames[4]).cast("B"))
    return Batch(tables, strings, values)


def encode_array(array: NDArray[Any]) -> Frames:
    """A header and the raw bytes of one array; contiguous little-endian arrays are not copied."""
    if array.dtype.name not in DTYPES:
        raise CodecError(f"arrays of {array.dtype} cannot be sent")
    flat = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(-1)
    header = {"retrograde": VERSION, "dtype": array.dtype.name, "shape": list(array.shape)}
    return [_json(header), flat.view(np.uint8).data]


def decode_array(frames: Sequence[Buffer]) -> NDArray[Any]:
    """The array in these frames, read-only and without a copy. Raises `CodecError`."""
    if len(frames) != 2:
        raise CodecError(f"an array has 2 frames, not {len(frames)}")
    header = _header(frames[0], {"dtype", "shape"})
    shape = header["shape"]
    if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
        raise CodecError("the shape of an array is a list of sizes")
    if header["dtype"] not in DTYPES:
        raise CodecError(f"unknown dtype {str(header['dtype'])[:40]!r}")
    dtype = np.dtype(header["dtype"]).newbyteorder("<")
    data = memoryview(frames[1]).cast("B")
    return _array(data, dtype, tuple(_count(size) for size in shape))


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _parsed(frame: Buffer) -> Any:
    try:
        return json.loads(bytes(frame))
    except (ValueError, RecursionError) as error:
        raise CodecError(f"a header that is no JSON: {error}") from None


def _header(frame: Buffer, keys: set[str]) -> dict[str, Any]:
    header = _parsed(frame)
    if not isinstance(header, dict) or "retrograde" not in header:
        raise CodecError("these bytes were not written by Retrograde")
    if header["retrograde"] != VERSION:
        raise CodecError(f"version {str(header['retrograde'])[:20]} of the format, not {VERSION}")
    if header.keys() != keys | {"retrograde"}:
        raise CodecError("the header has missing or unknown fields")
    return header


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise CodecError(f"{str(value)[:40]!r} is no count")
    return value


def _unpack_tables(sizes: object, data: memoryview) -> dict[str, Columns]:
    if not isinstance(sizes, dict) or not sizes.keys() <= SCHEMA.keys():
        raise CodecError("the batch has tables that the trace does not know")
    tables: dict[str, Columns] = {}
    start = 0
    for name, size in sizes.items():
        rows: Columns = {}
        for column, kind in SCHEMA[name].items():
            dtype = column_dtype(kind)
            end = start + _count(size) * dtype.itemsize
            rows[column] = _array(data[start:end], dtype, (size,))
            start = end
        tables[name] = rows
    if start != len(data):
        raise CodecError("the tables of the batch are longer than its header says")
    return tables


def _pack_values(values: dict[int, NDArray[Any]]) -> tuple[bytes, bytes]:
    """The index has an entry for each run of values of one dtype and shape: dtype, dimensions, count, handles."""
    index: list[int] = []
    chunks: list[bytes] = []
    for (dtype, shape), members in groupby(values.items(), key=lambda item: (item[1].dtype, item[1].shape)):
        code = _CODES.get(dtype)
        if code is None:
            raise CodecError(f"arrays of {dtype} cannot be sent")
        run = list(members)
        index += (code, len(shape), *shape, len(run), *(handle for handle, _ in run))
        chunks += [value.astype(_LITTLE[code], copy=False).tobytes() for _, value in run]
    return np.array(index, "<i8").tobytes(), b"".join(chunks)


def _unpack_values(count: int, index: memoryview, data: memoryview) -> dict[int, NDArray[Any]]:
    if len(index) % 8:
        raise CodecError("the index of the values is cut off")
    numbers = iter(np.frombuffer(index, "<i8").tolist())
    values: dict[int, NDArray[Any]] = {}
    found = start = 0
    for code in numbers:
        shape = tuple(islice(numbers, _within(next(numbers, -1), MAX_DIMENSIONS)))
        handles = list(islice(numbers, _within(next(numbers, -1), count)))
        if not 0 <= code < len(DTYPES) or min(shape, default=0) < 0 or not handles or min(handles) < 0:
            raise CodecError("the index of the values is damaged")
        dtype = _LITTLE[code]
        size = math.prod(shape) * dtype.itemsize
        if size > INLINE_BYTES:
            raise CodecError(f"a value of {size} bytes does not travel inside a batch")
        end = start + size * len(handles)
        stack = _array(data[start:end], dtype, (len(handles), *shape))
        values.update(zip(handles, stack if shape else map(np.asarray, stack), strict=True))
        found, start = found + len(handles), end
    if found != count or start != len(data) or len(values) != count:
        raise CodecError("the values do not match their index; it is damaged")
    return values


def _within(number: int, limit: int) -> int:
    if not 0 <= number <= limit:
        raise CodecError("the index of the values is damaged")
    return number


def _array(data: memoryview, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    if len(data) != math.prod(shape) * dtype.itemsize:
        raise CodecError("an array is cut off or too long")
    try:
        array: NDArray[Any] = np.frombuffer(data, dtype).reshape(shape)
    except ValueError as error:  # sizes whose product NumPy cannot hold
        raise CodecError(str(error)) from None
    if dtype.kind == "b" and array.size and np.frombuffer(data, np.uint8).max() > 1:
        raise CodecError("a truth value that is neither 0 nor 1")
    array.flags.writeable = False
    return array
