"""Comparisons and logic: never tracked, results are bool tensors (bitwise operations keep the dtype)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ...tensor import TENSORS, Tensor, from_array
from ...transforms.carrier import refuse_sample
from ...types.dtype import of_numpy
from ..build import binary, operator, unary
from ..general import general
from ..inplace import check_writable, inplace, overwrite
from ..offer import Chosen, offer_choice, run
from ..operands import invalid, refuse_bool, require_tensor
from ..rules import zeros_like
from ..table import METHODS, PUBLIC, QUIET, Gradient, Row, expose
from .elementwise import broadcasting

Array = npt.NDArray[Any]
Function = Callable[..., Any]
_BOTH = ("self", "other")


def _shifting(kernel: str, function: Function) -> Function:
    """NumPy shifts bools as numbers, PyTorch does not."""

    def shifted(left: Array, right: Array) -> Any:
        refuse_bool(kernel, left)
        return function(left, right)

    return shifted


_COMPARISONS: tuple[tuple[str, Function, tuple[str, ...], str], ...] = (
    ("eq", np.equal, (), "__eq__"),
    ("ne", np.not_equal, ("not_equal",), "__ne__"),
    ("lt", np.less, ("less",), "__lt__"),
    ("le", np.less_equal, ("less_equal",), "__le__"),
    ("gt", np.greater, ("greater",), "__gt__"),
    ("ge", np.greater_equal, ("greater_equal",), "__ge__"),
    ("logical_and", np.logical_and, (), ""),
    ("logical_or", np.logical_or, (), ""),
    ("logical_xor", np.logical_xor, (), ""),
)
_BITWISE: tuple[tuple[str, Function, str], ...] = (
    ("bitwise_and", np.bitwise_and, "and"),
    ("bitwise_or", np.bitwise_or, "or"),
    ("bitwise_xor", np.bitwise_xor, "xor"),
    ("bitwise_left_shift", _shifting("lshift_cpu", np.left_shift), "lshift"),
    ("bitwise_right_shift", _shifting("rshift_cpu", np.right_shift), "rshift"),
)
_TESTS: tuple[tuple[str, Function], ...] = (
    ("isnan", np.isnan),
    ("isinf", np.isinf),
    ("isfinite", np.isfinite),
    ("isposinf", np.isposinf),
    ("isneginf", np.isneginf),
    ("signbit", lambda array: np.signbit(array) if array.dtype.kind == "f" else array < 0),
    ("logical_not", np.logical_not),
)


def from_number(number: Any, example: Tensor) -> Tensor:
    """A number as a 0-d tensor of a dtype that does not change the result's."""
    return from_array(np.asarray(number, None if isinstance(number, float) else example.array.dtype))


_LOST = Gradient("zeros_like(grad)", lambda grad: zeros_like(grad))


def tracked_inplace(name: str, compare: Function, aliases: tuple[str, ...]) -> None:
    """Offer a comparison in place, which is tracked, although its gradient is zero."""

    def forward(array: Array, other: Any) -> Array:
        made: Array = compare(array, other).astype(array.dtype)
        return made

    node = f"{name.capitalize()}Backward"
    number = general(Row(name, forward, ("self",), (_LOST,), f"{node}0", "in_place.Scalar", constants=("other",)))
    both = general(Row(name, forward, _BOTH, (_LOST, _LOST), f"{node}1", "in_place.Tensor"))
    quiet = QUIET[name]

    def function(input: Tensor, other: Any) -> Tensor:
        require_tensor(name, "input", 1, input)
        check_writable(input)
        right = _wrapped(input.array, other)
        made = quiet(input, right)  # raises what PyTorch raises
        if made.array.shape == input.array.shape:
            made = (both if type(other) in TENSORS else number)((input, right), (), False)
        return overwrite(name, input, (other,), made)

    for alias in (name, *aliases):
        METHODS[f"{alias}_"] = function


def _wrapped(array: Array, other: Any) -> Any:
    """What an in-place comparison of small integers makes of a whole number: one of their own type, wrapped around."""
    stored = array.dtype
    if stored.kind not in "iu" or stored.itemsize == 8:
        return other
    if isinstance(other, (int, np.integer)) and not isinstance(other, bool):
        return int(np.asarray(other).astype(stored))
    if type(other) in TENSORS and other.array.dtype.kind in "iu" and array.ndim and not other.array.ndim:
        return METHODS["to"](other, of_numpy(stored))
    return other


def _checked(name: str, function: Function, number: bool, tensor_first: bool) -> Function:
    """The function as `torch` has it, which minds the types of its operands: is `other` a number, or may `input` be?"""

    def checked(input: Any, other: Any, *, out: Any = None) -> Any:
        if type(input) not in TENSORS and (tensor_first or type(other) not in TENSORS):
            if not number:
                require_tensor(name, "input", 1, input)
            raise invalid(name, (input, other), *(_TENSOR_FIRST if tensor_first else _EITHER_FIRST))
        if not number:
            require_tensor(name, "other", 2, other)
        return function(input, other, out=out)

    checked.__name__ = checked.__qualname__ = name
    return checked


