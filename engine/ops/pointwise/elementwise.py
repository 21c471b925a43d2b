"""The builder of pointwise rows with several operands or arguments, and of the kernels that gradients call.

Each element of the result depends on its own operands alone, so that forward mode is the gradient rule again.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ...tensor import TENSORS
from ...types.dtype import of_numpy
from ...types.layout import ordered
from ..general import Call, general
from ..operands import broadcast_error, require_tensor
from ..table import Gradient, Row

Formula = tuple[str, Callable[..., Any]] | None


def elementwise(
    name: str,
    forward: Callable[..., Any],
    inputs: tuple[str, ...],
    formulas: Sequence[Formula],
    node: str = "",
    *,
    overload: str = "",
    constants: tuple[str, ...] = (),
    arguments: tuple[str, ...] = (),
    promotes: str = "float",
    domain: str = "real",
    saves: tuple[str, ...] = (),
    tensors: tuple[str, ...] | None = None,
) -> Call:
    """Build a row whose operands broadcast and are promoted. A formula is the text and the rule of one input."""
    gradients = tuple(None if formula is None else Gradient(*formula) for formula in formulas)
    operands = len(inputs) + len(constants)
    row = Row(
        name,
        broadcasting(forward, operands) if operands > 1 else _in_its_order(forward),
        inputs,
        gradients,
        node=node,
        overload=overload,
        constants=constants,
        arguments=arguments,
        promotes=promotes,
        domain=domain,
        saves=saves,
        tensors=tensors,
        elementwise=True,
    )
    return general(row, promote=True)


def _in_its_order(forward: Callable[..., Any]) -> Callable[..., Any]:
    """`forward` with its result in the memory order of its one operand."""

    def run(array: Any, *rest: Any) -> Any:
        made = forward(array, *rest)
        return made if array.flags.c_contiguous or np.ndim(made) < 2 else ordered(made, [array])

    return run


def broadcasting(forward: Callable[..., Any], operands: int) -> Callable[..., Any]:
    """`forward` with PyTorch's RuntimeError for shapes that do not broadcast."""

    def run(*values: Any) -> Any:
        try:
            return forward(*values)
        except ValueError as error:
            given = [value for value in values[:operands] if isinstance(value, np.ndarray)]
            raise mismatch(given, error) from None

    return run


def mismatch(arrays: Sequence[Any], error: ValueError) -> Exception:
    """PyTorch's error for the first pair of shapes that do not broadcast; `error` where they all do."""
    for place, right in enumerate(arrays):
        for left in arrays[:place]:
            found = broadcast_error(left, right, error)
            if found is not error:
                return found
    return error


def floating(kernel: str, forward: Callable[..., Any]) -> Callable[..., Any]:
    """`forward` with PyTorch's error for integers, which name the kernel that they miss."""

    def run(first: Any, *rest: Any) -> Any:
        if first.dtype.kind != "f":
            raise NotImplementedError(f"\"{kernel}\" not implemented for '{of_numpy(first.dtype).scalar_type}'")
        return forward(first, *rest)

    return run


def kernel(
    name: str,
    forward: Callable[..., Any],
    inputs: tuple[str, ...],
    formulas: Sequence[Formula],
    node: str,
    arguments: tuple[str, ...] = (),
    *,
    overload: str = "",
    promotes: str = "same",
    tensors: tuple[str, ...] | None = None,
) -> Callable[..., Any]:
    """A row that gradient rules call: `forward` itself on arrays, the tracked row on tensors."""
    call = elementwise(
        name,
        forward,
        inputs,
        formulas,
        node,
        arguments=arguments,
        overload=overload,
        promotes=promotes,
        tensors=tensors,
    )
    count = len(inputs)

    def function(*values: Any) -> Any:
        for value in values[:count]:
            if type(value) in TENSORS:
                return call(values[:count], values[count:])
        return forward(*values)

    function.__name__ = function.__qualname__ = name
    return function


def two_tensors(name: str, input: Any, other: Any, names: tuple[str, str] = ("input", "other")) -> tuple[Any, Any]:
    """Both operands. Raises PyTorch's TypeError for one that is no tensor."""
    require_tensor(name, names[0], 1, input)
    require_tensor(name, names[1], 2, other)
    return input, other


BOTH: Final = ("self", "other")
