"""Whether PyTorch's argument parser takes a call, and its message where it does not. Asked only after a call failed.

Follows `PythonArgParser` of PyTorch's `torch/csrc/utils/python_arg_parser.cpp`; the signatures are those of
`signatures.txt`, which `tests/oracle/make_signatures.py` writes.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

from .invalid import listing
from .signature import NUMPY_NAMES, Signature

METHODS: Final = "torch.Tensor."


@cache
def _texts() -> dict[str, tuple[str, ...]]:
    """The signatures of each function by its full name; none for a method without arguments."""
    lines = (Path(__file__).parent / "signatures.txt").read_text(encoding="utf-8").splitlines()
    return {name: tuple(texts) for name, *texts in (line.split("\t") for line in lines)}


@cache
def signatures(name: str) -> tuple[Signature, ...]:
    """The signatures of a function, those that PyTorch calls deprecated last."""
    found = [Signature(text) for text in _texts()[name]]
    return tuple(sorted(found, key=lambda each: each.deprecated))


def is_known(name: str) -> bool:
    """Whether the signatures of the function of that full name are known: "torch.add", "torch.Tensor.add"."""
    return name in _texts()


def refusal(name: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> str | None:
    """The message with which PyTorch's parser refuses a call of that function; None where it takes the call.

    The arguments of a method come without the tensor itself.
    """
    options = signatures(name)
    if not options:
        return _no_arguments(name.rpartition(".")[2], args, keywords)
    try:
        if len(options) == 1:
            return options[0].complaint(args, keywords) or options[0].unpacked(args, keywords)
        for option in options:
            if option.complaint(args, keywords) is None:
                return option.unpacked(args, keywords)
        return _none_fits(options, args, keywords)
    except TypeError as error:  # a list that holds something else than tensors
        return str(error)


def check(name: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    """Raise TypeError where PyTorch's parser refuses the call. The first argument of a method is the tensor itself."""
    message = refusal(name, args[1:] if name.startswith(METHODS) else args, keywords)
    if message is not None:
        raise TypeError(message)


def in_own_words(name: str, keywords: dict[str, Any]) -> dict[str, Any] | None:
    """The keywords of a call that the parser takes, where NumPy's names for parameters had to be replaced; or None."""
    if not keywords:
        return None
    own = {each.name for option in signatures(name) for each in option.parameters}
    foreign = {theirs: ours for ours, names in NUMPY_NAMES.items() if ours in own for theirs in names}
    renamed = {key if key in own else foreign.get(key, key): value for key, value in keywords.items()}
    return renamed if renamed.keys() != keywords.keys() else None


def _no_arguments(name: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> str | None:
    if keywords:
        return f"TensorBase.{name}() takes no keyword arguments"
    return f"TensorBase.{name}() takes no arguments ({len(args)} given)" if args else None


def _none_fits(options: tuple[Signature, ...], args: tuple[Any, ...], keywords: dict[str, Any]) -> str:
    count = len(args) + len(keywords)
    plausible = [each for each in options if each.fewest <= count <= each.most and not each.hidden]
    if len(plausible) == 1:
        complaint = plausible[0].complaint(args, keywords)
        if complaint is not None:
            return complaint
    return listing(options[0].name, args, keywords, [str(each) for each in options if not each.hidden])
