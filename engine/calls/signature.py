"""One signature of a PyTorch function: whether a call fits it, and PyTorch's words where it does not.

Follows `FunctionSignature` of PyTorch's `torch/csrc/utils/python_arg_parser.cpp`.
"""

from dataclasses import dataclass
from typing import Any, Final

from .kinds import KINDS, Kind, is_index, is_number, is_tensor, type_name

# What NumPy calls parameters; PyTorch takes these names too.
NUMPY_NAMES: Final = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}
_TAKES_NUMBERS: Final = frozenset(
    f"{name}{suffix}"
    for name in ("add", "div", "divide", "mul", "multiply", "sub", "subtract", "true_divide", "floor_divide")
    for suffix in ("", "_")
) | {"to", "copy_"}  # where PyTorch takes numbers for tensors
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `size` is of a list of fixed length, 0 for none."""

    name: str
    kind: Kind
    is_list: bool  # of ints
    is_tensors: bool
    size: int
    takes_none: bool
    default: str | None
    keyword_only: bool
    numbers: bool  # a number will do for the tensor

    def takes(self, value: object) -> bool:
        """Whether the value is of its type. Raises TypeError, as PyTorch at once, for a list not of tensors only."""
        if self.is_tensors and isinstance(value, (tuple, list)):
            for place, each in enumerate(value):
                if not is_tensor(each):
                    raise _NotTensorError(place, type_name(each))
        return self.kind.takes(value, self.size) or (self.numbers and is_number(value))

    def __str__(self) -> str:
        return f"{self.kind.words} {self.name}" + (f" = {self.default}" if self.default is not None else "")


class _NotTensorError(TypeError):
    """A list of tensors holds something else; whoever knows which argument it is words it."""

    def __init__(self, place: int, kind: str) -> None:
        super().__init__(place, kind)
        self.place, self.kind = place, kind


class Signature:
    """One signature, made of PyTorch's text of it: "add(Tensor input, Tensor other, *, Scalar alpha=1)"."""

    def __init__(self, text: str) -> None:
        self.name, rest = text.split("(", 1)
        inside, flag = rest.rsplit(")", 1)
        self.deprecated = flag == "|deprecated"
        self.hidden = bool(flag)
        parameters = []
        keyword_only = False
        for part in inside.split(", ") if inside else ():
            if part == "*":
                keyword_only = True
            else:
                parameters.append(_parameter(part, keyword_only, self.name in _TAKES_NUMBERS))
        self.parameters = tuple(parameters)
        self.fewest = sum(each.default is None for each in parameters)
        self.most = len(parameters)
        self.positional = sum(not each.keyword_only for each in parameters)

    def __str__(self) -> str:
        parts = [str(each) for each in self.parameters]
        if self.positional < self.most:
            parts.insert(self.positional, "*")
        return f"({', '.join(parts)})"

    def complaint(self, args: tuple[Any, ...], keywords: dict[str, Any]) -> str | None:
        """Why the call does not fit; None where it does. Raises TypeError where PyTorch looks at no other signature."""
        spread = self.positional == 1 and self.parameters[0].is_list
        if len(args) > self.positional and not spread:
            return self._too_many(len(args))
        place, left = 0, len(keywords)
        for number, parameter in enumerate(self.parameters):
            by_keyword = place >= len(args)
            if not by_keyword:
                if parameter.keyword_only:
                    return self._too_many(len(args))
                value = args[place]
            else:
                value = _keyword(parameter, keywords)
            if (value is _ABSENT and parameter.default is not None) or (value is None and parameter.takes_none):
                pass
            elif value is _ABSENT:
                return self._missing(number)
            else:
                try:
                    fits = parameter.takes(value)
                except _NotTensorError as error:
                    raise TypeError(
                        f"expected Tensor as element {error.place} in argument {number}, but got {error.kind}"
                    ) from None
                if not fits and spread and place == 0 and not by_keyword and parameter.kind.takes(args, parameter.size):
                    place = len(args)
                    continue
                if not fits:
                    if len(args) > self.positional and not by_keyword:
                        return self._too_many(len(args))
                    return self._wrong_type(parameter, value, None if by_keyword else place)
            if not by_keyword:
                place += 1
            elif value is not _ABSENT:
                left -= 1
        if place < len(args):
            return self._too_many(len(args))
        return self._unknown(keywords, len(args)) if left > 0 else None

    def unpacked(self, args: tuple[Any, ...], keywords: dict[str, Any]) -> str | None:
        """What is wrong inside the lists of a call that fits; None where nothing is."""
        spread = self.positional == 1 and self.parameters[0].is_list
        for number, parameter in enumerate(self.parameters):
            if not parameter.is_list:
                continue
            value = args[number] if number < len(args) else _keyword(parameter, keywords)
            if spread and args and not (isinstance(value, (tuple, list)) and len(args) == 1):
                value = args
            for place, item in enumerate(value if isinstance(value, (tuple, list)) else ()):
                if not (is_index(item) or isinstance(item, bool) or is_tensor(item)):
                    return (
                        f"{self.name}(): argument '{parameter.name}' failed to unpack the object at pos {place + 1} "
                        f'with error "type must be {parameter.kind.words},but got {type_name(item)}"'
                    )
        return None

    def _wrong_type(self, parameter: Parameter, value: object, place: int | None) -> str:
        found = f"not {type_name(value)}"
        if parameter.is_list and place is not None and isinstance(value, (tuple, list)):
            found = f"but found element of type {type_name(value[0])} at pos 0"
        where = "" if place is None else f" (position {place + 1})"
        return f"{self.name}(): argument '{parameter.name}'{where} must be {parameter.kind.words}, {found}"

    def _too_many(self, given: int) -> str:
        if self.fewest != self.positional:
            counts = f"from {self.fewest} to {self.positional}"
            return f"{self.name}() takes {counts} positional arguments but {given} were given"
        arguments = "argument" if self.positional == 1 else "arguments"
        return (
            f"{self.name}() takes {self.positional} positional {arguments} but {given} "
            f"{'was' if given == 1 else 'were'} given"
        )

    def _missing(self, number: int) -> str:
        names = [f'"{each.name}"' for each in self.parameters[number:] if each.default is None]
        plural = "s" if len(names) == 1 else ""  # PyTorch has it the wrong way round
        return f"{self.name}() missing {len(names)} required positional argument{plural}: {', '.join(names)}"

    def _unknown(self, keywords: dict[str, Any], positional: int) -> str:
        places = {each.name: number for number, each in enumerate(self.parameters)}
        for name in keywords:
            if name not in places:
                return f"{self.name}() got an unexpected keyword argument '{name}'"
            if places[name] < positional:
                return f"{self.name}() got multiple values for argument '{name}'"
        return "invalid keyword arguments"


def _parameter(text: str, keyword_only: bool, numbers: bool) -> Parameter:
    kind, rest = text.split(" ", 1)
    optional = kind.endswith("?")
    kind = kind.removesuffix("?")
    size = 0
    if kind.endswith("]"):
        kind, length = kind[:-1].split("[")
        size = int(length)
    name, _, default = rest.partition("=")
    return Parameter(
        name=name,
        kind=KINDS[kind],
        is_list=kind in ("IntArrayRef", "SymIntArrayRef"),
        is_tensors=KINDS[kind] is KINDS["TensorList"],
        size=size,
        takes_none=optional or default == "None",
        default=default if "=" in rest else None,
        keyword_only=keyword_only,
        numbers=numbers and kind == "Tensor",
    )


def _keyword(parameter: Parameter, keywords: dict[str, Any]) -> Any:
    for name in (parameter.name, *NUMPY_NAMES.get(parameter.name, ())):
        if name in keywords:
            return keywords[name]
    return _ABSENT
