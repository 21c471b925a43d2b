"""The table of operations: what a row says, and the registry of all rows. Knows neither tensors nor nodes.

A row is the one place of an operation: how to compute it, the gradient of each input with the text that the window
shows, and the domain from which its tests draw samples. `ops/build.py` makes everything else of it.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

Rule = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Gradient:
    """The gradient of one input: the text shown to a person and the rule that computes it.

    The names in both are `grad` (of the result), the row's inputs and arguments, and `result`. A rule may also ask for
    `<input>_shape` or `<input>_dtype` instead of the whole input, and, where there are several results, for `grads`.
    Its parameters tell what a node has to save. It runs on arrays and on tensors alike, and need not undo broadcasting.
    """

    text: str
    rule: Rule
    needs: tuple[str, ...] = field(init=False)  # the rule's parameters after `grad` or `grads`
    takes_all: bool = field(init=False)  # it asks for `grads`

    def __post_init__(self) -> None:
        first, *rest = _parameters(self.rule)
        object.__setattr__(self, "needs", tuple(rest))
        object.__setattr__(self, "takes_all", first == "grads")


def _parameters(rule: Rule) -> tuple[str, ...]:
    """The names of a rule's parameters; read from its code where it has one, since there are hundreds at start."""
    code = getattr(rule, "__code__", None)
    if code is None:
        return tuple(inspect.signature(rule).parameters)
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return names


@dataclass(frozen=True, slots=True)
class Row:
    """One operation."""

    name: str  # PyTorch's: "mul"
    forward: Callable[..., Any]  # arrays, numbers and arguments in; an array, or a tuple of them, out
    inputs: tuple[str, ...]  # the differentiable ones, in the order of next_functions
    gradients: tuple[Gradient | None, ...]  # one per input; or one for all together, if `joint`
    node: str = ""  # "MulBackward0"; "" for an operation that is never tracked
    overload: str = ""  # tells rows of the same name apart: "Scalar"
    constants: tuple[str, ...] = ()  # operands after the inputs that have no slot in next_functions: pow's exponent
    arguments: tuple[str, ...] = ()  # what else `forward` takes, in order
    shows: tuple[tuple[str, Any], ...] = ()  # _saved_* attributes that are constants: (("alpha", 1),)
    domain: str = "real"  # where tests draw inputs from: a name of `ops/domain.py`
    promotes: str = "float"  # "float": integers become the default dtype; "same": they stay; "bool": comparison
    joint: bool = False  # the one gradient gives a tuple, one item per operand (cat, whose operands are a list)
    many: bool = False  # `forward` gives a tuple and the node has several outputs
    view: bool = False  # the result shares the first input's memory
    elementwise: bool = False  # each element depends on its own operands alone, as in all `unary` and `binary` rows
    results: tuple[str, ...] = ()  # names of the several results, for `_saved_<name>`: ("U", "S", "Vh")
    # What PyTorch's node saves and shows as _saved_<name>, where that is not just what the rules ask for. May add
    # inputs, arguments, some of `results`, and <input>_sym_sizes or <input>_sym_strides.
    saves: tuple[str, ...] = ()
    tensors: tuple[str, ...] | None = None  # the arguments that are tensors; None: those with the usual names
    together: Gradient | None = None  # all inputs' gradients in one go, as a tuple, used where several are wanted
    untracked: tuple[int, ...] = ()  # which of the several results are never tracked, though they are floating-point

    @property
    def key(self) -> str:
        """The name in the registry: "pow.Scalar"."""
        return f"{self.name}.{self.overload}" if self.overload else self.name


F = TypeVar("F", bound=Callable[..., Any])

TABLE: Final[dict[str, Row]] = {}
FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {}  # row key -> the function that was built of it
# The same without the report to the observer, which an in-place variant makes itself: of `unary` and `binary` rows ...
QUIET: Final[dict[str, Callable[..., Any]]] = {}
CALLS: Final[dict[str, Callable[..., Any]]] = {}  # ... and of `general` rows: call(operands, arguments, reports)


def register(row: Row, function: Callable[..., Any]) -> None:
    """Add a row and its function. Raises ValueError for a key that is taken."""
    if row.key in TABLE:
        raise ValueError(f"the table has a row {row.key} already")
    TABLE[row.key] = row
    FUNCTIONS[row.key] = function


PUBLIC: Final[dict[str, Callable[..., Any]]] = {}  # names of the torch namespace
METHODS: Final[dict[str, Any]] = {}  # names of Tensor: methods, operators, properties


def expose(*names: str, function: bool = True, method: bool = True) -> Callable[[F], F]:
    """Decorator: offer a function to users under these names, as `torch.<name>` and as `Tensor.<name>`."""

    def offer(given: F) -> F:
        for name in names:
            if function:
                PUBLIC[name] = given
            if method:
                METHODS[name] = given
        return given

    return offer