_TENSOR_FIRST = (
    "Tensor input, Tensor other, *, Tensor out = None",
    "Tensor input, Number other, *, Tensor out = None",
)
_EITHER_FIRST = (
    _TENSOR_FIRST[0],
    "Number self, Tensor other)\n      didn't match because some of the arguments have invalid types: (!int!, !int!",
    _TENSOR_FIRST[1],
)

for _name, _function, _aliases, _operator in _COMPARISONS:
    _made = binary(Row(_name, _function, _BOTH, (None, None), promotes="same"))
    expose(_name, *_aliases, method=bool(_operator))(_checked(_name, _made, bool(_operator), True))
    for _alias in (_name, *_aliases):
        METHODS[_alias] = _made if _operator else PUBLIC[_alias]
    for _alias in (_name, *_aliases):
        inplace(_name, f"{_alias}_")
    if _operator:
        tracked_inplace(_name, _function, _aliases)
        METHODS[_operator] = operator(_name)

for _name, _function, _operator in _BITWISE:
    METHODS[_name] = binary(Row(_name, _function, _BOTH, (None, None), promotes="integer"))
    PUBLIC[_name] = _checked(_name, METHODS[_name], True, False)
    inplace(_name)
    inplace(_name, f"__i{_operator}__")
    METHODS[f"__{_operator}__"] = operator(_name)
    if "shift" not in _name:
        METHODS[f"__r{_operator}__"] = METHODS[f"__{_operator}__"]

for _name, _function in _TESTS:
    expose(_name)(unary(Row(_name, _function, ("self",), (None,), promotes="same")))
for _shift in ("lshift", "rshift"):
    METHODS[f"__r{_shift}__"] = lambda self, other, shift=METHODS[f"__{_shift}__"]: (
        NotImplemented if isinstance(other, np.ndarray) else shift(from_number(other, self), self)
    )
inplace("logical_not")
expose("bitwise_not")(unary(Row("bitwise_not", np.invert, ("self",), (None,), promotes="integer")))
inplace("bitwise_not")


@expose("__invert__", function=False)
def invert(self: Tensor) -> Any:
    """`~self`, of integers and bools."""
    if self.array.dtype.kind == "f":
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return METHODS["bitwise_not"](self)


def _is_close(left: Array, right: Array, rtol: float, atol: float, equal_nan: bool) -> Array:
    close = left == right
    if left.dtype.kind == "f":
        finite = np.isfinite(left) & np.isfinite(right)
        close |= finite & (np.abs(left - right) <= atol + np.abs(rtol * right))
        if equal_nan:
            close |= np.isnan(left) & np.isnan(right)
    else:
        difference = np.abs(left.astype(np.float64) - right.astype(np.float64))
        close |= difference <= atol + np.abs(rtol * right)
    made: Array = close
    return made


general(
    Row(
        "isclose",
        broadcasting(_is_close, 2),
        _BOTH,
        (None, None),
        arguments=("rtol", "atol", "equal_nan"),
    )
)


@offer_choice("isclose", inplace=False)
def isclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Chosen:
    """Where `|input - other| <= atol + rtol * |other|`."""
    require_tensor("isclose", "input", 1, input)
    require_tensor("isclose", "other", 2, other)
    _same_dtype(input, other)
    if rtol < 0 or atol < 0:
        name, value = ("rtol", rtol) if rtol < 0 else ("atol", atol)
        raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value:g}")
    return Chosen("isclose", (input, other), (rtol, atol, equal_nan))


@expose("allclose")
def allclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether `isclose` holds everywhere."""
    for each in (input, other):
        refuse_sample(
            each,
            "vmap over torch.allclose isn't supported yet. Please file an issue at "
            "https://github.com/pytorch/pytorch/issues if you need this feature.",
        )
    return bool(run(isclose.__wrapped__(input, other, rtol, atol, equal_nan)).array.all())


@expose("equal")
def equal(input: Any, other: Any) -> bool:
    """Whether both have the same shape and the same elements."""
    require_tensor("equal", "input", 1, input)
    require_tensor("equal", "other", 2, other)
    for each in (input, other):
        refuse_sample(each, "Batching rule not implemented for aten::equal. We could not generate a fallback.")
    return bool(input.array.shape == other.array.shape and (input.array == other.array).all())


def _same_dtype(input: Tensor, other: Tensor) -> None:
    if input.dtype is not other.dtype:
        raise RuntimeError(f"{input.dtype.scalar_type} did not match {other.dtype.scalar_type}")
