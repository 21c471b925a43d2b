"""Arguments that many functions take in PyTorch's ways: sizes, dtypes, devices. Knows no operation."""

from operator import index
from typing import Any, Final, TypedDict

from .types.device import (
    device as Device,  # noqa: N812 - `device` is the keyword here
    require_cpu,
)
from .types.dtype import bool_, dtype, float64, int64

_PYTHON_TYPES: dict[object, dtype] = {float: float64, int: int64, bool: bool_}


class Options(TypedDict, total=False):
    """The keywords that every function which makes a tensor takes."""

    dtype: dtype | type | None
    layout: object
    device: Device | str | None
    pin_memory: bool
    requires_grad: bool
    memory_format: object
    out: object


_HEAP_TYPE: Final = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class made by a `class` statement


def check_options(name: str, options: Options) -> tuple[dtype | None, bool]:
    """The dtype asked for, if any, and `requires_grad`. Raises for what is no option, or none of the engine's."""
    if not options:
        return None, False
    unknown = next((key for key in options if key not in Options.__annotations__), None)
    if unknown is not None:
        raise TypeError(f"{name}() got an unexpected keyword argument '{unknown}'")
    require_cpu(options.get("device"))
    if options.get("out") is not None:
        raise NotImplementedError(f"{name}(out=...) is not supported by the embedded engine; assign the result instead")
    if options.get("pin_memory"):
        raise RuntimeError(
            "pin_memory=True requires a CUDA or other accelerator backend; no pinned memory allocator is available on "
            "this system."
        )
    if str(options.get("layout", "torch.strided")) not in ("torch.strided", "None"):
        raise NotImplementedError(f"layout {options.get('layout')} is not supported by the embedded engine")
    requires_grad = options.get("requires_grad", False)
    if not isinstance(requires_grad, bool):
        raise TypeError(f"{name}(): argument 'requires_grad' must be bool, not {type(requires_grad).__name__}")
    return check_dtype(name, options.get("dtype")), requires_grad


def check_dtype(name: str, given: Any) -> dtype | None:
    """A dtype argument; Python's float, int and bool stand for theirs."""
    if given is None or isinstance(given, dtype):
        return given
    if given in _PYTHON_TYPES:
        return _PYTHON_TYPES[given]
    raise TypeError(f"{name}(): argument 'dtype' must be torch.dtype, not {type(given).__name__}")


def type_name(value: object) -> str:
    """The type as messages of PyTorch's C++ side have it: those of extensions have their module's name before them."""
    kind = type(value)
    is_plain = kind.__module__ == "builtins" or kind.__flags__ & _HEAP_TYPE
    return kind.__name__ if is_plain else f"{kind.__module__}.{kind.__name__}"


def check_size(name: str, given: tuple[Any, ...], position: int = 1, keyword: str = "size") -> tuple[int, ...]:
    """A size given as ints one by one or as one sequence of them. Raises TypeError and RuntimeError as PyTorch."""
    spread = not (len(given) == 1 and isinstance(given[0], (tuple, list)))
    items = given if spread else given[0]
    for item in items:
        if type(item) is not int:
            break
    else:
        return tuple(items)
    return tuple(
        check_int(name, keyword, item, position if spread and at == 0 else None, at) for at, item in enumerate(items)
    )


def one_of(name: str, keyword: str, given: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    """A sequence of ints by its keyword. Raises TypeError where it was given by position too, and for no sequence."""
    if given:
        raise TypeError(f"{name}() got multiple values for argument '{keyword}'")
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{name}(): argument '{keyword}' must be tuple of ints, not {type(value).__name__}")
    return (value,)


def of_sequence(name: str, keyword: str, method: Any) -> Any:
    """A method that takes ints one by one as the function of that name, which takes them in one sequence only."""

    def function(input: Any, *given: Any, **named: Any) -> Any:
        value = given[0] if given else named.get(keyword)
        if type(value) is int:
            where = "(position 2) " if given else ""
            raise TypeError(f"{name}(): argument '{keyword}' {where}must be tuple of ints, not int")
        return method(input, *given, **named)

    function.__name__ = function.__qualname__ = name
    return function


def check_int(name: str, keyword: str, item: Any, position: int | None, at: int) -> int:
    """One int of a sequence; the message depends on where it stands."""
    try:
        return index(item)
    except TypeError:
        kind = type(item).__name__
        if position is not None:
            message = f"{name}(): argument '{keyword}' (position {position}) must be tuple of ints, not {kind}"
        else:
            message = (
                f"{name}(): argument '{keyword}' failed to unpack the object at pos {at + 1} with error "
                f'"type must be tuple of ints,but got {kind}"'
            )
        raise TypeError(message) from None


def require_lengths(name: str, size: tuple[int, ...]) -> None:
    """Raise RuntimeError when a length is negative."""
    for length in size:
        if length < 0:
            raise RuntimeError(
                "zeros: Dimension size must be non-negative."
                if name == "zeros"
                else f"Trying to create tensor with negative dimension {length}: {list(size)}"
            )


def broadcast_shapes(first: tuple[int, ...], *others: tuple[int, ...]) -> tuple[int, ...]:
    """The common shape of tensors that broadcast. Raises RuntimeError in PyTorch's words where they do not."""
    shape = first
    for other in others:
        dims = max(len(shape), len(other))
        one = (1,) * (dims - len(shape)) + shape
        two = (1,) * (dims - len(other)) + other
        for dim in range(dims - 1, -1, -1):
            a, b = one[dim], two[dim]
            if a != b and 1 not in (a, b):
                raise RuntimeError(
                    f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension {dim}"
                )
        shape = tuple(b if a == 1 else a for a, b in zip(one, two, strict=True))
    return shape
