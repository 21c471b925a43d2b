"""`torch.save` and `torch.load` of tensors, state dicts and plain data, in the safetensors format.

A file is 8 bytes of length, a JSON header that says where each tensor lies, and the tensors' bytes; what holds the
tensors (dictionaries, lists, numbers) stands in the header's metadata. So any reader of safetensors finds the tensors,
and reading can run no code. PyTorch's own files are pickles, which are never read: see `_refuse_foreign`.
"""

import json
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from ..nn.parameter import Parameter
from ..tensor import Tensor, from_array
from ..types.dtype import NAMES, dtype
from ..types.size import Size

Array = npt.NDArray[Any]
_KEY: Final = "retrograde"  # under which the metadata hold the structure
_LONGEST_HEADER: Final = 100_000_000
_DTYPES: Final = {
    "F64": "float64", "F32": "float32", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
_CODES: Final = {name: code for code, name in _DTYPES.items()}
_HOW: Final = "save a state_dict: tensors, numbers, strings, and dictionaries, lists and tuples of them"


class UnpicklingError(RuntimeError):
    """A file that is not one of ours."""


def save(obj: Any, f: Any, *_: Any, **__: Any) -> None:
    """Write an object to a path or an open binary file. Raises TypeError for what is no data, such as a module."""
    arrays: list[Array] = []
    structure = json.dumps(_describe(obj, arrays))
    header: dict[str, Any] = {"__metadata__": {_KEY: structure}}
    start = 0
    for number, array in enumerate(arrays):
        header[str(number)] = {
            "dtype": _CODES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [start, start + array.nbytes],
        }
        start += array.nbytes
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    content = b"".join([len(head).to_bytes(8, "little"), head, *(array.tobytes() for array in arrays)])
    if isinstance(f, (str, os.PathLike)):
        _write(os.fspath(f), content)
    else:
        f.write(content)


def load(f: Any, map_location: Any = None, *_: Any, weights_only: bool | None = None, **__: Any) -> Any:
    """Read what `save` or any writer of safetensors wrote; the latter gives a dictionary of tensors."""
    with _opened(f) as file:
        content = file.read()
    size = int.from_bytes(content[:8], "little")
    _refuse_foreign(content, size)
    try:
        header = json.loads(content[8 : 8 + size])
        metadata = header.pop("__metadata__", {})
        body = memoryview(content)[8 + size :]
        tensors = {name: _tensor(entry, body) for name, entry in header.items()}
        if _KEY not in metadata:
            return tensors
        return _build(json.loads(metadata[_KEY]), tensors)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise UnpicklingError(f"the file is damaged, nothing was loaded: {error}") from error


def _describe(value: Any, arrays: list[Array]) -> Any:
    """The object as JSON: plain values as they are, everything else as [kind, content]."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return ["float", value.hex()]
    if isinstance(value, Tensor):
        arrays.append(np.ascontiguousarray(value.array).reshape(value.array.shape))
        kind = "parameter" if isinstance(value, Parameter) else "tensor"
        return [kind, len(arrays) - 1, value.requires_grad]
    if isinstance(value, dtype):
        return ["dtype", str(value).removeprefix("torch.")]
    if isinstance(value, dict):
        pairs = [[_describe(key, arrays), _describe(item, arrays)] for key, item in value.items()]
        if not isinstance(value, OrderedDict):
            return ["dict", pairs]
        return ["ordered", pairs, _describe(getattr(value, "_metadata", None), arrays)]  # a state dict's versions
    for kind, known in (("size", Size), ("tuple", tuple), ("list", list)):
        if isinstance(value, known):
            return [kind, [_describe(item, arrays) for item in value]]
    raise TypeError(f"torch.save of {type(value).__name__} is not supported by the embedded engine; {_HOW}")


def _build(made: Any, tensors: dict[str, Tensor]) -> Any:
    if not isinstance(made, list):
        return made
    kind, content, *more = made
    if kind == "float":
        return float.fromhex(content)
    if kind in ("tensor", "parameter"):
        found = tensors[str(content)]
        if kind == "parameter":
            return Parameter(found, bool(more[0]))
        return found.requires_grad_() if more[0] else found
    if kind == "dtype":
        return NAMES[content]
    if kind in ("dict", "ordered"):
        pairs = [(_build(key, tensors), _build(item, tensors)) for key, item in content]
        if kind == "dict":
            return dict(pairs)
        made_of_pairs: Any = OrderedDict(pairs)
        if more and more[0] is not None:
            made_of_pairs._metadata = _build(more[0], tensors)
        return made_of_pairs
    makers: dict[str, Callable[[Any], Any]] = {"list": list, "tuple": tuple, "size": Size}
    return makers[kind]([_build(item, tensors) for item in content])


def _tensor(entry: dict[str, Any], body: memoryview) -> Tensor:
    code = entry["dtype"]
    if code not in _DTYPES:
        raise ValueError(f"it holds numbers of type {code}, which the embedded engine does not have")
    start, end = entry["data_offsets"]
    shape = tuple(entry["shape"])
    stored = np.dtype(_DTYPES[code])
    if not 0 <= start <= end <= len(body) or any(length < 0 for length in shape):
        raise ValueError("a tensor lies outside the file")
    if int(np.prod(shape, dtype=object)) * stored.itemsize != end - start:
        raise ValueError("a tensor's shape does not fit its bytes")
    return from_array(np.frombuffer(body[start:end], stored).reshape(shape).copy())


def _refuse_foreign(content: bytes, size: int) -> None:
    if content[8:9] != b"{" and (content[:2] == b"PK" or content[:1] == b"\x80"):
        raise UnpicklingError(
            "this file was written by PyTorch itself. It is a pickle, which could run any code when it is opened, and "
            "is not read. With PyTorch, write safetensors.torch.save_file(state_dict, path); torch.load reads that."
        )
    if len(content) < 8 or size > min(len(content) - 8, _LONGEST_HEADER):
        raise UnpicklingError("the file is no safetensors file, or is cut off; nothing was loaded")


@contextmanager
def _opened(f: Any) -> Iterator[IO[bytes]]:
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            yield file
    else:
        yield f


def _write(path: str, content: bytes) -> None:
    """Write all or nothing: a file of that name stays what it was until the new one is complete."""
    part = f"{path}.part"
    try:
        with open(part, "wb") as file:
            file.write(content)
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):  # it may never have been made
            os.unlink(part)
        raise
