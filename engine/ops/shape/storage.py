"""What a tensor says of its memory, and what would give it other memory, which the engine refuses. Nothing recorded."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...arguments import check_dtype
from ...tensor import TENSORS, Tensor, from_array
from ...types.dtype import dtype as DType  # noqa: N812 - `dtype` is an argument here
from ..inplace import check_memory, write
from ..operands import require_tensor
from ..table import METHODS, PUBLIC, expose
from .geometry import strides_of


@expose("get_device")
def get_device(input: Tensor) -> int:
    """-1: the CPU."""
    require_tensor("get_device", "input", 1, input)
    return -1


@expose("dim_order", function=False)
def dim_order(input: Tensor, *, ambiguity_check: Any = False) -> tuple[int, ...]:
    """The dims from the one with the largest steps in memory to the one with the smallest."""
    del ambiguity_check
    steps = strides_of(input.array)
    return tuple(sorted(range(len(steps)), key=lambda dim: -steps[dim]))


@expose("const_data_ptr", function=False)
def const_data_ptr(input: Tensor) -> int:
    """The address of the first element."""
    return input.data_ptr()


@expose("is_set_to", function=False)
def is_set_to(input: Tensor, tensor: Tensor) -> bool:
    """Whether both are the same elements of the same memory."""
    one, other = input.array, tensor.array
    if not one.size and one is not other:  # memory that holds nothing is not shared
        return False
    return one.shape == other.shape and one.strides == other.strides and input.data_ptr() == tensor.data_ptr()


@expose("is_pinned", "is_shared", function=False)
def is_shared(input: Tensor, device: Any = None) -> bool:
    """False: the memory is the process's own."""
    del input, device
    return False


@expose("is_distributed")
def is_distributed(input: Tensor) -> bool:
    """False: the tensor is in one place."""
    del input
    return False


@expose("share_memory_", function=False)
def itself(input: Tensor) -> Tensor:
    """The tensor itself."""
    return input


@expose("to_dense", function=False)
def to_dense(self: Tensor, dtype: DType | None = None, *, masked_grad: bool | None = None) -> Tensor:
    """The tensor itself, which is dense, in a dtype if one is given."""
    del masked_grad
    wanted = check_dtype("to_dense", dtype)
    made: Tensor = self if wanted is None else METHODS["to"](self, wanted)
    return made


@expose("is_coalesced", function=False)
def is_coalesced(input: Tensor) -> bool:
    """Raises RuntimeError: the engine has no sparse tensors."""
    del input
    raise RuntimeError("is_coalesced expected sparse coordinate tensor layout but got Strided")


@expose("cuda", function=False)
def cuda(input: Tensor, *_: Any, **__: Any) -> Tensor:
    """Raises AssertionError: there is no GPU."""
    del input
    raise AssertionError("Torch not compiled with CUDA enabled")


@expose("pin_memory", function=False)
def pin_memory(input: Tensor, device: Any = None) -> Tensor:
    """Raises RuntimeError: there is no GPU to pin it for."""
    del input, device
    raise RuntimeError("Cannot access accelerator device when none is available.")


@expose("new", function=False)
def new(input: Tensor, *data: Any) -> Tensor:
    """A tensor of this one's dtype: of the given lengths, or with the given elements. Old; see `new_empty`."""
    if not data or all(isinstance(item, int) for item in data):
        return from_array(np.zeros(data or (0,), input.array.dtype))
    if type(data[0]) in TENSORS:
        return from_array(data[0].array)
    if type(data[0]).__name__ == "Size":
        return from_array(np.zeros(tuple(data[0]), input.array.dtype))
    made: Tensor = input.new_tensor(data[0])  # type: ignore[attr-defined]  # installed by creation.py
    return made


@expose("apply_", function=False)
def apply_(input: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Write what a Python function makes of each element. Raises RuntimeError where the tensor requires grad."""
    if input.requires_grad:
        raise RuntimeError("Can't call apply_() on Variable that requires grad. Use var.detach().apply_() instead.")
    check_memory(input)
    made = [callable(item) for item in input.array.reshape(-1).tolist()]
    write(input, np.asarray(made, input.array.dtype).reshape(input.array.shape))
    return input


@expose("map_", function=False)
def map_(input: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Write what a Python function makes of each pair of elements. Raises RuntimeError where it requires grad."""
    if input.requires_grad or tensor.requires_grad:
        raise RuntimeError("Can't call map_() on Variable that requires grad. Use var.detach().map_() instead.")
    check_memory(input)
    other = np.broadcast_to(tensor.array, input.array.shape)
    pairs = zip(input.array.reshape(-1).tolist(), other.reshape(-1).tolist(), strict=True)
    made = [callable(one, two) for one, two in pairs]
    write(input, np.asarray(made, input.array.dtype).reshape(input.array.shape))
    return input


def _refuse(name: str, instead: str) -> None:
    def refuse(input: Tensor, *_: Any, **__: Any) -> Tensor:
        raise NotImplementedError(f"Tensor.{name} is not supported by the embedded engine; {instead}")

    refuse.__name__ = name
    METHODS[name] = refuse


for _name in ("storage", "untyped_storage", "storage_type"):
    _refuse(_name, "use .numpy(), .data_ptr() or .storage_offset()")
METHODS["name"] = property(lambda _: None)
PUBLIC["is_storage"] = lambda obj: False
PUBLIC["is_inference"] = lambda input: input.is_inference()
PUBLIC["is_same_size"] = METHODS["is_same_size"]
PUBLIC["index_put_"] = METHODS["index_put_"]


@expose("__dlpack__", function=False)
def to_dlpack(input: Tensor, *, stream: Any = None, **options: Any) -> Any:
    """The memory for another library to share. Raises BufferError where the tensor requires grad."""
    del stream
    if input.requires_grad:
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    return input.array.__dlpack__(**options)


@expose("__dlpack_device__", function=False)
def dlpack_device(input: Tensor) -> tuple[int, int]:
    """The CPU."""
    return input.array.__dlpack_device__()


@expose("from_dlpack", method=False)
def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor over the memory of another library's array."""
    return from_array(np.from_dlpack(ext_tensor))


@expose("typename", method=False)
def typename(obj: Any, /) -> str:
    """The name of an object's type with its module; of a tensor such as `torch.FloatTensor`."""
    if type(obj) in TENSORS:
        kind: str = METHODS["type"](obj)
        return kind
    owner = obj if hasattr(obj, "__qualname__") or hasattr(obj, "__name__") else type(obj)
    module = getattr(owner, "__module__", "") or ""
    name = getattr(owner, "__qualname__", getattr(owner, "__name__", str(owner)))
    return name if module in ("", "builtins") else f"{module}.{name}"
